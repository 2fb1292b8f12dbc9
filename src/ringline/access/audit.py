"""The log of who changed or sent what. Rows are added and read, never changed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select

from ringline.access import store
from ringline.clock import utc
from ringline.live import ALL, touch

if TYPE_CHECKING:
    from ringline.access.principal import Principal
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

KEEP = 400 * 86_400.0
"""Seconds an entry is kept: a year, and some weeks in which somebody asks about it."""

_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """One thing that somebody did."""

    id: int
    at: datetime
    who: str
    kind: str
    action: str
    subject: str
    details: Mapping[str, Any]


def record(
    tx: Transaction,
    who: Principal | str,
    action: str,
    subject: str = "",
    details: Mapping[str, Any] | None = None,
    *,
    at: float,
) -> None:
    """Write down that *who* did *action* to *subject*, in the transaction that does it. *details* hold no secrets."""
    name, kind = (who, "system") if isinstance(who, str) else (who.name, who.kind)
    text = json.dumps(details or {}, ensure_ascii=False, default=str)
    if kind == "user":
        touch(tx, "audit", ALL)
    tx.run(
        store.RECORD,
        {
            "at": at,
            "who": name,
            "kind": kind,
            "action": action,
            "subject": subject[:200],
            "details": text if len(text) <= _LONGEST else "{}",
        },
    )


class AuditLog:
    """Reads the log, newest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def record(
        self, who: Principal | str, action: str, subject: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """`record` in a transaction of its own."""
        at = self._clock.time()
        await self._database.write(lambda tx: record(tx, who, action, subject, details, at=at))

    async def list(
        self,
        *,
        limit: int,
        who: str | None = None,
        action: str | None = None,
        subject: str | None = None,
        since: float | None = None,
        until: float | None = None,
        before: int | None = None,
    ) -> list[AuditEntry]:
        """Entries older than *before*, of those that fit."""
        asked = {"who": who, "action": action, "subject": subject, "since": since, "until": until, "before": before}
        values = {name: value for name, value in asked.items() if value is not None}
        statement = _page(tuple(values))
        values["count"] = limit
        return [_entry(row) for row in await self._database.read(lambda tx: tx.all(statement, values))]

    async def forget_old(self) -> None:
        """Drop what is older than `KEEP`."""
        before = self._clock.time() - KEEP
        await self._database.write(lambda tx: tx.run(store.FORGET_AUDIT, {"before": before}))


@cache
def _page(asked: tuple[str, ...]) -> Select[Any]:
    table = store.audit
    conditions = {
        "since": table.c.at >= bindparam("since"),
        "until": table.c.at < bindparam("until"),
        "before": table.c.id < bindparam("before"),
    }
    fitting = [conditions[name] if name in conditions else table.c[name] == bindparam(name) for name in asked]
    return select(table).where(*fitting).order_by(table.c.id.desc()).limit(bindparam("count"))


def _entry(row: Row) -> AuditEntry:
    return AuditEntry(
        id=row["id"],
        at=utc(row["at"]),
        who=row["who"],
        kind=row["kind"],
        action=row["action"],
        subject=row["subject"],
        details=json.loads(row["details"]),
    )
