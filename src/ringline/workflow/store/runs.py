"""Rows of runs: written, looked at, and listed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from ringline.workflow.store.definitions import IDS_OF_NAME
from ringline.workflow.store.tables import RARE_STATUSES, is_of_rare_status, run_events, run_keys, runs, workflows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.database import Row, Transaction

NEW = ("id", "definition", "status", "created_at", "woken_at", "inputs", "state", "trigger", "parent", "parent_key")
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

_page = _with_name.where(runs.c.id < bindparam("before")).order_by(runs.c.id.desc()).limit(bindparam("count"))
PAGE = _page
PAGE_OF_DEFINITION = _page.where(runs.c.definition == bindparam("definition"))
PAGE_OF_STATUS = _page.where(runs.c.status == bindparam("status"))
PAGE_OF_RARE_STATUS = _page.where(runs.c.status == bindparam("status"), is_of_rare_status)
PAGE_OF_BOTH = _page.where(runs.c.definition == bindparam("definition"), runs.c.status == bindparam("status"))

EVENTS = (
    select(run_events.c.id, run_events.c.entries).where(run_events.c.run == bindparam("run")).order_by(run_events.c.id)
)
ADD_EVENTS = text("INSERT INTO run_events (run, entries) VALUES (:run, :entries)")

CHANGE = text(
    "UPDATE runs SET revision = revision + 1, status = :status, due_at = :due_at, woken_at = :woken_at,"
    " finished_at = :finished_at WHERE id = :id"
)

REOPEN = text("UPDATE runs SET state = :state, outputs = NULL, error = NULL, has_failures = 0 WHERE id = :id")

_AFTER_EVERY_NUMBER = (1 << 63) - 1


def list_runs(
    tx: Transaction, *, workflow: str | None, status: str | None, before: int | None, count: int
) -> Sequence[Row]:
    """Newest first, at most *count*, older than the run *before*."""
    given: dict[str, Any] = {"before": _AFTER_EVERY_NUMBER if before is None else before, "count": count}
    if status is not None:
        given["status"] = status
    if workflow is None:
        if status is None:
            return tx.all(PAGE, given)
        return tx.all(PAGE_OF_RARE_STATUS if status in RARE_STATUSES else PAGE_OF_STATUS, given)
    # A version at a time: the index of one version is in the order of the page.
    statement = PAGE_OF_DEFINITION if status is None else PAGE_OF_BOTH
    found = [
        row
        for definition in tx.all(IDS_OF_NAME, {"name": workflow})
        for row in tx.all(statement, {**given, "definition": definition["id"]})
    ]
    return sorted(found, key=lambda row: row["id"], reverse=True)[:count]
