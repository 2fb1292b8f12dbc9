"""Workflows by name and version, and what their blocks remember."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select, text

from ringline.live import touch
from ringline.workflow.store.tables import block_states, workflows

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

_FIND_VERSION = select(workflows.c.id, workflows.c.version, workflows.c.removed_at).where(
    workflows.c.name == bindparam("name"), workflows.c.digest == bindparam("digest")
)
_LAST_VERSION = select(func.max(workflows.c.version).label("version")).where(workflows.c.name == bindparam("name"))
_ADD_VERSION = text(
    "INSERT INTO workflows (name, version, definition, digest, parent, created_at, created_by)"
    " VALUES (:name, :version, :definition, :digest, :parent, :created_at, :created_by) ON CONFLICT DO NOTHING"
)
_GET = select(workflows).where(workflows.c.id == bindparam("id"))
_GET_VERSION = select(workflows).where(
    workflows.c.name == bindparam("name"), workflows.c.version == bindparam("version")
)
_GET_LATEST = (
    select(workflows).where(workflows.c.name == bindparam("name")).order_by(workflows.c.version.desc()).limit(1)
)
_newest = (
    select(workflows.c.name, func.max(workflows.c.version).label("version"))
    .where(workflows.c.parent.is_(None), workflows.c.removed_at.is_(None))
    .group_by(workflows.c.name)
    .subquery()
)
_LIST_WORKFLOWS = (
    select(workflows)
    .join(_newest, (workflows.c.name == _newest.c.name) & (workflows.c.version == _newest.c.version))
    .order_by(workflows.c.name)
)
_VERSIONS = (
    select(workflows.c.version, workflows.c.created_at, workflows.c.created_by)
    .where(workflows.c.name == bindparam("name"))
    .order_by(workflows.c.version.desc())
)
_REMOVE = text("UPDATE workflows SET removed_at = :now WHERE name = :name AND removed_at IS NULL")
_RESTORE = text("UPDATE workflows SET removed_at = NULL WHERE name = :name AND removed_at IS NOT NULL")
IDS_OF_NAME = select(workflows.c.id).where(workflows.c.name == bindparam("name"))

_BLOCK_STATES = select(block_states.c.step, block_states.c.revision, block_states.c.state).where(
    block_states.c.workflow == bindparam("workflow")
)
_ADD_BLOCK_STATE = text(
    "INSERT INTO block_states (workflow, step, revision, state) VALUES (:workflow, :step, 1, :state)"
    " ON CONFLICT DO NOTHING"
)
_SAVE_BLOCK_STATE = text(
    "UPDATE block_states SET state = :state, revision = revision + 1"
    " WHERE workflow = :workflow AND step = :step AND revision = :seen"
)


def add_version(
    tx: Transaction,
    *,
    name: str,
    definition: str,
    now: float,
    parent: str | None = None,
    created_by: str | None = None,
) -> Row:
    """``id`` and ``version`` of this text under this name; the same text again keeps its number.

    A workflow that was deleted is there again with it.
    """
    digest = hashlib.sha256(definition.encode()).hexdigest()
    while True:
        known = tx.one(_FIND_VERSION, {"name": name, "digest": digest})
        if known is not None:
            if known["removed_at"] is not None and parent is None:
                tx.run(_RESTORE, {"name": name})
                touch(tx, "workflows", name)
            return known
        last = tx.one(_LAST_VERSION, {"name": name})
        row = {"name": name, "version": int((last or {}).get("version") or 0) + 1, "digest": digest, "parent": parent}
        # Another process may take the number first; then the next one is tried.
        row |= {"definition": definition, "created_at": now, "created_by": created_by}
        if tx.run(_ADD_VERSION, row):
            tx.run(_RESTORE, {"name": name})
            touch(tx, "workflows", name)


def get_definition(tx: Transaction, id: int) -> Row | None:
    """One version of a workflow by its id."""
    return tx.one(_GET, {"id": id})


def get_version(tx: Transaction, name: str, version: int | None = None) -> Row | None:
    """One version of a workflow, the latest without *version*."""
    if version is None:
        return tx.one(_GET_LATEST, {"name": name})
    return tx.one(_GET_VERSION, {"name": name, "version": version})


def versions_of(tx: Transaction, name: str) -> list[Row]:
    """Every version of a workflow with who made it and when, newest first."""
    return tx.all(_VERSIONS, {"name": name})


def remove_workflow(tx: Transaction, name: str, now: float) -> None:
    """Take a workflow off the lists; its runs go on, and need its definitions."""
    if tx.run(_REMOVE, {"name": name, "now": now}):
        touch(tx, "workflows", name)


def list_workflows(tx: Transaction) -> list[Row]:
    """The newest version of each workflow, by name; without inline definitions."""
    return tx.all(_LIST_WORKFLOWS)


def block_states_of(tx: Transaction, workflow: str) -> dict[str, tuple[int, str]]:
    """What the blocks of a workflow remember, by step: the row's revision, and the state as JSON."""
    return {row["step"]: (row["revision"], row["state"]) for row in tx.all(_BLOCK_STATES, {"workflow": workflow})}


def save_block_states(
    tx: Transaction, workflow: str, states: Mapping[str, str], seen: Mapping[str, tuple[int, str]]
) -> bool:
    """Write what has changed since it was *seen*; False where somebody else has written in between."""
    for step, state in states.items():
        revision, before = seen.get(step, (0, ""))
        if state == before:
            continue
        row = {"workflow": workflow, "step": step, "state": state}
        saved = tx.run(_SAVE_BLOCK_STATE, {**row, "seen": revision}) if revision else tx.run(_ADD_BLOCK_STATE, row)
        if not saved:
            return False
    return True
