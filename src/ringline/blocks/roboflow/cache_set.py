"""`roboflow_core/cache_set@v1`: keep a value for later runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import Image, RoboflowManifest, Selected, camera_of
from ringline.blocks.roboflow.cache_memory import SHARED, CacheMemory
from ringline.workflow.block import Block, Manifest, Output, SelectorOf


class CacheSetManifest(RoboflowManifest):
    """Keeps a value under a key, for each camera apart."""

    type: Literal["roboflow_core/cache_set@v1"]
    image: Image = Field(description="Image that says which camera the value belongs to.")
    key: Annotated[str, SelectorOf("string")] = Field(description="Name to keep the value under.")
    value: Selected = Field(description="The value to keep.")


class CacheSet(Block):
    """Gives the value on; it lives as long as the process does."""

    manifest: ClassVar[type[Manifest]] = CacheSetManifest
    title = "Cache set"
    icon = "archive"
    outputs = (Output("output"),)

    def __init__(self, *, cache_memory: CacheMemory = SHARED) -> None:
        self._memory = cache_memory

    def run(self, *, image: Any, key: str, value: Any) -> Mapping[str, Any]:
        self._memory.set(camera_of(image), key, value)
        return {"output": value}
