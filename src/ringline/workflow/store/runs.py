"""Rows of runs: written, looked at, and listed."""

from __future__ import annotations

from sqlalchemy import bindparam, func, or_, select, text

from ringline.workflow.store.tables import run_events, run_keys, runs, workflows

NEW = (
    *("id", "definition", "status", "created_at", "woken_at", "inputs", "state", "trigger", "parent", "parent_key"),
    "started_by",
)
_ADD = f"INSERT INTO runs ({', '.join(NEW)}, revision) VALUES ({', '.join(':' + name for name in NEW)}, 0)"  # noqa: S608
ADD_FRESH = text(_ADD)
ADD = text(f"{_ADD} ON CONFLICT DO NOTHING")
ADD_KEY = text(
    "INSERT INTO run_keys (workflow, key, run, request_hash) VALUES (:workflow, :key, :run, :request_hash)"
    " ON CONFLICT DO NOTHING"
)
FIND_KEY = select(run_keys.c.run, run_keys.c.request_hash).where(
    run_keys.c.workflow == bindparam("workflow"), run_keys.c.key == bindparam("key")
)
FIND_CHILD = select(runs.c.id).where(runs.c.parent == bindparam("parent"), runs.c.parent_key == bindparam("parent_key"))
CHILDREN = select(runs.c.id).where(runs.c.parent == bindparam("parent"))
OPEN_CHILDREN = (
    select(runs.c.id, runs.c.parent_key)
    .where(runs.c.parent == bindparam("parent"), runs.c.finished_at.is_(None))
    .order_by(runs.c.id)
)

_with_name = select(runs, workflows.c.name, workflows.c.version).join(workflows, workflows.c.id == runs.c.definition)
GET = _with_name.where(runs.c.id == bindparam("id"))
EVERY_CHILD = _with_name.where(runs.c.parent == bindparam("parent"))
GET_LOCKED = select(runs).where(runs.c.id == bindparam("id")).with_for_update()

EVENTS = (
    select(run_events.c.id, run_events.c.entries).where(run_events.c.run == bindparam("run")).order_by(run_events.c.id)
)
ADD_EVENTS = text("INSERT INTO run_events (run, entries) VALUES (:run, :entries)")

CHANGE = text(
    "UPDATE runs SET revision = revision + 1, status = :status, due_at = :due_at, woken_at = :woken_at,"
    " finished_at = :finished_at WHERE id = :id"
)

REOPEN = text("UPDATE runs SET state = :state, outputs = NULL, error = NULL, has_failures = 0 WHERE id = :id")

# By version, so that each is one look at the end of an index, however many runs there are.
_newest_of_version = select(func.max(runs.c.id)).where(runs.c.definition == workflows.c.id).scalar_subquery()
# What a draft ran as is kept beside its workflow; the bodies of loops are too, and their runs are no runs of their own.
_owner = func.coalesce(workflows.c.parent, workflows.c.name)
_newest_of_name = (
    select(_owner.label("owner"), func.max(_newest_of_version).label("id"))
    .where(
        or_(workflows.c.parent.is_(None), workflows.c.name == workflows.c.parent + bindparam("trial")),
        workflows.c.removed_at.is_(None),
    )
    .group_by(_owner)
    .subquery()
)
LAST_RUNS = (
    select(runs, workflows.c.name, workflows.c.version, _newest_of_name.c.owner)
    .join(workflows, workflows.c.id == runs.c.definition)
    .join(_newest_of_name, _newest_of_name.c.id == runs.c.id)
)
"""The newest run of each workflow, which its *owner* names, or of its draft: *trial* ends the names of those."""
