"""The tables `workflows` and `runs`: every statement that touches them is here."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

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
    insert,
    select,
    update,
)

from ringline.database.schema import Seconds, metadata

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

workflows = Table(
    "workflows",
    metadata,
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("definition", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    PrimaryKeyConstraint("name", "version", name="workflows_pkey"),
    UniqueConstraint("name", "digest", name="workflows_name_digest_key"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Text, primary_key=True),
    Column("workflow", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("status", Text, nullable=False),
    Column("inputs", Text, nullable=False),
    Column("outputs", Text),
    Column("error", Text),
    Column("has_failures", Integer, nullable=False, server_default="0"),
    Column("key", Text),
    Column("request_hash", Text),
    Column("created_at", Seconds, nullable=False),
    Column("finished_at", Seconds),
    UniqueConstraint("workflow", "key", name="runs_workflow_key_key"),
)
Index("runs_workflow_id", runs.c.workflow, runs.c.id)
_is_open = runs.c.finished_at.is_(None)
Index("runs_unfinished", runs.c.id, sqlite_where=_is_open, postgresql_where=_is_open)

_FIND_VERSION = select(workflows.c.version).where(
    workflows.c.name == bindparam("name"), workflows.c.digest == bindparam("digest")
)
_LAST_VERSION = select(func.max(workflows.c.version).label("version")).where(workflows.c.name == bindparam("name"))
_ADD_VERSION = insert(workflows)
_GET_VERSION = select(workflows).where(
    workflows.c.name == bindparam("name"), workflows.c.version == bindparam("version")
)
_GET_LATEST = (
    select(workflows).where(workflows.c.name == bindparam("name")).order_by(workflows.c.version.desc()).limit(1)
)
_newest = select(workflows.c.name, func.max(workflows.c.version).label("version")).group_by(workflows.c.name).subquery()
_LIST_WORKFLOWS = (
    select(workflows)
    .join(_newest, (workflows.c.name == _newest.c.name) & (workflows.c.version == _newest.c.version))
    .order_by(workflows.c.name)
)
_ADD_RUN = insert(runs)
_GET_RUN = select(runs).where(runs.c.id == bindparam("id"))
_GET_RUN_BY_KEY = select(runs).where(runs.c.workflow == bindparam("workflow"), runs.c.key == bindparam("key"))
_FINISH_RUN = (
    update(runs)
    .where(runs.c.id == bindparam("run_id"), runs.c.finished_at.is_(None))
    .values(
        status=bindparam("status"),
        outputs=bindparam("outputs"),
        error=bindparam("error"),
        has_failures=bindparam("has_failures"),
        finished_at=bindparam("finished_at"),
    )
)
_END_UNFINISHED = (
    update(runs)
    .where(runs.c.finished_at.is_(None))
    .values(status="failed", error=bindparam("error"), finished_at=bindparam("finished_at"))
)
_RUNS_PAGE = select(runs).where(runs.c.id < bindparam("before")).order_by(runs.c.id.desc()).limit(bindparam("count"))
_RUNS_PAGE_OF_WORKFLOW = _RUNS_PAGE.where(runs.c.workflow == bindparam("workflow"))

_AFTER_EVERY_ID = "~"


def add_version(tx: Transaction, *, name: str, definition: str, now: float) -> int:
    """The version number of this text under this name; the same text again keeps its number."""
    digest = hashlib.sha256(definition.encode()).hexdigest()
    known = tx.one(_FIND_VERSION, {"name": name, "digest": digest})
    if known is not None:
        return int(known["version"])
    last = tx.one(_LAST_VERSION, {"name": name})
    version = int((last or {}).get("version") or 0) + 1
    tx.run(
        _ADD_VERSION,
        {"name": name, "version": version, "definition": definition, "digest": digest, "created_at": now},
    )
    return version


def get_version(tx: Transaction, name: str, version: int | None = None) -> Row | None:
    """One version of a workflow, the latest without *version*."""
    if version is None:
        return tx.one(_GET_LATEST, {"name": name})
    return tx.one(_GET_VERSION, {"name": name, "version": version})


def list_workflows(tx: Transaction) -> list[Row]:
    """The newest version of each workflow, by name."""
    return tx.all(_LIST_WORKFLOWS)


def add_run(tx: Transaction, row: dict[str, Any]) -> Row | None:
    """Write a run down; if its workflow has a run with the same key already, change nothing and return that one."""
    if row["key"] is not None:
        earlier = tx.one(_GET_RUN_BY_KEY, {"workflow": row["workflow"], "key": row["key"]})
        if earlier is not None:
            return earlier
    tx.run(_ADD_RUN, row)
    return None


def get_run(tx: Transaction, run_id: str) -> Row | None:
    """One run, or ``None``."""
    return tx.one(_GET_RUN, {"id": run_id})


def finish_run(
    tx: Transaction,
    run_id: str,
    *,
    status: str,
    outputs: str | None,
    error: str | None,
    has_failures: bool,
    now: float,
) -> None:
    """Record how a run ended; a run that has ended stays as it is."""
    tx.run(
        _FINISH_RUN,
        {
            "run_id": run_id,
            "status": status,
            "outputs": outputs,
            "error": error,
            "has_failures": int(has_failures),
            "finished_at": now,
        },
    )


def end_unfinished(tx: Transaction, *, error: dict[str, Any], now: float) -> int:
    """Mark every run that is still open as failed with *error*; returns how many there were."""
    return tx.run(_END_UNFINISHED, {"error": json.dumps(error), "finished_at": now})


def list_runs(tx: Transaction, *, workflow: str | None, before: str | None, count: int) -> list[Row]:
    """Newest first, at most *count*, older than the run *before*."""
    parameters: dict[str, Any] = {"before": before or _AFTER_EVERY_ID, "count": count}
    if workflow is None:
        return tx.all(_RUNS_PAGE, parameters)
    return tx.all(_RUNS_PAGE_OF_WORKFLOW, {**parameters, "workflow": workflow})
