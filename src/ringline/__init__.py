"""Workflows that text, call and talk to people through Twilio.

Public names are loaded when they are first used, so that importing the package costs nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.app import Ringline, Workflow
    from ringline.errors import DefinitionError, Fault, RinglineError

__all__ = ["DefinitionError", "Fault", "Ringline", "RinglineError", "Workflow"]

_HOMES = {
    "DefinitionError": "ringline.errors",
    "Fault": "ringline.errors",
    "Ringline": "ringline.app",
    "RinglineError": "ringline.errors",
    "Workflow": "ringline.app",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ringline' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
