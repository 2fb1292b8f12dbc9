"""A definition as it is drawn: steps, triggers, and the edges between them as the compiler sees them.

Definitions with faults are drawn too, as far as they can be understood.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import DefinitionError, Fault
from ringline.workflow.compiler import take_apart
from ringline.workflow.document import Document, read_document
from ringline.workflow.editing.connections import DEFAULT, ON_ERROR
from ringline.workflow.editing.nodes import (
    TRIGGER_TITLES,
    OutcomeSpec,
    ends_of,
    recipient_of,
    sender_of,
    summary_of,
    title_of,
    trigger_summary,
)
from ringline.workflow.selectors import parse_target

if TYPE_CHECKING:
    from ringline.workflow.compiler.draft import ControlEdge, Draft, StepDraft
    from ringline.workflow.registry import BlockRegistry

EdgeKind = Literal["next", "outcome", "error", "data", "trigger"]


@dataclass(frozen=True, slots=True)
class StepNode:
    """A step; ``id`` is its name, or its place for one that has no name of its own."""

    id: str
    index: int
    type: str
    family: str
    title: str
    service: str
    from_: str | None
    to: str | None
    summary: str
    fields: Mapping[str, Any]
    outcomes: list[OutcomeSpec]


@dataclass(frozen=True, slots=True)
class TriggerNode:
    """What starts runs."""

    id: str
    index: int
    type: str
    title: str
    summary: str
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class FlowEdge:
    """One way from a node to another. ``outcome`` is null for `next_steps`, values and triggers."""

    id: str
    source: str
    target: str
    outcome: str | None
    kind: EdgeKind


@dataclass(frozen=True, slots=True)
class InputNode:
    """An input of the workflow."""

    index: int
    type: str
    name: str
    kind: list[str]
    required: bool
    default: Any
    description: str | None


@dataclass(frozen=True, slots=True)
class Graph:
    """All that is drawn of a definition."""

    name: str | None = None
    description: str | None = None
    steps: list[StepNode] = field(default_factory=list)
    triggers: list[TriggerNode] = field(default_factory=list)
    edges: list[FlowEdge] = field(default_factory=list)
    inputs: list[InputNode] = field(default_factory=list)
    outputs: list[dict[str, str]] = field(default_factory=list)
    variables: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a text: its graph, which is None where the text cannot be read, and every fault."""

    graph: Graph | None
    faults: list[Fault]
    document: Document | None = None


def read_graph(text: str, registry: BlockRegistry, services: Mapping[str, Any] | None = None) -> Reading:
    """The graph and the faults of a definition's text."""
    try:
        document = read_document(text)
    except DefinitionError as error:
        faults = list(error.faults) or [Fault("error", error.public_message, code=type(error).__name__)]
        return Reading(None, faults)
    draft = take_apart(document, registry, services)
    return Reading(_graph(document.data, draft), draft.findings.all(), document)


def _graph(data: Mapping[str, Any], draft: Draft) -> Graph:
    defaults = _mapping(data.get("defaults"))
    drafts = {step.index: step for step in draft.all_steps}
    steps: list[StepNode] = []
    ids: dict[int, str] = {}
    for index, written in enumerate(_list(data.get("steps"))):
        one = drafts.get(index)
        written = written if isinstance(written, dict) else {}
        node = _step(index, written, one, defaults, taken=set(ids.values()))
        ids[index] = node.id
        steps.append(node)
    triggers = [_trigger(index, _mapping(one)) for index, one in enumerate(_list(data.get("triggers")))]
    edges = _edges(draft, ids)
    entered = {edge.target for edge in edges}
    starts = [step.id for step in steps if step.id not in entered]
    edges += [_edge(trigger.id, start, None, "trigger") for trigger in triggers for start in starts]
    return Graph(
        name=_text(data.get("name")),
        description=_text(data.get("description")),
        steps=steps,
        triggers=triggers,
        edges=edges,
        inputs=[_input(index, _mapping(one)) for index, one in enumerate(_list(data.get("inputs")))],
        outputs=[
            {"name": str(one.get("name", "")), "selector": str(one.get("selector", ""))}
            for one in map(_mapping, _list(data.get("outputs")))
        ],
        variables=_mapping(data.get("variables")),
        defaults=defaults,
    )


