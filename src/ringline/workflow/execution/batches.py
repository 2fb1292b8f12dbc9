"""Steps on batches: once per element, all at once, gathering the innermost level, or spreading into a deeper one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ringline.errors import InvalidBlockBehaviourError
from ringline.workflow.block import Batch
from ringline.workflow.execution.answers import (
    Answer,
    decide_batch,
    read_answer,
    read_row,
    store,
    store_batch,
    taken_edges,
)
from ringline.workflow.execution.calling import EXECUTION, Failed, arguments_of, call
from ringline.workflow.execution.parts import Gate, Source, StepPlan
from ringline.workflow.execution.state import Axis, RunState


async def run_batch(step: StepPlan, state: RunState) -> None:
    """Run a step for the elements of its batch that may run and have their values."""
    axis = state.axes.get(step.lineage)
    if axis is None or lacks_single_value(step, state.values):
        return
    block = step.spec.block
    if block.dimensionality_offset == 0 and not block.whole_batch:
        answers: list[Answer | None] = [None] * len(axis)
        for position in open_elements(step, state, axis):
            arguments = arguments_of(step, state.values, position)
            if arguments is not None:
                answers[position] = read_answer(step, await call(step, state, arguments, position))
        store_batch(step, state, step.lineage, answers)
    elif block.dimensionality_offset > 0:
        await _run_spreading_each(step, state, axis)
    else:
        chosen = [
            position
            for position in open_elements(step, state, axis)
            if step.accepts_none or _has_values(step, state.values, position)
        ]
        if block.dimensionality_offset < 0:
            await _run_gathering(step, state, axis, chosen)
        else:
            await _run_whole(step, state, axis, chosen)


async def run_spreading(step: StepPlan, state: RunState, arguments: dict[str, Any]) -> None:
    """Run a step that makes a batch out of single values."""
    rows, answer = _read_rows(step, await call(step, state, arguments, None))
    state.axes[step.output_lineage] = Axis([(index,) for index in range(len(rows))])
    _store_rows(step, state, rows)
    for edge in taken_edges(step, answer):
        state.edges[edge] = True


async def _run_spreading_each(step: StepPlan, state: RunState, axis: Axis) -> None:
    """The same for each element: a deeper batch, each of its elements below the one it came from."""
    indices: list[tuple[int, ...]] = []
    parents: list[int] = []
    rows: list[Mapping[str, Any]] = []
    answers: list[Answer | None] = [None] * len(axis)
    for position in open_elements(step, state, axis):
        arguments = arguments_of(step, state.values, position)
        if arguments is None:
            continue
        found, answers[position] = _read_rows(step, await call(step, state, arguments, position))
        rows.extend(found)
        indices.extend((*axis.indices[position], index) for index in range(len(found)))
        parents.extend([position] * len(found))
    state.axes[step.output_lineage] = Axis(indices, parents, axis)
    _store_rows(step, state, rows)
    decide_batch(step, state, step.lineage, answers)


def _read_rows(step: StepPlan, result: Any) -> tuple[Sequence[Mapping[str, Any]], Answer]:
    if isinstance(result, Failed):
        return [], read_answer(step, result)
    if not isinstance(result, list | tuple):
        raise InvalidBlockBehaviourError(
            f"The step `{step.name}` ({step.type}) makes a batch, so it must give a list of outputs, not "
            f"{type(result).__name__}.",
            EXECUTION,
        )
    return [read_row(step, row) for row in result], Answer({})


def _store_rows(step: StepPlan, state: RunState, rows: Sequence[Mapping[str, Any]]) -> None:
    for name, slot in step.outputs:
        state.values[slot] = [row[name] for row in rows]


async def _run_whole(step: StepPlan, state: RunState, axis: Axis, chosen: list[int]) -> None:
    answers: list[Answer | None] = [None] * len(axis)
    if chosen:
        result = await call(step, state, _gathered(step, state.values, chosen), None)
        results = [result] * len(chosen) if isinstance(result, Failed) else result
        if not isinstance(results, list | tuple) or len(results) != len(chosen):
            raise InvalidBlockBehaviourError(
                f"The step `{step.name}` ({step.type}) was given {len(chosen)} elements and did not give a list of as "
                "many results.",
                EXECUTION,
            )
        for position, single in zip(chosen, results, strict=True):
            answers[position] = read_answer(step, single)
    store_batch(step, state, step.lineage, answers)


async def _run_gathering(step: StepPlan, state: RunState, axis: Axis, chosen: list[int]) -> None:
    """Once for each element of the batch above, with the lists of what lies below it."""
    if axis.parent is None:
        if chosen:
            result = await call(step, state, _gathered(step, state.values, chosen), None)
            store(step, state, read_answer(step, result))
        return
    below: dict[int, list[int]] = {}
    for position in chosen:
        below.setdefault(axis.parents[position], []).append(position)
    answers: list[Answer | None] = [None] * len(axis.parent)
    for parent, positions in sorted(below.items()):
        arguments = _gathered(step, state.values, positions)
        answers[parent] = read_answer(step, await call(step, state, arguments, None))
    store_batch(step, state, step.output_lineage, answers)


def _gathered(step: StepPlan, values: Sequence[Any], positions: Sequence[int]) -> dict[str, Any]:
    """Arguments with a list in place of each batch value."""

    def value_of(source: Source) -> Any:
        value = values[source.slot]
        if not source.is_batch:
            return source.absent if value is None else value
        return Batch(None if value is None else value[position] for position in positions)

    arguments = step.constants.copy()
    for name, source in step.direct:
        arguments[name] = value_of(source)
    for container in step.containers:
        filled = container.base.copy()
        for key, source in container.sources:
            filled[key] = value_of(source)
        arguments[container.name] = filled
    return arguments


def _sources(step: StepPlan) -> Iterable[Source]:
    for _, source in step.direct:
        yield source
    for container in step.containers:
        for _, source in container.sources:
            yield source


def lacks_single_value(step: StepPlan, values: Sequence[Any]) -> bool:
    """Whether a value that is no batch is missing, which skips the step for every element."""
    return any(source.skips and not source.is_batch and values[source.slot] is None for source in _sources(step))


def _has_values(step: StepPlan, values: Sequence[Any], position: int) -> bool:
    for source in _sources(step):
        if source.is_batch:
            column = values[source.slot]
            if column is None or column[position] is None:
                return False
    return True


def open_elements(step: StepPlan, state: RunState, axis: Axis) -> Iterable[int]:
    """The elements that the ways to this step let through."""
    gate = step.gate
    if gate is None:
        return range(len(axis))
    return [position for position in range(len(axis)) if lets_through(gate, step, state, axis, position)]


def lets_through(gate: Gate, step: StepPlan, state: RunState, axis: Axis, position: int) -> bool:
    """Whether the ways taken so far lead an element to the step."""
    for edge, lineage in gate.edges:
        taken = state.edges[edge]
        if isinstance(taken, list):
            taken = taken[axis.above(position, len(step.lineage) - len(lineage))]
        if bool(taken) != gate.needs_all:
            return not gate.needs_all
    return gate.needs_all
