"""What will happen when: a heap of due moments on the simulator's clock, and the one sleeper that serves it."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import logging
from collections.abc import Callable
from typing import Any

from ringline.clock import Clock

_log = logging.getLogger(__name__)

Happening = Callable[..., object]


class Timeline:
    """Runs functions at moments of a clock, earliest first, and in the order they were planned within a moment.

    While an event runs, `time` and `monotonic` give the moment it was due. So a step of an hour brings about
    everything that happens within the hour, each thing at its own time. ``pause`` is the shortest sleep between two
    looks at the heap, in seconds: on a running clock a few milliseconds turn thousands of wake-ups into batches.
    """

    def __init__(self, clock: Clock, *, pause: float = 0.0) -> None:
        self._clock = clock
        self._pause = pause
        self._heap: list[tuple[float, int, Happening, tuple[Any, ...]]] = []
        self._order = itertools.count()
        self._sleeper: asyncio.Task[None] | None = None
        self._armed_for = 0.0
        self._running = False
        self._present: float | None = None
        self._date_at_zero = 0.0
        self._after_batch: Callable[[], None] | None = None

    def after_each_batch(self, then: Callable[[], None]) -> None:
        """Have *then* called whenever a batch of due events has run."""
        self._after_batch = then

    def plan(self, delay: float, happening: Happening, *arguments: Any) -> None:
        """Have ``happening(*arguments)`` called *delay* seconds from now; zero means within this moment."""
        due = self.monotonic() + max(0.0, delay)
        heapq.heappush(self._heap, (due, next(self._order), happening, arguments))
        if not self._running and (self._sleeper is None or due < self._armed_for):
            self._arm()

    def monotonic(self) -> float:
        """The clock's elapsed seconds, or those at which the running event was due."""
        return self._clock.monotonic() if self._present is None else self._present

    def clock_monotonic(self) -> float:
        """The clock's elapsed seconds, also while an event runs that was due earlier."""
        return self._clock.monotonic()

    def time(self) -> float:
        """The moment that belongs to `monotonic`, in seconds since the epoch."""
        return self._clock.time() if self._present is None else self._present + self._date_at_zero

    def run_as_of(self, moment: float, happening: Happening, *arguments: Any) -> None:
        """Run something as if it were *moment* by `monotonic`: the end of what an earlier event began."""
        before, self._present = self._present, moment
        self._date_at_zero = self._clock.time() - self._clock.monotonic()
        try:
            happening(*arguments)
        finally:
            self._present = before

    def next_due(self) -> float | None:
        """Seconds until the next event, never below zero; ``None`` when nothing is planned."""
        return max(0.0, self._heap[0][0] - self._clock.monotonic()) if self._heap else None

    def __len__(self) -> int:
        return len(self._heap)

    def run_due(self) -> int:
        """Run everything that is due now, and say how many events that were."""
        ran = 0
        self._running = True
        self._date_at_zero = self._clock.time() - self._clock.monotonic()
        try:
            while self._heap and self._heap[0][0] <= self._clock.monotonic() + 1e-9:
                self._present, _, happening, arguments = heapq.heappop(self._heap)
                ran += 1
                try:
                    happening(*arguments)
                except Exception:
                    # One broken event must not stop the network for everybody.
                    _log.exception("an event of the simulator failed: %s", getattr(happening, "__name__", happening))
        finally:
            self._running = False
            self._present = None
        if ran and self._after_batch is not None:
            self._after_batch()
        self._arm()
        return ran

    def clear(self) -> None:
        """Forget everything that was planned."""
        self._heap.clear()

    def close(self) -> None:
        """Forget everything and stop watching the clock."""
        self.clear()
        if self._sleeper is not None:
            self._sleeper.cancel()
            self._sleeper = None

    def _arm(self) -> None:
        if not self._heap:
            return
        due = self._heap[0][0]
        if self._sleeper is not None:
            if self._armed_for <= due:
                return
            self._sleeper.cancel()
        self._armed_for = due
        loop = asyncio.get_running_loop()
        self._sleeper = loop.create_task(self._sleep_until(due))
        # Another thread may step the clock before the sleeper has begun to sleep; whoever looks after it has, sees it.
        loop.call_soon(self.catch_up)

    async def _sleep_until(self, due: float) -> None:
        await self._clock.sleep(max(due - self._clock.monotonic(), self._pause))
        self._sleeper = None
        self.run_due()

    def catch_up(self) -> None:
        """Run what is due already, though the sleeper has not woken yet: it comes before whatever is asked now."""
        if self._heap and self._heap[0][0] <= self._clock.monotonic() - self._pause:
            self.run_due()
