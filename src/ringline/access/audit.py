"""The log of who changed or sent what.

What is done in one transaction is written down in it (`record`). What takes more is written down as begun before the
first of them and as done after the last, so that nothing is done of which the log says nothing. An entry that says
that something was done is never changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Literal

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

Outcome = Literal["done", "begun", "failed"]
"""``begun`` is not known to have been finished: it is under way, or the process died in it. What is ``failed`` ended
with an error of ours or Twilio's, and may have been done in part."""

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
    outcome: Outcome


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
    values = _values(who, action, subject, details, at, "done")
    _tell(tx, values["kind"])
    tx.run(store.RECORD, values)


def _values(
    who: Principal | str, action: str, subject: str, details: Mapping[str, Any] | None, at: float, outcome: Outcome
) -> dict[str, Any]:
    name, kind = (who, "system") if isinstance(who, str) else (who.name, who.kind)
    return {
        "at": at,
        "who": name,
        "kind": kind,
        "action": action,
        "subject": subject[:200],
        "details": _written(details),
        "outcome": outcome,
    }


def _written(details: Mapping[str, Any] | None) -> str:
    text = json.dumps(details or {}, ensure_ascii=False, default=str)
    return text if len(text) <= _LONGEST else "{}"


def _tell(tx: Transaction, kind: str) -> None:
    # Programs send by the thousand; nobody looks at each of them as it comes.
    if kind == "user":
        touch(tx, "audit", ALL)


class AuditLog:
    """Writes and reads the log, newest first."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self.clock = clock

    async def record(
        self, who: Principal | str, action: str, subject: str = "", details: Mapping[str, Any] | None = None
    ) -> None:
        """`record` in a transaction of its own."""
        at = self.clock.time()
        await self._database.write(lambda tx: record(tx, who, action, subject, details, at=at))

    def record_in(
        self, tx: Transaction, who: Principal | str, action: str, subject: str, details: Mapping[str, Any]
    ) -> None:
        """`record` in the transaction that acts."""
        record(tx, who, action, subject, details, at=self.clock.time())

    async def begin(self, who: Principal | str, action: str, subject: str = "") -> int:
        """Write down that *who* is about to do *action*; gives the entry for `end` or `withdraw`."""
        values = _values(who, action, subject, None, self.clock.time(), "begun")
        row = await self._database.write(lambda tx: tx.one(store.BEGIN, values))
        assert row is not None
        return int(row["id"])

    async def end(
        self,
        entry: int,
        who: Principal | str,
        subject: str = "",
        details: Mapping[str, Any] | None = None,
        *,
        outcome: Outcome = "done",
    ) -> None:
        """Write down what became of what was begun."""
        kind = "system" if isinstance(who, str) else who.kind
        values = {
            "entry": entry,
            "new_subject": subject[:200],
            "new_details": _written(details),
            "new_outcome": outcome,
        }

        def work(tx: Transaction) -> None:
            _tell(tx, kind)
            tx.run(store.END, values)

        await self._database.write(work)

    async def withdraw(self, entry: int) -> None:
        """Take back the entry of what was refused before anything was done."""
        await self._database.write(lambda tx: tx.run(store.WITHDRAW, {"entry": entry}))

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
        before = self.clock.time() - KEEP
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
        outcome=row["outcome"],
    )
