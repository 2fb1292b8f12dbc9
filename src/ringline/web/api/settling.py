"""`/api/v1/messages/…`: what nobody could find out, its evidence, and a person's word on it; erasing texts."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from ringline.clock import utc
from ringline.errors import RequestError
from ringline.messaging.rows import message_of_row
from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.naming import with_names
from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline


class SettleIn(BaseModel):
    """What a person found out about a message: exactly one of `sid`, `send_again` and `close`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    sid: str | None = Field(default=None, description="It was sent, as this message of Twilio's.", examples=["SM…"])
    send_again: bool = Field(default=False, description="It was not sent; send it now.")
    close: bool = Field(default=False, description="Leave it as it is, and ask nobody any more.")
    by: str = Field(default="api", min_length=1, max_length=200, description="Who says so; it is written down.")
    note: str | None = Field(default=None, max_length=1000, description="Why; it is written down.")


class RedactIn(BaseModel):
    """How a text is erased."""

    model_config = ConfigDict(extra="forbid", strict=True)

    at_twilio: bool = Field(default=True, description="Erase it at Twilio as well.")
    by: str = Field(default="api", min_length=1, max_length=200, description="Who says so; it is written down.")


class AttemptOut(BaseModel):
    """One request to Twilio, and the looks at Twilio's list for what became of it."""

    attempt: int
    at: datetime
    outcome: str
    sid: str | None
    bound_by: str | None = Field(description="Who named the sid: `response`, `token`, `list` or `human`.")
    http_status: int | None
    error_code: int | None
    error_message: str | None
    request_id: str | None
    list_reads: int
    last_read_at: datetime | None
    next_read_at: datetime | None
    last_read: dict[str, Any] = Field(
        description="The last look: pages, how many were listed, the sids with just this text (`strong`) and those "
        "that may be it (`weak`), or the `problem` that kept it from being read."
    )


class ReportOut(BaseModel):
    """One report of Twilio's."""

    sid: str
    status: str
    error_code: int | None
    source: str
    attempt: int | None
    received_at: datetime


class SettlementOut(BaseModel):
    """What somebody decided about a message."""

    at: datetime
    by: str
    action: str
    sid: str | None
    note: str | None


class EvidenceOut(BaseModel):
    """All that is known of whether a message went out."""

    attempts: list[AttemptOut]
    reports: list[ReportOut]
    settlements: list[SettlementOut]


def build(ringline: Ringline) -> APIRouter:
    """Routes over the messages of *ringline* that somebody has to look at."""
    router = APIRouter(prefix="/api/v1/messages", tags=["messages"])

    @router.get("/unresolved", operation_id="list_unresolved_messages")
    async def unresolved(limit: Limit = 50, cursor: Cursor = None) -> Page[MessageOut]:
        """Messages of which nobody knows whether they went out, newest first, without those that were closed."""
        rows = await ringline.outbox.settlements.waiting(cursor=cursor, limit=limit + 1)
        items, more = cut([message_of_row(row) for row in rows], limit)
        told = await with_names(ringline, [message_out(message) for message in items])
        return Page(items=told, next=items[-1].id if more else None)

    @router.get("/{message_id}/evidence", operation_id="get_message_evidence")
    async def evidence(message_id: str) -> EvidenceOut:
        """Each request, each look at Twilio's list, each report, and what people decided."""
        found = await ringline.outbox.settlements.evidence(message_id)
        return EvidenceOut(
            attempts=[_attempt_out(row) for row in found.attempts],
            reports=[_report_out(row) for row in found.events],
            settlements=[_settlement_out(row) for row in found.settlements],
        )

    @router.post("/{message_id}/settle", operation_id="settle_message")
    async def settle(message_id: str, body: SettleIn) -> MessageOut:
        """Say what became of a message that nobody could find out about; runs that wait for it go on."""
        if (body.sid is not None) + body.send_again + body.close != 1:
            raise RequestError(
                "give exactly one of `sid`, `send_again` and `close`",
                field="sid",
                fix="`sid` if Twilio's log shows it, `send_again` if it was not sent, `close` to leave it as it is",
            )
        settlements = ringline.outbox.settlements
        if body.sid is not None:
            row = await settlements.bind(message_id, body.sid, actor=body.by, note=body.note)
        elif body.send_again:
            row = await settlements.send_again(message_id, actor=body.by, note=body.note)
        else:
            row = await settlements.close(message_id, actor=body.by, note=body.note)
        return message_out(message_of_row(row))

    @router.post("/{message_id}/redact", operation_id="redact_message")
    async def redact(message_id: str, body: RedactIn | None = None) -> MessageOut:
        """Erase a message's text and media, here and at Twilio; that it was sent stays."""
        asked = body or RedactIn()
        row = await ringline.outbox.retention.redact(message_id, at_twilio=asked.at_twilio, actor=asked.by)
        return message_out(message_of_row(row))

    return router


def _attempt_out(row: dict[str, Any]) -> AttemptOut:
    is_sought = row["outcome"] in ("unknown", "quarantined")
    return AttemptOut(
        attempt=row["n"],
        at=utc(row["opened_at"]),
        outcome=row["outcome"],
        sid=row["sid"],
        bound_by=row["bound_by"],
        http_status=row["http_status"],
        error_code=row["error_code"],
        error_message=row["error_message"],
        request_id=row["request_id"],
        list_reads=row["checks"],
        last_read_at=utc(row["checked_at"]),
        next_read_at=utc(row["next_check_at"]) if is_sought and row["next_check_at"] is not None else None,
        last_read=json.loads(row["check_note"]) if row["check_note"] else {},
    )


def _report_out(row: dict[str, Any]) -> ReportOut:
    return ReportOut(
        sid=row["sid"],
        status=row["status"],
        error_code=row["error_code"] or None,
        source=row["source"],
        attempt=row["attempt_n"],
        received_at=utc(row["received_at"]),
    )


def _settlement_out(row: dict[str, Any]) -> SettlementOut:
    return SettlementOut(at=utc(row["at"]), by=row["actor"], action=row["action"], sid=row["sid"], note=row["note"])
