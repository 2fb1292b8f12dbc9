"""What was sent and placed, brought into the rows of the people and the words it is found by.

Who sends writes nothing for this: that path is the busiest. A sweep reads what is new by its ids, which sort by time.
On Postgres a row may become visible after one with a later id, so that the last seconds are read again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.conversations import store, words
from ringline.conversations.people import not_forgotten
from ringline.dispatch.ticker import Ticker
from ringline.ids import first_id
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.conversations.conversation import Source
    from ringline.conversations.people import People
    from ringline.database import Database, Transaction

TOPIC = "conversations"
"""What pages that look are told has changed."""
BATCH = 1_000
"""Messages in one transaction."""
ROUNDS = 20
"""Transactions in one sweep, so that a long past is taken in with pauses."""
PAUSE = 0.25
"""Seconds between two sweeps at least."""
LATE = 20.0
"""Seconds by which a row may become visible after others with later ids."""


class Gathering:
    """Reads the sources; *sources* are by the prefix of their ids."""

    def __init__(self, database: Database, clock: Clock, people: People, sources: dict[str, Source]) -> None:
        self._database = database
        self._people = people
        self._clock = clock
        self._sources = sources
        self.ticker = Ticker(self, clock, longest=30.0, what="conversations")
        self._not_before = 0.0

    def soon(self, tx: Transaction) -> None:
        """There is something to gather once this is committed."""
        tx.after_commit(lambda: self.ticker.note([self._not_before]))

    async def sweep(self, *, at_start: bool = False, at_once: bool = False) -> float | None:
        """Take in what is new; returns when to look again, where more is known to be there."""
        now = self._clock.time()
        if now < self._not_before and not (at_start or at_once):
            return self._not_before
        has_more = False
        for prefix, source in self._sources.items():
            for _ in range(ROUNDS):
                taken = await self._database.write(
                    lambda tx, prefix=prefix, source=source: self._take(tx, prefix, source)  # type: ignore[misc]
                )
                if taken < BATCH:
                    break
            else:
                has_more = True
        self._not_before = self._clock.time() + PAUSE
        return self._not_before if has_more else None

    def _take(self, tx: Transaction, prefix: str, source: Source) -> int:
        if not store.is_free(tx):
            return 0
        # Before anything is read: what somebody erases meanwhile would else be written down once more behind them.
        store.keep_owners(tx)
        now = self._clock.time()
        mark = store.mark(tx, prefix) or {"seen": prefix, "settled": prefix, "settled_at": 0.0}
        is_again = now - mark["settled_at"] >= LATE
        after = mark["settled"] if is_again else mark["seen"]
        found = source(tx, after, BATCH)
        if not found:
            return 0
        # That there was a call stays when a person is erased, and is read again while later ones are waited for.
        told = not_forgotten(tx, [one for one in found if one.person])
        touch(tx, TOPIC, *self._people.happened(tx, told, now=now))
        texts = [{"ref": one.id, "person": one.person, "text": one.text} for one in told if one.text]
        words.add(tx, prefix, texts)
        seen = max([mark["seen"], *(one.id for one in found)])
        settled, settled_at = mark["settled"], mark["settled_at"]
        if is_again:
            # Read on from here where more is there, else what was read is certain up to some seconds ago.
            is_all = len(found) < BATCH
            settled = max(settled, first_id(prefix, at=now - LATE)) if is_all else found[-1].id
            settled_at = now if is_all else settled_at
        store.set_mark(tx, prefix, seen=seen, settled=settled, settled_at=settled_at)
        return len(found)
