"""Whether a step of a durable run may start, must be skipped, or has to stand by (language rules R2 and R3)."""

from __future__ import annotations

from typing import Literal

from ringline.workflow.execution.batches import lets_through
from ringline.workflow.execution.parts import Gate, StepPlan
from ringline.workflow.execution.state import RunState

Verdict = Literal["start", "skip", "stand by"]


def verdict_on(step: StepPlan, state: RunState) -> Verdict:
    """What is to happen to a step that has not started, as far as the others have come."""
    progress = state.progress
    assert progress is not None
    gate = step.gate
    if gate is not None and step.position not in progress.forced:
        opened = _gate_of_batch(step, gate, state) if step.lineage else _gate(gate, state)
        if opened != "start":
            return opened
    if not all(progress.is_settled(position) for position in step.needs):
        return "stand by"
    if step.named and all(progress.was_skipped(position) for position in step.named):
        return "skip"
    return "start"


def _gate(gate: Gate, state: RunState) -> Verdict:
    progress = state.progress
    assert progress is not None
    is_open = False
    for (edge, _), source in zip(gate.edges, gate.sources, strict=True):
        if state.edges[edge]:
            if not gate.needs_all:
                return "start"
        elif not progress.is_settled(source):
            is_open = True
        elif gate.needs_all:
            return "skip"
    if is_open:
        return "stand by"
    return "start" if gate.needs_all else "skip"


def _gate_of_batch(step: StepPlan, gate: Gate, state: RunState) -> Verdict:
    """Elements that nothing leads to are left out when the step runs; here it is only asked whether that is known."""
    progress = state.progress
    assert progress is not None
    if all(progress.is_settled(source) for source in gate.sources):
        return "start"
    axis = state.axes.get(step.lineage)
    if gate.needs_all or axis is None:
        return "stand by"
    is_everywhere = all(lets_through(gate, step, state, axis, position) for position in range(len(axis)))
    return "start" if is_everywhere and len(axis) else "stand by"
