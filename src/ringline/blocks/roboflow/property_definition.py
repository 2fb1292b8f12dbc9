"""`roboflow_core/property_definition@v1`: what a chain of operations makes of a value."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import RoboflowManifest, Selected
from ringline.query import OperationChain
from ringline.workflow.block import Block, Manifest, Output


class PropertyDefinitionManifest(RoboflowManifest):
    """Takes a property out of a value by operations."""

    type: Literal["roboflow_core/property_definition@v1", "PropertyDefinition", "PropertyExtraction"]
    data: Selected = Field(description="The value to work on.")
    operations: OperationChain = Field(description="Operations, applied one after another.")


class PropertyDefinition(Block):
    """What the operations make of the value."""

    manifest: ClassVar[type[Manifest]] = PropertyDefinitionManifest
    title = "Property"
    icon = "list-tree"
    outputs = (Output("output"),)

    def run(self, *, data: Any, operations: OperationChain) -> Mapping[str, Any]:
        return {"output": operations(data)}
