"""Reading changes: one reader for all streams of a process, woken by whoever writes."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ringline.live import store
from ringline.live.changes import ALL
from ringline.live.store import CHANGED, START, Position

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.live.changes import Changes

_log = logging.getLogger(__name__)

KEEP = 86_400.0
"""Seconds for which changes are kept."""
RECENT = 200
"""So many of the last changes are told to a page that is just being opened, for it may have been read before them."""
PAGE = 500
PAGES = 10
"""Whoever is further behind is told to load everything anew."""
PENDING = 1_000
"""Changes that wait for a slow reader; of more it is told by topic only."""
FORGOTTEN_AT_ONCE = 5_000
_UNSETTLED_PAUSES = (0.02, 0.05, 0.1, 0.25, 0.5, 1.0)
_PAUSE_AFTER_ERROR = 1.0
_ID = re.compile(r"(\d{1,19})\.(\d{1,19})")


class Change(NamedTuple):
    """The thing of *topic* with the id *ref* has changed; `ALL` stands for many."""

    id: str
    topic: str
    ref: str


class Reload(NamedTuple):
    """Too much was missed to be told one by one."""

    id: str


class Stream:
    """One reader's changes from where it stands, each thing once however often it changes meanwhile."""

    def __init__(self, feed: Feed, position: Position) -> None:
        self._feed = feed
        self.position = position
        self._pending: dict[tuple[str, str], Position] = {}
        self._must_reload = False
        self._news = asyncio.Event()
        self.has_ended = False

    def offer(self, changes: Sequence[tuple[Position, str, str]]) -> None:
        """These have been read."""
        for position, topic, ref in changes:
            if position <= self.position:
                continue
            self.position = position
            # Behind everything else: whoever has seen an id has been told of all before it, or is told later.
            self._pending.pop((topic, ref), None)
            self._pending[topic, ref] = position
        if len(self._pending) > PENDING:
            topics: dict[tuple[str, str], Position] = {}
            for (topic, _), position in self._pending.items():
                topics.pop((topic, ALL), None)
                topics[topic, ALL] = position
            self._pending = topics
        self._news.set()

    def reload(self, position: Position) -> None:
        """Go on from there, and say that what came before is lost."""
        self.position, self._must_reload = position, True
        self._pending.clear()
        self._news.set()

    def end(self) -> None:
        """Let `take` return at once from now on."""
        self.has_ended = True
        self._news.set()

    async def take(self, seconds: float) -> list[Change | Reload]:
        """What has changed since the last time, or nothing after so many seconds of the running process."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._news.wait(), seconds)
        self._news.clear()
        if self.has_ended:
            self._news.set()
            return []
        await self._feed.changes.extend()
        taken: list[Change | Reload] = [Reload(id_of(self.position))] if self._must_reload else []
        taken += [Change(id_of(position), topic, ref) for (topic, ref), position in self._pending.items()]
        self._must_reload = False
        self._pending.clear()
        return taken


class Feed:
    """The changes of this installation for whoever reads them here."""

    def __init__(self, database: Database, clock: Clock, changes: Changes) -> None:
        self._database = database
        self._clock = clock
        self.changes = changes
        self._streams: set[Stream] = set()
        self._position = START
        self._news = asyncio.Event()
        self._listening: Callable[[], None] | None = None
        self._reader: asyncio.Task[None] | None = None
        self._has_ended = False

    async def open(self, last: str | None) -> Stream:
        """A stream of everything behind the change with the id *last*; without one, from a moment ago.

        Close it with `leave`.
        """
        if self._reader is None:
            self._listening = self._database.listen(CHANGED, lambda _: self._news.set())
            self._reader = asyncio.create_task(self._keep_reading(), name="ringline-live-reader")
        self.changes.streams += 1
        try:
            await self.changes.extend()
            stream = await self._catch_up(last)
        except BaseException:
            self.changes.streams -= 1
            raise
        if not self._streams:
            self._position = stream.position
        self._streams.add(stream)
        # What was announced while nobody listened here.
        self._news.set()
        if self._has_ended:
            stream.end()
        return stream

    def leave(self, stream: Stream) -> None:
        """That one is read no more."""
        if stream in self._streams:
            self._streams.discard(stream)
            self.changes.streams -= 1

    def end_streams(self) -> None:
        """End all there are, and from now on each as it is opened: the server is about to stop."""
        self._has_ended = True
        for stream in self._streams:
            stream.end()

    async def close(self) -> None:
        """Read no more."""
        self.end_streams()
        if self._listening is not None:
            self._listening()
            self._listening = None
        if self._reader is not None:
            self._reader.cancel()
            await asyncio.gather(self._reader, return_exceptions=True)
            self._reader = None

    async def forget_old(self) -> int:
        """Delete what is older than a day; returns how many changes that were."""
        now, count = self._clock.time(), 0
        reached = await self._database.write(lambda tx: store.mark(tx, now=now, before=now - KEEP))
        while reached is not None:
            txid, change = reached
            deleted = await self._database.write(
                lambda tx, txid=txid, change=change: store.forget(tx, txid, change, FORGOTTEN_AT_ONCE)  # type: ignore[misc]
            )
            count += deleted
            if deleted < FORGOTTEN_AT_ONCE:
                break
        return count

    async def _catch_up(self, last: str | None) -> Stream:
        """A stream that has read as far as the common reader."""
        given = position_of(last)

        def begin(tx: Transaction) -> tuple[Position, bool]:
            if given is None:
                return store.newest(tx, skip=RECENT), True
            return given, store.is_known(tx, given)

        position, is_known = await self._database.read(begin)
        stream = Stream(self, position)
        for _ in range(PAGES):
            if not is_known:
                break
            changes = await self._database.read(
                lambda tx: store.read_after(tx, stream.position, PAGE)  # the position is that of this moment
            )
            stream.offer(changes)
            if len(changes) < PAGE and not (self._streams and stream.position < self._position):
                return stream
        stream.reload(await self._database.read(store.newest))
        return stream

    async def _keep_reading(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            try:
                await self._read_on()
            except Exception:  # the edge of a background task: a database that is away comes back
                _log.exception("changes could not be read; trying again in %g s", _PAUSE_AFTER_ERROR)
                self._news.set()
                await asyncio.sleep(_PAUSE_AFTER_ERROR)

    async def _read_on(self) -> None:
        """Read until nothing is left, waiting for what an older transaction still holds back."""
        patience = iter(_UNSETTLED_PAUSES)
        while self._streams:
            position = self._position

            def read(tx: Transaction, position: Position = position) -> tuple[list[tuple[Position, str, str]], bool]:
                changes = store.read_after(tx, position, PAGE)
                return changes, store.has_unsettled(tx, changes[-1][0] if changes else position)

            changes, has_more = await self._database.read(read)
            # While this was read, the first reader may have come anew from further on.
            if changes and self._position == position:
                self._position = changes[-1][0]
                for stream in self._streams:
                    stream.offer(changes)
                patience = iter(_UNSETTLED_PAUSES)
            elif has_more:
                # It is announced by whoever wrote it, and not by whom it waits for.
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._news.wait(), next(patience, _UNSETTLED_PAUSES[-1]))
            if not changes and not has_more:
                return


def id_of(position: Position) -> str:
    """As readers know it."""
    return f"{position.txid}.{position.id}"


def position_of(id: str | None) -> Position | None:
    """The position with this id; None for what is none."""
    found = _ID.fullmatch(id) if id is not None else None
    if found is None:
        return None
    position = Position(int(found[1]), int(found[2]))
    return position if max(position) < 1 << 63 else None
