"""Recipients by outcome: each transaction that changes messages appends what it changed, and the sums are folded.

So no row is written by everybody at once, and no message costs a write of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from ringline.broadcasts import store
from ringline.broadcasts.broadcast import outcome_of
from ringline.database.json_lists import as_list

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.outbox.changes import MessageChange

PREFIX = "bro_"
FOLD_AT = 100
"""Rows of counts from which on they are made one."""


def add_counts(tx: Transaction, broadcast_id: str, outcomes: Mapping[str, int]) -> None:
    """Count these recipients in the transaction that brought them there; negative ones have left an outcome."""
    rows = [
        {"broadcast_id": broadcast_id, "outcome": outcome, "count": count}
        for outcome, count in sorted(outcomes.items())
        if count
    ]
    tx.many(store.COUNT, rows)


def count_changes(tx: Transaction, changes: Sequence[MessageChange]) -> None:
    """Have the counts follow what has become of messages; for `Outbox.on_change`."""
    moved: dict[str, Counter[str]] = {}
    for change in changes:
        if change.run_id is None or not change.run_id.startswith(PREFIX):
            continue
        before, now = outcome_of(change.was_stage, change.was_status), outcome_of(change.stage, change.status)
        if before != now:
            counter = moved.setdefault(change.run_id, Counter())
            counter[before] -= 1
            counter[now] += 1
    for broadcast_id, counter in sorted(moved.items()):
        add_counts(tx, broadcast_id, counter)


def read_counts(tx: Transaction, ids: Iterable[str]) -> dict[str, dict[str, int]]:
    """The sums of these broadcasts."""
    found: dict[str, dict[str, int]] = {}
    for row in tx.all(store.COUNTS, {"ids": as_list(ids)}):
        found.setdefault(row["broadcast_id"], {})[row["outcome"]] = int(row["count"])
    return found


def fold(tx: Transaction, broadcast_id: str) -> None:
    """Put one row per outcome in the place of many, if they are many."""
    rows = tx.all(store.COUNTS, {"ids": as_list([broadcast_id])})
    if sum(row["rows"] for row in rows) < FOLD_AT:
        return
    sums: Counter[str] = Counter()
    # What is deleted is exactly what is added up: rows that others are about to commit stay.
    for row in tx.all(store.TAKE_COUNTS, {"id": broadcast_id}):
        sums[row["outcome"]] += row["count"]
    add_counts(tx, broadcast_id, sums)
