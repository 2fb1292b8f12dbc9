"""The tables of changes, and all SQL on them.

On Postgres transactions commit in another order than their rows are numbered in. A reader therefore goes by the number
of the transaction first, and stops before the oldest one that still runs: whatever comes later comes behind that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, text

from ringline.database.json_lists import as_list
from ringline.database.schema import Seconds, metadata, row_number

if TYPE_CHECKING:
    from ringline.database import Transaction

CHANGED = "ringline_live"
"""The channel on which it is announced that there are new changes."""

live = Table(
    "live",
    metadata,
    row_number(),
    # The transaction that wrote it; 0 on SQLite, where rows are numbered in the order in which they are committed.
    Column("txid", BigInteger, nullable=False),
    Column("topic", Text, nullable=False),
    Column("ref", Text, nullable=False),
    sqlite_autoincrement=True,
)
Index("live_txid", live.c.txid, live.c.id)

# How far the changes had come at a moment; what lies before an old one is deleted. Rows of `live` need no time so.
live_marks = Table(
    "live_marks",
    metadata,
    row_number(),
    Column("at", Seconds, nullable=False),
    Column("txid", BigInteger, nullable=False),
    Column("change", BigInteger, nullable=False),
    sqlite_autoincrement=True,
)

# One row: until when somebody may be looking, so that changes are told one by one.
live_watch = Table(
    "live_watch",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("until", Seconds, nullable=False),
)

_ADD = text("INSERT INTO live (txid, topic, ref) VALUES (0, :topic, :ref)")
_ADD_AND_TELL = text(
    "WITH added AS (INSERT INTO live (txid, topic, ref)"
    " SELECT CAST(CAST(pg_current_xact_id() AS text) AS bigint), CAST(:topic AS text), ref"
    " FROM json_array_elements_text(CAST(:refs AS json)) AS ref)"
    " SELECT pg_notify('ringline_live', '')"
)

_AFTER = (
    "SELECT id, txid, topic, ref FROM live WHERE (txid, id) > (CAST(:txid AS bigint), CAST(:id AS bigint)){settled}"
    " ORDER BY txid, id LIMIT :count"
)
_NEWEST = "SELECT id, txid FROM live{settled} ORDER BY txid DESC, id DESC LIMIT 1 OFFSET :skip"
_IS_SETTLED = "txid < CAST(CAST(pg_snapshot_xmin(pg_current_snapshot()) AS text) AS bigint)"
_AFTER_ON = {
    "sqlite": text(_AFTER.format(settled="")),
    "postgresql": text(_AFTER.format(settled=f" AND {_IS_SETTLED}")),
}
_NEWEST_ON = {
    "sqlite": text(_NEWEST.format(settled="")),
    "postgresql": text(_NEWEST.format(settled=f" WHERE {_IS_SETTLED}")),
}
_LAST = text(_NEWEST.format(settled=""))
_IS_THERE = text("SELECT 1 FROM live WHERE txid = :txid AND id = :id")
_FIRST = text("SELECT id FROM live ORDER BY id LIMIT 1")

_ADD_MARK = text("INSERT INTO live_marks (at, txid, change) VALUES (:at, :txid, :change)")
_LAST_OLD_MARK = text("SELECT id, txid, change FROM live_marks WHERE at < :before ORDER BY id DESC LIMIT 1")
_FORGET_MARKS = text("DELETE FROM live_marks WHERE id < :id")
_FORGET = text(
    "DELETE FROM live WHERE id IN (SELECT id FROM live"
    " WHERE (txid, id) <= (CAST(:txid AS bigint), CAST(:change AS bigint)) ORDER BY txid, id LIMIT :count)"
)

_WATCH = text(
    "INSERT INTO live_watch (id, until) VALUES (1, :until)"
    " ON CONFLICT (id) DO UPDATE SET until = excluded.until WHERE live_watch.until < excluded.until"
)
_WATCHED = text("SELECT until FROM live_watch WHERE id = 1")


class Position(NamedTuple):
    """How far somebody has read: the transaction and the row of the last change."""

    txid: int
    id: int


START = Position(0, 0)


def add(tx: Transaction, topic: str, refs: Sequence[str]) -> None:
    """Write these changes down, and tell who listens on `CHANGED` once *tx* commits."""
    if tx.dialect == "postgresql":
        # One trip for both.
        tx.one(_ADD_AND_TELL, {"topic": topic, "refs": as_list(refs)})
        return
    tx.many(_ADD, [{"topic": topic, "ref": ref} for ref in refs])
    tx.notify(CHANGED, "")


def read_after(tx: Transaction, position: Position, count: int) -> list[tuple[Position, str, str]]:
    """At most *count* changes behind *position*, in order: where each stands, its topic and its ref."""
    given = {"txid": position.txid, "id": position.id, "count": count}
    rows = tx.tuples(_AFTER_ON[tx.dialect], given)
    return [(Position(txid, number), topic, ref) for number, txid, topic, ref in rows]


def newest(tx: Transaction, *, skip: int = 0) -> Position:
    """The last change that can be read, or with *skip* the one so many before it."""
    row = tx.one(_NEWEST_ON[tx.dialect], {"skip": skip})
    return START if row is None else Position(row["txid"], row["id"])


def has_unsettled(tx: Transaction, position: Position) -> bool:
    """Whether there are changes behind *position* that wait for an older transaction to end."""
    if tx.dialect == "sqlite":
        return False
    row = tx.one(_LAST, {"skip": 0})
    return row is not None and (row["txid"], row["id"]) > position


def is_known(tx: Transaction, position: Position) -> bool:
    """Whether everything behind *position* is still there."""
    if position == START:
        first = tx.one(_FIRST)
        return first is None or first["id"] == 1
    return tx.one(_IS_THERE, position._asdict()) is not None


def mark(tx: Transaction, *, now: float, before: float) -> tuple[int, int] | None:
    """Note how far the changes have come by *now*; returns how far they had come by *before*, if that is known."""
    last = newest(tx)
    tx.run(_ADD_MARK, {"at": now, "txid": last.txid, "change": last.id})
    old = tx.one(_LAST_OLD_MARK, {"before": before})
    if old is None:
        return None
    tx.run(_FORGET_MARKS, {"id": old["id"]})
    return old["txid"], old["change"]


def forget(tx: Transaction, txid: int, change: int, count: int) -> int:
    """Delete at most *count* changes up to that one; returns how many there were."""
    return tx.run(_FORGET, {"txid": txid, "change": change, "count": count})


def watch(tx: Transaction, until: float) -> None:
    """Somebody may be looking until then."""
    tx.run(_WATCH, {"until": until})


def watched_until(tx: Transaction) -> float:
    """Until when somebody may be looking."""
    row = tx.one(_WATCHED)
    return 0.0 if row is None else float(row["until"])
