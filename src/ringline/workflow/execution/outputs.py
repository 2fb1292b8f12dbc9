"""What a run gives back: a dict of outputs, or one for each element of the input batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ringline.workflow.execution.parts import INPUT_BATCH, OutputPlan
from ringline.workflow.execution.state import RunState
from ringline.workflow.kinds import written

if TYPE_CHECKING:
    from ringline.workflow.plan import Plan


def build_outputs(plan: Plan, state: RunState, serialize: bool) -> list[dict[str, Any]]:
    """The outputs in the order they are declared; what was not produced is None."""
    values = state.values
    if plan.single_outputs is not None and not serialize:
        return [{name: values[slot] for name, slot in plan.single_outputs}]
    batched = [output for output in plan.outputs if output.lineage[:1] == (INPUT_BATCH,)]
    if not batched:
        return [{output.name: _whole(output, state, serialize) for output in plan.outputs}]
    # As in Roboflow's results, what is the same for every element stands first.
    same = {output.name: _whole(output, state, serialize) for output in plan.outputs if output not in batched}
    results = [dict(same) for _ in range(state.batch_size)]
    for output in batched:
        for result, value in zip(results, _by_element(output, state, serialize), strict=True):
            result[output.name] = value
    return results


def _by_element(output: OutputPlan, state: RunState, serialize: bool) -> list[Any]:
    """The output's value for each element of the input batch, deeper levels as nested lists."""
    columns = {
        name: _padded(_nested(output, state, slot, kinds, serialize), state.batch_size)
        for name, slot, kinds in output.slots
    }
    if not output.is_wildcard:
        return columns[None]
    return [
        {name: column[index] for name, column in columns.items() if name is not None}
        for index in range(state.batch_size)
    ]


def _whole(output: OutputPlan, state: RunState, serialize: bool) -> Any:
    """A value that has nothing to do with the input batch."""
    parts: dict[str | None, Any] = {}
    for name, slot, kinds in output.slots:
        if output.lineage:
            parts[name] = _nested(output, state, slot, kinds, serialize)
        else:
            value = state.values[slot]
            parts[name] = written(value, kinds) if serialize else value
    return parts if output.is_wildcard else parts[None]


def _nested(output: OutputPlan, state: RunState, slot: int, kinds: Sequence[str], serialize: bool) -> list[Any] | None:
    column = state.values[slot]
    axis = state.axes.get(output.lineage)
    if column is None or axis is None:
        return None
    if serialize:
        column = [written(value, kinds) for value in column]
    if len(output.lineage) == 1:
        return list(column)
    return _tree([(index, value) for index, value in zip(axis.indices, column, strict=True)])


def _tree(leaves: list[tuple[tuple[int, ...], Any]]) -> list[Any] | None:
    """Nested lists from values with their indices; None where an index has nothing below it."""
    if not leaves:
        return None
    if len(leaves[0][0]) == 1:
        last = max(index[0] for index, _ in leaves)
        row: list[Any] = [None] * (last + 1)
        for index, value in leaves:
            row[index[0]] = value
        return row
    below: dict[int, list[tuple[tuple[int, ...], Any]]] = {}
    for index, value in leaves:
        below.setdefault(index[0], []).append((index[1:], value))
    return [_tree(below.get(position, [])) for position in range(max(below) + 1)]


def _padded(column: list[Any] | None, size: int) -> list[Any]:
    found = column or []
    return [*found, *[None] * (size - len(found))]
