"""The one place that puts the parts together: `Workflow` in memory, and `Ringline` with a database.

Rooms are blind to each other where the layers say so; what one needs from another is handed in here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.app.bare import Workflow
    from ringline.app.registered import RegisteredWorkflow, StartedRun
    from ringline.app.registry import block_registry
    from ringline.app.system import Ringline

__all__ = ["RegisteredWorkflow", "Ringline", "StartedRun", "Workflow", "block_registry"]

_HOMES = {
    "RegisteredWorkflow": "ringline.app.registered",
    "Ringline": "ringline.app.system",
    "StartedRun": "ringline.app.registered",
    "Workflow": "ringline.app.bare",
    "block_registry": "ringline.app.registry",
}


def __getattr__(name: str) -> Any:
    # A bare workflow needs neither database nor queue, so it does not load them.
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'ringline.app' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(home), name)
