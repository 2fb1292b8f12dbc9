"""Definitions being edited, what was saved of them a moment ago, and where nodes stand on the canvas."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, text

from ringline.live import touch
from ringline.workflow.store.tables import draft_revisions, drafts, layouts

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

KEPT = 40
"""Saves before the last that are known by their text, so that a stale write can be told what changed since."""

_GET = select(drafts).where(drafts.c.name == bindparam("name"))
_LIST = select(drafts).order_by(drafts.c.name)
_ADD = text(
    "INSERT INTO drafts (name, definition, readable, positions, base_version, revision, begun_at, saved_at, saved_by)"
    " VALUES (:name, :definition, :readable, :positions, :base_version, :revision, :now, :now, :who)"
    " ON CONFLICT DO NOTHING"
)
_SAVE = text(
    "UPDATE drafts SET definition = :definition, readable = :readable, positions = :positions,"
    " revision = revision + 1, saved_at = :now, saved_by = :who WHERE name = :name AND revision = :seen"
)
_REMOVE = text("DELETE FROM drafts WHERE name = :name")
_KEEP = text(
    "INSERT INTO draft_revisions (name, revision, definition) VALUES (:name, :revision, :definition)"
    " ON CONFLICT DO NOTHING"
)
_FORGET = text("DELETE FROM draft_revisions WHERE name = :name AND revision <= :before")
_FORGET_ALL = text("DELETE FROM draft_revisions WHERE name = :name")
_REVISION = select(draft_revisions.c.definition).where(
    draft_revisions.c.name == bindparam("name"), draft_revisions.c.revision == bindparam("revision")
)
_LAYOUT = select(layouts.c.positions).where(
    layouts.c.workflow == bindparam("workflow"), layouts.c.version == bindparam("version")
)
_PLACE = text(
    "INSERT INTO layouts (workflow, version, positions) VALUES (:workflow, :version, :positions)"
    " ON CONFLICT (workflow, version) DO UPDATE SET positions = excluded.positions"
)


def get_draft(tx: Transaction, name: str) -> Row | None:
    """The draft of a workflow."""
    return tx.one(_GET, {"name": name})


def list_drafts(tx: Transaction) -> list[Row]:
    """Every draft, by name."""
    return tx.all(_LIST)


def begin_draft(
    tx: Transaction,
    *,
    name: str,
    definition: str,
    readable: str | None,
    positions: Mapping[str, Any],
    base_version: int | None,
    now: float,
    who: str | None,
) -> bool:
    """Keep a draft where there is none; False where somebody was first."""
    row = {"name": name, "definition": definition, "readable": readable, "base_version": base_version}
    begun = tx.run(_ADD, {**row, "positions": json.dumps(positions), "revision": 1, "now": now, "who": who})
    if begun:
        touch(tx, "workflows", name)
    return bool(begun)


def save_draft(
    tx: Transaction,
    before: Row,
    *,
    definition: str,
    readable: str | None,
    positions: Mapping[str, Any],
    now: float,
    who: str | None,
) -> bool:
    """Put what was edited in place of what was seen; False where somebody else has saved in between."""
    name, seen = before["name"], before["revision"]
    row = {"name": name, "seen": seen, "definition": definition, "readable": readable}
    if not tx.run(_SAVE, {**row, "positions": json.dumps(positions), "now": now, "who": who}):
        return False
    tx.run(_KEEP, {"name": name, "revision": seen, "definition": before["definition"]})
    tx.run(_FORGET, {"name": name, "before": seen - KEPT})
    touch(tx, "workflows", name)
    return True


def remove_draft(tx: Transaction, name: str) -> bool:
    """Forget a draft; False where there is none."""
    tx.run(_FORGET_ALL, {"name": name})
    removed = bool(tx.run(_REMOVE, {"name": name}))
    if removed:
        touch(tx, "workflows", name)
    return removed


def earlier_text(tx: Transaction, name: str, revision: int) -> str | None:
    """What a draft said at one of its last revisions."""
    row = tx.one(_REVISION, {"name": name, "revision": revision})
    return row["definition"] if row is not None else None


def layout_of(tx: Transaction, workflow: str, version: int) -> dict[str, Any]:
    """Where the nodes of a version stand, as far as somebody has placed them."""
    row = tx.one(_LAYOUT, {"workflow": workflow, "version": version})
    return dict(json.loads(row["positions"])) if row is not None else {}


def keep_layout(tx: Transaction, workflow: str, version: int, positions: Mapping[str, Any]) -> None:
    """Keep where the nodes of a version stand."""
    tx.run(_PLACE, {"workflow": workflow, "version": version, "positions": json.dumps(positions)})
