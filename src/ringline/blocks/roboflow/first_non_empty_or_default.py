"""`roboflow_core/first_non_empty_or_default@v1`: join branches of which only one ran."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected
from ringline.workflow.block import Block, Manifest, Output


class FirstNonEmptyOrDefaultManifest(RoboflowManifest):
    """Gives the first value that is there, else a default."""

    type: Literal["roboflow_core/first_non_empty_or_default@v1", "FirstNonEmptyOrDefault"]
    data: list[Selected] = Field(description="Values in order of preference.")
    default: Any = Field(default=None, description="What to give where none of them is there.")


class FirstNonEmptyOrDefault(Block):
    """Only None counts as absent: zero, an empty text and an empty list are values."""

    manifest: ClassVar[type[Manifest]] = FirstNonEmptyOrDefaultManifest
    title = "First non-empty"
    icon = "list-filter"
    outputs = (Output("output"),)
    accepts_none = True

    def run(self, *, data: Sequence[Any], default: Any) -> Mapping[str, Any]:
        return {"output": next((value for value in data if value is not None), default)}
