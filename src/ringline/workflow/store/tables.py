"""The tables of workflows and runs.

A waiting run is one small row, of which there may be a million: its id is a number, its workflow a reference, what
few runs have lies in tables of its own, and what can be read off the row is not written into the history.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from ringline.database.schema import ROW_NUMBER, Seconds, metadata, row_number

workflows = Table(
    "workflows",
    metadata,
    row_number(),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("digest", Text, nullable=False),
    # The workflow that holds this one as an inline definition, or of whose draft it is a trial; it is not listed.
    Column("parent", Text),
    Column("created_at", Seconds, nullable=False),
    Column("created_by", Text),
    # When the workflow was deleted; its runs still need the definition.
    Column("removed_at", Seconds),
    UniqueConstraint("name", "version", name="workflows_name_version_key"),
    UniqueConstraint("name", "digest", name="workflows_name_digest_key"),
    sqlite_autoincrement=True,
)

runs = Table(
    "runs",
    metadata,
    # Made by `ids.new_number`; its name is what people see.
    Column("id", ROW_NUMBER, primary_key=True, autoincrement=False),
    Column("definition", BigInteger, nullable=False),
    Column("status", Text, nullable=False),
    # Grows with every change; who writes must have seen the last one.
    Column("revision", Integer, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("finished_at", Seconds),
    # The earliest moment at which time alone moves it on, or at which a worker's claim ends.
    Column("due_at", Seconds),
    # Since when there is something to do: it was started, or something was reported to it.
    Column("woken_at", Seconds),
    Column("has_failures", Integer, nullable=False, server_default="0"),
    Column("inputs", Text, nullable=False),
    Column("state", Text),
    Column("outputs", Text),
    Column("error", Text),
    Column("trigger", Text),
    Column("parent", BigInteger),
    Column("parent_key", Text),
    # Who asked for it where nothing triggered it: a small JSON object with kind, name and id.
    Column("started_by", Text),
)
Index("runs_definition", runs.c.definition, runs.c.id)
_is_due = runs.c.due_at.is_not(None)
Index("runs_due", runs.c.due_at, sqlite_where=_is_due, postgresql_where=_is_due)
_is_woken = runs.c.woken_at.is_not(None)
Index("runs_woken", runs.c.woken_at, sqlite_where=_is_woken, postgresql_where=_is_woken)
_is_child = runs.c.parent.is_not(None)
Index("runs_parent", runs.c.parent, runs.c.parent_key, sqlite_where=_is_child, postgresql_where=_is_child, unique=True)
# The statuses that few runs have; who looks for the others finds them by going through the newest.
RARE_STATUSES = ("running", "paused", "failed", "canceled")
_is_rare = runs.c.status.in_(RARE_STATUSES)
is_of_rare_status = text(f"runs.status IN ({', '.join(repr(status) for status in RARE_STATUSES)})")
"""What a statement must say for that index to be used."""
_has_failed = runs.c.has_failures == text("1")
has_failed = text("runs.has_failures = 1")
"""What a statement must say for the index of failures to be used."""
Index("runs_failures", runs.c.id, sqlite_where=_has_failed, postgresql_where=_has_failed)
Index("runs_status", runs.c.status, runs.c.id, sqlite_where=_is_rare, postgresql_where=_is_rare)

run_keys = Table(
    "run_keys",
    metadata,
    Column("workflow", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    Column("request_hash", Text, nullable=False),
    PrimaryKeyConstraint("workflow", "key", name="run_keys_pkey"),
    sqlite_with_rowid=False,
)

waits = Table(
    "waits",
    metadata,
    row_number(),
    Column("key", Text, nullable=False),
    Column("run", BigInteger, nullable=False),
    # The step that waits, with its element where it works on a batch: `remind`, `remind[2]`.
    Column("step", Text, nullable=False),
    Column("since", Seconds, nullable=False),
    Column("data", Text),
    Index("waits_key", "key"),
    Index("waits_run", "run"),
    sqlite_autoincrement=True,
)

run_inbox = Table(
    "run_inbox",
    metadata,
    row_number(),
    Column("run", BigInteger, nullable=False),
    Column("step", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("data", Text, nullable=False),
    Index("run_inbox_run", "run"),
    sqlite_autoincrement=True,
)

run_events = Table(
    "run_events",
    metadata,
    row_number(),
    Column("run", BigInteger, nullable=False),
    # What happened in one advance, as a JSON list.
    Column("entries", Text, nullable=False),
    Index("run_events_run", "run", "id"),
    sqlite_autoincrement=True,
)

block_states = Table(
    "block_states",
    metadata,
    Column("workflow", Text, nullable=False),
    Column("step", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", Text, nullable=False),
    PrimaryKeyConstraint("workflow", "step", name="block_states_pkey"),
)

drafts = Table(
    "drafts",
    metadata,
    Column("name", Text, primary_key=True),
    Column("definition", Text, nullable=False),
    # The last text that could be read, where this one cannot.
    Column("readable", Text),
    Column("positions", Text, nullable=False),
    Column("base_version", Integer),
    # With the moment it was begun this is its ETag.
    Column("revision", Integer, nullable=False),
    Column("begun_at", Seconds, nullable=False),
    Column("saved_at", Seconds, nullable=False),
    Column("saved_by", Text),
)

draft_revisions = Table(
    "draft_revisions",
    metadata,
    # What was saved before, as long as somebody may still be editing it.
    Column("name", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    PrimaryKeyConstraint("name", "revision", name="draft_revisions_pkey"),
)

layouts = Table(
    "layouts",
    metadata,
    # Where the nodes of a version stand on the canvas.
    Column("workflow", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("positions", Text, nullable=False),
    PrimaryKeyConstraint("workflow", "version", name="layouts_pkey"),
)
