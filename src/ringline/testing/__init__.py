"""Tests of workflows in virtual time: scenarios in YAML, and a world to hold in one's hands in Python."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.testing.fixture import scenario
    from ringline.testing.running import Failure, Result, find_scenarios, run_scenarios

__all__ = ["Failure", "Result", "find_scenarios", "run_scenarios", "scenario"]

_HOMES = {
    "Failure": "ringline.testing.running",
    "Result": "ringline.testing.running",
    "find_scenarios": "ringline.testing.running",
    "run_scenarios": "ringline.testing.running",
    "scenario": "ringline.testing.fixture",
}


def __getattr__(name: str) -> Any:
    # pytest is there only where tests are.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ringline.testing' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
