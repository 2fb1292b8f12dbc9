"""Every block there is: ours, and those that installed packages offer."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from ringline.blocks import discover
from ringline.errors import PluginInterfaceError, PluginLoadingError
from ringline.workflow import BlockRegistry
from ringline.workflow.block import Block

if TYPE_CHECKING:
    from collections.abc import Iterable

ENTRY_POINTS = "ringline.blocks"
"""Group under which installed packages offer blocks of their own."""


@lru_cache(maxsize=1)
def block_registry() -> BlockRegistry:
    """Every block there is: ours, then those that installed packages offer. Read once per process.

    Raises:
        PluginLoadingError: A package that offers blocks cannot be imported.
        PluginInterfaceError: What it offers is not a block.
    """
    registry = BlockRegistry(discover())
    for block in _offered_blocks():
        registry.add(block)
    return registry


def _offered_blocks() -> Iterable[type[Block]]:
    from importlib.metadata import entry_points

    for point in sorted(entry_points(group=ENTRY_POINTS), key=lambda point: point.name):
        try:
            offered = point.load()
        except Exception as error:
            raise PluginLoadingError(
                f"The blocks of `{point.name}` ({point.value}) could not be loaded: {type(error).__name__}: {error}",
                "workflow_compilation | blocks_loading",
                error,
            ) from error
        blocks = offered if isinstance(offered, list | tuple) else [offered]
        for block in blocks:
            if not (isinstance(block, type) and issubclass(block, Block)):
                raise PluginInterfaceError(
                    f"The entry point `{point.name}` ({point.value}) offers {block!r}, which is not a block. "
                    "It must name a subclass of ringline.blocks.Block, or a list of them.",
                    "workflow_compilation | blocks_loading",
                )
            yield block
