"""`/api/v1/inbound`: what people wrote to our numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query

from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline


def build(ringline: Ringline) -> APIRouter:
    """Routes over the inbound messages of *ringline*."""
    router = APIRouter(prefix="/api/v1/inbound", tags=["inbound"])

    @router.get("", operation_id="list_inbound")
    async def list_inbound(
        limit: Limit = 50,
        cursor: Cursor = None,
        from_: Annotated[str | None, Query(alias="from", description="Only from this number.")] = None,
    ) -> Page[MessageOut]:
        """Messages people sent us, newest first."""
        found = await ringline.inbound.list(limit=limit + 1, before=cursor, from_=from_)
        items, more = cut(found, limit)
        return Page(items=[message_out(message) for message in items], next=items[-1].id if more else None)

    return router
