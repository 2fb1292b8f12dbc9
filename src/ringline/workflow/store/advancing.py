"""Moving runs on: what is due, what was reported, and writing down how far a run has come."""

from __future__ import annotations

from sqlalchemy import bindparam, delete, select, text

from ringline.database.json_lists import is_among, is_among_numbers
from ringline.workflow.store.tables import is_of_rare_status, run_inbox, runs, waits

LOAD = (
    select(
        *(runs.c.id, runs.c.definition, runs.c.status, runs.c.revision, runs.c.created_at, runs.c.due_at),
        *(runs.c.has_failures, runs.c.inputs, runs.c.state, runs.c.trigger, runs.c.started_by, runs.c.parent),
    )
    .where(is_among_numbers(runs.c.id, "ids"))
    .order_by(runs.c.id)
)
INBOX = (
    select(run_inbox.c.run, run_inbox.c.id, run_inbox.c.step, run_inbox.c.key, run_inbox.c.at, run_inbox.c.data)
    .where(is_among_numbers(run_inbox.c.run, "ids"))
    .order_by(run_inbox.c.id)
)
# On Postgres the rows stay locked until the end, so that between this look and the update nobody reports anything.
REVISIONS = (
    select(runs.c.id, runs.c.revision).where(is_among_numbers(runs.c.id, "ids")).order_by(runs.c.id).with_for_update()
)
SAVE = text(
    "UPDATE runs SET revision = :revision, status = :status, due_at = :due_at, woken_at = :woken_at,"
    " finished_at = :finished_at, has_failures = :has_failures, state = :state, outputs = :outputs, error = :error"
    " WHERE id = :id"
)
RENEW = text("UPDATE runs SET due_at = :until WHERE id = :id AND revision = :revision")

ADD_WAIT = text("INSERT INTO waits (key, run, step, since, data) VALUES (:key, :run, :step, :since, :data)")
AWAITED = text("SELECT key FROM waits WHERE run = :run AND step = :step ORDER BY id")
END_WAIT = text("DELETE FROM waits WHERE run = :run AND step = :step")
TAKE_WAIT = text("DELETE FROM waits WHERE id = :id")
END_WAITS = text("DELETE FROM waits WHERE run = :run")
END_WAITS_OF = delete(waits).where(is_among_numbers(waits.c.run, "ids"))
WAITS_FOR = select(waits).where(waits.c.key == bindparam("key")).order_by(waits.c.id)
WAITS_FOR_ANY = select(waits.c.key, waits.c.run, waits.c.step).where(is_among(waits.c.key, "keys")).order_by(waits.c.id)
WAITS_OF = select(waits).where(waits.c.run == bindparam("run")).order_by(waits.c.id)

ADD_TO_INBOX = text("INSERT INTO run_inbox (run, step, key, at, data) VALUES (:run, :step, :key, :at, :data)")
TAKEN = delete(run_inbox).where(is_among_numbers(run_inbox.c.id, "ids"))
EMPTY_INBOX_OF_STEP = text("DELETE FROM run_inbox WHERE run = :run AND step = :step")
EMPTY_INBOX = text("DELETE FROM run_inbox WHERE run = :run")
EMPTY_INBOXES = delete(run_inbox).where(is_among_numbers(run_inbox.c.run, "ids"))

WAKEABLE = (
    select(runs.c.id, runs.c.status, runs.c.woken_at)
    .where(is_among_numbers(runs.c.id, "ids"))
    .order_by(runs.c.id)
    .with_for_update()
)
WAKE = text("UPDATE runs SET woken_at = :now WHERE id = :id")

DUE = (
    select(runs.c.id)
    .where(runs.c.due_at.is_not(None), runs.c.due_at <= bindparam("now"))
    .order_by(runs.c.due_at)
    .limit(bindparam("count"))
)
WOKEN = (
    select(runs.c.id)
    .where(runs.c.woken_at.is_not(None), runs.c.woken_at <= bindparam("before"))
    .order_by(runs.c.woken_at)
    .limit(bindparam("count"))
)
# What the index of rare statuses holds must stand in the statement too.
RUNNING = select(runs.c.id).where(runs.c.status == text("'running'"), is_of_rare_status)
FIRST_DUE = select(runs.c.due_at.label("at")).where(runs.c.due_at.is_not(None)).order_by(runs.c.due_at).limit(1)
FIRST_WOKEN = select(runs.c.woken_at.label("at")).where(runs.c.woken_at.is_not(None)).order_by(runs.c.woken_at).limit(1)
# A job is on its way now; when the run is saved it is due anew.
TAKE_UP = text("UPDATE runs SET woken_at = :now, due_at = NULL WHERE id = :id")
