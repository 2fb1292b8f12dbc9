"""Seventh phase: an order in which the steps can run, and the circles that have none."""

from __future__ import annotations

import heapq

from ringline.errors import ExecutionGraphStructureError
from ringline.workflow.compiler.control_flow import Graph, forward_graph, reachable
from ringline.workflow.compiler.draft import ControlEdge, Draft, StepDraft
from ringline.workflow.compiler.findings import GRAPH


def order_steps(draft: Draft) -> None:
    """Sort the steps into waves, each in definition order; a step's wave is its longest way from a start.

    Roboflow runs wave after wave, which shows in who gets a cooldown that two steps share.
    """
    graph = full_graph(draft)
    missing = dict.fromkeys(graph, 0)
    for targets in graph.values():
        for target in targets:
            missing[target] += 1
    ready = [(0, step.index, name) for name, step in draft.steps.items() if not missing[name]]
    heapq.heapify(ready)
    while ready:
        # The last of the steps that a step waits for is in the latest of their waves, as they come wave by wave.
        wave, _, name = heapq.heappop(ready)
        draft.order.append(draft.steps[name])
        for target in graph[name]:
            missing[target] -= 1
            if not missing[target]:
                heapq.heappush(ready, (wave + 1, draft.steps[target].index, target))
    if len(draft.order) < len(draft.steps):
        _report_circles(draft, graph)
    for step in draft.order:
        for edge in step.outgoing:
            if edge.is_jump:
                _check_jump(draft, graph, edge)


def full_graph(draft: Draft) -> Graph:
    """Every edge but jumps, also those that only templates make."""
    graph = forward_graph(draft)
    for step in draft.steps.values():
        for edge in step.outgoing:
            if not edge.is_jump:
                graph[step.name].add(edge.target.name)
        for source in step.soft:
            graph[source].add(step.name)
    return graph


def _report_circles(draft: Draft, graph: Graph) -> None:
    """One fault for each circle, told as the way around it."""
    sorted_names = {step.name for step in draft.order}
    told: set[str] = set()
    for name in draft.steps:
        if name in sorted_names or name in told:
            continue
        after = set(reachable(graph, name))
        if name not in {target for other in (*after, name) for target in graph[other]}:
            continue  # it only comes after a circle
        circle = _way_back(graph, name)
        told.update(circle)
        # Everything on a way from this step back to it belongs to the same knot.
        told.update(other for other in after if name in set(reachable(graph, other)))
        way = " → ".join(f"`{part}`" for part in (*circle, name))
        step = draft.steps[name]
        draft.findings.error(
            ExecutionGraphStructureError,
            GRAPH,
            f"The steps wait for each other in a circle: {way}.",
            "Remove one of these references. To repeat steps, lead an `outcomes` branch back instead.",
            at=step.path,
            step=name,
        )


def _way_back(graph: Graph, start: str) -> list[str]:
    """The shortest circle through *start*."""
    came_from: dict[str, str] = {}
    waiting = [start]
    for name in waiting:
        for target in sorted(graph[name]):
            if target == start:
                way = [name]
                while way[-1] != start:
                    way.append(came_from[way[-1]])
                return way[::-1]
            if target not in came_from:
                came_from[target] = name
                waiting.append(target)
    return [start]


def _check_jump(draft: Draft, graph: Graph, jump: ControlEdge) -> None:
    """A circle must have a wait in it or another way out; otherwise it turns until `max_visits` stops it."""
    first, last = jump.target.name, jump.source.name
    circle = {first, last} | {name for name in reachable(graph, first) if last in {name, *reachable(graph, name)}}
    if any(_waits(draft.steps[name]) or _has_way_out(draft.steps[name], circle) for name in circle):
        return
    draft.findings.error(
        ExecutionGraphStructureError,
        GRAPH,
        f"`{last}` leads back to `{first}` for ever: nothing in between waits, and no other branch leaves the circle.",
        "Lead another outcome out of the circle, or put a wait into it.",
        at=jump.path,
        step=last,
        field=f"outcomes.{jump.label}" if jump.kind == "outcome" else jump.label,
    )


def _waits(step: StepDraft) -> bool:
    return step.spec is not None and step.spec.block.can_wait


def _has_way_out(step: StepDraft, circle: set[str]) -> bool:
    if step.spec is None:
        return True
    if any(edge.kind == "select" for edge in step.outgoing):
        return True
    following = [edge for edge in step.outgoing if edge.kind == "next"]
    for outcome in step.outcomes:
        edges = [edge for edge in step.outgoing if edge.kind == "outcome" and edge.label == outcome]
        if outcome not in step.options.outcomes:
            edges = following
        if not any(edge.target.name in circle for edge in edges):
            return True
    if step.outcomes:
        return False
    return any(edge.kind == "error" for edge in step.outgoing) and not any(
        edge.target.name in circle for edge in following
    )
