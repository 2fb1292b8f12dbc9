"""The table `webhook_refusals`: webhooks whose signature did not match, counted by reason, for `ringline doctor`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, Integer, PrimaryKeyConstraint, Table, Text, bindparam, delete, select, text

from ringline.database.schema import Seconds, metadata

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

# One row per path, account and reason, not per request: whoever finds the address must not be able to fill the disk.
webhook_refusals = Table(
    "webhook_refusals",
    metadata,
    Column("path", Text, nullable=False),
    Column("account_sid", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("fix", Text, nullable=False),
    Column("times", Integer, nullable=False),
    Column("first_at", Seconds, nullable=False),
    Column("last_at", Seconds, nullable=False),
    PrimaryKeyConstraint("path", "account_sid", "reason", name="webhook_refusals_pkey"),
)

_COUNT = text(
    "INSERT INTO webhook_refusals (path, account_sid, reason, detail, fix, times, first_at, last_at)"
    " VALUES (:path, :account_sid, :reason, :detail, :fix, 1, :now, :now)"
    " ON CONFLICT (path, account_sid, reason) DO UPDATE"
    " SET times = webhook_refusals.times + 1, detail = excluded.detail, fix = excluded.fix, last_at = excluded.last_at"
)
_LIST = select(webhook_refusals).order_by(webhook_refusals.c.last_at.desc()).limit(bindparam("count"))
_FORGET = delete(webhook_refusals).where(webhook_refusals.c.last_at < bindparam("before"))


def record_refusal(
    tx: Transaction, *, path: str, account_sid: str, reason: str, detail: str, fix: str, now: float
) -> None:
    """Count one refused webhook."""
    tx.run(
        _COUNT,
        {"path": path, "account_sid": account_sid, "reason": reason, "detail": detail, "fix": fix, "now": now},
    )


def list_refusals(tx: Transaction, *, count: int = 20) -> list[Row]:
    """The latest refusals first."""
    return tx.all(_LIST, {"count": count})


def forget_refusals(tx: Transaction, *, before: float) -> int:
    """Drop what did not happen again since *before*; returns how many rows that were."""
    return tx.run(_FORGET, {"before": before})
