"""`roboflow_core/cache_get@v1`: a value that was kept before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.roboflow.base import Image, RoboflowManifest, camera_of
from ringline.blocks.roboflow.cache_memory import SHARED, CacheMemory
from ringline.workflow.block import Block, Manifest, Output, SelectorOf


class CacheGetManifest(RoboflowManifest):
    """Gives the value kept under a key, for each camera apart."""

    type: Literal["roboflow_core/cache_get@v1"]
    image: Image = Field(description="Image that says which camera the value belongs to.")
    key: Annotated[str, SelectorOf("string")] = Field(description="Name the value was kept under.")


class CacheGet(Block):
    """False where nothing was kept."""

    manifest: ClassVar[type[Manifest]] = CacheGetManifest
    title = "Cache get"
    icon = "archive-restore"
    outputs = (Output("output"),)

    def __init__(self, *, cache_memory: CacheMemory = SHARED) -> None:
        self._memory = cache_memory

    def run(self, *, image: Any, key: str) -> Mapping[str, Any]:
        return {"output": self._memory.get(camera_of(image), key)}
