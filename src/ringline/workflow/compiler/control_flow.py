"""Sixth phase: the ways between steps: which branches lead where, how they join, and which lead back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ringline.errors import ControlFlowDefinitionError, ExecutionGraphStructureError
from ringline.workflow.compiler.draft import ControlEdge, Draft, StepDraft
from ringline.workflow.compiler.findings import GRAPH
from ringline.workflow.explanations import listed, suggestion

Graph = dict[str, set[str]]
"""Steps by name, each with the steps that come after it."""


def check_control_flow(draft: Draft) -> None:
    """Check branches and outcomes, decide each step's join, and tell jumps from ways forward."""
    for step in draft.all_steps:
        _check_outcomes(draft, step)
        _check_doubled_targets(draft, step)
    graph = forward_graph(draft)
    _mark_jumps(draft, graph)
    for step in draft.all_steps:
        arriving = [edge for edge in step.incoming if not edge.is_jump]
        joins_any = any(edge.is_ours for edge in arriving)
        step.join = step.options.join or ("any" if joins_any else "all")


def forward_graph(draft: Draft) -> Graph:
    """The edges that always lead forward: data, Roboflow's decisions, `next_steps` and references to steps."""
    graph: Graph = {name: set() for name in draft.steps}
    for step in draft.steps.values():
        for source in step.data_sources():
            if source in graph:
                graph[source].add(step.name)
        for source in step.after:
            graph[source].add(step.name)
        for edge in step.outgoing:
            if edge.kind in ("select", "next"):
                graph[step.name].add(edge.target.name)
    return graph


def reaches(graph: Graph, start: str, end: str) -> bool:
    """Whether *end* comes after *start*, or is it."""
    return start == end or any(name == end for name in reachable(graph, start))


def reachable(graph: Graph, start: str) -> Iterator[str]:
    """The steps that come after *start*."""
    seen = {start}
    waiting = [start]
    while waiting:
        for name in graph[waiting.pop()]:
            if name not in seen:
                seen.add(name)
                waiting.append(name)
                yield name


def _check_outcomes(draft: Draft, step: StepDraft) -> None:
    if step.spec is None or not step.options.outcomes:
        return
    declared = step.outcomes
    for outcome in step.options.outcomes:
        if outcome in declared:
            continue
        if declared:
            message = f"`{step.spec.type}` has no outcome `{outcome}`."
            meant = suggestion(outcome, declared)
            fix = f"Did you mean `{meant}`?" if meant else f"Its outcomes are {listed(declared)}."
        else:
            message = f"`{step.spec.type}` has no outcomes, so `outcomes` leads nowhere."
            fix = "Use `next_steps` for what comes after it."
        draft.findings.error(
            ControlFlowDefinitionError,
            GRAPH,
            message,
            fix,
            at=(*step.path, "outcomes", outcome),
            on_key=True,
            step=step.name,
            field=f"outcomes.{outcome}",
            blocks=[step.at("outcomes", message)],
        )


def _check_doubled_targets(draft: Draft, step: StepDraft) -> None:
    """Roboflow's decisions select each target once; a second branch to it could only contradict the first."""
    seen: set[str] = set()
    for edge in step.outgoing:
        if edge.kind != "select":
            continue
        if edge.target.name in seen:
            draft.findings.error(
                ExecutionGraphStructureError,
                GRAPH,
                f"`{step.name}` leads to the step `{edge.target.name}` twice.",
                "Name each step in one branch only.",
                at=edge.path,
                step=step.name,
                field=edge.label,
                blocks=[step.at(edge.label, "doubled target")],
            )
        seen.add(edge.target.name)


def _mark_jumps(draft: Draft, graph: Graph) -> None:
    """An outcome or `on_error` that leads to a step upstream is a jump back, not an edge.

    Where two such ways form a circle, the one that a walk from the start meets last is the jump.
    """
    for edge in _in_walking_order(draft, graph):
        if reaches(graph, edge.target.name, edge.source.name):
            edge.is_jump = True
        else:
            graph[edge.source.name].add(edge.target.name)


def _in_walking_order(draft: Draft, graph: Graph) -> list[ControlEdge]:
    optional = {
        name: [edge for edge in step.outgoing if edge.kind in ("outcome", "error")]
        for name, step in draft.steps.items()
    }
    entered = {name for targets in graph.values() for name in targets}
    entered |= {edge.target.name for edges in optional.values() for edge in edges}
    starts = [name for name in draft.steps if name not in entered]
    forward: list[ControlEdge] = []
    back: list[ControlEdge] = []
    seen: set[str] = set()
    open_steps: set[str] = set()
    for start in [*starts, *draft.steps]:
        if start in seen:
            continue
        seen.add(start)
        open_steps.add(start)
        stack = [(start, _ways(start, graph, optional))]
        while stack:
            name, ways = stack[-1]
            for edge, target in ways:
                if edge is not None:
                    (back if target in open_steps else forward).append(edge)
                if target not in seen:
                    seen.add(target)
                    open_steps.add(target)
                    stack.append((target, _ways(target, graph, optional)))
                    break
            else:
                open_steps.discard(name)
                stack.pop()
    return [*forward, *back]


def _ways(name: str, graph: Graph, optional: dict[str, list[ControlEdge]]) -> Iterator[tuple[ControlEdge | None, str]]:
    edges: Iterable[ControlEdge] = optional[name]
    return iter([*((None, target) for target in sorted(graph[name])), *((edge, edge.target.name) for edge in edges)])
