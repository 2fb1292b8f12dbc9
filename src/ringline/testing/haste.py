"""Real time that passes fast: many times as fast as the machine's while nothing happens, slower while something does.

A request that takes the machine 50 ms would last eight minutes of a clock that runs ten thousand times as fast, and
every window of ten minutes would be missed by slowness that no real run knows. So the clock slows down for what is in
hand, and hurries through what is only waited for.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.simulator.clock import SteerableClock

CALM = 20.0
"""How many times as fast as the machine's time passes while something is in hand."""

LOOK = 0.001
"""Real seconds between two looks whether something is in hand."""

UNSEEN = 0.05
"""Real seconds that may go by in haste although something has begun: the look at it, and threads that take turns."""


class Haste:
    """Steers *clock*: *speed* times as fast as the machine's own while nothing is in hand."""

    def __init__(self, clock: SteerableClock, speed: float) -> None:
        self._clock = clock
        self.speed = speed
        self.calm = min(speed, CALM)
        self._rests = 0

    @property
    def slack(self) -> float:
        """Seconds of the clock by which things may come late that take this machine a moment."""
        return self.speed * UNSEEN

    async def rest(self, is_busy: Callable[[], bool]) -> None:
        """Return when nothing has been in hand for a moment; time passes slowly meanwhile."""
        self._rests += 1
        try:
            quiet = 0
            while quiet * LOOK < UNSEEN:
                await asyncio.sleep(LOOK)
                quiet = 0 if is_busy() else quiet + 1
        finally:
            self._rests -= 1

    async def steer(self, is_busy: Callable[[], bool]) -> None:
        """Let time pass as fast as *is_busy* allows, until cancelled."""
        self._clock.resume()
        running_at: float | None = None
        while True:
            wanted = self.calm if self._rests or is_busy() else self.speed
            if wanted != running_at:
                self._clock.run_at(wanted)
                running_at = wanted
            await asyncio.sleep(LOOK)
