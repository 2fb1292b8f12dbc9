"""`/api/v1/messages`: send, look up, list, cancel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Header, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ringline.broadcasts.counting import PREFIX as BROADCAST
from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.messaging.message import Message, MessageRequest, Stage
from ringline.messaging.prices import expected_price
from ringline.messaging.validation import check_request
from ringline.web.api.choosing import Flow, Search, Since, Until, chosen_of
from ringline.web.api.naming import Named, with_name, with_names
from ringline.web.api.paging import Cursor, Limit, Page
from ringline.web.deeds import deed_of

if TYPE_CHECKING:
    from ringline.app import Ringline

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="The same key again gives the first answer and does nothing twice.",
    ),
]


class MessageIn(BaseModel):
    """A message to be sent."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str = Field(description="Who gets it: a number in E.164 form.", examples=["+14155550123"])
    from_: str | None = Field(
        default=None, alias="from", description="Number, short code or alphanumeric id it comes from."
    )
    message: str | None = Field(default=None, description="The text.", examples=["Your order is on its way."])
    channel: Literal["sms", "whatsapp"] = "sms"
    credential: str | None = Field(default=None, description="Name of the credential; the default one if left out.")
    purpose: str = Field(default="notification", description="Why it is sent, e.g. `notification`, `otp`, `marketing`.")
    media: list[str] = Field(default=[], max_length=10, description="Addresses of pictures and files to go with it.")
    messaging_service: str | None = Field(default=None, description="SID of a messaging service instead of `from`.")
    content_sid: str | None = Field(default=None, description="SID of a content template (WhatsApp).")
    content_variables: dict[str, str] = Field(default={}, description="Values for the content template.")
    # Strictness would refuse every date, JSON having only text for them.
    send_at: AwareDatetime | None = Field(default=None, strict=False, description="Not before this moment.")
    validity_seconds: int | None = Field(default=None, ge=1, le=36000, description="Give up when it waited this long.")


class AcceptedMessage(BaseModel):
    """What is known of a message the moment it has been written down."""

    id: str
    stage: str
    status: str


class ForecastOut(BaseModel):
    """What a message will be on the wire, and about what it will cost. `note` says what the figure leaves out."""

    to: str
    from_: str | None = Field(serialization_alias="from")
    segments: int
    encoding: str
    price: str | None
    price_unit: str
    as_of: date
    note: str


class ErrorOut(BaseModel):
    """Why a message failed, and what to do about it."""

    code: int | None
    message: str
    fix: str
    retryable: bool


class MessageOut(Named):
    """A message as it stands now. `stage` is ours, `status` is Twilio's word."""

    id: str
    channel: str
    direction: str
    to: str
    from_: str | None = Field(serialization_alias="from")
    message: str | None
    stage: str
    status: str
    segments: int | None
    encoding: str | None
    sid: str | None
    price: str | None
    price_unit: str | None
    expected_price: str | None = Field(
        description="About what it costs in US dollars by Twilio's price list, until Twilio says what it did cost."
    )
    error: ErrorOut | None
    refusal_reason: str | None
    held_because: str | None = Field(description="Why it waits until `send_at`, where a budget holds it back.")
    purpose: str
    media: list[str]
    content_sid: str | None = Field(description="The content template that was sent in place of a text.")
    run: str | None
    broadcast: str | None
    step: str | None
    created_at: datetime | None
    send_at: datetime | None
    sent_at: datetime | None
    updated_at: datetime | None
    delivery_unknown: bool = Field(description="No receipt came within a day, and none is waited for any more.")
    redacted_at: datetime | None = Field(description="When its text and media were erased.")


class EventOut(BaseModel):
    """One report of Twilio's about a message. `source` is `response`, `callback` or `fetch`."""

    status: str
    error_code: int | None
    source: str
    received_at: datetime

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> EventOut:
        """From a record of the outbox."""
        return cls(
            status=row["status"],
            error_code=row["error_code"] or None,
            source=row["source"],
            received_at=utc(row["received_at"]),
        )


