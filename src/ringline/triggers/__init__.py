"""What starts runs by itself: published workflows' schedules, inbound messages, message statuses and webhooks.

Publishing a version of a workflow replaces its triggers by that version's, in one transaction. Each event starts at
most one run of a trigger: its id is written down with the run, in the same transaction.

Which file holds what: ``publishing`` which version is published and with which triggers, ``starting`` from an event to
a run, then a file per kind of event: ``schedules``, ``inbound``, ``statuses``, ``webhooks`` (with ``proof``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.triggers.triggers import Triggers

__all__ = ["Triggers"]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'ringline.triggers' has no attribute {name!r}")
    from ringline.triggers.triggers import Triggers

    return Triggers
