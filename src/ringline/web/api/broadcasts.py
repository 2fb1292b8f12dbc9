"""`/api/v1/broadcasts`: one message or workflow for many people."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ringline.broadcasts.broadcast import Broadcast, Content, Entry
from ringline.broadcasts.report import MANY_SEGMENTS
from ringline.broadcasts.results import COLUMNS
from ringline.clock import utc
from ringline.csv_files import csv_text
from ringline.errors import RequestError
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.web.uploads import uploaded

if TYPE_CHECKING:
    from ringline.app import Ringline


class RecipientIn(BaseModel):
    """One recipient, with what texts can use of them."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str = Field(description="Number in E.164 form.", examples=["+14155550123"])
    fields: dict[str, str] = {}
    language: str | None = None
    time_zone: str | None = None


class BroadcastIn(BaseModel):
    """What to send, and to whom. Texts, template variables and inputs may use the list's columns: `{{name}}`."""

    model_config = ConfigDict(extra="forbid", strict=True)

    name: str = Field(default="broadcast", min_length=1, max_length=100, description="What to call it.")
    key: str | None = Field(
        default=None,
        min_length=1,
        max_length=200,
        description="The same key again is the same broadcast, and sends only to who is new. By default name and text.",
    )
    message: str | dict[str, str] | None = Field(default=None, description="The text, or one text per language.")
    content_sid: str | None = Field(default=None, description="SID of a content template instead of a text.")
    content_variables: dict[str, str] = Field(default={}, description="Values for the content template.")
    workflow: str | None = Field(default=None, description="Name of a registered workflow to run for everybody.")
    inputs: dict[str, str] = Field(default={}, description="The workflow's inputs; by default columns of their names.")
    media: list[str] = Field(default=[], max_length=10)
    from_: str | None = Field(default=None, alias="from")
    messaging_service: str | None = None
    channel: Literal["sms", "whatsapp"] = "sms"
    credential: str | None = None
    purpose: str | None = Field(default=None, description="Why it is sent: `marketing`, `notification`, `emergency` …")
    language: str | None = Field(default=None, description="Language of people of whom none is known.")
    country: str | None = Field(default=None, description="Two letters; numbers without a country code are read by it.")
    contacts: str | None = Field(default=None, alias="list", description="Name of a list of contacts.")
    recipients: list[RecipientIn] | None = Field(default=None, description="Recipients, if there are few; else a file.")
    batch_size: int | None = Field(default=None, ge=1, description="How many go out at once, …")
    batch_every: float | None = Field(default=None, ge=1, description="… and how many seconds later the next.")


class StartIn(BaseModel):
    """When to start."""

    model_config = ConfigDict(extra="forbid", strict=True)

    start_at: AwareDatetime | None = Field(default=None, strict=False, description="Now, if left out.")


class TestIn(BaseModel):
    """Whom to send a test message."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str


class ForecastOut(BaseModel):
    """When it will have gone out, by the rates of its senders (segments a second) and what waits before it."""

    starts_at: datetime
    finishes_at: datetime
    rate: float | None
    waiting: int


class BroadcastOut(BaseModel):
    """A broadcast. `counts` are recipients by outcome; `report` is what was found in its list."""

    id: str
    key: str
    name: str
    kind: str
    stage: str
    fault: str | None
    message: str | dict[str, str] | None
    content_sid: str | None
    workflow: str | None
    from_: str | None = Field(serialization_alias="from")
    messaging_service: str | None
    channel: str
    purpose: str | None
    recipients: int
    counts: dict[str, int]
    report: dict[str, Any] | None
    forecast: ForecastOut | None
    batch_size: int | None
    batch_every: float | None
    start_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class RecipientOut(BaseModel):
    """One recipient, and what became of theirs. `id` is the message's or the run's."""

    n: int
    line: int
    to: str
    status: str
    sid: str | None
    error_code: int | None
    error: str | None
    segments: int | None
    price: str | None
    price_unit: str | None
    id: str | None


class QueuedTestOut(BaseModel):
    """The id of the test message."""

    id: str


def broadcast_out(one: Broadcast, forecast: ForecastOut | None = None) -> BroadcastOut:
    """The broadcast in the API's form."""
    content = one.content
    message = content.message
    return BroadcastOut(
        id=one.id,
        key=one.key,
        name=one.name,
        kind=one.kind,
        stage=one.stage,
        fault=one.fault,
        message=message if message is None or isinstance(message, str) else dict(message),
        content_sid=content.content_sid,
        workflow=content.workflow,
        from_=content.sender,
        messaging_service=content.service,
        channel=content.channel,
        purpose=content.purpose,
        recipients=one.recipients,
        counts=dict(one.counts),
        report=dict(one.report) if one.report else None,
        forecast=forecast,
        batch_size=one.batch_size,
        batch_every=one.batch_every,
        start_at=one.start_at,
        created_at=one.created_at,
        started_at=one.started_at,
        finished_at=one.finished_at,
    )


