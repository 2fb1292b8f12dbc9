"""Keeping broadcasts going: filling them, holding back what was paused, canceling what was canceled, ending them."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ringline.broadcasts import store
from ringline.broadcasts.broadcast import PENDING_OUTCOMES
from ringline.broadcasts.counting import fold, read_counts
from ringline.broadcasts.filling import Filling
from ringline.dispatch.ticker import Ticker
from ringline.errors import RequestError
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.broadcasts.surroundings import Surroundings
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.outbox import Outbox

_log = logging.getLogger(__name__)

FILL = "broadcast_fill"
PRIORITY = 40
HAND_BACK = 15.0
LEASE = 30.0
"""How long the ticker trusts a job that it has sent; then it sends another."""
TICK = 30.0
TICK_SHARED = 1.0


class Tending:
    """Whatever a broadcast is, brings its messages in line with that. Any number may do so at once."""

    def __init__(
        self, database: Database, dispatcher: Dispatcher, clock: Clock, outbox: Outbox, surroundings: Surroundings
    ) -> None:
        self._database = database
        self._dispatcher = dispatcher
        self._clock = clock
        self._outbox = outbox
        self._filling = Filling(database, clock, outbox, surroundings)
        longest = TICK_SHARED if database.dialect == "postgresql" else TICK
        self.ticker = Ticker(self, clock, longest=longest, what="broadcasts")

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return {FILL: self.tend}

    def wake(self, tx: Transaction, id: str) -> None:
        """Have somebody look at it once this commits."""
        self._dispatcher.enqueue(tx, FILL, id, priority=PRIORITY)
        now = self._clock.time()
        tx.after_commit(lambda: self.ticker.note([now]))

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Send a job for what is due; returns when something falls due next."""
        now = self._clock.time()

        def work(tx: Transaction) -> float | None:
            for row in tx.all(store.DUE, {"now": now}):
                if tx.run(store.TAKE_DUE, {"id": row["id"], "until": now + LEASE, "now": now}):
                    self._dispatcher.enqueue(tx, FILL, row["id"], priority=PRIORITY)
            found = tx.one(store.NEXT_DUE)
            return found["due_at"] if found else None

        return await self._database.write(work)

    async def tend(self, id: str) -> None:
        """Do for it what can be done now; after 15 s others get their turn."""
        until = self._clock.monotonic() + HAND_BACK
        while True:
            row = await self._database.read(lambda tx: tx.one(store.GET, {"id": id}))
            if row is None or not await self._once(row):
                break
            if self._clock.monotonic() >= until:
                await self._database.write(lambda tx: self.wake(tx, id))
                return
        found = await self._database.read(lambda tx: tx.one(store.GET, {"id": id}))
        if found is not None and found["due_at"] is not None:
            self.ticker.note([found["due_at"]])

    async def _once(self, row: Row) -> bool:
        """One transaction's worth; True if there may be more to do at once."""
        match row["stage"]:
            case "running":
                return await self._run(row)
            case "paused":
                return await self._hold(row)
            case "canceled":
                return await self._cancel(row)
        return False

    async def _run(self, row: Row) -> bool:
        broadcast_id, groups = row["id"], self._outbox.groups
        if row["paused_at"] is not None:
            held_for = self._clock.time() - row["paused_at"]
            if await self._database.write(lambda tx: groups.release_in(tx, broadcast_id, held_for=held_for)):
                return True
            await self._database.write(lambda tx: tx.run(store.FORGET_PAUSE, {"id": broadcast_id}))
        if row["cursor"] >= row["confirmed"] and await self._database.write(lambda tx: self._complete(tx, row)):
            self._filling.forget(broadcast_id)
            return False
        try:
            return (await self._filling.fill(row)).again
        except RequestError as error:
            # Whatever it is, it is so for everybody: a sender that is gone, a pool without numbers.
            _log.warning("broadcast %s is paused: %s", broadcast_id, error)
            fault = f"{error.message.rstrip('.')}. {error.fix}".strip()
            values = {"id": broadcast_id, "now": self._clock.time(), "fault": fault}
            await self._database.write(lambda tx: (tx.run(store.PAUSE, values), touch(tx, "broadcasts", broadcast_id)))
            return True

    def _complete(self, tx: Transaction, row: Row) -> bool:
        """End it if nothing is open any more."""
        broadcast_id = row["id"]
        fold(tx, broadcast_id)
        counts = read_counts(tx, [broadcast_id]).get(broadcast_id, {})
        if any(counts.get(outcome) for outcome in PENDING_OUTCOMES):
            return False
        if not tx.run(store.COMPLETE, {"id": broadcast_id, "now": self._clock.time()}):
            return False
        touch(tx, "broadcasts", broadcast_id)
        return True

    async def _hold(self, row: Row) -> bool:
        broadcast_id, groups = row["id"], self._outbox.groups

        def work(tx: Transaction) -> int:
            held = groups.hold_in(tx, broadcast_id)
            if not held:
                # A request that is under way may still come back to be tried again.
                due_at = self._clock.time() + 5 if _is_open(tx, broadcast_id) else None
                tx.run(store.LOOK_AGAIN, {"id": broadcast_id, "due_at": due_at, "stage": "paused"})
            return held

        return bool(await self._database.write(work))

    async def _cancel(self, row: Row) -> bool:
        broadcast_id, groups = row["id"], self._outbox.groups

        def work(tx: Transaction) -> int:
            canceled = groups.cancel_in(tx, broadcast_id)
            if not canceled:
                fold(tx, broadcast_id)
                tx.run(store.LOOK_AGAIN, {"id": broadcast_id, "due_at": None, "stage": "canceled"})
            return canceled

        self._filling.forget(broadcast_id)
        return bool(await self._database.write(work))


def _is_open(tx: Transaction, id: str) -> bool:
    counts = read_counts(tx, [id]).get(id, {})
    return bool(counts.get("sending") or counts.get("unknown"))
