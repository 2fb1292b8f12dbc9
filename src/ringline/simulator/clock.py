"""The machine's time, with a hand on it: it can be frozen, stepped and let go again."""

from __future__ import annotations

import asyncio
import threading
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from ringline.clock import Clock, SystemClock


@runtime_checkable
class Steppable(Protocol):
    """A clock that can be moved by hand, as `VirtualClock` and `SteerableClock` can."""

    def step(self, by: float) -> None:
        """Move forward at once by that many seconds."""
        ...


class SteerableClock:
    """A running clock that can be frozen, stepped forward and let go again.

    While it runs it follows *base*. It may be shared by several threads and event loops.
    """

    def __init__(self, base: Clock | None = None) -> None:
        self._base = base or SystemClock()
        self._shift = 0.0
        self._frozen_at: float | None = None
        self._date_at_zero = 0.0  # of the elapsed seconds, while frozen
        self._sleepers: set[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = set()
        self._lock = threading.RLock()

    @property
    def frozen(self) -> bool:
        """Whether time stands still."""
        return self._frozen_at is not None

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        with self._lock:
            zero = self._date_at_zero if self.frozen else self._base.time() - self._base.monotonic()
            return zero + self.monotonic()

    def monotonic(self) -> float:
        with self._lock:
            elapsed = self._base.monotonic() if self._frozen_at is None else self._frozen_at
            return elapsed + self._shift

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
                sleeper = (loop, moved)
                self._sleepers.add(sleeper)
                patience = None if self.frozen else remaining
            try:
                await asyncio.wait({moved}, timeout=patience)
            finally:
                with self._lock:
                    self._sleepers.discard(sleeper)

    def freeze(self) -> None:
        """Stop time; sleepers stay asleep until `step` or `resume`."""
        with self._lock:
            if self._frozen_at is None:
                self._frozen_at = self._base.monotonic()
                self._date_at_zero = self._base.time() - self._frozen_at
                self._wake_all()

    def resume(self) -> None:
        """Let time run again from where it stands."""
        with self._lock:
            if self._frozen_at is not None:
                self._shift -= self._base.monotonic() - self._frozen_at
                self._frozen_at = None
                self._wake_all()

    def step(self, by: float) -> None:
        """Move forward at once by that many seconds; whoever is due by then wakes."""
        if by < 0:
            raise ValueError("a clock can be moved forward only")
        with self._lock:
            self._shift += by
            self._wake_all()

    def _wake_all(self) -> None:
        # Each sleeper looks again at how long it still has to sleep, and at what pace.
        for loop, moved in self._sleepers:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, moved)


def _finish(moved: asyncio.Future[None]) -> None:
    if not moved.done():
        moved.set_result(None)
