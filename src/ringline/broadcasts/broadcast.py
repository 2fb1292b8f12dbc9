"""What a broadcast is: what it says, who gets it, and how far it has come."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ringline.clock import utc

if TYPE_CHECKING:
    from ringline.database import Row

Kind = Literal["message", "flow"]
Stage = Literal["loading", "ready", "running", "paused", "completed", "canceled"]

PENDING_OUTCOMES = ("waiting", "sending", "unknown")
"""Outcomes that are none yet."""


@dataclass(frozen=True, slots=True)
class Content:
    """What everybody gets: a text, one text per language, a content template, or a run of a workflow.

    Texts, template variables and inputs are templates over the columns of the list.
    """

    kind: Kind = "message"
    message: str | Mapping[str, str] | None = None
    content_sid: str | None = None
    content_variables: Mapping[str, str] = field(default_factory=dict)
    media: tuple[str, ...] = ()
    sender: str | None = None
    service: str | None = None
    channel: str = "sms"
    purpose: str | None = None
    language: str | None = None
    country: str | None = None
    workflow: str | None = None
    version: int | None = None
    inputs: Mapping[str, str] = field(default_factory=dict)

    def hash(self) -> str:
        """The same for the same content."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()

    def as_text(self) -> str:
        """As it is stored."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def of(cls, text: str) -> Content:
        """As `as_text` made it."""
        values = json.loads(text)
        return cls(**{**values, "media": tuple(values["media"])})


@dataclass(frozen=True, slots=True)
class Entry:
    """One recipient as a list has them; *to* as it stands there, *fault* where the row cannot be read."""

    line: int
    to: str
    fields: Mapping[str, str]
    language: str | None = None
    time_zone: str | None = None
    country: str | None = None
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Broadcast:
    """A broadcast as it stands. *counts* are recipients by outcome; *report* is what its last loading found."""

    id: str
    key: str
    name: str
    kind: Kind
    content: Content
    stage: Stage
    fault: str | None
    recipients: int
    confirmed: int
    filled: int
    counts: Mapping[str, int]
    report: Mapping[str, Any] | None
    batch_size: int | None
    batch_every: float | None
    start_at: datetime | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    account_id: str | None = None
    credential_id: str | None = None

    @property
    def is_over(self) -> bool:
        return self.stage in ("completed", "canceled")

    @classmethod
    def of(cls, row: Row, counts: Mapping[str, int]) -> Broadcast:
        """From a row of `broadcasts` and its counts."""
        return cls(
            id=row["id"],
            key=row["key"],
            name=row["name"],
            kind=row["kind"],
            content=Content.of(row["content"]),
            stage=row["stage"],
            fault=row["fault"],
            recipients=row["total"],
            confirmed=row["confirmed"],
            filled=row["cursor"],
            counts={outcome: count for outcome, count in sorted(counts.items()) if count},
            report=json.loads(row["report"]) if row["report"] else None,
            batch_size=row["batch_size"],
            batch_every=row["batch_every"],
            start_at=utc(row["start_at"]),
            created_at=utc(row["created_at"]),
            started_at=utc(row["started_at"]),
            finished_at=utc(row["finished_at"]),
            account_id=row["account_id"],
            credential_id=row["credential_id"],
        )


def outcome_of(stage: str, status: str) -> str:
    """How a recipient's message counts."""
    if stage in ("held", "ready"):
        return "waiting"
    if stage == "posting":
        return "sending"
    if stage != "accepted":
        return stage
    if status in ("delivered", "read"):
        return "delivered"
    return status if status in ("undelivered", "failed", "canceled") else "sent"
