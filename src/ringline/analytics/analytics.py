"""`ringline.analytics`: counted as it happens, added up a second later, read by hours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.analytics.counting import Counting
from ringline.analytics.folding import Folding
from ringline.dispatch.ticker import Ticker
from ringline.live import ALL, touch

if TYPE_CHECKING:
    from ringline.analytics.folding import Sources
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

LONGEST_SLEEP = 30.0
TOPIC = "figures"


class Analytics:
    """The figures of an installation. `counting` is for who lets others know what happens, `ticker` adds it up."""

    def __init__(self, database: Database, clock: Clock, sources: Sources) -> None:
        self._database = database
        self.folding = Folding(database, sources, on_folded=_tell)
        self.ticker = Ticker(self.folding, clock, longest=LONGEST_SLEEP, what="figures")
        self.counting = Counting(clock, self.ticker.note)

    async def fold(self) -> None:
        """Add up what has been counted so far."""
        await self.folding.sweep()

    async def rebuild(self) -> int:
        """Count everything anew from the rows; returns how many figures there are."""
        return await self._database.write(self.folding.rebuild)


def _tell(tx: Transaction) -> None:
    touch(tx, TOPIC, ALL)
