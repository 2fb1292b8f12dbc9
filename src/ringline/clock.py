"""Time, passed in: the system's clock, and one that stands still until a test moves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, overload


class Clock(Protocol):
    """Where every part of Ringline reads the time and waits for it."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...

    def time(self) -> float:
        """The present moment in seconds since the epoch."""
        ...

    def monotonic(self) -> float:
        """Seconds that only ever grow; for spans, never for dates."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait that long by this clock; zero or less yields once."""
        ...


@overload
def utc(seconds: float) -> datetime: ...
@overload
def utc(seconds: float | None) -> datetime | None: ...
def utc(seconds: float | None) -> datetime | None:
    """The moment so many seconds after the epoch, aware; None for None, as columns hold it."""
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class VirtualClock:
    """A clock that stands still until it is moved; sleepers wake in the order of their due times.

    One clock may be shared by parts that run in different threads and event loops.
    """

    def __init__(self, start: datetime | None = None) -> None:
        self._now = (start or datetime(2026, 1, 1, 12, 0, tzinfo=UTC)).timestamp()
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._order = itertools.count()
        self._lock = threading.Lock()

    def now(self) -> datetime:
        return utc(self._now)

    def time(self) -> float:
        return self._now

    def monotonic(self) -> float:
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), loop, future))
        await future

    def next_due(self) -> float | None:
        """Seconds until the first sleeper is due, or ``None`` when nobody sleeps."""
        with self._lock:
            self._drop_abandoned()
            return self._sleepers[0][0] - self._elapsed if self._sleepers else None

    def step(self, by: float | timedelta) -> None:
        """Move forward at once and wake everybody who is due; they run when the loop next turns."""
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        if seconds < 0:
            raise ValueError("a clock can be moved forward only; use set_wall_time to shift the date")
        with self._lock:
            self._move(self._elapsed + seconds)

    async def advance(self, by: float | timedelta) -> None:
        """Move forward sleeper by sleeper, letting each one run before time goes on.

        What sleepers do over sockets may take more turns of the loop than this gives;
        a test that needs its effect waits for the effect.
        """
        seconds = by.total_seconds() if isinstance(by, timedelta) else by
        target = self._elapsed + seconds
        while True:
            with self._lock:
                self._drop_abandoned()
                due = self._sleepers[0][0] if self._sleepers else None
                if due is None or due > target:
                    self._move(target)
                    break
                self._move(due)
            for _ in range(5):
                await asyncio.sleep(0)
        await asyncio.sleep(0)

    def set_wall_time(self, moment: datetime) -> None:
        """Shift the date without letting time pass, as an operator who corrects a clock does."""
        with self._lock:
            self._now = moment.timestamp()

    def _move(self, elapsed: float) -> None:
        self._now += elapsed - self._elapsed
        self._elapsed = elapsed
        while self._sleepers and self._sleepers[0][0] <= elapsed + 1e-9:
            _, _, loop, future = heapq.heappop(self._sleepers)
            # Through the loop's own pipe also from within it: scenarios step time while their loop waits for sockets.
            if not loop.is_closed():
                loop.call_soon_threadsafe(_wake, future)

    def _drop_abandoned(self) -> None:
        while self._sleepers and (self._sleepers[0][3].done() or self._sleepers[0][2].is_closed()):
            heapq.heappop(self._sleepers)


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
