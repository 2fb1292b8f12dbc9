"""`/api/v1`: a file per resource."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.web.api import (
    audit,
    blocks,
    broadcasts,
    budgets,
    calls,
    contacts,
    content_templates,
    conversations,
    credentials,
    deliveries,
    doctor,
    drafts,
    figures,
    inbound,
    keys,
    links,
    lists,
    me,
    messages,
    numbers,
    opt_outs,
    phone,
    pools,
    previews,
    runs,
    senders,
    sessions,
    settling,
    triggers,
    users,
    versions,
    workflows,
)

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

# Settling first: one of its paths reads like a message of that id.
_RESOURCES = (
    settling,
    messages,
    calls,
    sessions,
    inbound,
    conversations,
    links,
    workflows,
    versions,
    drafts,
    blocks,
    figures,
    budgets,
    previews,
    runs,
    triggers,
    deliveries,
    credentials,
    numbers,
    content_templates,
    phone,
    senders,
    pools,
    contacts,
    opt_outs,
    lists,
    broadcasts,
    doctor,
    me,
    users,
    keys,
    audit,
)


def routes(ringline: Ringline) -> list[BaseRoute]:
    """Every route of every resource."""
    return [route for resource in _RESOURCES for route in resource.build(ringline).routes]
