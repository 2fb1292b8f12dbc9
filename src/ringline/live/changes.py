"""Writing changes down: always of what there is little of, and of what there is much of while somebody looks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ringline.live import store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

_log = logging.getLogger(__name__)

ALL = "*"
"""The ref of a change that concerns many things of its topic."""
MOST = 100
"""More changes of one topic in one transaction are told as `ALL`."""
WATCHED = "ringline_live_watched"
"""The channel on which it is announced that somebody looks."""
LEASE = 600.0
"""Seconds for which changes go on being told one by one after the last page was seen, so that one that comes back after
a restart learns what it missed."""
RARELY = 1.0
"""Seconds between two changes that are told for many."""
MOST_TOLD = 1_000


def touch(tx: Transaction, topic: str, *refs: str) -> int:
    """Tell pages that the things of *topic* with these ids have changed, once *tx* commits. Returns the rows."""
    told = tuple(dict.fromkeys(refs))
    if len(told) > MOST:
        told = (ALL,)
    if told:
        store.add(tx, topic, told)
    return len(told)


class Changes:
    """Changes of what there may be a million of, such as messages and runs.

    They are written down one by one only while a page is open somewhere, or was until a moment ago; otherwise one row
    a second says that something has changed. Whoever then begins to look is told of what was left out.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self.streams = 0
        """How many streams this process has open."""
        self._until = 0.0
        self._told: dict[tuple[str, str], float] = {}
        self._left_out: set[tuple[str, str]] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._listening: Callable[[], None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Know from now on whether somebody looks, in whichever process."""
        self._listening = self._database.listen(WATCHED, lambda _: self._look_soon())
        await self._look()

    async def close(self) -> None:
        """Know it no more."""
        if self._listening is not None:
            self._listening()
            self._listening = None
        if self._timer is not None:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    @property
    def is_watched(self) -> bool:
        """Whether somebody looks, or did until a moment ago."""
        return self.streams > 0 or self._clock.time() < self._until

    def note(self, tx: Transaction, topic: str, refs: Sequence[str]) -> None:
        """As `touch`; while nobody looks once a second, as `ALL`."""
        if not refs:
            return
        if self.is_watched:
            touch(tx, topic, *refs)
        else:
            self.note_rarely(tx, topic)

    def note_rarely(self, tx: Transaction, topic: str, ref: str = ALL) -> None:
        """As `touch`, once a second; what is left out is told when that second is over, if somebody looks."""
        key, now = (topic, ref), self._clock.time()
        if 0 <= now - self._told.get(key, -RARELY) < RARELY:
            # Once it is there to be seen, and not before.
            tx.after_commit(lambda: self._leave_out(key))
            return
        if len(self._told) >= MOST_TOLD:
            self._told.clear()
        # Where this is rolled back, what others leave out meanwhile is still told to whoever looks next.
        self._told[key] = now
        touch(tx, topic, ref)

    async def extend(self) -> None:
        """Somebody looks at this moment: have every process know, for `LEASE` seconds."""
        now = self._clock.time()
        if self._until - now > LEASE / 2:
            return
        self._until = now + LEASE

        def write(tx: Transaction) -> None:
            store.watch(tx, now + LEASE)
            tx.notify(WATCHED, "")

        await self._database.write(write)

    def _leave_out(self, key: tuple[str, str]) -> None:
        self._left_out.add(key)
        if self._timer is None and self.is_watched:
            self._timer = asyncio.get_running_loop().call_later(RARELY, self._look_soon)

    def _look_soon(self) -> None:
        self._timer = None
        task = asyncio.get_running_loop().create_task(self._look(), name="ringline-live-watched")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _look(self) -> None:
        try:
            self._until = max(self._until, await self._database.read(store.watched_until))
            if self._left_out and self.is_watched:
                left_out, self._left_out = self._left_out, set()
                await self._database.write(lambda tx: [touch(tx, topic, ref) for topic, ref in sorted(left_out)])
        except Exception:  # the edge of a background task: pages are then told of less, and work goes on
            _log.exception("it could not be found out whether somebody looks at the pages")
