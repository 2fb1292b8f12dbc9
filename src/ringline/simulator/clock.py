"""The machine's time, with a hand on it: it can be frozen, stepped and let go again."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import NamedTuple, Protocol, runtime_checkable

from ringline.clock import Clock, SystemClock


@runtime_checkable
class Steppable(Protocol):
    """A clock that can be moved by hand, as `VirtualClock` and `SteerableClock` can."""

    def step(self, by: float) -> None:
        """Move forward at once by that many seconds."""
        ...


class _Pace(NamedTuple):
    """How the base clock's seconds are read; ``date_at_zero`` is the date of its second zero, while frozen."""

    shift: float
    frozen_at: float | None
    date_at_zero: float


class _Speed(NamedTuple):
    """How fast a clock runs: *passed* seconds had gone by at the machine's second *since*."""

    since: float
    passed: float
    speed: float


class FastClock:
    """Runs *speed* times as fast as the machine's own clock, from the moment *start* on; to be read, not slept by.

    `run_at` changes the speed from that moment on.
    """

    def __init__(self, start: datetime, speed: float) -> None:
        self._start = start.timestamp()
        self._pace = _Speed(SystemClock().monotonic(), 0.0, speed)

    @property
    def speed(self) -> float:
        """How many seconds pass here in one of the machine's."""
        return self._pace.speed

    def run_at(self, speed: float) -> None:
        """Go on from where it stands, *speed* times as fast as the machine's own clock."""
        since, passed, before = self._pace
        now = SystemClock().monotonic()
        self._pace = _Speed(now, passed + (now - since) * before, speed)

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        return self._start + self.monotonic()

    def monotonic(self) -> float:
        since, passed, speed = self._pace
        return passed + (SystemClock().monotonic() - since) * speed

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds / self.speed))


class SteerableClock:
    """A running clock that can be frozen, stepped forward and let go again.

    While it runs it follows *base*. It may be shared by several threads and event loops.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        # Replaced as a whole, so that readers need no lock.
        self._pace = _Pace(shift=0.0, frozen_at=None, date_at_zero=0.0)
        # With the moment at which each is due.
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None], float]] = set()
        self._lock = threading.Lock()

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._pace.frozen_at is not None

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        pace = self._pace
        if pace.frozen_at is not None:
            return pace.date_at_zero + pace.frozen_at + pace.shift
        return self._base.time() + pace.shift

    def monotonic(self) -> float:
        pace = self._pace
        return (self._base.monotonic() if pace.frozen_at is None else pace.frozen_at) + pace.shift

    async def sleep(self, seconds: float) -> None:
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        due = self.monotonic() + seconds
        loop = asyncio.get_running_loop()
        while True:
            with self._lock:
                remaining = due - self.monotonic()
                if remaining <= 0:
                    return
                moved: asyncio.Future[None] = loop.create_future()
                sleeper = (loop, moved, due)
                self._sleepers.add(sleeper)
                speed = self._base.speed if isinstance(self._base, FastClock) else 1.0
                patience = None if self.frozen else remaining / speed
            try:
                await asyncio.wait({moved}, timeout=patience)
            finally:
                with self._lock:
                    self._sleepers.discard(sleeper)

    @property
    def shift(self) -> float:
        """Seconds by which it is ahead of the clock that it follows."""
        return self.time() - self._base.time()

    def next_due(self) -> float | None:
        """Seconds until the first sleeper is due, 0 where one is just waking, or ``None`` when nobody sleeps."""
        with self._lock:
            dues = [-1.0 if moved.done() else due for loop, moved, due in self._sleepers if not loop.is_closed()]
            return max(0.0, min(dues) - self.monotonic()) if dues else None

    def freeze(self) -> None:
        """Stop time; sleepers stay asleep until `step` or `resume`."""
        with self._lock:
            if not self.frozen:
                elapsed = self._base.monotonic()
                date_at_zero = self._base.time() - elapsed
                self._change(self._pace._replace(frozen_at=elapsed, date_at_zero=date_at_zero))

    def resume(self) -> None:
        """Let time run again from where it stands."""
        with self._lock:
            frozen_at = self._pace.frozen_at
            if frozen_at is not None:
                missed = self._base.monotonic() - frozen_at
                self._change(self._pace._replace(frozen_at=None, shift=self._pace.shift - missed))

    def step(self, by: float) -> None:
        """Move forward at once by that many seconds; whoever is due by then wakes."""
        if by < 0:
            raise ValueError("a clock can be moved forward only")
        with self._lock:
            self._change(self._pace._replace(shift=self._pace.shift + by))

    def run_at(self, speed: float) -> None:
        """Let a `FastClock` go on at another speed; whoever sleeps by this clock looks again how long that takes."""
        assert isinstance(self._base, FastClock)
        with self._lock:
            self._base.run_at(speed)
            self._wake_all()

    def _change(self, pace: _Pace) -> None:
        self._pace = pace
        self._wake_all()

    def _wake_all(self) -> None:
        # Each sleeper looks again at how long it still has to sleep, and at what pace.
        for loop, moved, _ in self._sleepers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, moved)


def _finish(moved: asyncio.Future[None]) -> None:
    if not moved.done():
        moved.set_result(None)
