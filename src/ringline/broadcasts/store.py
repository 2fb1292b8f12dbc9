"""The tables of broadcasts: every statement that touches them is here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    func,
    select,
    text,
)

from ringline.database.json_lists import is_among
from ringline.database.schema import ROW_NUMBER, Seconds, metadata, row_number


def _where(predicate: str) -> dict[str, Any]:
    return {"sqlite_where": text(predicate), "postgresql_where": text(predicate)}


broadcasts = Table(
    "broadcasts",
    metadata,
    # The recipients name it by this number: a million times the id's text would be as large as all the rest.
    Column("number", ROW_NUMBER, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("content", Text, nullable=False),
    Column("content_hash", Text, nullable=False),
    Column("account_id", Text),
    Column("credential_id", Text),
    Column("stage", Text, nullable=False),
    Column("fault", Text),
    Column("loads", Integer, nullable=False, server_default="0"),
    Column("report", Text),
    # The last recipient's number; up to which sending was confirmed; up to which messages have been written down.
    Column("total", Integer, nullable=False, server_default="0"),
    Column("confirmed", Integer, nullable=False, server_default="0"),
    Column("cursor", Integer, nullable=False, server_default="0"),
    Column("start_at", Seconds),
    Column("due_at", Seconds),
    Column("batch_size", Integer),
    Column("batch_every", Seconds),
    Column("batch_left", Integer),
    Column("next_batch_at", Seconds),
    Column("paused_at", Seconds),
    Column("created_at", Seconds, nullable=False),
    Column("started_at", Seconds),
    Column("finished_at", Seconds),
    Column("updated_at", Seconds, nullable=False),
    UniqueConstraint("id", name="broadcasts_id_key"),
    UniqueConstraint("key", name="broadcasts_key_key"),
    sqlite_autoincrement=True,
)
Index("broadcasts_due", broadcasts.c.due_at, **_where("due_at IS NOT NULL"))

recipients = Table(
    "broadcast_recipients",
    metadata,
    Column("broadcast", ROW_NUMBER, nullable=False),
    Column("n", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("to", Text, nullable=False),
    Column("fields", Text, nullable=False, server_default="{}"),
    Column("language", Text),
    Column("time_zone", Text),
    Column("stage", Text, nullable=False),
    Column("problem", Text),
    Column("reason", Text),
    # The message or the run that was made for it.
    Column("ref", Text),
    PrimaryKeyConstraint("broadcast", "n", name="broadcast_recipients_pkey"),
)
# Nobody gets a broadcast twice, whatever the list holds and however often it is loaded.
Index("broadcast_recipients_once", recipients.c.broadcast, recipients.c.to, unique=True, **_where("stage = 'pending'"))
Index("broadcast_recipients_to", recipients.c.to)

counts = Table(
    "broadcast_counts",
    metadata,
    row_number(),
    Column("broadcast_id", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("count", Integer, nullable=False),
    sqlite_autoincrement=True,
)
Index("broadcast_counts_broadcast", counts.c.broadcast_id)

ADD = text(
    """INSERT INTO broadcasts (id, key, name, kind, content, content_hash, account_id, credential_id, stage,
    batch_size, batch_every, batch_left, created_at, updated_at)
    VALUES (:id, :key, :name, :kind, :content, :content_hash, :account_id, :credential_id, 'loading',
    :batch_size, :batch_every, :batch_size, :created_at, :created_at) ON CONFLICT DO NOTHING"""
).bindparams(
    bindparam("batch_size", type_=Integer()), bindparam("batch_every", type_=Seconds()),
    bindparam("created_at", type_=Seconds()),
)  # fmt: skip
# For one that was there already: a dry run, or the same command again with another pace.
PACE_ANEW = text(
    """UPDATE broadcasts SET batch_size = :batch_size, batch_every = :batch_every, batch_left = :batch_size,
    next_batch_at = NULL WHERE key = :key AND id <> :id AND content_hash = :content_hash
    AND stage IN ('loading', 'ready', 'completed')"""
).bindparams(bindparam("batch_size", type_=Integer()), bindparam("batch_every", type_=Seconds()))
GET = select(broadcasts).where(broadcasts.c.id == bindparam("id"))
BY_KEY = select(broadcasts).where(broadcasts.c.key == bindparam("key"))
PAGE = select(broadcasts).where(broadcasts.c.id < bindparam("before")).order_by(broadcasts.c.id.desc()).limit(
    bindparam("count")
)  # fmt: skip

BEGIN_LOAD = text(
    """UPDATE broadcasts SET loads = loads + 1, stage = 'loading', total = confirmed, report = NULL, updated_at = :now
    WHERE id = :id AND stage IN ('loading', 'ready', 'completed') RETURNING loads"""
)
FORGET_UNCONFIRMED = text(
    """DELETE FROM broadcast_recipients WHERE broadcast = :number AND n > :confirmed AND n <= :confirmed + :count"""
)
ANY_UNCONFIRMED = text("SELECT max(n) AS last FROM broadcast_recipients WHERE broadcast = :number AND n > :confirmed")
HAVE = select(recipients.c.n, recipients.c.line, recipients.c.to).where(
    recipients.c.broadcast == bindparam("number"), recipients.c.stage == "pending", is_among(recipients.c.to, "numbers")
)
ADD_RECIPIENT = text(
    """INSERT INTO broadcast_recipients (broadcast, n, line, "to", fields, language, time_zone, stage, problem, reason)
    VALUES (:broadcast, :n, :line, :to, :fields, :language, :time_zone, :stage, :problem, :reason)
    ON CONFLICT DO NOTHING"""
)
LOADED = text("UPDATE broadcasts SET total = :total, updated_at = :now WHERE id = :id AND loads = :loads")
END_LOAD = text(
    """UPDATE broadcasts SET stage = CASE WHEN total > confirmed THEN 'ready' WHEN confirmed = 0 THEN 'ready'
    ELSE 'completed' END, report = :report, updated_at = :now WHERE id = :id AND loads = :loads AND stage = 'loading'"""
)
START = text(
    """UPDATE broadcasts SET stage = 'running', confirmed = total, start_at = :start_at, due_at = :due_at,
    started_at = coalesce(started_at, :now), finished_at = NULL, updated_at = :now
    WHERE id = :id AND stage = 'ready' AND total > 0"""
).bindparams(bindparam("start_at", type_=Seconds()), bindparam("due_at", type_=Seconds()), bindparam("now", type_=Seconds()))  # fmt: skip  # noqa: E501
PAUSE = text(
    """UPDATE broadcasts SET stage = 'paused', paused_at = :now, due_at = :now, fault = :fault, updated_at = :now
    WHERE id = :id AND stage = 'running'"""
).bindparams(bindparam("fault", type_=Text()), bindparam("now", type_=Seconds()))
FORGET_PAUSE = text("UPDATE broadcasts SET paused_at = NULL WHERE id = :id AND stage = 'running'")
RESUME = text(
    """UPDATE broadcasts SET stage = 'running', due_at = :now, fault = NULL, updated_at = :now
    WHERE id = :id AND stage = 'paused'"""
)
CANCEL = text(
    """UPDATE broadcasts SET stage = 'canceled', due_at = :now, finished_at = :now, updated_at = :now
    WHERE id = :id AND stage IN ('loading', 'ready', 'running', 'paused')"""
)
COMPLETE = text(
    """UPDATE broadcasts SET stage = 'completed', due_at = NULL, finished_at = :now, updated_at = :now
    WHERE id = :id AND stage = 'running' AND cursor = confirmed"""
)
LOOK_AGAIN = text("UPDATE broadcasts SET due_at = :due_at WHERE id = :id AND stage = :stage").bindparams(
    bindparam("due_at", type_=Seconds())
)
# The only way forward: whoever else has filled meanwhile, or paused it, makes this touch no row.
ADVANCE = text(
    """UPDATE broadcasts SET cursor = :to_n, due_at = :due_at, batch_left = :batch_left,
    next_batch_at = :next_batch_at, updated_at = :now
    WHERE id = :id AND stage = 'running' AND cursor = :from_n"""
).bindparams(
    bindparam("due_at", type_=Seconds()), bindparam("batch_left", type_=Integer()),
    bindparam("next_batch_at", type_=Seconds()),
)  # fmt: skip
WINDOW = (
    select(recipients)
    .where(
        recipients.c.broadcast == bindparam("number"),
        recipients.c.n > bindparam("after"),
        recipients.c.n <= bindparam("upto"),
        recipients.c.stage == "pending",
    )
    .order_by(recipients.c.n)
    .limit(bindparam("count"))
)
REFER = text("UPDATE broadcast_recipients SET ref = :ref WHERE broadcast = :broadcast AND n = :n")
SKIP = text(
    """UPDATE broadcast_recipients SET stage = 'skipped', problem = :problem, reason = :reason
    WHERE broadcast = :broadcast AND n = :n"""
)
ROWS = (
    select(recipients)
    .where(recipients.c.broadcast == bindparam("number"), recipients.c.n > bindparam("after"))
    .order_by(recipients.c.n)
    .limit(bindparam("count"))
)
SKIPPED = select(func.count().label("count")).where(
    recipients.c.broadcast == bindparam("number"), recipients.c.stage == "skipped", recipients.c.n > bindparam("after")
)
ERASE = text(
    """UPDATE broadcast_recipients SET "to" = 'erased ' || n, fields = '{}', language = NULL, time_zone = NULL,
    stage = CASE WHEN ref IS NULL THEN 'skipped' ELSE stage END, problem = 'erased', reason = 'erased on request'
    WHERE "to" = :number"""
)

DUE = select(broadcasts.c.id).where(broadcasts.c.due_at <= bindparam("now")).order_by(broadcasts.c.due_at).limit(100)
TAKE_DUE = text("UPDATE broadcasts SET due_at = :until WHERE id = :id AND due_at <= :now")
NEXT_DUE = select(func.min(broadcasts.c.due_at).label("due_at"))

COUNT = text("INSERT INTO broadcast_counts (broadcast_id, outcome, count) VALUES (:broadcast_id, :outcome, :count)")
COUNTS = (
    select(counts.c.broadcast_id, counts.c.outcome, func.sum(counts.c.count).label("count"), func.count().label("rows"))
    .where(is_among(counts.c.broadcast_id, "ids"))
    .group_by(counts.c.broadcast_id, counts.c.outcome)
)
TAKE_COUNTS = text("DELETE FROM broadcast_counts WHERE broadcast_id = :id RETURNING outcome, count")
