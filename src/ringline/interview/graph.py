"""The interview as a graph: every question and every way on, those included that nobody wrote down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.interview.routing import Exit, exits
from ringline.interview.scales import bounds_of, inferred_scale

if TYPE_CHECKING:
    from ringline.interview.flow import Question, QuestionFlow

_LONGEST_LABEL = 60
_TYPES = {
    "yes_no": "yes or no",
    "multiple_choice": "choice",
}


def describe(flow: QuestionFlow) -> dict[str, Any]:
    """The graph as plain data: ``start``, ``linear``, ``questions`` and ``edges``.

    An edge goes ``from`` a question ``to`` a question, or to none and then its ``kind`` says how it ends: ``end``,
    ``end_call`` or ``transfer``. ``by`` is ``condition``, ``any_other`` or ``otherwise``, the last where nothing that
    was written leads away. A question's ``scale`` says what bounds its numbers and whether its words did.
    """
    return {
        "start": flow.ids[0],
        "linear": flow.linear,
        "questions": [_question(question) for question in flow.questions],
        "edges": [_edge(question, way) for question in flow.questions for way in exits(flow, question.id)],
    }


def mermaid(flow: QuestionFlow) -> str:
    """The graph as Mermaid text. A dashed edge is one that nobody wrote down."""
    name = {one: f"q{index}" for index, one in enumerate(flow.ids)}
    lines = ["flowchart TD", f"  start([start]) --> {name[flow.ids[0]]}"]
    lines += [f'  {name[question.id]}["{_node(question)}"]' for question in flow.questions]
    edges: list[str] = []
    has_end = False
    for question in flow.questions:
        for way in exits(flow, question.id):
            route, start = way.route, name[question.id]
            arrow = "-.->" if way.action is None else "-->"
            if route.question is not None:
                target = name[route.question]
            elif route.kind == "end":
                target, has_end = "done", True
            else:
                target = f"{start}x{way.index}"
                lines.append(f'  {target}(["{_ending(way)}"])')
            label = _label(way, is_branching=bool(question.actions))
            edges.append(f'  {start} {arrow}|"{_escaped(label)}"| {target}' if label else f"  {start} {arrow} {target}")
    if has_end:
        lines.append("  done([end])")
    return "\n".join([*lines, *edges]) + "\n"


def _question(question: Question) -> dict[str, Any]:
    described: dict[str, Any] = {"id": question.id, "question": question.question, "type": question.type}
    if question.choices:
        described["choices"] = [choice.label for choice in question.choices]
    low, high = bounds_of(question)
    if low is not None or high is not None:
        described["scale"] = {"minimum": low, "maximum": high, "inferred": inferred_scale(question) is not None}
    if question.optional:
        described["optional"] = True
    if question.sensitive:
        described["sensitive"] = True
    return described


def _edge(question: Question, way: Exit) -> dict[str, Any]:
    return {
        "from": question.id,
        "to": way.route.question,
        "kind": way.route.kind,
        "by": _by(way),
        "label": _label(way, is_branching=bool(question.actions)),
        "why": way.route.why,
        "message": way.route.message,
    }


def _by(way: Exit) -> str:
    if way.action is None:
        return "otherwise"
    return "any_other" if way.action.condition.operator == "any_other" else "condition"


def _label(way: Exit, *, is_branching: bool) -> str:
    if way.action is not None:
        return way.route.why
    return "otherwise" if is_branching else ""


def _node(question: Question) -> str:
    kind = _TYPES.get(question.type, question.type)
    low, high = bounds_of(question)
    if low is not None or high is not None:
        ends = f"{low:g} to {high:g}" if low is not None and high is not None else _half(low, high)
        kind += f" {ends}" + (" (scale from its words)" if inferred_scale(question) else "")
    if question.choices:
        kind += ": " + ", ".join(choice.label for choice in question.choices)
    return f"{_escaped(question.id)}<br/>{_escaped(_cut(question.question))}<br/>{_escaped(kind)}"


def _half(low: float | None, high: float | None) -> str:
    return f"up to {high:g}" if low is None else f"from {low:g}"


def _ending(way: Exit) -> str:
    what = "end of the call" if way.route.kind == "end_call" else "to a person"
    return what + (f"<br/>“{_escaped(_cut(way.route.message))}”" if way.route.message else "")


def _cut(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST_LABEL else line[: _LONGEST_LABEL - 1].rstrip() + "…"


def _escaped(text: str) -> str:
    # Mermaid's own entities; `#` first, since it begins them.
    for letter, entity in (("#", "#35;"), ('"', "#quot;"), ("<", "#lt;"), (">", "#gt;"), ("`", "#96;"), ("|", "#124;")):
        text = text.replace(letter, entity)
    return " ".join(text.split())
