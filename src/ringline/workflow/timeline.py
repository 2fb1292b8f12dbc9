"""A run's history for people: what was written down, and what can be read off its row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ringline.clock import utc
from ringline.workflow.execution.history import short
from ringline.workflow.execution.keeping import without_sealed
from ringline.workflow.run import RunEvent

if TYPE_CHECKING:
    from ringline.database import Row


def timeline(row: Row, events: Sequence[Row], waits: Sequence[Row]) -> list[RunEvent]:
    """Everything in order: the start, each advance's entries, and what the run waits for now.

    *waits* are its rows of `waits`.
    """
    trigger = without_sealed(json.loads(row["trigger"])) if row["trigger"] else None
    started: dict[str, Any] = {"inputs": short(json.loads(row["inputs"]))}
    if trigger is not None:
        started["trigger"] = short(trigger)
    if row["started_by"]:
        started["by"] = json.loads(row["started_by"])
    found = [RunEvent(utc(row["created_at"]), "started", None, started)]
    for event in events:
        found += [_event(entry) for entry in json.loads(event["entries"])]
    if row["status"] in ("completed", "failed"):
        error = {"error": json.loads(row["error"])} if row["error"] else {}
        found.append(RunEvent(utc(row["finished_at"]), row["status"], None, error))
    if row["finished_at"] is None and row["state"]:
        found += _waiting(json.loads(row["state"]).get("w", {}), waits, row["created_at"])
    return found


def _event(entry: dict[str, Any]) -> RunEvent:
    details = {name: value for name, value in entry.items() if name not in ("at", "kind", "step")}
    return RunEvent(utc(entry["at"]), entry["kind"], entry.get("step"), details)


def _waiting(frames: dict[str, Any], waits: Sequence[Row], began: float) -> list[RunEvent]:
    keys: dict[str, list[str]] = {}
    for wait in waits:
        keys.setdefault(wait["step"], []).append(wait["key"])
    found = []
    for step, frame in frames.items():
        if frame.get("k") == 2:
            continue  # done: it only listens for later news
        details: dict[str, Any] = {}
        if keys.get(step):
            details["for"] = keys[step]
        if frame.get("d") is not None:
            details["until"] = utc(began + frame["d"]).isoformat(timespec="seconds")
        found.append(RunEvent(utc(began + frame["s"]), "waiting", step, details))
    return found
