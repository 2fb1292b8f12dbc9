"""The blocks Ringline brings, a file each, and what is needed to write one."""

from __future__ import annotations

import importlib
import pkgutil
from functools import lru_cache

from ringline.workflow.block import (
    Block,
    Done,
    Manifest,
    Output,
    Select,
    SelectorOf,
    StepContext,
    StepReference,
    StepTargets,
    Template,
    Wait,
)

__all__ = [
    "Block",
    "Done",
    "Manifest",
    "Output",
    "Select",
    "SelectorOf",
    "StepContext",
    "StepReference",
    "StepTargets",
    "Template",
    "Wait",
    "discover",
]


@lru_cache(maxsize=1)
def discover() -> tuple[type[Block], ...]:
    """Every block in this package, by a walk over its files in alphabetical order.

    A file offers the subclasses of `Block` that are defined in it and have a manifest.
    """
    names = sorted(module.name for module in pkgutil.walk_packages(__path__, f"{__name__}.") if not module.ispkg)
    found: list[type[Block]] = []
    for name in names:
        module = importlib.import_module(name)
        found += [
            value
            for value in vars(module).values()
            if isinstance(value, type)
            and issubclass(value, Block)
            and value.__module__ == name
            and hasattr(value, "manifest")
        ]
    return tuple(found)
