"""`roboflow_core/delta_filter@v1`: go on only when a value changes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import Image, NextSteps, RoboflowManifest, Selected, camera_of
from ringline.workflow.block import Block, Manifest, Select


class DeltaFilterManifest(RoboflowManifest):
    """Runs the next steps when a value differs from the one before, for each camera apart."""

    type: Literal["roboflow_core/delta_filter@v1"]
    image: Image = Field(description="Image that says which camera the value belongs to.")
    value: Selected = Field(description="The value to watch.")
    next_steps: NextSteps = Field(description="Steps that run when the value has changed.")


class DeltaFilter(Block):
    """Remembers the last value of every camera; before the first one it is None."""

    manifest: ClassVar[type[Manifest]] = DeltaFilterManifest
    title = "Delta filter"
    icon = "filter"
    is_control_flow = True

    def __init__(self) -> None:
        self._last: dict[str, Any] = {}

    def run(self, *, image: Any, value: Any, next_steps: Sequence[str]) -> Select:
        camera = camera_of(image)
        if not _differ(value, self._last.get(camera)):
            return Select()
        self._last[camera] = value
        return Select(next_steps)

    def dump_state(self) -> Any:
        return dict(self._last)

    def load_state(self, state: Any) -> None:
        self._last = dict(state)


def _differ(one: Any, other: Any) -> bool:
    """Whether two values are not the same; arrays differ where any of their elements do, or their shapes."""
    if (one is None) != (other is None):
        return True
    try:
        answer = one != other
    except ValueError:
        return True  # arrays of shapes that do not go together
    return bool(answer.any()) if hasattr(answer, "any") else bool(answer)
