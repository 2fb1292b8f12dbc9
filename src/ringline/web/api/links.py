"""`/api/v1/links`: short links, where they lead, and how often they were followed."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from ringline.clock import utc
from ringline.errors import RequestError
from ringline.messaging.links import ShortLink
from ringline.web.api.naming import Named, with_names
from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline


class LinkOut(Named):
    """A short link of ours."""

    code: str
    address: str | None = Field(description="What people see; null where no public address is set any more.")
    url: str = Field(description="Where it leads.")
    clicks: int
    last_click_at: datetime | None
    message: str | None = Field(description="The message that carries it.")
    to: str | None = Field(description="Who got that message.")
    created_at: datetime | None


def build(ringline: Ringline) -> APIRouter:
    """Routes over the short links of *ringline*."""
    router = APIRouter(prefix="/api/v1/links", tags=["messages"])

    @router.get("", operation_id="list_links")
    async def list_links(
        limit: Limit = 50,
        cursor: Cursor = None,
        message: Annotated[str | None, Query(description="Only those of this message.", max_length=100)] = None,
        search: Annotated[
            str | None, Query(description="Part of where they lead, or a code.", min_length=1, max_length=200)
        ] = None,
    ) -> Page[LinkOut]:
        """Short links with their clicks, newest first."""
        if message is not None:
            found, more = await ringline.links.of_message(message), False
        else:
            found, more = cut(
                await ringline.links.list(limit=limit + 1, before=_position(cursor), search=search), limit
            )
        ids = [link.message_id for link in found if link.message_id is not None]
        rows = await ringline.outbox.list({"ids": ids}, limit=len(ids)) if ids else []
        people = {row.id: row.to for row in rows}
        last = found[-1] if more else None
        return Page(
            items=await with_names(ringline, [_out(link, people.get(link.message_id or "")) for link in found]),
            next=None if last is None else f"{last.created_at!r}/{last.code}",
        )

    return router


def _out(link: ShortLink, to: str | None) -> LinkOut:
    return LinkOut(
        code=link.code,
        address=link.address,
        url=link.url,
        clicks=link.clicks,
        last_click_at=utc(link.last_click_at),
        message=link.message_id,
        to=to,
        created_at=utc(link.created_at),
    )


def _position(cursor: str | None) -> tuple[float, str] | None:
    if cursor is None:
        return None
    at, _, code = cursor.partition("/")
    try:
        return float(at), code
    except ValueError:
        raise RequestError("`cursor` is none of ours", field="cursor", fix="give `next` of the page before") from None
