"""How many runs have not ended, and how late the latest of them is: for metrics and probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.workflow.store import figures as store

if TYPE_CHECKING:
    from ringline.database import Transaction


@dataclass(frozen=True, slots=True)
class RunFigures:
    """Counts, and ages in seconds, which are 0 where nothing is late."""

    by_status: Mapping[str, int]
    """Of ``running`` and ``paused``; those that wait are too many to be counted by status."""
    with_deadline: int
    waits: int
    overdue: float


def wake_up_lag(tx: Transaction, *, now: float) -> float:
    """For how long the run that was woken first has not moved."""
    return _age((tx.one(store.FIRST_WOKEN) or {}).get("first"), now)


def read_figures(tx: Transaction, *, now: float) -> RunFigures:
    """All of them; a million waiting runs take some tenths of a second."""
    deadlines = tx.one(store.WITH_DEADLINE) or {}
    counted = {row["status"]: row["count"] for row in tx.all(store.RARE)}
    return RunFigures(
        by_status={status: counted.get(status, 0) for status in ("running", "paused")},
        with_deadline=deadlines.get("count") or 0,
        waits=(tx.one(store.WAITS) or {}).get("count") or 0,
        overdue=_age(deadlines.get("first"), now),
    )


def _age(moment: float | None, now: float) -> float:
    return 0.0 if moment is None else max(0.0, now - moment)
