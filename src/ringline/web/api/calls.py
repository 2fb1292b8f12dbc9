"""`/api/v1/calls`: place, look up, list, hang up; and `/api/v1/recordings`, which can be heard."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field
from starlette.responses import StreamingResponse

from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.voice.call import CallRow
from ringline.web.api.choosing import Flow, Search, Since, Until, chosen_of
from ringline.web.api.messages import ErrorOut, EventOut, IdempotencyKey, naming_the_credential
from ringline.web.api.naming import Named, with_name, with_names
from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.web.deeds import deed_of

if TYPE_CHECKING:
    from ringline.app import Ringline

PIECE = 1 << 20
_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


class CallIn(BaseModel):
    """A call to be placed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    to: str = Field(description="Who is called: a number in E.164 form.", examples=["+14155550123"])
    from_: str | None = Field(
        default=None, alias="from", description="Number it comes from; the credential's if left out."
    )
    message: str | None = Field(default=None, description="What is said.", examples=["Your table is ready."])
    voice: str | None = Field(default=None, description="Who says it: alice, man, woman, or a voice by name.")
    language: str = Field(default="en", description="Language it is said in.")
    repeat: int = Field(default=1, ge=1, le=10, description="How often it is said.")
    play: list[str] = Field(default=[], max_length=10, description="Addresses of sounds played after it.")
    menu: dict[str, Any] = Field(default={}, description="What keys mean: a label each, or {label, say}.")
    menu_prompt: str | None = Field(default=None, description="What is said while a key is waited for.")
    record: bool = Field(default=False, description="Record the call once the notice has been said.")
    notice: str | None = Field(default=None, description="What is said first, such as that the call is recorded.")
    voicemail: str | None = Field(default=None, description="What is left on an answering machine.")
    machine_detection: Literal["off", "detect", "message_end"] | None = Field(
        default=None, description="Whether Twilio finds out who answers; what the voicemail needs if left out."
    )
    ring_timeout: int = Field(default=60, ge=1, le=600, description="Seconds it may ring.")
    max_duration: int = Field(default=3600, ge=1, le=14400, description="Seconds the whole call may last.")
    credential: str | None = Field(default=None, description="Name of the credential; the default one if left out.")
    purpose: str = Field(default="notification", description="Why, e.g. `notification`, `reminder`, `marketing`.")
    send_at: AwareDatetime | None = Field(default=None, strict=False, description="Not before this moment.")


class AcceptedCall(BaseModel):
    """What is known of a call the moment it has been written down."""

    id: str
    stage: str
    status: str


class CallOut(Named):
    """A call as it stands now. `stage` is ours, `status` is Twilio's word, `outcome` how it ended."""

    id: str
    direction: str
    kind: str
    to: str
    from_: str = Field(serialization_alias="from")
    message: str | None
    menu: dict[str, str] = Field(description="What its keys mean, by key.")
    menu_prompt: str | None = Field(description="What is said while a key is waited for.")
    stage: str
    status: str
    outcome: str | None
    answered_by: str | None
    pressed: str | None
    duration: int | None
    started_at: datetime | None
    ended_at: datetime | None
    sid: str | None
    price: str | None
    price_unit: str | None
    recording: str | None = Field(description="Id of the recording; `/api/v1/recordings/{id}` is its sound.")
    error: ErrorOut | None
    refusal_reason: str | None
    held_because: str | None = Field(
        description="Why it waits until `send_at`, where a budget holds it back; told of one call alone."
    )
    send_at: datetime | None = Field(description="When it is placed, while it waits; told of one call alone.")
    purpose: str
    session: str | None = Field(description="The conversation that is held on it.")
    run: str | None
    step: str | None
    created_at: datetime
    updated_at: datetime


