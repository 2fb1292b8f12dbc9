"""What is to be told, how its delivery stands, and when it is tried again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ringline.clock import utc

if TYPE_CHECKING:
    from ringline.database import Row

Status = Literal["pending", "delivered", "failed"]

PAUSES = (5.0, 300.0, 1800.0, 7200.0, 18000.0, 36000.0, 50400.0, 72000.0, 86400.0)
"""Seconds between the tries: ten tries within 76 hours, as the specification recommends."""


@dataclass(frozen=True, slots=True, repr=False)
class WebhookEvent:
    """One event for one endpoint.

    Its secret is *secret*, a value that is kept encrypted, or what the environment variable *secret_name* holds when
    it is sent. The same *key* again is the same event.
    """

    url: str
    type: str
    data: Any
    secret: str | None = None
    secret_name: str | None = None
    key: str | None = None
    run_id: str | None = None
    step: str | None = None

    def __repr__(self) -> str:
        return f"WebhookEvent(type={self.type!r}, secret={'********' if self.secret else None})"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event as it stands: how often it was tried, what the endpoint said last, and when the next try is."""

    id: str
    url: str
    type: str
    body: str
    status: Status
    tries: int
    last_status: int | None
    last_error: str | None
    history: tuple[Mapping[str, Any], ...]
    """Every try: ``at``, ``status`` or ``error``."""
    created_at: datetime
    settled_at: datetime | None
    next_try_at: datetime | None
    run_id: str | None
    step: str | None

    @property
    def is_settled(self) -> bool:
        """Whether there will be no further try."""
        return self.status != "pending"


def read_delivery(row: Row) -> Delivery:
    """A row as people see it; the secret stays where it is."""
    return Delivery(
        id=row["id"],
        url=row["url"],
        type=row["type"],
        body=row["body"],
        status=row["status"],
        tries=int(row["tries"]),
        last_status=row["last_status"],
        last_error=row["last_error"],
        history=tuple(json.loads(row["history"])),
        created_at=utc(row["created_at"]),
        settled_at=utc(row["settled_at"]),
        next_try_at=utc(row["next_try_at"]) if row["status"] == "pending" else None,
        run_id=row["run_id"],
        step=row["step"],
    )


def pause_after(tries: int, retry_after: str | None) -> float | None:
    """Seconds until the next try, no sooner than the endpoint asks for; None when there is none."""
    if tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1]
    if retry_after is not None and retry_after.strip().isdigit():
        return max(pause, min(float(retry_after), PAUSES[-1]))
    return pause