def content_of(body: BroadcastIn) -> Content:
    """What the request asks to send. Raises `RequestError` for both a text and a workflow, or neither."""
    if (body.workflow is None) == (body.message is None and body.content_sid is None and not body.media):
        raise RequestError(
            "give either a text (`message`, `content_sid`) or a `workflow`",
            field="message",
            fix="leave one of them out",
        )
    return Content(
        kind="message" if body.workflow is None else "flow",
        message=body.message,
        content_sid=body.content_sid,
        content_variables=body.content_variables,
        media=tuple(body.media),
        sender=body.from_,
        service=body.messaging_service,
        channel=body.channel,
        purpose=body.purpose,
        language=body.language,
        country=body.country,
        workflow=body.workflow,
        inputs=body.inputs,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the broadcasts of *ringline*."""
    router = APIRouter(prefix="/api/v1/broadcasts", tags=["broadcasts"])
    broadcasts = ringline.broadcasts

    async def shown(one: Broadcast) -> BroadcastOut:
        found = None if one.is_over else await broadcasts.forecast(one.id)
        if found is None:
            return broadcast_out(one)
        return broadcast_out(
            one,
            ForecastOut(
                starts_at=utc(found.starts_at),
                finishes_at=utc(found.finishes_at),
                rate=found.rate,
                waiting=found.waiting,
            ),
        )

    @router.post("", status_code=201, operation_id="create_broadcast")
    async def create(body: BroadcastIn) -> BroadcastOut:
        """Write a broadcast down; nothing is sent before it is started. The same key gives the same broadcast."""
        made = await broadcasts.create(
            content_of(body),
            name=body.name,
            key=body.key,
            credential=body.credential,
            batch_size=body.batch_size,
            batch_every=body.batch_every,
        )
        if body.recipients is not None:
            entries = [
                Entry(line, one.to, one.fields, one.language, one.time_zone)
                for line, one in enumerate(body.recipients, 1)
            ]
            made = await broadcasts.load(made.id, entries)
        elif body.contacts is not None:
            made = await broadcasts.load(made.id, body.contacts)
        return await shown(made)

    @router.post("/{broadcast}/recipients", operation_id="load_recipients")
    async def load(
        broadcast: str,
        request: Request,
        column: Annotated[str | None, Query(description="The column that holds the numbers.")] = None,
        max_segments: Annotated[
            int, Query(ge=1, description="From more segments on a text is reported.")
        ] = MANY_SEGMENTS,
    ) -> BroadcastOut:
        """Take in a CSV file of recipients, sent as the body, and report on it. Nothing is sent yet."""
        async with uploaded(request) as file:
            return await shown(await broadcasts.load(broadcast, file, column=column, max_segments=max_segments))

    @router.get("", operation_id="list_broadcasts")
    async def list_broadcasts(limit: Limit = 50, cursor: Cursor = None) -> Page[BroadcastOut]:
        """Broadcasts, newest first."""
        items, more = cut(await broadcasts.list(limit=limit + 1, before=cursor), limit)
        return Page(items=[broadcast_out(one) for one in items], next=items[-1].id if more else None)

    @router.get("/{broadcast}", operation_id="get_broadcast")
    async def get(broadcast: str) -> BroadcastOut:
        """One broadcast as it stands, by id or key."""
        return await shown(await broadcasts.get(broadcast))

    @router.post("/{broadcast}/start", operation_id="start_broadcast")
    async def start(broadcast: str, body: StartIn | None = None) -> BroadcastOut:
        """Send to everybody that was loaded."""
        return await shown(await broadcasts.start(broadcast, at=body.start_at if body else None))

    @router.post("/{broadcast}/pause", operation_id="pause_broadcast")
    async def pause(broadcast: str) -> BroadcastOut:
        """Hold back all that has not gone."""
        return await shown(await broadcasts.pause(broadcast))

    @router.post("/{broadcast}/resume", operation_id="resume_broadcast")
    async def resume(broadcast: str) -> BroadcastOut:
        """Go on after a pause."""
        return await shown(await broadcasts.resume(broadcast))

    @router.post("/{broadcast}/cancel", operation_id="cancel_broadcast")
    async def cancel(broadcast: str) -> BroadcastOut:
        """Send nothing more of it."""
        return await shown(await broadcasts.cancel(broadcast))

    @router.post("/{broadcast}/test", status_code=202, operation_id="test_broadcast")
    async def test(broadcast: str, body: TestIn) -> QueuedTestOut:
        """Send what the first recipient would get to one number."""
        return QueuedTestOut(id=await broadcasts.test(broadcast, body.to))

    @router.get("/{broadcast}/results", operation_id="get_broadcast_results", response_class=StreamingResponse)
    async def results(broadcast: str) -> StreamingResponse:
        """Every recipient with what became of theirs, as a CSV file in the order of the list."""
        found = await broadcasts.get(broadcast)

        async def whole() -> AsyncIterator[str]:
            yield csv_text([COLUMNS])
            async for batch in broadcasts.results(broadcast):
                yield csv_text([[row[name] for name in COLUMNS] for row in batch])

        headers = {"Content-Disposition": f'attachment; filename="{found.id}.csv"'}
        return StreamingResponse(whole(), media_type="text/csv; charset=utf-8", headers=headers)

    @router.get("/{broadcast}/recipients", operation_id="list_recipients")
    async def recipients(broadcast: str, limit: Limit = 50, cursor: Cursor = None) -> Page[RecipientOut]:
        """Recipients in the order of the list, with what became of theirs."""
        after = int(cursor) if cursor and cursor.isdigit() else 0
        items, more = cut([*await broadcasts.recipients(broadcast, after=after, limit=limit + 1)], limit)
        return Page(items=[RecipientOut(**one) for one in items], next=str(items[-1]["n"]) if more else None)

    return router
