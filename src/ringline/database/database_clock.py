"""Clocks that neither step nor disagree: one that starts at the wall clock, one that follows a Postgres server's."""

from __future__ import annotations

import asyncio
import logging
import time
from datetime import UTC, datetime
from typing import Any

_log = logging.getLogger(__name__)

REMEASURE_SECONDS = 30.0
SAMPLES = 3


class SteadyClock:
    """The wall clock as it was once, and the time that has passed since: it cannot step within a process."""

    def __init__(self) -> None:
        self._offset = time.time() - time.monotonic()

    def now(self) -> datetime:
        return datetime.fromtimestamp(self.time(), UTC)

    def time(self) -> float:
        return time.monotonic() + self._offset

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(max(0.0, seconds))


class DatabaseClock(SteadyClock):
    """The clock of a Postgres server, so that all machines agree.

    The distance to the server's `clock_timestamp()` is measured, and in between time passes by this machine's
    monotonic clock. When a measurement would turn it back it stands still instead until the server has caught up.
    """

    def __init__(self) -> None:
        super().__init__()
        self._latest = 0.0

    def time(self) -> float:
        self._latest = max(self._latest, super().time())
        return self._latest

    async def measure(self, pool: Any) -> float:
        """Ask the server, keep the answer that took the shortest, and return the correction in seconds."""
        best_trip, best_offset = float("inf"), self._offset
        async with pool.acquire() as connection:
            for _ in range(SAMPLES):
                asked = time.monotonic()
                server = await connection.fetchval("SELECT extract(epoch FROM clock_timestamp())::float8")
                answered = time.monotonic()
                if answered - asked < best_trip:
                    best_trip, best_offset = answered - asked, server - (asked + answered) / 2
        correction = best_offset - self._offset
        self._offset = best_offset
        return float(correction)

    async def keep_measuring(self, pool: Any) -> None:
        """Measure again and again until cancelled."""
        while True:
            await asyncio.sleep(REMEASURE_SECONDS)
            try:
                correction = await self.measure(pool)
            except Exception:  # the edge of a background loop: the clock goes on by what it knew
                _log.exception("the database's clock could not be read")
                continue
            if abs(correction) > 1.0:
                _log.warning("the database's clock moved by %.3f s against this machine's", correction)
