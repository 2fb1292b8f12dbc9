"""The queue of a process that keeps its rows in SQLite: PgQueuer in memory.

What is lost with the process is lost on purpose: rows decide, and the sweep at the next start finds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING

from pgqueuer.adapters.inmemory import InMemoryQueries
from pgqueuer.applications import PgQueuer
from pgqueuer.core.qm import QueueManager

from ringline.dispatch.worker import BATCH, DEQUEUE_TIMEOUT, HEARTBEAT_TIMEOUT, run_until, work_with

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.dispatch import Handler

TRIM_EVERY = 500
"""Jobs between two trims: PgQueuer in memory keeps three log entries for every job, for ever."""


class MemoryDispatcher:
    """See `ringline.dispatch.Dispatcher`."""

    def __init__(self, *, retry_delay: float = 1.0) -> None:
        self._retry_delay = retry_delay
        queries = PgQueuer.in_memory().queries
        assert isinstance(queries, InMemoryQueries)
        self._queries = queries
        # Jobs not yet given to the queue: the same one twice is the same look at the same row.
        self._waiting: dict[tuple[str, str], int] = {}
        self._is_running = False
        self._flush: asyncio.Task[None] | None = None
        self._untrimmed = 0

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        tx.after_commit(lambda: self._add(entrypoint, payload, priority))

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        queue = QueueManager(self._queries)
        work_with(queue, handlers, retry_delay=self._retry_delay, on_failure="delete")
        self._is_running = True
        self._flush_soon()
        try:
            await run_until(
                stop,
                queue,
                batch_size=BATCH,
                dequeue_timeout=DEQUEUE_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                # Aggregating scans the whole log.
                log_aggregation_interval=timedelta(0),
            )
        finally:
            self._is_running = False
            if self._flush is not None:
                await self._flush

    def _add(self, entrypoint: str, payload: str, priority: int) -> None:
        job = (entrypoint, payload)
        self._waiting[job] = max(priority, self._waiting.get(job, priority))
        self._flush_soon()

    def _flush_soon(self) -> None:
        if self._is_running and self._waiting and self._flush is None:
            self._flush = asyncio.get_running_loop().create_task(self._hand_over(), name="ringline-enqueue")

    async def _hand_over(self) -> None:
        try:
            while self._waiting:
                jobs, self._waiting = self._waiting, {}
                await self._queries.enqueue(
                    [entrypoint for entrypoint, _ in jobs],
                    [payload.encode() for _, payload in jobs],
                    list(jobs.values()),
                )
                self._untrimmed += len(jobs)
                if self._untrimmed >= TRIM_EVERY:
                    self._untrimmed = 0
                    await self._queries.clear_queue_log()
        finally:
            self._flush = None

    async def forget_jobs(self) -> int:
        """Drop every job that nobody has taken yet, as a crash would; returns how many."""
        count = len(self._waiting)
        self._waiting.clear()
        for statistics in await self._queries.queue_size():
            count += statistics.count if statistics.status == "queued" else 0
        await self._queries.clear_queue()
        return count
