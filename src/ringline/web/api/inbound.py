"""`/api/v1/inbound`: what people wrote to our numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.naming import with_names
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.web.numbers import NO_PUBLIC_URL

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.messaging.message import Message


class InboundOut(MessageOut):
    """A message somebody sent us. `taken_by` is `opt_out`, `opt_in`, `run` or `trigger`, null for what nobody took."""

    taken_by: str | None
    taken_reason: str | None = Field(description="Why it went there, in a sentence.")


class InboundPage(Page[InboundOut]):
    """Messages people sent us; `lacks` says what keeps further ones from arriving here, null if nothing is known to."""

    lacks: str | None = None


def inbound_out(message: Message) -> InboundOut:
    """The received message in the API's form."""
    seen = message_out(message).model_dump()
    return InboundOut(**seen, taken_by=message.taken_by, taken_reason=message.taken_reason)


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
            items=await with_names(ringline, [inbound_out(message) for message in items]),
            next=items[-1].id if more else None,
            lacks=lacks,
        )

    return router
