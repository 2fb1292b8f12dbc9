"""The table of the processes that work on this database, and all SQL on it."""

from __future__ import annotations

from sqlalchemy import Column, Integer, Table, Text, bindparam, delete, insert, select, update

from ringline.database.schema import Seconds, metadata

workers = Table(
    "workers",
    metadata,
    Column("id", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("version", Text, nullable=False),
    Column("handles", Text, nullable=False),
    Column("started_at", Seconds, nullable=False),
    Column("seen_at", Seconds, nullable=False),
    Column("stopping", Integer, nullable=False, server_default="0"),
    Column("lost_at", Seconds),
)

ADD = insert(workers)
SEE = update(workers).where(workers.c.id == bindparam("key")).values(seen_at=bindparam("now"), lost_at=None)
STOP = update(workers).where(workers.c.id == bindparam("key")).values(stopping=1)
REMOVE = delete(workers).where(workers.c.id == bindparam("key"))
REMOVE_OTHERS = delete(workers).where(workers.c.id != bindparam("key"))
LIST = select(workers).order_by(workers.c.started_at, workers.c.id)
# The condition on `lost_at` lets exactly one of those who look at the same moment have it.
NOTE_LOST = (
    update(workers)
    .where(workers.c.seen_at < bindparam("before"), workers.c.lost_at.is_(None))
    .values(lost_at=bindparam("now"))
    .returning(workers.c.id, workers.c.host, workers.c.pid, workers.c.seen_at)
)
FORGET = delete(workers).where(workers.c.lost_at < bindparam("before"))
