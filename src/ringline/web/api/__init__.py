"""`/api/v1`: a file per resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.web.api import contacts, credentials, doctor, inbound, lists, messages, numbers, runs, triggers, workflows

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

_RESOURCES = (messages, inbound, workflows, runs, triggers, credentials, numbers, contacts, lists, doctor)


def routes(ringline: Ringline) -> list[BaseRoute]:
    """Every route of every resource."""
    return [route for resource in _RESOURCES for route in resource.build(ringline).routes]
