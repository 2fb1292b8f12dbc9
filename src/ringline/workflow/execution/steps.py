"""Runs the steps of a plan in order, each in the way its values ask for."""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ringline.errors import WorkflowError
from ringline.workflow.execution.answers import read_answer, store
from ringline.workflow.execution.batches import run_batch, run_spreading
from ringline.workflow.execution.calling import arguments_of, call, context_of, step_error
from ringline.workflow.execution.parts import Gate, StepPlan
from ringline.workflow.execution.state import RunState

if TYPE_CHECKING:
    from ringline.workflow.plan import Plan


async def run_steps(plan: Plan, state: RunState) -> None:
    """Run every step that may run; the plan's order settles all a step needs before it."""
    for step in plan.steps:
        if step.lineage:
            await run_batch(step, state)
            continue
        if step.gate is not None and not _is_open(step.gate, state.edges):
            continue
        arguments = arguments_of(step, state.values, 0)
        if arguments is None:
            continue
        if step.is_simple:
            await run_simple(step, state, arguments)
        elif step.spec.block.dimensionality_offset > 0:
            await run_spreading(step, state, arguments)
        else:
            store(step, state, read_answer(step, await call(step, state, arguments, None)))


async def run_simple(step: StepPlan, state: RunState, arguments: dict[str, Any]) -> None:
    """The way of most steps: no policies, templates or outcomes to look after."""
    if step.takes_step:
        arguments["step"] = context_of(step, state, ())
    try:
        result = step.run(**arguments)
        if type(result) is not dict and inspect.isawaitable(result):
            result = await state.settle(result)
    except WorkflowError:
        raise
    except Exception as error:  # whatever a block raises, the run's error names its step
        raise step_error(step, error) from error
    if type(result) is dict and result.keys() == step.own_names:
        values = state.values
        for name, slot in step.outputs:
            values[slot] = result[name]
        for edge in step.next_edges:
            state.edges[edge] = True
    else:
        store(step, state, read_answer(step, result))


def _is_open(gate: Gate, edges: Sequence[Any]) -> bool:
    if gate.needs_all:
        return all(edges[edge] for edge, _ in gate.edges)
    return any(edges[edge] for edge, _ in gate.edges)
