"""Messages looked for: a page at a time, newest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.outbox.rows import OutboxRow
from ringline.outbox.store import listing

if TYPE_CHECKING:
    from ringline.database import Database


@dataclass(frozen=True, slots=True)
class MessagePage:
    """Some messages; *next* is the id to go on from, None on the last page. There may be more though there are few."""

    rows: Sequence[OutboxRow]
    next: str | None


class Listing:
    """Pages over the messages of a database.

    Filters are values of ``stage``, ``status``, ``to``, ``run_id``, ``step``, ``account_id``, ``channel`` and
    ``purpose``; ``since`` and ``until`` are ids; ``runs`` is a list, as are ``ids`` and ``people``, of which one is
    enough. Calls come only where the channel asks for them.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(self, filters: Mapping[str, Any], *, before: str | None = None, limit: int = 50) -> MessagePage:
        """At most *limit* messages that are older than the one *before*. Raises `ValueError` for an unknown filter."""
        wanted = {name: value for name, value in filters.items() if value is not None}
        known = (*listing.FILTERS, *listing.CONDITIONS)
        unknown = sorted(set(wanted) - set(known))
        if unknown:
            raise ValueError(f"messages cannot be filtered by {', '.join(unknown)}; use {', '.join(known)}")
        records, last = await self._database.read(
            lambda tx: listing.page_of_messages(tx, wanted, before=before, count=limit)
        )
        return MessagePage([OutboxRow.of(record) for record in records], last)

    async def newest(
        self, filters: Mapping[str, Any], *, before: str | None = None, limit: int = 50
    ) -> list[OutboxRow]:
        """So many messages, however far down they lie."""
        found: list[OutboxRow] = []
        while len(found) < limit:
            page = await self.page(filters, before=before, limit=limit - len(found))
            found += page.rows
            before = page.next
            if before is None:
                break
        return found
