"""`/api/v1/webhooks`: events told to other systems, and what became of them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ringline.clock import utc
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.webhooks.delivery import Status

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.webhooks import Delivery


class TryOut(BaseModel):
    """One try: the endpoint's answer, or why there was none."""

    at: datetime
    status: int | None = Field(description="HTTP status of the answer; null where none came.")
    error: str | None


class DeliveryOut(BaseModel):
    """An event for one endpoint as it stands."""

    id: str
    url: str
    type: str
    status: Status
    tries: int
    last_error: str | None
    created_at: datetime
    settled_at: datetime | None
    next_try_at: datetime | None
    run_id: str | None
    step: str | None


class WholeDeliveryOut(DeliveryOut):
    """The same with what is told and every try."""

    event: Any = Field(description="The body as it is sent: type, timestamp, data.")
    history: list[TryOut]


def build(ringline: Ringline) -> APIRouter:
    """Routes over the deliveries of *ringline*."""
    router = APIRouter(prefix="/api/v1/webhooks", tags=["webhooks"])

    @router.get("", operation_id="list_webhooks")
    async def list_webhooks(
        limit: Limit = 50,
        cursor: Cursor = None,
        run_id: Annotated[str | None, Query(description="Only those of this run.")] = None,
        status: Annotated[Status | None, Query(description="Only those with this status.")] = None,
    ) -> Page[DeliveryOut]:
        """Events told to other systems, newest first; of a run, else of a status."""
        found = await ringline.webhooks.list(run_id=run_id, status=status, before=cursor, limit=limit + 1)
        items, more = cut(found, limit)
        return Page(items=[_out(one) for one in items], next=items[-1].id if more else None)

    @router.get("/{webhook_id}", operation_id="get_webhook")
    async def get(webhook_id: str) -> WholeDeliveryOut:
        """One event with its tries."""
        return _whole(await ringline.webhooks.get(webhook_id))

    @router.post("/{webhook_id}/retry", operation_id="retry_webhook")
    async def retry(webhook_id: str) -> WholeDeliveryOut:
        """Try an event that was given up again, now and then for three days; others are left as they stand."""
        return _whole(await ringline.webhooks.retry(webhook_id))

    return router


def _fields(one: Delivery) -> dict[str, Any]:
    return {name: getattr(one, name) for name in DeliveryOut.model_fields}


def _out(one: Delivery) -> DeliveryOut:
    return DeliveryOut(**_fields(one))


def _whole(one: Delivery) -> WholeDeliveryOut:
    tries = [TryOut(at=utc(each["at"]), status=each["status"], error=each.get("error")) for each in one.history]
    return WholeDeliveryOut(**_fields(one), event=json.loads(one.body), history=tries)
