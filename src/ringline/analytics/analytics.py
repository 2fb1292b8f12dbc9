"""`ringline.analytics`: counted as it happens, added up a second later, read by hours."""

from __future__ import annotations

from collections.abc import Mapping
from time import perf_counter
from typing import TYPE_CHECKING

from ringline.analytics.counting import Counting
from ringline.analytics.folding import Folding
from ringline.analytics.reading import Reading
from ringline.dispatch.ticker import Ticker
from ringline.live import ALL, touch

if TYPE_CHECKING:
    from ringline.analytics.folding import Sources
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

LONGEST_SLEEP = 30.0
FRESH = 2.0
SHARE = 0.02
"""Of the time, at most this part is spent on counting what waits."""
TOPIC = "figures"


class Analytics:
    """The figures of an installation. `counting` is for who lets others know what happens, `ticker` adds it up."""

    def __init__(self, database: Database, clock: Clock, sources: Sources) -> None:
        self._database = database
        self.folding = Folding(database, clock, sources, on_folded=_tell)
        self.ticker = Ticker(self.folding, clock, longest=LONGEST_SLEEP, what="figures")
        self.counting = Counting(clock, self.ticker.note)
        self.reading = Reading(database)
        self._waiting: dict[str, tuple[float, Mapping[tuple[int, str], int]]] = {}
        self._sources = sources

    async def waiting(self, flow: str) -> Mapping[tuple[int, str], int]:
        """How many runs of a workflow wait at which step, by version and step; as it was a moment ago."""
        until, found = self._waiting.get(flow, (0.0, {}))
        if perf_counter() < until:
            return found
        began = perf_counter()
        found = await self._database.read(lambda tx: self._sources.waiting(tx, flow))
        # Where a million wait, counting them takes a second: the longer it takes, the rarer it is done.
        self._waiting[flow] = (perf_counter() + max(FRESH, (perf_counter() - began) / SHARE), found)
        return found

    async def fold(self) -> None:
        """Add up what has been counted so far."""
        await self.folding.add_up()

    async def rebuild(self) -> int:
        """Count everything anew from the rows; returns how many figures there are."""
        return await self._database.write(self.folding.rebuild)


def _tell(tx: Transaction) -> None:
    touch(tx, TOPIC, ALL)