def _step(
    index: int, written: Mapping[str, Any], draft: StepDraft | None, defaults: Mapping[str, Any], *, taken: set[str]
) -> StepNode:
    name, kind = written.get("name"), str(written.get("type") or "")
    spec = draft.spec if draft is not None else None
    own = name if isinstance(name, str) and name and name not in taken else f"steps[{index}]"
    return StepNode(
        id=own,
        index=index,
        type=kind,
        family=spec.family if spec is not None else kind.partition("/")[0],
        title=title_of(name) if isinstance(name, str) and name else f"Step {index + 1}",
        service=spec.title if spec is not None else kind or "No type",
        from_=sender_of(spec, written, defaults),
        to=recipient_of(spec, written),
        summary=summary_of(spec, written),
        fields=dict(written),
        outcomes=ends_of(spec, draft.manifest if draft is not None else None, written),
    )


def _trigger(index: int, written: Mapping[str, Any]) -> TriggerNode:
    kind = str(written.get("type") or "")
    given = written.get("name")
    return TriggerNode(
        id=f"trigger:{index}",
        index=index,
        type=kind,
        title=given if isinstance(given, str) and given else TRIGGER_TITLES.get(kind, title_of(kind) or "Trigger"),
        summary=trigger_summary(written),
        fields=dict(written),
    )


def _input(index: int, written: Mapping[str, Any]) -> InputNode:
    kinds = written.get("kind")
    return InputNode(
        index=index,
        type=str(written.get("type") or ""),
        name=str(written.get("name") or ""),
        kind=[str(kind) for kind in kinds] if isinstance(kinds, list) else ["*"],
        required="default_value" not in written,
        default=written.get("default_value"),
        description=_text(written.get("description")),
    )


def _edges(draft: Draft, ids: Mapping[int, str]) -> list[FlowEdge]:
    """Control edges as written; values only where no other way leads from the one step to the other."""
    edges: dict[str, FlowEdge] = {}
    ways: dict[str, set[str]] = {}
    for step in draft.all_steps:
        source = ids[step.index]
        for outcome, kind, target, is_jump in _control(step, draft):
            edge = _edge(source, ids[target.index], outcome, kind)
            edges.setdefault(edge.id, edge)
            if not is_jump:
                ways.setdefault(source, set()).add(edge.target)
    implied = [
        (ids[draft.steps[name].index], ids[step.index])
        for step in draft.all_steps
        for name in dict.fromkeys([*step.data_sources(), *step.after, *sorted(step.soft)])
        if name in draft.steps and draft.steps[name] is not step
    ]
    for start, end in implied:
        ways.setdefault(start, set()).add(end)
    controlled = {(edge.source, edge.target) for edge in edges.values()}
    for start, end in dict.fromkeys(implied):
        if (start, end) not in controlled and not _reaches(ways, start, end):
            edge = _edge(start, end, None, "data")
            edges.setdefault(edge.id, edge)
    return list(edges.values())


def _control(step: StepDraft, draft: Draft) -> Iterator[tuple[str | None, EdgeKind, StepDraft, bool]]:
    if step.spec is not None:
        for edge in step.outgoing:
            yield (*_way(edge), edge.target, edge.is_jump)
        return
    # Of a step of an unknown kind only the keys that every step may have are understood.
    branches: list[tuple[str | None, EdgeKind, Any]] = [("next_steps", "next", step.data.get("next_steps"))]
    branches += [(name, "outcome", value) for name, value in _mapping(step.data.get("outcomes")).items()]
    branches.append((ON_ERROR, "error", step.data.get(ON_ERROR)))
    for outcome, kind, value in branches:
        for text in value if isinstance(value, list) else [value]:
            target = draft.steps.get(parse_target(text) or "")
            if target is not None:
                yield None if kind == "next" else outcome, kind, target, False


def _way(edge: ControlEdge) -> tuple[str | None, EdgeKind]:
    if edge.kind == "error":
        return ON_ERROR, "error"
    if edge.kind == "outcome":
        return edge.label, "outcome"
    if edge.label.startswith("cases."):
        return edge.label.removeprefix("cases."), "outcome"
    return (DEFAULT, "outcome") if edge.label == "default_next_steps" else (None, "next")


def _reaches(ways: Mapping[str, set[str]], source: str, target: str) -> bool:
    """Whether *target* comes after *source* by a way over other steps."""
    seen = set(ways.get(source, ())) - {target}
    waiting = list(seen)
    while waiting:
        for name in ways.get(waiting.pop(), ()):
            if name == target:
                return True
            if name not in seen and name != source:
                seen.add(name)
                waiting.append(name)
    return False


def _edge(source: str, target: str, outcome: str | None, kind: EdgeKind) -> FlowEdge:
    label = outcome if outcome is not None else "" if kind == "next" else f"({kind})"
    return FlowEdge(f"{source}>{label}>{target}", source, target, outcome, kind)


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None
