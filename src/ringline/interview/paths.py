"""Every way through an interview, each with the answers that take it: one test call per way."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.interview.conditions import field_of, holds
from ringline.interview.routing import Exit, exits, taken_exit
from ringline.interview.state import Answer
from ringline.interview.witnesses import Witness, witnesses_of

if TYPE_CHECKING:
    from ringline.interview.flow import Condition, Question, QuestionFlow

MOST_PATHS = 200
_MOST_STEPS = 20_000

GivenAnswer = tuple[str, str, str | None]
"""A question's id, what is said (nothing: the person stays silent), and what may be keyed in instead."""


@dataclass(frozen=True, slots=True)
class Path:
    """One way through: what to answer, the *questions* asked in their order, and how it *end*s."""

    answers: tuple[GivenAnswer, ...]
    end: str
    questions: tuple[str, ...]
    message: str | None = None
    """What the rule that ends it says."""


@dataclass(frozen=True, slots=True)
class _Way:
    """How far one is on a way: what was answered, and by which exits."""

    at: str
    given: tuple[tuple[str, Witness], ...] = ()
    taken: tuple[tuple[str, int | None], ...] = ()

    @property
    def answers(self) -> dict[str, Answer]:
        return {question: witness.answer for question, witness in self.given}

    def visits(self, question: str) -> int:
        return sum(asked == question for asked, _ in self.given)


def paths_of(flow: QuestionFlow, *, language: str = "en", most: int = MOST_PATHS) -> list[Path]:
    """Every way through that differs by an exit taken, at most so many, the first written first.

    A question that is come to more often than its `max_visits` ends the way as ``max_visits``.
    """
    classes = {question.id: _classes(flow, question, language) for question in flow.questions}
    found: dict[tuple[tuple[str, int | None], ...], Path] = {}
    open_ = [_Way(flow.ids[0])]
    steps = 0
    while open_ and len(found) < most and steps < _MOST_STEPS:
        steps += 1
        way = open_.pop()
        if way.visits(way.at) >= flow[way.at].max_visits:
            found.setdefault(way.taken, _path(way, "max_visits", None))
            continue
        further: list[_Way] = []
        for witness in classes[way.at]:
            given = (*way.given, (way.at, witness))
            out = taken_exit(flow, {**way.answers, way.at: witness.answer}, way.at, language)
            taken = (*way.taken, (way.at, out.index))
            if out.route.question is not None:
                further.append(_Way(out.route.question, given, taken))
            elif taken not in found:
                found[taken] = _path(_Way(way.at, given, taken), out.route.kind, out.route.message)
        open_ += reversed(further)
    return [found[taken] for taken in sorted(found, key=_as_written)]


def _as_written(taken: tuple[tuple[str, int | None], ...]) -> list[float]:
    """The order of the actions in their lists; what nothing leads to comes last."""
    return [float("inf") if index is None else index for _, index in taken]


def _path(way: _Way, end: str, message: str | None) -> Path:
    answers = tuple((question, witness.text, witness.keys) for question, witness in way.given)
    return Path(answers, end, tuple(question for question, _ in way.given), message)


def _classes(flow: QuestionFlow, question: Question, language: str) -> list[Witness]:
    """One answer of each kind that some condition of the flow tells apart, and silence where only that is left."""
    conditions = list(_conditions_about(flow, question))
    told: dict[tuple[bool, ...], Witness] = {}
    for witness in witnesses_of(flow, question, language):
        answers = {question.id: witness.answer}
        signs = tuple(holds(flow, asking, condition, answers, language) for asking, condition in conditions)
        known = told.get(signs)
        # Of two that count the same, the one that can be keyed in too.
        if known is None or (known.keys is None and witness.keys is not None):
            told[signs] = witness
    ways = exits(flow, question.id)
    taken = {id(one): ways.index(_exit(flow, question, one, language)) for one in told.values()}
    found = sorted(told.values(), key=lambda one: taken[id(one)])
    if ways[-1].action is not None and len(ways) - 1 not in taken.values():
        found.append(Witness("", Answer("silence")))
    return found


def _conditions_about(flow: QuestionFlow, question: Question) -> Iterator[tuple[Question, Condition]]:
    for asking in flow.questions:
        for action in asking.actions:
            if action.condition.operator != "any_other" and field_of(flow, asking, action.condition) is question:
                yield asking, action.condition


def _exit(flow: QuestionFlow, question: Question, witness: Witness, language: str) -> Exit:
    return taken_exit(flow, {question.id: witness.answer}, question.id, language)
