"""Messages that belong together, as those of a broadcast do: held back, let go, canceled and looked up as one.

A group is named by the ``run_id`` of its messages. Each call moves at most `CHUNK` messages, so that others get their
turn in between; call again until nothing is left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from ringline.database.json_lists import as_list
from ringline.outbox.store import groups as store
from ringline.outbox.waking import DRAIN, Waker

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.stopping import Stops

CHUNK = 500
FAR = 3_650 * 86_400.0
"""What holding back adds to the moments of a message. Being a sum, it is undone exactly, also where the message was to
go later anyhow."""


class Groups:
    """The messages of a group."""

    def __init__(self, waker: Waker, stops: Stops, *, time: Callable[[], float]) -> None:
        self._waker = waker
        self._stops = stops
        self._time = time

    def hold_in(self, tx: Transaction, group: str) -> int:
        """Hold back messages that have not gone; returns how many, 0 when all are."""
        now = self._time()
        return tx.run(
            store.HOLD[tx.dialect], {"group": group, "far": FAR, "half": now + FAR / 2, "count": CHUNK, "now": now}
        )

    def release_in(self, tx: Transaction, group: str, *, held_for: float) -> int:
        """Let go what `hold_in` held back, *held_for* seconds ago; each lives on for as long as it had left."""
        now = self._time()
        values = {"group": group, "far": FAR, "half": now + FAR / 2, "count": CHUNK, "now": now, "held_for": held_for}
        rows = tx.all(store.RELEASE[tx.dialect], values)
        ready: dict[str, int] = {}
        for row in rows:
            if row["stage"] == "ready":
                ready[row["sender_id"]] = max(ready.get(row["sender_id"], 0), row["priority"])
        for sender_id, priority in sorted(ready.items()):
            self._waker.wake(tx, DRAIN, sender_id, now=now, priority=80 if priority >= 80 else 50)
        return len(rows)

    def cancel_in(self, tx: Transaction, group: str) -> int:
        """Cancel messages that have not gone, and ask for it where a request is under way; returns how many."""
        rows = tx.all(store.UNDECIDED, {"group": group, "count": CHUNK})
        return self._stops.cancel_many_in(tx, (row["id"] for row in rows))

    @staticmethod
    def outcomes_in(tx: Transaction, ids: Iterable[str]) -> dict[str, Row]:
        """What became of these messages, by id."""
        return {row["id"]: row for row in tx.all(store.OUTCOMES, {"ids": as_list(ids)})}
