"""The queue of any number of processes on one Postgres: PgQueuer, enqueueing in the caller's transaction."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, cast

from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from sqlalchemy import text
from sqlalchemy.util import await_only

from ringline.database.migrations import ADVISORY_LOCK
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
    from pgqueuer.ports.driver import NotifyCallback

    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.database.postgres import PostgresDatabase, PostgresTransaction
    from ringline.dispatch import Handler

_log = logging.getLogger(__name__)

CONNECTIONS = 5
_MARK = "SELECT obj_description(to_regclass($1))"
KEEP_LOG = timedelta(days=1)
PRUNE_SECONDS = 3600.0
LONGEST_PAUSE = 30.0


class ListeningDriver(AsyncpgPoolDriver):
    """PgQueuer's driver, which holds notifications back until somebody listens.

    A worker asks itself whether it hears itself before it has begun to listen. Where its question is quicker on one
    connection than LISTEN is on the other, it is lost, and ten seconds later the worker takes itself to be deaf, and
    stops.
    """

    def __init__(self, pool: Any) -> None:
        super().__init__(pool)
        self._listens = asyncio.Event()

    async def add_listener(self, channel: str, callback: NotifyCallback) -> None:
        await super().add_listener(channel, callback)
        self._listens.set()

    async def notify(self, channel: str, payload: str) -> None:
        await self._listens.wait()
        await super().notify(channel, payload)


class PostgresDispatcher:
    """See `ringline.dispatch.Dispatcher`. A job whose handler keeps failing is held with its traceback."""

    def __init__(
        self,
        database: PostgresDatabase,
        clock: Clock,
        *,
        concurrency: int = MAX_TASKS,
        retry_delay: float = 1.0,
        observe: JobObserver | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._limits = limits(concurrency)
        self._retry_delay = retry_delay
        self._observe = observe
        # Built once: they only hold the names of PgQueuer's tables.
        self._builders: dict[str, Any] = {
            "qbe": qb.QueryBuilderEnvironment(),
            "qbq": qb.QueryQueueBuilder(),
            "qbs": qb.QuerySchedulerBuilder(),
        }
        table = self._builders["qbe"].settings.queue_table
        self._count = text(
            f"SELECT entrypoint, status::text AS status, count(*) AS count FROM {table} GROUP BY 1, 2"  # noqa: S608
        )

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        connection = cast("PostgresTransaction", tx).connection
        # Outside a transaction the job would be there although the work it stands for is rolled back.
        assert connection.is_in_transaction(), "a job belongs into the transaction of the work it announces"
        # No dedupe key: while its job is being finished PgQueuer would drop a new wake-up.
        await_only(self._queries(AsyncpgDriver(connection)).enqueue(entrypoint, payload.encode(), priority))

    def enqueue_each(self, tx: Transaction, entrypoint: str, numbers: Sequence[int], *, priority: int = 50) -> None:
        for payload in payloads_of(numbers):
            self.enqueue(tx, entrypoint, payload, priority=priority)

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        pause, is_upgraded = 1.0, False
        while not stop.is_set():
            started = self._clock.monotonic()
            try:
                if not is_upgraded:
                    await self._upgrade()
                    is_upgraded = True
                await self._work(handlers, stop)
            except Exception:  # the edge of the worker: a lost connection ends PgQueuer's loop, not ours
                if self._clock.monotonic() - started > LONGEST_PAUSE:
                    pause = 1.0
                _log.exception("the queue's worker stopped; it starts again in %.0f s", pause)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), pause)
                pause = min(2 * pause, LONGEST_PAUSE)

    async def _work(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        pool = await self._database.connect_pool(CONNECTIONS)
        try:
            queue = QueueManager(self._queries(ListeningDriver(pool)))
            work_with(queue, handlers, retry_delay=self._retry_delay, on_failure="hold", observe=self._observe)
            pruner = asyncio.create_task(self._keep_pruning(pool), name="ringline-queue-pruner")
            try:
                await run_until(
                    stop,
                    queue,
                    **self._limits,
                    dequeue_timeout=DEQUEUE_TIMEOUT,
                    heartbeat_timeout=HEARTBEAT_TIMEOUT,
                    # Without it a lost LISTEN connection stays lost, and jobs wait for the time-out each time.
                    shutdown_on_listener_failure=True,
                )
            finally:
                pruner.cancel()
                await asyncio.gather(pruner, return_exceptions=True)
        finally:
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(pool.close(), 5)
            pool.terminate()

    async def _upgrade(self) -> None:
        """Bring PgQueuer's own tables up to date, once for each of its versions.

        Its statements lock the table that everybody works on, and fail when two processes run them at once.
        """
        mark = f"ringline: as of pgqueuer {version('pgqueuer')}"
        table = self._builders["qbe"].settings.queue_table
        connection = await self._database.connect()
        try:
            if await connection.fetchval(_MARK, table) == mark:
                return
            await connection.execute("SELECT pg_advisory_lock($1)", ADVISORY_LOCK)
            if await connection.fetchval(_MARK, table) != mark:
                await self._queries(AsyncpgDriver(connection)).upgrade()
                await connection.execute(f"COMMENT ON TABLE {table} IS '{mark}'")
        finally:
            # Closing ends the lock.
            await connection.close()

    async def _keep_pruning(self, pool: Any) -> None:
        while True:
            await self.prune(pool)
            await self._clock.sleep(PRUNE_SECONDS)

    async def prune(self, pool: Any) -> None:
        """Delete PgQueuer's log beyond a day: every job leaves three rows in it, for ever."""
        table = self._builders["qbe"].settings.queue_table_log
        await pool.execute(f"DELETE FROM {table} WHERE created < $1", self._clock.now() - KEEP_LOG)  # noqa: S608

    async def count_jobs(self) -> dict[tuple[str, str], int]:
        rows = await self._database.read(lambda tx: tx.all(self._count))
        return {(row["entrypoint"], row["status"]): row["count"] for row in rows}

    def _queries(self, driver: Any) -> Queries:
        return Queries(driver, **self._builders)
