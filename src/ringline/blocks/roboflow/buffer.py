"""`roboflow_core/buffer@v1`: the last few values of a stream."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected
from ringline.workflow.block import Block, Manifest, Output, SelectorOf


class BufferManifest(RoboflowManifest):
    """Gives the last values, newest first."""

    type: Literal["roboflow_core/buffer@v1", "Buffer"]
    data: Selected = Field(description="The value to keep.")
    length: int = Field(description="How many values to keep.")
    pad: Annotated[bool, SelectorOf("boolean")] = Field(
        default=False, description="Whether to fill up with None until there are enough."
    )


class Buffer(Block):
    """Remembers the last values of all elements and runs."""

    manifest: ClassVar[type[Manifest]] = BufferManifest
    title = "Buffer"
    icon = "layers"
    outputs = (Output("output", ("list_of_values",)),)

    def __init__(self) -> None:
        self._values: list[Any] = []

    @classmethod
    def faults_of(cls, manifest: Manifest) -> list[tuple[str, str, str, str]]:
        assert isinstance(manifest, BufferManifest)
        if manifest.length > 0:
            return []
        return [("warning", "length", "A buffer of this length keeps nothing.", "Write a number above zero.")]

    def run(self, *, data: Any, length: int, pad: bool) -> Mapping[str, Any]:
        size = max(0, length)
        self._values = [data, *self._values][:size]
        missing = size - len(self._values) if pad else 0
        return {"output": self._values + [None] * missing}

    def dump_state(self) -> Any:
        return list(self._values)

    def load_state(self, state: Any) -> None:
        self._values = list(state)
