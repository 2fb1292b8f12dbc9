"""`roboflow_core/dimension_collapse@v1`: the elements of a batch as one list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected
from ringline.workflow.block import Block, Manifest, Output


class DimensionCollapseManifest(RoboflowManifest):
    """Gathers the innermost level of a batch into a list."""

    type: Literal["roboflow_core/dimension_collapse@v1", "DimensionCollapse"]
    data: Selected = Field(description="The batch to gather.")


class DimensionCollapse(Block):
    """A batch becomes a list; a batch of batches a batch of lists."""

    manifest: ClassVar[type[Manifest]] = DimensionCollapseManifest
    title = "Dimension collapse"
    icon = "fold-vertical"
    outputs = (Output("output", ("list_of_values",)),)
    dimensionality_offset = -1

    def run(self, *, data: Sequence[Any]) -> Mapping[str, Any]:
        return {"output": list(data)}
