"""The queue of a process that keeps its rows in SQLite: PgQueuer in memory.

What is lost with the process is lost on purpose: rows decide, and the sweep at the next start finds them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from pgqueuer.adapters.inmemory import InMemoryQueries
from pgqueuer.applications import PgQueuer
from pgqueuer.core.qm import QueueManager

from ringline.dispatch import payloads_of
from ringline.dispatch.worker import (
    DEQUEUE_TIMEOUT,
    HEARTBEAT_TIMEOUT,
    MAX_TASKS,
    JobObserver,
    limits,
    run_until,
    work_with,
)

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.dispatch import Handler

TRIM_EVERY = 500
"""Jobs between two trims: PgQueuer in memory keeps three log entries for every job, for ever."""


class MemoryDispatcher:
    """See `ringline.dispatch.Dispatcher`."""

    def __init__(
        self, *, concurrency: int = MAX_TASKS, retry_delay: float = 1.0, observe: JobObserver | None = None
    ) -> None:
        self._limits = limits(concurrency)
        self._retry_delay = retry_delay
        self._observe = observe
        queries = PgQueuer.in_memory().queries
        assert isinstance(queries, InMemoryQueries)
        self._queries = queries
        # Jobs not yet given to the queue: the same one twice is the same look at the same row.
        self._waiting: dict[tuple[str, str], int] = {}
        # Numbers likewise, by entrypoint and priority: what was asked for since the last time goes into few jobs.
        self._numbers: dict[tuple[str, int], dict[int, None]] = {}
        self._is_running = False
        self._queued = 0
        self._at_work = 0
        self._flush: asyncio.Task[None] | None = None
        self._untrimmed = 0

    @property
    def is_busy(self) -> bool:
        """Whether a job waits for its turn or is being worked on."""
        return bool(self._waiting or self._numbers) or self._queued > 0 or self._at_work > 0

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        tx.after_commit(lambda: self._add(entrypoint, payload, priority))

    def enqueue_each(self, tx: Transaction, entrypoint: str, numbers: Sequence[int], *, priority: int = 50) -> None:
        if numbers:
            tx.after_commit(lambda: self._add_each(entrypoint, numbers, priority))

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        queue = QueueManager(self._queries)
        work_with(
            queue,
            {name: self._counted(handler) for name, handler in handlers.items()},
            retry_delay=self._retry_delay,
            on_failure="delete",
            observe=self._observe,
        )
        self._is_running = True
        self._flush_soon()
        try:
            await run_until(
                stop,
                queue,
                **self._limits,
                dequeue_timeout=DEQUEUE_TIMEOUT,
                heartbeat_timeout=HEARTBEAT_TIMEOUT,
                # Aggregating scans the whole log.
                log_aggregation_interval=timedelta(0),
            )
        finally:
            self._is_running = False
            if self._flush is not None:
                await self._flush

    def _counted(self, handler: Handler) -> Handler:
        async def run(payload: str) -> None:
            # One that failed comes back by itself, after a pause in which nothing is at work.
            self._queued = max(0, self._queued - 1)
            self._at_work += 1
            try:
                await handler(payload)
            finally:
                self._at_work -= 1

        return run

    def _add(self, entrypoint: str, payload: str, priority: int) -> None:
        job = (entrypoint, payload)
        self._waiting[job] = max(priority, self._waiting.get(job, priority))
        self._flush_soon()

    def _add_each(self, entrypoint: str, numbers: Sequence[int], priority: int) -> None:
        self._numbers.setdefault((entrypoint, priority), {}).update(dict.fromkeys(numbers))
        self._flush_soon()

    def _pack(self) -> None:
        """Make jobs of the numbers."""
        numbers, self._numbers = self._numbers, {}
        for (entrypoint, priority), some in numbers.items():
            self._waiting.update({(entrypoint, payload): priority for payload in payloads_of(some)})

    def _flush_soon(self) -> None:
        if self._is_running and (self._waiting or self._numbers) and self._flush is None:
            self._flush = asyncio.get_running_loop().create_task(self._hand_over(), name="ringline-enqueue")

    async def _hand_over(self) -> None:
        try:
            while self._waiting or self._numbers:
                self._pack()
                jobs, self._waiting = self._waiting, {}
                self._queued += len(jobs)
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

    async def count_jobs(self) -> dict[tuple[str, str], int]:
        self._pack()
        counts: dict[tuple[str, str], int] = {}
        for entrypoint, _ in self._waiting:
            counts[entrypoint, "queued"] = counts.get((entrypoint, "queued"), 0) + 1
        for one in await self._queries.queue_size():
            key = (str(one.entrypoint), str(one.status))
            counts[key] = counts.get(key, 0) + one.count
        return counts

    async def forget_jobs(self) -> int:
        """Drop every job that nobody has taken yet, as a crash would; returns how many."""
        self._pack()
        count = len(self._waiting)
        self._waiting.clear()
        self._queued = 0
        for statistics in await self._queries.queue_size():
            count += statistics.count if statistics.status == "queued" else 0
        await self._queries.clear_queue()
        return count
