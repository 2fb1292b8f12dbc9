"""The names a template sees while its step is being prepared (language rule R7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringline.workflow.execution.parts import Lineage
from ringline.workflow.execution.state import PerElement, RunState

REPLY = "SMS reply"


class Scope:
    """Names to values for one element of one step; raises `LookupError` for a name that is not set."""

    __slots__ = ("_lineage", "_position", "_state")

    def __init__(self, state: RunState, lineage: Lineage, position: int) -> None:
        self._state = state
        self._lineage = lineage
        self._position = position

    def __call__(self, name: str) -> Any:
        state = self._state
        if name == "steps":
            return _Steps(self)
        if name == "run":
            return {"id": state.run_id, "workflow": state.plan.name or ""}
        if name == "trigger":
            return state.trigger or {}
        if name in state.variables:
            return self.element_of(state.variables[name])
        if name in state.plan.input_slots:
            slot, lineage = state.plan.input_slots[name]
            return self.at(state.values[slot], lineage)
        if name in state.plan.defaults:
            return state.plan.defaults[name]
        if name == REPLY and state.trigger is not None and "body" in state.trigger:
            return state.trigger["body"]
        raise LookupError(name)

    def element_of(self, value: Any) -> Any:
        return self.at(value.values, value.lineage) if isinstance(value, PerElement) else value

    def at(self, value: Any, lineage: Lineage) -> Any:
        """What *value* is for this element: its own part of a batch it belongs to, else all of it."""
        if not lineage or value is None:
            return value
        if lineage != self._lineage[: len(lineage)]:
            return value
        axis = self._state.axes[self._lineage]
        return value[axis.above(self._position, len(self._lineage) - len(lineage))]

    @property
    def state(self) -> RunState:
        return self._state


class _Steps(Mapping[str, Any]):
    """What stands behind ``steps.``: the outputs of each step, None where it did not run."""

    def __init__(self, scope: Scope) -> None:
        self._scope = scope

    def __getitem__(self, name: str) -> dict[str, Any]:
        state = self._scope.state
        slots = state.plan.output_slots[name]
        lineage = state.plan.step_lineages[name]
        return {output: self._scope.at(state.values[slot], lineage) for output, slot in slots.items()}

    def __iter__(self) -> Iterator[str]:
        return iter(self._scope.state.plan.output_slots)

    def __len__(self) -> int:
        return len(self._scope.state.plan.output_slots)