def message_out(message: Message) -> MessageOut:
    """The message in the API's form."""
    error = message.error
    is_broadcast = bool(message.run_id and message.run_id.startswith(BROADCAST))
    expected = expected_price(message)
    return MessageOut(
        id=message.id,
        channel=message.channel,
        direction=message.direction,
        to=message.to,
        from_=message.from_,
        message=message.body,
        stage=message.stage,
        status=message.status,
        segments=message.segments,
        encoding=message.encoding,
        sid=message.sid,
        price=message.price,
        price_unit=message.price_unit,
        expected_price=None if expected is None else str(expected),
        error=ErrorOut(code=error.code, message=error.message, fix=error.fix, retryable=error.retryable)
        if error
        else None,
        refusal_reason=message.refusal_reason,
        held_because=message.held_because,
        purpose=message.purpose,
        media=list(message.media),
        content_sid=message.content_sid,
        run=None if is_broadcast else message.run_id,
        broadcast=message.run_id if is_broadcast else None,
        step=message.step,
        created_at=message.created_at,
        send_at=message.send_at,
        sent_at=message.sent_at,
        updated_at=message.updated_at,
        delivery_unknown=message.delivery_unknown,
        redacted_at=message.redacted_at,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the messages of *ringline*."""
    router = APIRouter(prefix="/api/v1/messages", tags=["messages"])

    @router.post("", status_code=202, operation_id="send_message")
    async def send(
        body: MessageIn, request: Request, response: Response, key: IdempotencyKey = None
    ) -> AcceptedMessage:
        """Write a message down to be sent. The answer comes before Twilio has seen it."""
        with naming_the_credential():
            message = await ringline.messages.send(
                to=body.to,
                from_=body.from_,
                body=body.message,
                channel=body.channel,
                credential=body.credential,
                purpose=body.purpose,
                media=tuple(body.media),
                messaging_service_sid=body.messaging_service,
                content_sid=body.content_sid,
                content_variables=body.content_variables,
                send_at=body.send_at,
                validity_seconds=body.validity_seconds,
                key=key,
                beside=deed_of(request).beside,
            )
        response.headers["Location"] = f"/api/v1/messages/{message.id}"
        return AcceptedMessage(id=message.id, stage=message.stage, status=message.status)

    @router.post("/forecast", operation_id="forecast_message")
    async def forecast_message(body: MessageIn) -> ForecastOut:
        """Segments and approximate price of a message that is not sent. What cannot be sent has none."""
        sender = body.from_
        if sender is None and body.messaging_service is None:
            with naming_the_credential():
                sender = (await ringline.credentials.get(body.credential)).default_from
        asked = check_request(
            MessageRequest(
                to=body.to,
                from_=sender,
                body=body.message,
                channel=body.channel,
                messaging_service_sid=body.messaging_service,
                media=tuple(body.media),
                content_sid=body.content_sid,
                content_variables=body.content_variables,
                send_at=body.send_at,
                validity_seconds=body.validity_seconds,
            ),
            now=ringline.clock.now(),
        )
        found = ringline.messages.preview(to=asked.to, body=asked.body, channel=asked.channel, media=asked.media)
        return ForecastOut(
            to=asked.to,
            from_=asked.from_ or asked.messaging_service_sid,
            segments=found.segments,
            encoding=found.encoding,
            price=None if found.price is None else str(found.price),
            price_unit=found.price_unit,
            as_of=found.as_of,
            note=found.note,
        )

    @router.get("", operation_id="list_messages")
    async def list_messages(
        limit: Limit = 50,
        cursor: Cursor = None,
        to: Annotated[str | None, Query(description="Only to this number.")] = None,
        stage: Annotated[Stage | None, Query(description="Only in this stage.")] = None,
        status: Annotated[str | None, Query(description="Only with this status.")] = None,
        run: Annotated[str | None, Query(description="Only those of this run.")] = None,
        channel: Annotated[Literal["sms", "whatsapp"] | None, Query(description="Only on this channel.")] = None,
        workflow: Flow = None,
        since: Since = None,
        until: Until = None,
        search: Search = None,
    ) -> Page[MessageOut]:
        """Messages, newest first. A page may hold few of those that are rare; go on while there is a `next`."""
        chosen = await chosen_of(
            ringline, "msg", workflow=workflow, since=since, until=until, search=search, before=cursor
        )
        found, following = await ringline.messages.page(
            limit=limit, before=cursor, to=to, stage=stage, status=status, run_id=run, channel=channel, **chosen.filters
        )
        items = await with_names(ringline, [message_out(message) for message in found])
        return Page(items=items, next=chosen.next(following))

    @router.get("/{message_id}", operation_id="get_message")
    async def get(
        message_id: str,
        wait: Annotated[int, Query(ge=0, le=60, description="Seconds to wait for its delivery, or its failure.")] = 0,
    ) -> MessageOut:
        """One message as it stands now, or when its status is final."""
        if wait:
            await ringline.outbox.wait(message_id, wait, for_delivery=True)
        return await with_name(ringline, message_out(await ringline.messages.get(message_id)))

    @router.get("/{message_id}/events", operation_id="list_message_events")
    async def events(message_id: str) -> list[EventOut]:
        """What Twilio reported about a message, in the order in which it arrived."""
        await ringline.outbox.get(message_id)
        return [EventOut.of(row) for row in await ringline.outbox.events(message_id)]

    @router.post("/{message_id}/cancel", operation_id="cancel_message")
    async def cancel(message_id: str) -> MessageOut:
        """Keep a message from being sent, if it is not too late; the answer shows whether it was."""
        return await with_name(ringline, message_out(await ringline.messages.cancel(message_id)))

    return router


@contextmanager
def naming_the_credential() -> Iterator[None]:
    """Blame the field: the path is there, what it was asked to use is not."""
    try:
        yield
    except NotFoundError as error:
        raise RequestError(error.message, field="credential", fix=error.fix, code="unknown_credential") from error
