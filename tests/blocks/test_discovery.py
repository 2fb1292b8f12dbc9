"""Blocks are found by walking the package, and two of one name are an error."""

from __future__ import annotations

import sys
import types
from typing import Any, Literal

import pytest

import ringline.blocks as blocks
from ringline.blocks import Block, Manifest, discover
from ringline.errors import PluginInterfaceError

ROBOFLOW = (
    "buffer cache_get cache_set continue_if csv_formatter current_time data_aggregator delta_filter dimension_collapse "
    "environment_secrets_store expression first_non_empty_or_default json_parser property_definition rate_limiter "
    "string_template switch_case"
)


def test_the_generic_blocks_of_roboflow_are_there_in_order() -> None:
    names = [blocks.identifiers_of(block)[0] for block in discover()]

    assert names == sorted(names)
    assert {f"roboflow_core/{name}@v1" for name in ROBOFLOW.split()} <= set(names)


def test_a_block_is_found_once_where_it_is_defined() -> None:
    found = discover()

    assert len(found) == len(set(found))
    assert all(block.__module__.startswith("ringline.blocks.") for block in found)


def test_finding_them_again_gives_a_list_of_ones_own() -> None:
    discover().clear()

    assert discover()


def test_two_blocks_of_one_name_are_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    class TwinManifest(Manifest):
        type: Literal["twin/block@v1", "Buffer"]

    class Twin(Block):
        manifest = TwinManifest
        __module__ = "ringline.blocks.twin"

        def run(self) -> dict[str, Any]:
            return {}

    module = types.ModuleType("ringline.blocks.twin")
    module.Twin = Twin  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ringline.blocks.twin", module)
    walked = list(blocks.walk_packages(blocks.__path__, "ringline.blocks."))
    info = types.SimpleNamespace(name="ringline.blocks.twin", ispkg=False)
    monkeypatch.setattr(blocks, "walk_packages", lambda *_: [*walked, info])
    blocks._found.cache_clear()

    with pytest.raises(PluginInterfaceError, match="Two blocks are called `Buffer`"):
        discover()
    blocks._found.cache_clear()
