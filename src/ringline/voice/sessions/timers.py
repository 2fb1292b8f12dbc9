"""The sweep over timers: whatever is due happens, on whichever worker looks first."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from ringline.dispatch.ticker import Ticker
from ringline.voice.sessions.carrying import REDIRECT
from ringline.voice.sessions.store import sessions as store

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from ringline.clock import Clock
    from ringline.database import Database, Row

_log = logging.getLogger(__name__)

LOOK_EVERY = 60.0
MOST_AT_ONCE = 100
TRY_AGAIN_AFTER = 10.0
"""Seconds after which what could not be told to a live call is tried again."""


class SessionTimers:
    """Reports timers that are due, and tells live calls to fetch what was decided beside them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        fire: Callable[[Row], Awaitable[None]],
        redirect: Callable[[Row], Awaitable[None]],
    ) -> None:
        self._database = database
        self._clock = clock
        self._fire = fire
        self._redirect = redirect
        self.ticker = Ticker(self, clock, longest=LOOK_EVERY, what="sessions")

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Do what is due; returns when something falls due next."""
        now = self._clock.time()
        rows = await self._database.read(lambda tx: store.due(tx, now=now, count=MOST_AT_ONCE))
        await asyncio.gather(*(self._one(row) for row in rows))
        return await self._database.read(store.next_due)

    async def _one(self, timer: Row) -> None:
        try:
            if timer["name"] != REDIRECT:
                await self._fire(timer)
                return
            later = self._clock.time() + TRY_AGAIN_AFTER
            # Whoever puts it off first tells the call; should this process die meanwhile, another one tries again.
            if await self._database.write(lambda tx: store.put_off_timer(tx, timer, later=later)):
                await self._redirect(timer)
                await self._database.write(lambda tx: store.take_timer(tx, {**timer, "due": later}))
        except Exception:  # one session's failure must not hold up the others
            _log.exception("the timer %s of %s failed", timer["name"], timer["session_id"])
            later = self._clock.time() + TRY_AGAIN_AFTER
            await self._database.write(lambda tx: store.put_off_timer(tx, timer, later=later))