def call_out(call: CallRow) -> CallOut:
    """The call in the API's form."""
    error, said = call.error, call.announcement
    return CallOut(
        id=call.id,
        direction=call.direction,
        kind=call.kind,
        to=call.to,
        from_=call.from_,
        message=None if said is None else said.message,
        menu={} if said is None else {key: meant.label for key, meant in said.menu.items()},
        menu_prompt=None if said is None else said.menu_prompt,
        stage=call.stage,
        status=call.status,
        outcome=call.outcome,
        answered_by=call.answered_by,
        pressed=call.pressed,
        duration=call.duration,
        started_at=call.started_at,
        ended_at=call.ended_at,
        sid=call.sid,
        price=call.price,
        price_unit=call.price_unit,
        recording=call.recording,
        error=None
        if error is None
        else ErrorOut(code=error.code, message=error.message, fix=error.fix, retryable=error.retryable),
        refusal_reason=call.refusal_reason,
        held_because=None,
        send_at=None,
        purpose=call.purpose,
        session=call.ref,
        run=call.run_id,
        step=call.step,
        created_at=call.created_at,
        updated_at=call.updated_at,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the calls of *ringline*."""
    router = APIRouter(prefix="/api/v1", tags=["calls"])

    @router.post("/calls", status_code=202, operation_id="place_call")
    async def place(body: CallIn, request: Request, response: Response, key: IdempotencyKey = None) -> AcceptedCall:
        """Write a call down to be placed. The answer comes before Twilio has seen it."""
        with naming_the_credential():
            call = await ringline.calls.place(
                to=body.to,
                from_=body.from_,
                message=body.message,
                voice=body.voice,
                language=body.language,
                repeat=body.repeat,
                play=body.play,
                menu=body.menu,
                menu_prompt=body.menu_prompt,
                record=body.record,
                notice=body.notice,
                voicemail=body.voicemail,
                machine_detection=body.machine_detection,
                ring_timeout=body.ring_timeout,
                max_duration=body.max_duration,
                credential=body.credential,
                purpose=body.purpose,
                send_at=None if body.send_at is None else body.send_at.timestamp(),
                key=key,
                beside=deed_of(request).beside,
            )
        response.headers["Location"] = f"/api/v1/calls/{call.id}"
        return AcceptedCall(id=call.id, stage=call.stage, status=call.status)

    @router.get("/calls", operation_id="list_calls")
    async def list_calls(
        limit: Limit = 50,
        cursor: Cursor = None,
        to: Annotated[str | None, Query(description="Only to this number.")] = None,
        status: Annotated[str | None, Query(description="Only with this status.")] = None,
        direction: Annotated[Literal["outbound", "inbound"] | None, Query(description="Only this way.")] = None,
        run: Annotated[str | None, Query(description="Only those of this run.")] = None,
        workflow: Flow = None,
        since: Since = None,
        until: Until = None,
        search: Search = None,
    ) -> Page[CallOut]:
        """Calls placed and received, newest first. A page of a search may hold few; go on while there is a `next`."""
        chosen = await chosen_of(
            ringline, "call", workflow=workflow, since=since, until=until, search=search, before=cursor
        )
        found = await ringline.calls.list(
            limit=limit + 1, before=cursor, to=to, status=status, direction=direction, run_id=run, **chosen.filters
        )
        items, more = cut(found, limit)
        told = await with_names(ringline, [call_out(call) for call in items])
        return Page(items=told, next=chosen.next(items[-1].id if more else None))

    async def whole(call_id: str) -> CallOut:
        call = await ringline.calls.get(call_id)
        told = await with_name(ringline, call_out(call))
        if call.stage != "held":
            return told
        row = await ringline.outbox.get(call_id)
        return told.model_copy(update={"held_because": row.hold_sentence, "send_at": utc(row.send_at)})

    @router.get("/calls/{call_id}", operation_id="get_call")
    async def get(
        call_id: str, wait: Annotated[int, Query(ge=0, le=60, description="Seconds to wait for its end.")] = 0
    ) -> CallOut:
        """One call as it stands now, or when it is over."""
        call = await ringline.calls.get(call_id)
        if wait and call.direction == "outbound":
            await ringline.outbox.wait(call_id, wait, for_delivery=True)
        return await whole(call_id)

    @router.get("/calls/{call_id}/events", operation_id="list_call_events")
    async def events(call_id: str) -> list[EventOut]:
        """What Twilio reported about a call, in the order in which it arrived."""
        await ringline.calls.get(call_id)
        return [EventOut.of(row) for row in await ringline.outbox.events(call_id)]

    @router.post("/calls/{call_id}/hangup", operation_id="hang_up_call")
    async def hang_up(call_id: str) -> CallOut:
        """End a call, or keep it from being placed; one that is over stays as it is."""
        return await with_name(ringline, call_out(await ringline.calls.hang_up(call_id)))

    @router.get("/recordings/{recording_id}", operation_id="get_recording", response_class=Response)
    async def recording(recording_id: str, request: Request) -> Response:
        """The sound of a recording; a part of it where `Range` asks for one."""
        found = await ringline.calls.recordings.get(recording_id)
        if found.status != "kept" or found.size is None:
            fix = {"waiting": "It is being fetched from Twilio; ask again in a minute."}.get(found.status, "")
            raise NotFoundError(f"recording {recording_id} is {found.status}: {found.problem or 'no sound'}", fix=fix)
        start, end = _range_of(request.headers.get("range"), found.size)
        is_part = (start, end) != (0, found.size)
        headers = {
            "Accept-Ranges": "bytes",
            "Content-Length": str(end - start),
            "Cache-Control": "private, no-store",
            "X-Content-Type-Options": "nosniff",
        }
        if is_part:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{found.size}"

        async def pieces() -> AsyncIterator[bytes]:
            for at in range(start, end, PIECE):
                yield await ringline.calls.recordings.read(recording_id, at, min(at + PIECE, end))

        return StreamingResponse(
            pieces(), 206 if is_part else 200, headers=headers, media_type=found.content_type or "audio/wav"
        )

    return router


def _range_of(header: str | None, size: int) -> tuple[int, int]:
    """First byte and the one after the last that are asked for; all where the header is none we know."""
    match = _RANGE.fullmatch(header.strip()) if header else None
    if match is None or not (match[1] or match[2]):
        return 0, size
    if not match[1]:
        return max(0, size - int(match[2])), size
    start, end = int(match[1]), min(size, int(match[2]) + 1) if match[2] else size
    if start >= size or end <= start:
        raise RequestError(
            f"the recording has {size} bytes, and the range {header} lies outside",
            field="Range",
            fix="ask for bytes within it",
            code="range",
        )
    return start, end
