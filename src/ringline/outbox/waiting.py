"""Waiting for a message to be decided or delivered: woken by those who write, never by looking again and again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ringline.errors import NotFoundError
from ringline.outbox.ledger import CHANGED

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database
    from ringline.outbox.rows import OutboxRow


class Waiters:
    """Who waits for which message in this process."""

    def __init__(self, database: Database, clock: Clock, look: Callable[[str], Awaitable[OutboxRow]]) -> None:
        self._database = database
        self._clock = clock
        self._look = look
        self._events: dict[str, set[asyncio.Event]] = {}
        self._end_listening: Callable[[], None] | None = None

    async def wait(self, id: str, timeout: float | None, is_enough: Callable[[OutboxRow], bool]) -> OutboxRow:
        """The message once *is_enough* holds, or as it stands after *timeout* seconds."""
        if self._end_listening is None:
            self._end_listening = self._database.listen(CHANGED, self._heard)
        moved = asyncio.Event()
        self._events.setdefault(id, set()).add(moved)
        alarm = None if timeout is None else asyncio.create_task(self._clock.sleep(timeout), name=f"timeout {id}")
        try:
            while True:
                moved.clear()
                row = await self._look(id)
                if is_enough(row) or (alarm is not None and alarm.done()):
                    return row
                await _first(moved, alarm)
        finally:
            if alarm is not None:
                alarm.cancel()
            waiting = self._events[id]
            waiting.discard(moved)
            if not waiting:
                del self._events[id]

    def close(self) -> None:
        """Stop listening."""
        if self._end_listening is not None:
            self._end_listening()
            self._end_listening = None

    def _heard(self, ids: str) -> None:
        # Nothing said: some news may have been missed, so everybody looks.
        for message_id in ids.split() or list(self._events):
            for moved in self._events.get(message_id, ()):
                moved.set()


async def _first(moved: asyncio.Event, alarm: asyncio.Task[None] | None) -> None:
    if alarm is None:
        await moved.wait()
        return
    waiting = asyncio.ensure_future(moved.wait())
    try:
        await asyncio.wait((waiting, alarm), return_when=asyncio.FIRST_COMPLETED)
    finally:
        waiting.cancel()


def not_found(id: str) -> NotFoundError:
    """There is no such message."""
    return NotFoundError(f"there is no message {id!r}", fix="list messages to see the ids of those that exist")
