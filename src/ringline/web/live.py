"""`GET /live`: what changes, as server-sent events; whoever comes back with `Last-Event-ID` is told what it missed."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncIterator, Sequence
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Query, Request
from pydantic import BaseModel, Field
from starlette.requests import ClientDisconnect
from starlette.responses import StreamingResponse

from ringline.live import ALL, Change

if TYPE_CHECKING:
    from starlette.types import Receive, Scope, Send

    from ringline.app import Ringline
    from ringline.live import Reload

HEARTBEAT = 15.0
"""Seconds of silence after which a comment shows that the connection is alive, to proxies and to us."""
LONGEST = 900.0
"""Seconds after which a stream ends, so that its reader comes anew and shows again who it is."""
RETRY_MILLISECONDS = 1_000

# Topics that not every viewer may list; the roles of those who may.
_OPERATORS = frozenset({"operator", "editor", "admin"})
_FOR: dict[str, frozenset[str]] = {
    "credentials": _OPERATORS,
    "users": frozenset({"admin"}),
    "keys": frozenset({"admin"}),
    "audit": frozenset({"admin"}),
}
_NUMBER = re.compile(r"\+\d{5,}")


class ChangeOut(BaseModel):
    """The data of a `change`: ask for the thing again. An event `reload` says that everything may have changed."""

    topic: str = Field(description="What it is: `runs`, `messages`, `calls`, `contacts` …")
    ref: str = Field(description="Its id; `*` for many.")


class EventStream(StreamingResponse):
    """Events as they come; it ends quietly when the reader has gone."""

    media_type = "text/event-stream"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except (OSError, ClientDisconnect):  # the reader has gone in the middle of a word
            return


def routes(ringline: Ringline) -> list[Any]:
    """The stream."""
    router = APIRouter(tags=["live"])

    @router.get(
        "/live",
        operation_id="follow_changes",
        response_class=EventStream,
        responses={200: {"model": ChangeOut, "content": {"text/event-stream": {}}, "description": "Events."}},
    )
    async def follow(
        request: Request,
        last_event_id: Annotated[str | None, Header()] = None,
        after: Annotated[
            str | None, Query(description="Id of the last event seen, for readers that cannot send a header.")
        ] = None,
    ) -> EventStream:
        """What changes from now on, or since the event with that id; each event is a topic and an id."""
        role = str(getattr(getattr(request.state, "principal", None), "role", "viewer"))
        events = _events(ringline, last_event_id or after, role)
        return EventStream(events, headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"})

    return list(router.routes)


async def _events(ringline: Ringline, last: str | None, role: str) -> AsyncIterator[str]:
    until = asyncio.get_running_loop().time() + LONGEST
    stream = await ringline.live.open(last)
    try:
        yield f"retry: {RETRY_MILLISECONDS}\n\n"
        while not stream.has_ended and asyncio.get_running_loop().time() < until:
            changes = await stream.take(HEARTBEAT)
            if changes:
                yield _as_text(changes, role)
            elif not stream.has_ended:
                yield ": still here\n\n"
    finally:
        ringline.live.leave(stream)


def _as_text(changes: Sequence[Change | Reload], role: str) -> str:
    lines: list[str] = []
    for change in changes:
        if not isinstance(change, Change):
            lines.append(f"id: {change.id}\nevent: reload\ndata: {{}}\n\n")
        elif change.topic in _FOR and role not in _FOR[change.topic]:
            # It is not for them to know, but they have read so far.
            lines.append(f"id: {change.id}\n\n")
        else:
            ref = ALL if role == "viewer" and _NUMBER.search(change.ref) else change.ref
            data = json.dumps({"topic": change.topic, "ref": ref}, ensure_ascii=False)
            lines.append(f"id: {change.id}\nevent: change\ndata: {data}\n\n")
    return "".join(lines)
