"""The control API's stream of server-sent events: what reaches phones, what happens on calls, what is set."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from ringline.simulator.calls.wires import CallEvent
from ringline.simulator.control_calls import event_dictionary
from ringline.simulator.records import Message, ReceivedMessage

if TYPE_CHECKING:
    from ringline.simulator.simulator import Simulator

_QUIET = 15.0
"""Real seconds without news after which the other side is told that the stream is still open."""

_Told = Callable[[Any], dict[str, Any]]


class Events:
    """Answers ``GET /events``; a stream ends with the simulator, or when `end` is called."""

    def __init__(self, simulator: Simulator, received: _Told, changed: _Told) -> None:
        self._simulator = simulator
        self._received = received
        self._changed = changed
        self._open: set[asyncio.Queue[Any]] = set()

    async def stream(self, request: Request) -> Response:
        """Messages as they reach phones, and what happens on calls, as server-sent events."""
        return StreamingResponse(self._stream(), media_type="text/event-stream", headers={"cache-control": "no-store"})

    def end(self) -> None:
        """Let every stream come to its end."""
        for news in self._open:
            news.put_nowait(None)

    async def _stream(self) -> AsyncIterator[str]:
        news: asyncio.Queue[Any] = asyncio.Queue()
        phones = self._simulator.parts.state.phones

        def heard(topic: str, what: Any) -> None:
            # A broadcast to thousands is no news to the few phones that are in hand.
            if topic != "changed" or _phone_of(what) in phones:
                news.put_nowait((topic, what))

        self._open.add(news)
        try:
            with (
                self._simulator.arrivals(news.put_nowait),
                self._simulator.call_events(news.put_nowait),
                self._simulator.parts.state.news.heard_by(heard),
            ):
                yield ": listening\n\n"
                while True:
                    try:
                        event = await asyncio.wait_for(news.get(), _QUIET)
                    except TimeoutError:
                        yield ": nothing new\n\n"
                        continue
                    if event is None:
                        return
                    yield self._told(event)
        finally:
            self._open.discard(news)

    def _told(self, event: Any) -> str:
        if isinstance(event, CallEvent):
            return f"event: call\ndata: {json.dumps(event_dictionary(event))}\n\n"
        if isinstance(event, ReceivedMessage):
            return f"event: message\nid: {event.sid}\ndata: {json.dumps(self._received(event))}\n\n"
        topic, what = event
        data = self._changed(what) if isinstance(what, Message) else what or {}
        return f"event: {topic}\ndata: {json.dumps(data)}\n\n"


def _phone_of(message: Message) -> str:
    return (message.to if message.outbound else message.from_ or "").removeprefix("whatsapp:")
