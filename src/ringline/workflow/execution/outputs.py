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
    tree = _nested(output, state, serialize)
    missing = _empty(len(output.lineage) - 1)
    return [*tree, *(missing for _ in range(state.batch_size - len(tree)))]


def _whole(output: OutputPlan, state: RunState, serialize: bool) -> Any:
    """A value that has nothing to do with the input batch."""
    if output.lineage:
        return None if state.axes.get(output.lineage) is None else _nested(output, state, serialize)
    return _value(output, [_written(state.values[slot], kinds, serialize) for _, slot, kinds in output.slots])


def _nested(output: OutputPlan, state: RunState, serialize: bool) -> list[Any]:
    """The value for every element, as nested as the batch is; None where it was not produced."""
    axis = state.axes.get(output.lineage)
    if axis is None:
        return []
    columns = []
    for _, slot, kinds in output.slots:
        column = state.values[slot]
        if column is None:
            column = [None] * len(axis)
        columns.append([_written(value, kinds, serialize) for value in column])
    leaves = [(index, _value(output, [column[row] for column in columns])) for row, index in enumerate(axis.indices)]
    return _tree(leaves, len(output.lineage))


def _value(output: OutputPlan, values: Sequence[Any]) -> Any:
    """One value, or for ``.*`` all of the step's by name."""
    if not output.is_wildcard:
        return values[0]
    return {name: value for (name, _, _), value in zip(output.slots, values, strict=True)}


def _written(value: Any, kinds: Sequence[str], serialize: bool) -> Any:
    return written(value, kinds) if serialize else value


def _tree(leaves: Sequence[tuple[tuple[int, ...], Any]], depth: int) -> list[Any]:
    """Nested lists from values with their indices; a level with nothing in it is an empty list."""
    if depth == 1:
        return [value for _, value in leaves]
    below: dict[int, list[tuple[tuple[int, ...], Any]]] = {}
    for index, value in leaves:
        below.setdefault(index[0], []).append((index[1:], value))
    size = max(below, default=-1) + 1
    return [_tree(below[place], depth - 1) if place in below else _empty(depth - 1) for place in range(size)]


def _empty(depth: int) -> list[Any] | None:
    """What stands for an element with nothing below it: None, or a list as deep as its siblings."""
    if depth == 0:
        return None
    return [] if depth == 1 else [_empty(depth - 1)]
