"""Runs that have not ended, counted by small indexes."""

from __future__ import annotations

from sqlalchemy import text

# The conditions are those of the indexes `runs_status`, `runs_due` and `runs_woken`.
RARE = text(
    """
    SELECT status, count(*) AS count FROM runs
    WHERE status IN ('running', 'paused', 'failed', 'canceled') AND status IN ('running', 'paused') GROUP BY status
    """
)
WITH_DEADLINE = text("SELECT count(*) AS count, min(due_at) AS first FROM runs WHERE due_at IS NOT NULL")
WAITS = text("SELECT count(*) AS count FROM waits")
FIRST_WOKEN = text("SELECT min(woken_at) AS first FROM runs WHERE woken_at IS NOT NULL")
