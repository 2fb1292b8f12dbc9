"""What is wrong with where questions lead: targets there are not, questions nobody comes to, circles without an end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING

from ringline.interview.conditions import field_of
from ringline.interview.faults import FlowFault, listed
from ringline.interview.flow import END
from ringline.interview.routing import exits

if TYPE_CHECKING:
    from ringline.interview.flow import ConditionalAction, Question, QuestionFlow

Graph = Mapping[str, frozenset[str]]


def way_faults(flow: QuestionFlow) -> Iterator[FlowFault]:
    """Everything of this kind."""
    leads = {
        name: frozenset(way.route.question for way in exits(flow, name) if way.route.question is not None)
        for name in flow.ids
    }
    yield from _targets(flow)
    yield from _lists(flow)
    yield from _fields(flow, leads)
    yield from _reach(flow, leads)
    yield from _circles(flow, leads)
    if flow.linear:
        yield from _falls(flow)


def reached(graph: Graph, start: str, *, without: str | None = None) -> set[str]:
    """The questions one can come to from *start*, itself included, without passing one of them."""
    found: set[str] = set()
    open_ = [start] if start != without else []
    while open_:
        here = open_.pop()
        if here not in found:
            found.add(here)
            open_ += [there for there in graph.get(here, ()) if there != without]
    return found


def _targets(flow: QuestionFlow) -> Iterator[FlowFault]:
    for index, question in enumerate(flow.questions):
        targets = [(f"questions.{index}.next", question.next)]
        targets += [(f"questions.{index}.actions.{i}.next", action.next) for i, action in enumerate(question.actions)]
        for at, target in targets:
            if target is None or target == END or target in flow:
                continue
            near = get_close_matches(target, flow.ids, 1)
            yield FlowFault(
                "error",
                at,
                f"Question `{question.id}` leads to `{target}`, which there is not.",
                f"Write `{near[0]}`, if that is meant." if near else f"There is: {', '.join(flow.ids)}, and `{END}`.",
            )


def _lists(flow: QuestionFlow) -> Iterator[FlowFault]:
    """What is wrong with the order and the form of a question's actions."""
    for index, question in enumerate(flow.questions):
        others = [i for i, action in enumerate(question.actions) if action.condition.operator == "any_other"]
        for i in others[1:]:
            yield FlowFault(
                "error",
                f"questions.{index}.actions.{i}",
                f"Question `{question.id}` says twice what follows any other answer.",
                "Keep one action with `any_other`.",
            )
        if others and others[0] < len(question.actions) - 1 and len(others) == 1:
            yield FlowFault(
                "warning",
                f"questions.{index}.actions.{others[0]}",
                f"`any_other` of question `{question.id}` stands before other conditions, and is looked at last.",
                "Move it to the end of the list.",
            )
        for i, action in enumerate(question.actions):
            if action.action == "continue_flow" and action.next is None:
                yield FlowFault(
                    "warning",
                    f"questions.{index}.actions.{i}",
                    f"An action of question `{question.id}` continues and does not say with what; it goes on as if "
                    "nothing had matched.",
                    "Write `next:` and the question, or `next: end`.",
                )
            elif action.action != "continue_flow" and action.next is not None:
                yield FlowFault(
                    "warning",
                    f"questions.{index}.actions.{i}.next",
                    f"`{action.action}` of question `{question.id}` ends the questions, so `next` says nothing there.",
                    "Remove `next`, or write `action: continue_flow`.",
                )


def _fields(flow: QuestionFlow, leads: Graph) -> Iterator[FlowFault]:
    start = flow.ids[0]
    for index, question in enumerate(flow.questions):
        for i, action in enumerate(question.actions):
            field = action.condition.field
            if field is None or field == question.id or action.condition.operator == "any_other":
                continue
            at = f"questions.{index}.actions.{i}.condition.field"
            asked = field_of(flow, question, action.condition)
            if asked is None:
                near = get_close_matches(field, flow.ids, 1)
                yield FlowFault(
                    "error",
                    at,
                    f"A condition of question `{question.id}` is about `{field}`, which is no question.",
                    f"Write `{near[0]}`, if that is meant." if near else f"There is: {', '.join(flow.ids)}.",
                )
            elif field not in reached(leads, start) or question.id not in reached(leads, field):
                yield FlowFault(
                    "error",
                    at,
                    f"A condition of question `{question.id}` is about `{field}`, which is never answered before it.",
                    f"Ask `{field}` before `{question.id}`, or let the condition be about another question.",
                )
            elif asked.sensitive:
                yield FlowFault(
                    "error",
                    at,
                    f"A condition of question `{question.id}` is about `{field}`, of which only the last characters "
                    "are kept openly.",
                    f"Put the condition at `{field}` itself, where its answer is still known.",
                )
            elif asked.default is None and question.id in reached(leads, start, without=field):
                yield FlowFault(
                    "warning",
                    at,
                    f"A condition of question `{question.id}` is about `{field}`, which is not asked on every way to "
                    "it; where it is not, the condition does not hold.",
                    f"Ask `{field}` on every way, or give it a `default`.",
                )


