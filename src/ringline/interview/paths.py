"""Every way through an interview, each with the answers that take it: one test call per way."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING

from ringline.interview.conditions import field_of, holds
from ringline.interview.routing import Exit, exits, taken_exit
from ringline.interview.state import Answer
from ringline.interview.witnesses import Witness, witnesses_of

if TYPE_CHECKING:
    from ringline.interview.flow import Condition, Question, QuestionFlow

MOST_PATHS = 200
_MOST_STEPS = 20_000

Taken = tuple[tuple[str, int | None], ...]
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
    """How far one is on a way: what was answered, by which exits, and how it ended, if it did."""

    at: str
    given: tuple[tuple[str, Witness], ...] = ()
    taken: Taken = ()
    end: str | None = None
    message: str | None = None

    @property
    def answers(self) -> dict[str, Answer]:
        return {question: witness.answer for question, witness in self.given}

    def visits(self, question: str) -> int:
        return sum(asked == question for asked, _ in self.given)


class _Walk:
    """Goes through a flow by one answer of each kind."""

    def __init__(self, flow: QuestionFlow, language: str) -> None:
        self._flow = flow
        self._language = language
        self._classes = {question.id: _classes(flow, question, language) for question in flow.questions}
        # Only these answers matter once their question is left.
        self._remembered = {
            action.condition.field
            for question in flow.questions
            for action in question.actions
            if action.condition.field not in (None, question.id)
        }

    def further(self, way: _Way) -> list[_Way]:
        """The way, with each kind of answer to its open question."""
        if way.visits(way.at) >= self._flow[way.at].max_visits:
            return [replace(way, end="max_visits", message=None)]
        ways = []
        for witness in self._classes[way.at]:
            answers = {**way.answers, way.at: witness.answer}
            out = taken_exit(self._flow, answers, way.at, self._language)
            on = out.route.question
            ways.append(
                _Way(
                    on or way.at,
                    (*way.given, (way.at, witness)),
                    (*way.taken, (way.at, out.index)),
                    None if on is not None else out.route.kind,
                    out.route.message,
                )
            )
        return ways

    def covering(self) -> Iterator[_Way]:
        """Ways that together take every exit that an answer takes, each as short as can be."""
        covered: set[tuple[str, int | None]] = set()
        for way in self._breadth_first(_Way(self._flow.ids[0])):
            if way.taken and way.taken[-1] not in covered:
                whole = next((on for on in self._breadth_first(way) if on.end is not None), None)
                if whole is not None:
                    covered |= set(whole.taken)
                    yield whole

    def _breadth_first(self, start: _Way) -> Iterator[_Way]:
        open_, seen = deque([start]), set[object]()
        while open_ and len(seen) < _MOST_STEPS:
            way = open_.popleft()
            yield way
            answers = [(asked, witness.text) for asked, witness in way.given if asked in self._remembered]
            if way.end is not None or (key := (way.at, tuple(answers))) in seen:
                continue
            seen.add(key)
            open_.extend(self.further(way))


def paths_of(flow: QuestionFlow, *, language: str = "en", most: int = MOST_PATHS) -> list[Path]:
    """Every way through that differs by an exit taken, in the order in which the actions are written.

    Where there are more than *most*, these are some that take every exit, and others. A question that is come to more
    often than its `max_visits` ends the way as ``max_visits``.
    """
    walk = _Walk(flow, language)
    found: dict[Taken, Path] = {}
    for way in islice(walk.covering(), most):
        found.setdefault(way.taken, _path(way))
    open_ = [_Way(flow.ids[0])]
    for _ in range(_MOST_STEPS):
        if not open_ or len(found) >= most:
            break
        way = open_.pop()
        if way.end is not None:
            found.setdefault(way.taken, _path(way))
        else:
            open_ += reversed(walk.further(way))
    return [found[taken] for taken in sorted(found, key=_as_written)]


def _as_written(taken: Taken) -> list[float]:
    """The order of the actions in their lists; what nothing leads to comes last."""
    return [float("inf") if index is None else index for _, index in taken]


def _path(way: _Way) -> Path:
    answers = tuple((question, witness.text, witness.keys) for question, witness in way.given)
    return Path(answers, way.end or "", tuple(question for question, _ in way.given), way.message)


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
