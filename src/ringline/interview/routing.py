"""Where an interview goes from a question: by its conditions, and else on, past the branches it could have taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ringline.interview.conditions import condition_text, holds
from ringline.interview.flow import END

if TYPE_CHECKING:
    from ringline.interview.flow import ConditionalAction, Question, QuestionFlow
    from ringline.interview.state import Answer

RouteKind = Literal["question", "end", "end_call", "transfer"]


@dataclass(frozen=True, slots=True)
class Route:
    """What comes next: a *question*, the end, or what an action does; *message* is said before it.

    ``end`` is the end of the interview, ``end_call`` the end by a rule of it. *why* says it in words.
    """

    kind: RouteKind
    question: str | None = None
    message: str | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Exit:
    """One way on from a question: by an action, number *index* of its list, or without one where nothing matches."""

    route: Route
    action: ConditionalAction | None = None
    index: int | None = None


def next_question(flow: QuestionFlow, state_answers: Mapping[str, Answer], at: str, language: str = "en") -> Route:
    """Where the answers lead from question *at*. The first condition that holds wins; `any_other` is looked at last."""
    return taken_exit(flow, state_answers, at, language).route


def taken_exit(flow: QuestionFlow, state_answers: Mapping[str, Answer], at: str, language: str = "en") -> Exit:
    """The one of `exits` that the answers take."""
    question = flow[at]
    ways = exits(flow, at)
    for way in ways[:-1]:
        if way.action is not None and holds(flow, question, way.action.condition, state_answers, language):
            return way
    return ways[-1]


def exits(flow: QuestionFlow, at: str) -> tuple[Exit, ...]:
    """Every way on from a question in the order in which they are tried; the last one is always open."""
    question = flow[at]
    conditional = [
        Exit(_by_action(flow, question, action), action, index)
        for index, action in enumerate(question.actions)
        if action.condition.operator != "any_other"
    ]
    for index, action in enumerate(question.actions):
        if action.condition.operator == "any_other":
            return (*conditional, Exit(_by_action(flow, question, action), action, index))
    return (*conditional, Exit(_on(flow, question)))


def _by_action(flow: QuestionFlow, question: Question, action: ConditionalAction) -> Route:
    why = condition_text(question, action.condition)
    if action.action != "continue_flow":
        return Route(action.action, message=action.message, why=why)
    if action.next is None:
        on = _on(flow, question)
        return Route(on.kind, on.question, action.message, why)
    return _to(flow, action.next, why, action.message)


def _to(flow: QuestionFlow, target: str, why: str, message: str | None = None) -> Route:
    # A target there is not is a fault of the check; a call that runs all the same comes to an end.
    return Route("question", target, message, why) if target in flow else Route("end", None, message, why)


def _on(flow: QuestionFlow, question: Question) -> Route:
    """Where it goes when nothing leads away."""
    if question.next is not None:
        return _to(flow, question.next, "the end" if question.next == END else f"next is {question.next}")
    index = flow.ids.index(question.id)
    after = index + 1 if flow.linear else _past_the_arms(flow, index)
    if after >= len(flow.questions):
        return Route("end", why="the last question")
    return Route(
        "question", flow.questions[after].id, why="next in the list" if after == index + 1 else "past the branches"
    )


def arms_of(flow: QuestionFlow, index: int) -> range:
    """The branches of a question: the unbroken run of questions right after it that are all targets of its actions."""
    targets = {
        action.next for action in flow.questions[index].actions if action.action == "continue_flow" and action.next
    }
    end = index + 1
    while end < len(flow.questions) and flow.questions[end].id in targets:
        end += 1
    return range(index + 1, end)


def _past_the_arms(flow: QuestionFlow, index: int) -> int:
    """The first question after its own branches, and after those that it is one of itself."""
    blocks = _blocks_around(flow, index)
    after = arms_of(flow, index).stop
    while True:
        past = max((block.stop for block in blocks if after in block), default=after)
        if past == after:
            return after
        after = past


def _blocks_around(flow: QuestionFlow, index: int) -> list[range]:
    """The branches of which this question is one, and those around them."""
    around: list[range] = []
    inner = {index}
    # A question comes before its branches, so that one pass from the end finds what lies around.
    for owner in range(index - 1, -1, -1):
        arms = arms_of(flow, owner)
        if any(one in arms for one in inner):
            around.append(arms)
            inner.add(owner)
    return around
