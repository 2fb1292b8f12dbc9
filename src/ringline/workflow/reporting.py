"""What happens outside, told to the runs that wait for it: an event in a run's inbox, and a job that looks at it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.workflow.run import ENDED
from ringline.workflow.store import advancing as store

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.dispatch import Dispatcher

ADVANCE = "advance_run"
LIVE, USUAL = 100, 60
"""Priorities of jobs: somebody waits at the other end, or nobody does."""
OPEN = ("running", "waiting")


class Reporter:
    """Writes into inboxes and wakes runs, within the transaction in which the thing itself is written."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def report(
        self,
        tx: Transaction,
        news: Iterable[tuple[str, Mapping[str, Any]]],
        *,
        at: float,
        now: float,
        priority: int = USUAL,
    ) -> int:
        """Give each wait with one of the keys its data; returns how many there were."""
        by_key: dict[str, list[Mapping[str, Any]]] = {}
        for key, data in news:
            by_key.setdefault(key, []).append(data)
        if not by_key:
            return 0
        waits = tx.all(store.WAITS_FOR_ANY, {"keys": as_list(by_key)})
        events = [(wait, data) for wait in waits for data in by_key[wait["key"]]]
        self.deliver(tx, events, at=at, now=now, priority=priority)
        return len(events)

    def deliver(
        self,
        tx: Transaction,
        events: Sequence[tuple[Row, Mapping[str, Any]]],
        *,
        at: float,
        now: float,
        priority: int = USUAL,
    ) -> None:
        """Give these waits, rows of `waits`, their data."""
        if not events:
            return
        tx.many(
            store.ADD_TO_INBOX,
            [
                {"run": wait["run"], "step": wait["step"], "key": wait["key"], "at": at, "data": json.dumps(dict(data))}
                for wait, data in events
            ],
        )
        self.wake(tx, {wait["run"] for wait, _ in events}, now=now, priority=priority)

    def take(self, tx: Transaction, wait: Row) -> bool:
        """End one wait, so that nobody else is heard by it; False when it has gone already."""
        # The run first, as whoever advances it does.
        tx.all(store.WAKEABLE, {"ids": as_list([wait["run"]])})
        return tx.run(store.TAKE_WAIT, {"id": wait["id"]}) > 0

    def wake(self, tx: Transaction, runs: Iterable[int], *, now: float, priority: int = USUAL) -> None:
        """Have these runs looked at, unless somebody is on the way already or they are paused.

        Call it after what they are to find is written: their rows stay locked until the commit, so whoever advances
        them meanwhile either sees it or leaves the flag alone.
        """
        rows = tx.all(store.WAKEABLE, {"ids": as_list(sorted(runs))})
        if over := [row["id"] for row in rows if row["status"] in ENDED]:
            # On Postgres a run may end between the look at its waits and here; nobody will read what it was told.
            tx.run(store.EMPTY_INBOXES, {"ids": as_list(over)})
        asleep = [row["id"] for row in rows if row["status"] in OPEN and row["woken_at"] is None]
        tx.many(store.WAKE, [{"id": number, "now": now} for number in asleep])
        self.enqueue(tx, asleep, priority=priority)

    def enqueue(self, tx: Transaction, runs: Sequence[int], *, priority: int = USUAL) -> None:
        """Jobs that look at these runs."""
        self._dispatcher.enqueue_each(tx, ADVANCE, runs, priority=priority)