def _reach(flow: QuestionFlow, leads: Graph) -> Iterator[FlowFault]:
    come_to = reached(leads, flow.ids[0])
    ending = {name for name in flow.ids if any(way.route.kind != "question" for way in exits(flow, name))}
    for index, question in enumerate(flow.questions):
        if question.id not in come_to:
            yield FlowFault(
                "warning",
                f"questions.{index}",
                f"Nothing leads to question `{question.id}`, so it is never asked.",
                "Lead an action or the `next` of another question to it, or remove it.",
            )
        elif not ending & reached(leads, question.id) and not _is_certain(flow, leads, question.id):
            yield FlowFault(
                "warning",
                f"questions.{index}",
                f"No way from question `{question.id}` leads to an end.",
                "Let a condition end the call, or write `next: end`.",
            )


def _circles(flow: QuestionFlow, leads: Graph) -> Iterator[FlowFault]:
    told: set[str] = set()
    for index, question in enumerate(flow.questions):
        circle = [name for name in reached(leads, question.id) if question.id in reached(leads, name)]
        is_circle = len(circle) > 1 or question.id in leads[question.id]
        if not is_circle or question.id in told:
            continue
        told |= set(circle)
        ordered = [name for name in flow.ids if name in circle]
        if ordered == [question.id]:
            yield from _self_jumps(flow, index, question)
        elif _is_certain(flow, leads, question.id):
            yield FlowFault(
                "error",
                f"questions.{index}",
                f"{listed(ordered)} lead to each other without a condition, so the interview never ends.",
                "Write `next: end` at the last of them, or put a condition on the way back.",
            )
        else:
            yield FlowFault(
                "warning",
                f"questions.{index}",
                f"{listed(ordered)} can lead back to each other; each is asked {_visits(flow, ordered)} at most.",
                "Say in `max_visits` how often a question may be asked, and in `on_exhausted` what comes then.",
            )


def _self_jumps(flow: QuestionFlow, index: int, question: Question) -> Iterator[FlowFault]:
    """A question that leads to itself: fine while a new answer can change that."""
    is_safe = False
    for i, action in enumerate(question.actions):
        changes = _is_own(question, action)
        is_safe = is_safe or changes
        if action.next == question.id and action.action == "continue_flow" and not is_safe:
            yield _endless(question, f"questions.{index}.actions.{i}.next")
            return
    if question.next == question.id and not is_safe:
        yield _endless(question, f"questions.{index}.next")
    else:
        yield FlowFault(
            "warning",
            f"questions.{index}",
            f"`{question.id}` can lead back to itself; it is asked {_visits(flow, [question.id])} at most.",
            "Say in `max_visits` how often a question may be asked, and in `on_exhausted` what comes then.",
        )


def _is_own(question: Question, action: ConditionalAction) -> bool:
    return action.condition.operator != "any_other" and action.condition.field in (None, question.id)


def _endless(question: Question, at: str) -> FlowFault:
    return FlowFault(
        "error",
        at,
        f"Question `{question.id}` leads to itself whatever is answered, so the interview never ends.",
        f"Lead to another question, or put a condition about `{question.id}` on the way back.",
    )


def _visits(flow: QuestionFlow, names: list[str]) -> str:
    most = max(flow[name].max_visits for name in names)
    return "once" if most == 1 else f"{most} times"


def _is_certain(flow: QuestionFlow, leads: Graph, start: str) -> bool:
    """Whether one goes round for ever from *start*: every question on the way has one way on only."""
    here, passed = start, set[str]()
    while here not in passed:
        passed.add(here)
        if len(leads.get(here, ())) != 1 or any(way.route.kind != "question" for way in exits(flow, here)):
            return False
        (here,) = leads[here]
    return True


def _falls(flow: QuestionFlow) -> Iterator[FlowFault]:
    """In list order a branch runs on into the next branch of the same question."""
    for question in flow.questions:
        targets = [
            action.next for action in question.actions if action.action == "continue_flow" and action.next in flow
        ]
        for target in dict.fromkeys(targets):
            after = exits(flow, target)[-1].route.question if target else None
            if target and after in targets and after != target and flow[target].next is None:
                yield FlowFault(
                    "warning",
                    f"questions.{flow.ids.index(target)}",
                    f"`{target}` and `{after}` are both branches of `{question.id}`, and in list order who is asked "
                    "the first is asked the second too.",
                    f"Write `next:` at `{target}`, or leave out `flow: linear`.",
                )
