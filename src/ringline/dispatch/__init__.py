"""The queue that says who should look at what.

Rows decide; a job is a hint that may come twice, or be lost and healed by a sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction

Handler = Callable[[str], Awaitable[None]]


class Dispatcher(Protocol):
    """Hands ids to handlers, now or as soon as a worker is free."""

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        """Ask for *entrypoint* to look at *payload* once *tx* commits; higher priorities go first."""
        ...

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        """Work until *stop* is set, then finish what is in hand and return."""
        ...


async def open_dispatcher(database: Database, clock: Clock) -> Dispatcher:
    """The queue that belongs to *database*: in the same Postgres, or in this process beside SQLite."""
    if database.dialect == "postgresql":
        from ringline.database.postgres import PostgresDatabase
        from ringline.dispatch.postgres import PostgresDispatcher

        assert isinstance(database, PostgresDatabase)
        return PostgresDispatcher(database, clock)
    from ringline.dispatch.memory import MemoryDispatcher

    return MemoryDispatcher()
