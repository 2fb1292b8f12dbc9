"""How much waits in the outbox, and for how long: for metrics and probes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.outbox.store import figures as store
from ringline.outbox.waking import APPLY, DRAIN

if TYPE_CHECKING:
    from ringline.database import Transaction


@dataclass(frozen=True, slots=True)
class OutboxFigures:
    """Counts of what is not decided, and ages in seconds of the oldest; an age is 0 where nothing waits."""

    by_stage: Mapping[str, int]
    due: int
    oldest_due: float
    callbacks_waiting: int
    callback_lag: float


def wake_up_lags(tx: Transaction, *, now: float) -> dict[str, float]:
    """For how long the oldest wake-up of each entrypoint has not been followed; reads two small tables."""
    row = tx.one(store.FIRST_WAKE_UPS) or {}
    return {entrypoint: _age(row.get(entrypoint), now) for entrypoint in (DRAIN, APPLY)}


def last_change(tx: Transaction) -> float | None:
    """When a message was last written; reads all of them, so not for every day."""
    row = tx.one(store.LAST_CHANGE)
    return None if row is None else row["at"]


def read_figures(tx: Transaction, *, now: float) -> OutboxFigures:
    """All of them. What takes longest are the messages that are ready, at some ten million a second."""
    ready = tx.one(store.READY, {"now": now}) or {}
    counts = {
        stage: int((tx.one(statement) or {}).get("count") or 0)
        for stage, statement in (
            ("held", store.HELD),
            ("posting", store.OPEN),
            ("unknown", store.UNKNOWN),
            ("unresolved", store.UNRESOLVED),
            ("callbacks", store.WAITING_CALLBACKS),
        )
    }
    callbacks = counts.pop("callbacks")
    return OutboxFigures(
        by_stage={**counts, "ready": int(ready.get("count") or 0)},
        due=int(ready.get("due") or 0),
        oldest_due=_age(ready.get("first"), now),
        callbacks_waiting=callbacks,
        callback_lag=_age((tx.one(store.FIRST_CALLBACK) or {}).get("first"), now),
    )


def _age(moment: float | None, now: float) -> float:
    return 0.0 if moment is None else max(0.0, now - moment)
