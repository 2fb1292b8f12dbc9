"""`/api/v1/inbound`: what people wrote to our numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.web.numbers import NO_PUBLIC_URL

if TYPE_CHECKING:
    from ringline.app import Ringline


class InboundPage(Page[MessageOut]):
    """Messages people sent us; `lacks` says what keeps further ones from arriving here, null if nothing is known to."""

    lacks: str | None = None


def build(ringline: Ringline) -> APIRouter:
    """Routes over the inbound messages of *ringline*."""
    router = APIRouter(prefix="/api/v1/inbound", tags=["inbound"])

    @router.get("", operation_id="list_inbound")
    async def list_inbound(
        limit: Limit = 50,
        cursor: Cursor = None,
        from_: Annotated[str | None, Query(alias="from", description="Only from this number.")] = None,
    ) -> InboundPage:
        """Messages people sent us, newest first."""
        found = await ringline.inbound.list(limit=limit + 1, before=cursor, from_=from_)
        items, more = cut(found, limit)
        lacks = None if ringline.settings.public_url else NO_PUBLIC_URL
        return InboundPage(
            items=[message_out(message) for message in items], next=items[-1].id if more else None, lacks=lacks
        )

    return router
