"""The blocks of workflows, a folder per family; and what is needed to write one.

Subclass `Manifest` for the fields and `Block` for what the step does, and name the class in the entry point group
``ringline.blocks`` of your package.
"""

from __future__ import annotations

from functools import lru_cache
from importlib import import_module
from pkgutil import walk_packages
from typing import get_args

from ringline.errors import PluginInterfaceError
from ringline.workflow.block import (
    Batch,
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
    "Batch",
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


def discover() -> list[type[Block]]:
    """Every block of this package, sorted by its identifier.

    Raises:
        PluginInterfaceError: Two blocks have the same identifier or alias.
    """
    return list(_found())


@lru_cache(maxsize=1)
def _found() -> tuple[type[Block], ...]:
    names = sorted(module.name for module in walk_packages(__path__, f"{__name__}.") if not module.ispkg)
    found: dict[str, type[Block]] = {}
    for name in names:
        for member in vars(import_module(name)).values():
            if _is_block_of(member, name):
                for identifier in identifiers_of(member):
                    if identifier in found:
                        raise PluginInterfaceError(
                            f"Two blocks are called `{identifier}`: {found[identifier].__module__} and {name}.",
                            "workflow_compilation | blocks_loading",
                        )
                    found[identifier] = member
    return tuple(sorted(set(found.values()), key=lambda block: identifiers_of(block)[0]))


def identifiers_of(block: type[Block]) -> tuple[str, ...]:
    """The identifier of a block, and its aliases."""
    return get_args(block.manifest.model_fields["type"].annotation)


def _is_block_of(member: object, module: str) -> bool:
    """Whether *member* is a block that is defined in *module*, rather than imported or a base without fields."""
    return (
        isinstance(member, type)
        and issubclass(member, Block)
        and member.__module__ == module
        and hasattr(member, "manifest")
    )
