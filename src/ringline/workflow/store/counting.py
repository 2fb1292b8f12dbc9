"""Whose runs are, and all there is of them, for who counts them anew."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.database.json_lists import is_among_numbers
from ringline.workflow.store.tables import runs, waits, workflows

DEFINITIONS = select(workflows.c.id, workflows.c.name, workflows.c.version, workflows.c.parent).where(
    is_among_numbers(workflows.c.id, "ids")
)
OF_RUNS = (
    select(runs.c.id, workflows.c.name, workflows.c.version, workflows.c.parent)
    .join(workflows, workflows.c.id == runs.c.definition)
    .where(is_among_numbers(runs.c.id, "ids"))
)
_HOUR = "CAST(floor(created_at / 3600.0) AS BIGINT)"
_COUNTED = (
    "SELECT definition, {hour} AS hour, CASE WHEN finished_at IS NULL THEN '' ELSE status END AS status,"
    " count(*) AS count FROM runs GROUP BY definition, {hour},"
    " CASE WHEN finished_at IS NULL THEN '' ELSE status END"
)
COUNTED = {
    # SQLite truncates, and every moment lies after the epoch.
    "sqlite": text(_COUNTED.format(hour="CAST(created_at / 3600.0 AS INTEGER)")),
    "postgresql": text(_COUNTED.format(hour=_HOUR)),
}
"""Runs by definition, hour of their beginning and how they ended."""
HISTORY = text(
    "SELECT run_events.id AS id, run_events.entries AS entries, runs.definition AS definition"
    " FROM run_events JOIN runs ON runs.id = run_events.run WHERE run_events.id > :after"
    " ORDER BY run_events.id LIMIT :count"
)
WAITING = (
    select(waits.c.step, text("count(DISTINCT waits.run) AS count"), workflows.c.version)
    .join(runs, runs.c.id == waits.c.run)
    .join(workflows, workflows.c.id == runs.c.definition)
    .where(workflows.c.name == bindparam("name"))
    .group_by(waits.c.step, workflows.c.version)
)
"""How many runs wait at which step of a workflow."""
OPEN = (
    select(workflows.c.version, text("count(*) AS count"))
    .select_from(runs)
    .join(workflows, workflows.c.id == runs.c.definition)
    .where(workflows.c.name == bindparam("name"), runs.c.finished_at.is_(None))
    .group_by(workflows.c.version)
)
