"""The one thing that acts because time has passed: it sleeps until something falls due, and sweeps."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ringline.clock import Clock

_log = logging.getLogger(__name__)

PAUSE_AFTER_ERROR = 1.0
SHORTEST = 0.05
MOST_AT_ONCE = 20


class Swept(Protocol):
    """What the ticker drives."""

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Do what is due; returns when something falls due next."""
        ...


class Ticker:
    """Sweeps when something falls due, when told that something will sooner, and every *longest* seconds."""

    def __init__(self, swept: Swept, clock: Clock, *, longest: float, what: str) -> None:
        """*what* names the thing that is swept, for the log."""
        self._swept = swept
        self.what = what
        self._clock = clock
        self.longest = longest
        """Seconds; it may be changed before the ticker runs."""
        self._until = 0.0
        self._sooner = asyncio.Event()
        self._rounds_at_once = 0
        self.on_swept: Callable[[str, float, bool], None] | None = None
        """Told of every sweep: of what, how many seconds it took, and whether it ended well."""

    def note(self, due: Sequence[float]) -> None:
        """Something falls due at these moments."""
        if due and min(due) < self._until:
            self._sooner.set()

    def now(self) -> None:
        """Sweep at once."""
        self._sooner.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until *stop* is set."""
        at_start = True
        stopping = asyncio.create_task(stop.wait(), name="ringline-ticker-stop")
        try:
            while not stop.is_set():
                self._sooner.clear()
                # Whatever is noted while the sweep runs is not part of it.
                self._until = float("inf")
                due = await self._sweep(at_start=at_start)
                at_start = False
                now = self._clock.time()
                self._until = min(now + self.longest, due if due is not None else float("inf"))
                if not self._sooner.is_set():
                    await self._sleep(self._until - now, stopping)
        finally:
            stopping.cancel()

    async def _sweep(self, *, at_start: bool) -> float | None:
        started, ended_well = perf_counter(), False
        try:
            due = await self._swept.sweep(at_start=at_start)
            ended_well = True
        except Exception:  # the edge of a background loop: the next round may do better
            _log.exception("the sweep of the %s failed; trying again in %g s", self.what, PAUSE_AFTER_ERROR)
            due = self._clock.time() + PAUSE_AFTER_ERROR
        if self.on_swept is not None:
            self.on_swept(self.what, perf_counter() - started, ended_well)
        return due

    async def _sleep(self, seconds: float, stopping: asyncio.Task[bool]) -> None:
        self._rounds_at_once = self._rounds_at_once + 1 if seconds <= 0 else 0
        if 0 < self._rounds_at_once <= MOST_AT_ONCE:
            await asyncio.sleep(0)
            return
        # Something is due that no sweep moves; that must not keep the machine busy.
        asleep = asyncio.ensure_future(self._sleep_until(self._until if seconds > 0 else self._clock.time() + SHORTEST))
        sooner = asyncio.ensure_future(self._sooner.wait())
        try:
            await asyncio.wait((asleep, sooner, stopping), return_when=asyncio.FIRST_COMPLETED)
        finally:
            asleep.cancel()
            sooner.cancel()

    async def _sleep_until(self, moment: float) -> None:
        # Reckoned here, where the sleep begins: a virtual clock may have been moved since it was decided on.
        await self._clock.sleep(moment - self._clock.time())
