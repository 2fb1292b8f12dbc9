"""The queue that says who should look at what.

Rows decide; a job is a hint that may come twice, or be lost and healed by a sweep.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.dispatch.worker import JobObserver

Handler = Callable[[str], Awaitable[None]]

NUMBERS_PER_JOB = 100
"""Jobs cost the more the more there are; one must still be done soon, for it is lost and found as a whole."""


def payloads_of(numbers: Iterable[int]) -> list[str]:
    """As jobs carry them."""
    texts = list(map(str, numbers))
    return [" ".join(texts[start : start + NUMBERS_PER_JOB]) for start in range(0, len(texts), NUMBERS_PER_JOB)]


class Dispatcher(Protocol):
    """Hands ids to handlers, now or as soon as a worker is free."""

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        """Ask for *entrypoint* to look at *payload* once *tx* commits; higher priorities go first."""
        ...

    def enqueue_each(self, tx: Transaction, entrypoint: str, numbers: Sequence[int], *, priority: int = 50) -> None:
        """Ask for *entrypoint* to look at each of *numbers*, up to `NUMBERS_PER_JOB` in a job with blanks between them.

        What is asked for in one process at the same moment may come in one job.
        """
        ...

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        """Work until *stop* is set, then finish what is in hand and return."""
        ...

    async def count_jobs(self) -> dict[tuple[str, str], int]:
        """How many jobs there are, by entrypoint and by ``queued``, ``picked`` or ``failed`` (held after an error)."""
        ...


async def open_dispatcher(
    database: Database, clock: Clock, *, concurrency: int = 100, observe: JobObserver | None = None
) -> Dispatcher:
    """The queue that belongs to *database*: in the same Postgres, or in this process beside SQLite.

    At most *concurrency* handlers run at once; *observe* is told of each that has ended.
    """
    if database.dialect == "postgresql":
        from ringline.database.postgres import PostgresDatabase
        from ringline.dispatch.postgres import PostgresDispatcher

        assert isinstance(database, PostgresDatabase)
        return PostgresDispatcher(database, clock, concurrency=concurrency, observe=observe)
    from ringline.dispatch.memory import MemoryDispatcher

    return MemoryDispatcher(concurrency=concurrency, observe=observe)
