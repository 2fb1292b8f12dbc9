"""What time alone brings about: runs whose waits are over, and runs whose job was lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ringline.database.json_lists import as_list
from ringline.workflow.reporting import OPEN
from ringline.workflow.store import advancing as store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.workflow.reporting import Reporter

ROWS = 5_000
EVERY = 1 << 31
HEAL_AFTER = 25.0
"""A run that was woken so long ago and has not moved was forgotten: its job was lost, or its worker died."""


class Sweeps:
    """Finds such runs by index and asks for jobs that look at them; safe in any number of processes at once."""

    def __init__(self, database: Database, clock: Clock, reporter: Reporter) -> None:
        self._database = database
        self._clock = clock
        self._reporter = reporter

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Do what is due; returns when something falls due next.

        *at_start* of a process on SQLite every run that is on its way was in the hands of a dead process.
        """
        if at_start and self._database.dialect == "sqlite":
            await self._take_over()
        while True:
            now = self._clock.time()
            if await self._database.write(lambda tx, now=now: self._once(tx, now)) < ROWS:  # type: ignore[misc]
                break
        return await self._database.read(self._next)

    async def _take_over(self) -> None:
        everything = {"before": self._clock.time(), "count": EVERY}
        # Those that were woken, and those whose step was acting outside.
        rows = await self._database.read(lambda tx: tx.all(store.WOKEN, everything) + tx.all(store.RUNNING))
        found = sorted({row["id"] for row in rows})
        for start in range(0, len(found), ROWS):
            ids = found[start : start + ROWS]
            await self._database.write(lambda tx, ids=ids: self._take_up(tx, ids, self._clock.time()))  # type: ignore[misc]

    def _once(self, tx: Transaction, now: float) -> int:
        due = [row["id"] for row in tx.all(store.DUE, {"now": now, "count": ROWS})]
        forgotten = [row["id"] for row in tx.all(store.WOKEN, {"before": now - HEAL_AFTER, "count": ROWS})]
        self._take_up(tx, sorted({*due, *forgotten}), now)
        return max(len(due), len(forgotten))

    def _take_up(self, tx: Transaction, ids: Sequence[int], now: float) -> None:
        if ids:
            locked = tx.all(store.WAKEABLE, {"ids": as_list(ids)})
            open_ids = [row["id"] for row in locked if row["status"] in OPEN]
            tx.many(store.TAKE_UP, [{"id": number, "now": now} for number in open_ids])
            self._reporter.enqueue(tx, open_ids)

    def _next(self, tx: Transaction) -> float | None:
        due, woken = tx.one(store.FIRST_DUE), tx.one(store.FIRST_WOKEN)
        moments = [row["at"] + extra for row, extra in ((due, 0.0), (woken, HEAL_AFTER)) if row is not None]
        return min(moments, default=None)
