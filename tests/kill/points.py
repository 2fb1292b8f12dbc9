"""Where a process may be killed: every commit, request, webhook and job. The product knows nothing of it.

A point is a name, and its passages are counted; the n-th passage of the armed one is the process' last moment.
"""

from __future__ import annotations

import asyncio
import functools
import os
import signal
import threading
from asyncio import selector_events
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from kill.shared_time import PASSAGES, STRUCK
from ringline.database.postgres import PostgresDatabase
from ringline.database.sqlite import SqliteDatabase
from ringline.dispatch.memory import MemoryDispatcher
from ringline.dispatch.postgres import PostgresDispatcher
from ringline.egress.client import HttpClient
from ringline.outbox.draining import Drains
from ringline.twilio import http as twilio_http


@dataclass(frozen=True)
class Strike:
    """What happens at the *passage*-th time that any worker of the lane comes to *point*."""

    point: str
    passage: int
    signal: int = signal.SIGKILL


class Points:
    """Counts passages in this process, and strikes it at the armed one."""

    def __init__(self, numbers: memoryview[float], lock: Any, strike: Strike | None, number: int) -> None:
        self._numbers = numbers
        self._lock = lock
        self._strike = strike
        self._number = number
        self.counts: Counter[str] = Counter()

    def passed(self, point: str) -> None:
        """The process is at *point*."""
        if self.is_last_moment(point):
            self.die()

    def is_last_moment(self, point: str) -> bool:
        """Count a passage, and say whether it is the one to die at."""
        self.counts[point] += 1
        strike = self._strike
        if strike is None or strike.point != point:
            return False
        with self._lock:
            self._numbers[PASSAGES] += 1
            return bool(self._numbers[PASSAGES] == strike.passage)

    def die(self) -> None:
        """The end, or a long sleep."""
        assert self._strike is not None
        self._numbers[STRUCK] = self._number + 1.0
        os.kill(os.getpid(), self._strike.signal)
        if self._strike.signal == signal.SIGKILL:
            threading.Event().wait()  # nothing more happens here, whatever thread this is


def install(points: Points) -> None:
    """Put the points in."""
    _at_commits(points)
    _at_requests(points)
    _at_writes(points)
    _at_jobs(points)
    _at_slots(points)


def work_name(work: Callable[..., Any]) -> str:
    """Whose work it is: the function that hands it to the database."""
    while isinstance(work, functools.partial):
        work = work.func
    name = getattr(work, "__qualname__", type(work).__qualname__)
    return str(name).partition(".<locals>")[0]


def _at_commits(points: Points) -> None:
    for database in (SqliteDatabase, PostgresDatabase):
        database.write = _killable(points, database.write)  # type: ignore[method-assign]


def _killable(points: Points, write: Callable[..., Awaitable[Any]]) -> Any:
    async def killable(self: Any, work: Callable[[Any], Any]) -> Any:
        name = work_name(work)
        before, after = f"{name}: before its commit", f"{name}: after its commit"

        def work_at_point(tx: Any) -> Any:
            # First of all that is to happen after the commit, so that none of the rest does.
            tx.after_commit(lambda: points.passed(after))
            result = work(tx)
            points.passed(before)
            return result

        return await write(self, work_at_point)

    return killable


def _at_requests(points: Points) -> None:
    exchange = twilio_http.TwilioHttp.exchange
    send = twilio_http._Request.send

    async def at_points(self: Any, method: str, url: str, **more: Any) -> Any:
        name = f"Twilio {method} {_what(url)}"
        points.passed(f"{name}: before it is written")
        answer = await exchange(self, method, url, **more)
        points.passed(f"{name}: answer received")
        return answer

    async def marked(self: Any, connection: Any) -> Any:
        # What is written next on this connection is the request.
        connection.transport.about_to_write = f"Twilio {self.method} {_what(str(self.url))}"
        return await send(self, connection)

    twilio_http.TwilioHttp.exchange = at_points  # type: ignore[method-assign, assignment]
    twilio_http._Request.send = marked  # type: ignore[method-assign]
    request = HttpClient.request

    async def called(self: Any, method: str, *positional: Any, **more: Any) -> Any:
        points.passed(f"HTTP {method} of a run: before it is written")
        answer = await request(self, method, *positional, **more)
        points.passed(f"HTTP {method} of a run: answer received")
        return answer

    HttpClient.request = called  # type: ignore[method-assign, assignment]


def _at_writes(points: Points) -> None:
    transport = selector_events._SelectorSocketTransport  # type: ignore[attr-defined]
    write, writelines = transport.write, transport.writelines

    def at_points(self: Any, data: Any) -> None:
        name = self.__dict__.pop("about_to_write", None)
        if name is not None and points.is_last_moment(f"{name}: half written"):
            content = bytes(data)
            self._sock.send(content[: len(content) // 2])
            points.die()
        write(self, data)
        if name is not None:
            points.passed(f"{name}: written")

    def lines_at_points(self: Any, lines: Any) -> None:
        if "about_to_write" in self.__dict__:
            self.write(b"".join(lines))
        else:
            writelines(self, lines)

    transport.write, transport.writelines = at_points, lines_at_points


def _what(url: str) -> str:
    path = url.partition("?")[0]
    tail = path.rpartition("/Accounts/")[2].partition("/")[2]
    name, _, one = tail.partition("/")
    return f"{name.removesuffix('.json')}/…" if one else name.removesuffix(".json")


def _at_jobs(points: Points) -> None:
    for dispatcher in (MemoryDispatcher, PostgresDispatcher):
        dispatcher.run = _run_at_points(points, dispatcher.run)  # type: ignore[method-assign]


def _run_at_points(points: Points, run: Callable[..., Awaitable[None]]) -> Any:
    def at_points(name: str, handler: Callable[[str], Awaitable[None]]) -> Callable[[str], Awaitable[None]]:
        async def handle(payload: str) -> None:
            points.passed(f"job {name}: taken")
            await handler(payload)
            points.passed(f"job {name}: before it is completed")

        return handle

    async def run_at_points(self: Any, handlers: Any, stop: asyncio.Event) -> None:
        await run(self, {name: at_points(name, handler) for name, handler in handlers.items()}, stop)

    return run_at_points


def _at_slots(points: Points) -> None:
    slot_comes = Drains._slot_comes

    async def comes_at_point(self: Any, seconds: float) -> bool:
        points.passed("waiting for the slot")
        return await slot_comes(self, seconds)

    Drains._slot_comes = comes_at_point  # type: ignore[method-assign]


class DoorWithPoints:
    """The web application, killed before it has read a request or after it has answered."""

    def __init__(self, app: ASGIApp, points: Points) -> None:
        self._app = app
        self._points = points

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        # Ids are left out; what is asked of a call tells by the last word where it has one.
        kind = "/".join(path.split("/")[:3])
        if path.startswith("/hooks/"):
            kind = "/hooks"
        elif path.startswith("/twilio/turn/"):
            kind = f"/twilio/turn {path.rpartition('.')[2]}"
        elif path.endswith("/menu"):
            kind = "/twilio/voice menu"
        self._points.passed(f"webhook {kind}: received")

        async def answer(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._points.passed(f"webhook {kind}: before it is answered")
            await send(message)

        await self._app(scope, receive, answer)
