"""The names a template sees while its step is being prepared (language rule R7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ringline.workflow.execution.parts import Lineage
from ringline.workflow.execution.state import PerElement, RunState

REPLY = "SMS reply"


def reply_variable(step: str) -> str:
    """The variable in which a step that takes replies leaves its latest: when it was received, and its text."""
    return f"{REPLY}/{step}"


class Scope:
    """Names to values for one element of one step; raises `LookupError` for a name that is not set."""

    __slots__ = ("_lineage", "_position", "_replies", "_state")

    def __init__(self, state: RunState, lineage: Lineage, position: int, replies: Sequence[str] = ()) -> None:
        """*replies* are the steps upstream that take replies."""
        self._state = state
        self._lineage = lineage
        self._position = position
        self._replies = replies

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
        if name == REPLY:
            return self._latest_reply()
        raise LookupError(name)

    def _latest_reply(self) -> Any:
        """The text of the latest reply taken upstream, else of the message that started the run."""
        wanted = {reply_variable(step) for step in self._replies}
        taken = [value for name, value in self._state.variables.items() if name in wanted]
        if taken:
            # Of two at the same moment the one that was taken last, which stands last.
            return max(reversed(taken), key=lambda reply: str(reply[0]))[1]
        trigger = self._state.trigger
        if trigger is not None and "body" in trigger:
            return trigger["body"]
        raise LookupError(REPLY)

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
