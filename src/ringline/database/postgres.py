"""Postgres over asyncpg.

A piece of work is a plain function, so it runs in a greenlet that gives way to the event loop while a statement is
under way. SQLAlchemy builds and compiles the statements; executing them on asyncpg's connection directly costs a
quarter of the time. Works are not grouped as on SQLite: a savepoint costs the same two trips as a transaction of
its own, locks would be held for strangers, and the server groups the commits of concurrent connections itself.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg
from sqlalchemy.util import await_only, greenlet_spawn

from ringline.database.listeners import Listeners, add_listener, call_all
from ringline.database.statements import NO_PARAMETERS, StatementCache, postgres_statements
from ringline.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable

    from ringline.clock import Clock
    from ringline.database import Dialect, Row, Transaction

T = TypeVar("T")
_log = logging.getLogger(__name__)

RECONNECT_SECONDS = 1.0
CONNECTIONS = 10
SESSION = {
    # Plans are kept, and the first ones are made when the tables are empty and a scan looks cheap; a test on SQLite
    # holds every statement of the send path to an index.
    "enable_seqscan": "off",
    "jit": "off",
    # Starting another process takes longer than any statement here is to take.
    "max_parallel_workers_per_gather": "0",
}
TRIES = 4
_WORTH_ANOTHER_TRY = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
# The third is what the driver says when a connection is cut between two steps of its own.
_DRIVER_ERRORS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)


class PostgresTransaction:
    """See `ringline.database.Transaction`. *connection* is asyncpg's, for the queue that lives in the same database."""

    dialect: Dialect = "postgresql"

    __slots__ = ("_statements", "callbacks", "connection")

    def __init__(self, connection: Any, statements: StatementCache) -> None:
        self.connection = connection
        self._statements = statements
        self.callbacks: list[Callable[[], None]] = []

    def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        sql, values = self._prepare(statement, parameters)
        rows: list[Row] = [dict(row) for row in await_only(self.connection.fetch(sql, *values))]
        return rows

    def tuples(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        sql, values = self._prepare(statement, parameters)
        return [tuple(row) for row in await_only(self.connection.fetch(sql, *values))]

    def one(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        sql, values = self._prepare(statement, parameters)
        row = await_only(self.connection.fetchrow(sql, *values))
        return dict(row) if row is not None else None

    def run(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> int:
        sql, values = self._prepare(statement, parameters)
        tag: str = await_only(self.connection.execute(sql, *values))
        # "UPDATE 3", "INSERT 0 1"; "LOCK TABLE" and its like touch no row.
        count = tag.rpartition(" ")[2]
        return int(count) if count.isdigit() else 0

    def many(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        if not parameters:
            return
        compiled = self._statements.find(statement, parameters[0])
        await_only(self.connection.executemany(compiled.sql, [compiled.positional(one) for one in parameters]))

    def after_commit(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def notify(self, channel: str, payload: str) -> None:
        await_only(self.connection.execute("SELECT pg_notify($1, $2)", channel, payload))

    def _prepare(self, statement: Executable, parameters: Mapping[str, Any] | None) -> tuple[str, Sequence[Any]]:
        given = NO_PARAMETERS if parameters is None else parameters
        compiled = self._statements.find(statement, given)
        if compiled.is_expanding:
            return compiled.expanded(given)
        return compiled.sql, compiled.positional(given)


class _Connection(asyncpg.Connection):  # type: ignore[misc]
    def get_reset_query(self) -> str:
        # Works leave nothing behind in a session, so cleaning up after each would be a trip for nothing.
        return ""


class PostgresDatabase:
    """See `ringline.database.Database`. Open it with `open_postgres`.

    Work that loses a deadlock is run again, up to four times in all.
    """

    dialect: Dialect = "postgresql"

    def __init__(self, address: str, pool: Any, clock: Clock, tasks: Sequence[asyncio.Task[None]] = ()) -> None:
        self.clock = clock
        self._address = address
        self._pool = pool
        self._statements = postgres_statements()
        self._tasks = list(tasks)
        self._listeners: Listeners = {}
        self._listening: asyncio.Task[None] | None = None

    async def write(self, work: Callable[[Transaction], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return await self._transact(work, isolation="read_committed", readonly=False)
            except _WORTH_ANOTHER_TRY as error:
                if attempt == TRIES:
                    raise StoreError(f"the database could not do it after {TRIES} tries: {error}") from error
            except _DRIVER_ERRORS as error:
                raise _store_error(error) from error
        raise AssertionError("the loop above returns or raises")

    async def read(self, work: Callable[[Transaction], T]) -> T:
        try:
            return await self._transact(work, isolation="repeatable_read", readonly=True)
        except _DRIVER_ERRORS as error:
            raise _store_error(error) from error

    def listen(self, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
        end = add_listener(self._listeners, channel, callback)
        if self._listening is not None:
            # It takes up the new channel when it connects anew.
            self._listening.cancel()
            self._tasks.remove(self._listening)
        self._listening = asyncio.create_task(self._keep_listening(), name="ringline-database-listener")
        self._tasks.append(self._listening)
        return end

    async def _keep_listening(self) -> None:
        while True:
            try:
                connection = await self.connect()
            except (asyncpg.PostgresError, OSError) as error:
                _log.warning("cannot listen for notifications: %s; trying again in %g s", error, RECONNECT_SECONDS)
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            lost = asyncio.Event()
            try:
                connection.add_termination_listener(lambda _, lost=lost: lost.set())
                for channel in list(self._listeners):
                    await connection.add_listener(channel, self._heard)
                    # What was said before we listened is not told again.
                    call_all(self._listeners, channel, "")
                await lost.wait()
            finally:
                connection.terminate()

    def _heard(self, _connection: Any, _pid: int, channel: str, payload: str) -> None:
        call_all(self._listeners, channel, payload)

    async def connect(self) -> Any:
        """A further asyncpg connection, the caller's to close."""
        return await asyncpg.connect(self._address)

    async def connect_pool(self, size: int) -> Any:
        """A further asyncpg pool, the caller's to close."""
        return await asyncpg.create_pool(self._address, min_size=1, max_size=size)

    async def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        try:
            await asyncio.wait_for(self._pool.close(), timeout=10)
        except TimeoutError:
            self._pool.terminate()

    async def _transact(self, work: Callable[[Transaction], T], *, isolation: str, readonly: bool) -> T:
        async with self._pool.acquire() as connection:
            transaction = PostgresTransaction(connection, self._statements)
            async with connection.transaction(isolation=isolation, readonly=readonly):
                result: T = await greenlet_spawn(work, transaction)
        if transaction.callbacks:
            loop = asyncio.get_running_loop()
            for callback in transaction.callbacks:
                # By the loop rather than here: an error in a callback is not the caller's.
                loop.call_soon(callback)
            await asyncio.sleep(0)
        return result


def _store_error(error: BaseException) -> StoreError:
    return StoreError(f"the database could not do it: {error}")


async def open_postgres(
    address: str,
    clock: Clock | None,
    migrate: Callable[[str], None],
) -> PostgresDatabase:
    """The database at *address* (a libpq URL), with its tables brought up to date by *migrate*.

    Without *clock* its time is the server's. Raises `StoreError` if it cannot be reached.
    """
    from ringline.database.database_clock import DatabaseClock

    try:
        await asyncio.to_thread(migrate, address)
        pool = await asyncpg.create_pool(
            address,
            min_size=1,
            max_size=CONNECTIONS,
            connection_class=_Connection,
            command_timeout=60,
            server_settings=SESSION,
        )
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as error:
        # The URL may hold a password, so it is not repeated.
        raise StoreError(
            f"the Postgres database cannot be opened: {error}. Check RINGLINE_DATABASE_URL and that the server runs"
        ) from error
    if clock is not None:
        return PostgresDatabase(address, pool, clock)
    try:
        followed = DatabaseClock()
        await followed.measure(pool)
    except BaseException:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(pool.close(), timeout=10)
        raise
    task = asyncio.create_task(followed.keep_measuring(pool), name="ringline-database-clock")
    return PostgresDatabase(address, pool, followed, [task])
