"""SQLite: one writer thread that commits for many callers at once, and reader threads beside it.

Writing through one thread on the raw connection does tens of thousands of durable works a second where a commit
each, or an async driver, does hundreds. Reads run in threads as well rather than through aiosqlite: a piece of work
is a plain function of several statements, so here it costs one change of threads, and there one per statement.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ringline.database.file_lock import FileLock
from ringline.database.listeners import Listeners, add_listener, call_all
from ringline.database.statements import NO_PARAMETERS, StatementCache, sqlite_statements
from ringline.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable

    from ringline.clock import Clock
    from ringline.database import Dialect, Row, Transaction

T = TypeVar("T")

BATCH = 500
"""Works that share one commit at most: more only makes the first of them wait longer."""
READERS = 2
READ_BATCH = 20
"""Small, because a quick read gets its answer together with a slow one that it was taken with."""


PRAGMAS = (
    "journal_mode = WAL",
    # A commit that was reported is on the disk. With group commit it costs nothing under load.
    "synchronous = FULL",
    "foreign_keys = ON",
    "busy_timeout = 5000",
    "temp_store = MEMORY",
    "cache_size = -16000",  # KiB
)


class SqliteTransaction:
    """See `ringline.database.Transaction`."""

    dialect: Dialect = "sqlite"

    __slots__ = ("_connection", "_listeners", "_statements", "callbacks")

    def __init__(self, connection: sqlite3.Connection, statements: StatementCache, listeners: Listeners) -> None:
        self._connection = connection
        self._statements = statements
        self._listeners = listeners
        self.callbacks: list[Callable[[], None]] = []

    def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        cursor, columns = self._select(statement, parameters)
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]

    def tuples(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        return self._execute(statement, parameters)[0].fetchall()

    def one(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        cursor, columns = self._select(statement, parameters)
        # Every row is fetched: an INSERT … RETURNING takes effect only when it is read to its end.
        rows = cursor.fetchall()
        return dict(zip(columns, rows[0], strict=True)) if rows else None

    def run(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> int:
        return self._execute(statement, parameters)[0].rowcount

    def many(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        if not parameters:
            return
        compiled = self._statements.find(statement, parameters[0])
        self._connection.executemany(compiled.sql, map(compiled.positional, parameters))

    def after_commit(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)

    def notify(self, channel: str, payload: str) -> None:
        if channel in self._listeners:
            self.callbacks.append(lambda: call_all(self._listeners, channel, payload))

    def _execute(self, statement: Executable, parameters: Mapping[str, Any] | None) -> tuple[sqlite3.Cursor, Any]:
        given = NO_PARAMETERS if parameters is None else parameters
        compiled = self._statements.find(statement, given)
        if compiled.is_expanding:
            return self._connection.execute(*compiled.expanded(given)), compiled
        return self._connection.execute(compiled.sql, compiled.positional(given)), compiled

    def _select(
        self, statement: Executable, parameters: Mapping[str, Any] | None
    ) -> tuple[sqlite3.Cursor, tuple[str, ...]]:
        cursor, compiled = self._execute(statement, parameters)
        columns: tuple[str, ...] | None = compiled.columns
        if columns is None:
            if cursor.description is None:
                raise TypeError("this statement gives no rows: use `run`")
            columns = compiled.columns = tuple(column[0] for column in cursor.description)
        return cursor, columns


class _Work:
    """One caller's function on its way through a thread."""

    __slots__ = ("callbacks", "error", "function", "future", "is_read", "loop", "result")

    def __init__(self, function: Callable[[Transaction], Any], *, is_read: bool) -> None:
        self.function = function
        self.is_read = is_read
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[Any] = self.loop.create_future()
        self.result: Any = None
        self.error: BaseException | None = None
        self.callbacks: Sequence[Callable[[], None]] = ()

    def run(self, transaction: SqliteTransaction) -> None:
        try:
            self.result = self.function(transaction)
        except sqlite3.Error as error:
            self.error = _store_error(error)
        except BaseException as error:  # it is the caller's, who gets it raised
            self.error = error


class _Threads:
    """Threads that take works from one inbox, up to *limit* at a time, and answer for all of them at once."""

    def __init__(
        self,
        name: str,
        connections: Sequence[sqlite3.Connection],
        run: Callable[[sqlite3.Connection, list[_Work]], None],
        limit: int,
    ) -> None:
        self._run = run
        self._limit = limit
        self._connections = connections
        self._inbox: deque[_Work] = deque()
        self.pending = 0
        self._wake = threading.Semaphore(0)
        self._is_closing = False
        self._threads = [
            threading.Thread(target=self._loop, args=(connection,), name=f"ringline-sqlite-{name}", daemon=True)
            for connection in connections
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def hand_over(self, work: _Work) -> asyncio.Future[Any]:
        if self._is_closing:
            raise StoreError("the database is closed")
        self.pending += 1
        work.future.add_done_callback(self._answered)
        self._inbox.append(work)
        self._wake.release()
        return work.future

    def _answered(self, _: asyncio.Future[Any]) -> None:
        self.pending -= 1

    def close(self) -> None:
        """Finish what was handed over, then end the threads and their connections."""
        self._is_closing = True
        self._wake.release(len(self._threads))
        for thread in self._threads:
            if thread.is_alive():
                thread.join()
        for connection in self._connections:
            connection.close()

    def _loop(self, connection: sqlite3.Connection) -> None:
        while True:
            self._wake.acquire()
            batch: list[_Work] = []
            with contextlib.suppress(IndexError):  # another thread was quicker
                while len(batch) < self._limit:
                    batch.append(self._inbox.popleft())
            # One permit was taken above; the rest of the batch brought one each.
            for _ in range(len(batch) - 1):
                self._wake.acquire(blocking=False)
            if batch:
                self._run(connection, [work for work in batch if not work.future.cancelled()])
                _answer(batch)
            elif self._is_closing:
                # Permits may have been used up above, and every thread needs one to see the end.
                self._wake.release()
                return


class SqliteDatabase:
    """See `ringline.database.Database`. Open it with `open_sqlite`."""

    dialect: Dialect = "sqlite"

    def __init__(self, path: Path | None, clock: Clock, lock: FileLock | None) -> None:
        self.clock = clock
        self._lock = lock
        self._statements = sqlite_statements()
        self._listeners: Listeners = {}
        self._connection = _connect(":memory:" if path is None else str(path))
        self._writer = _Threads("writer", [self._connection], self._run_batch, BATCH)
        self._readers = self._writer
        if path is not None:
            readers = [_connect(str(path)) for _ in range(READERS)]
            for reader in readers:
                reader.execute("PRAGMA query_only = ON")
            self._readers = _Threads("reader", readers, self._run_reads, READ_BATCH)

    def start(self, migrate: Callable[[sqlite3.Connection], None]) -> None:
        """Let *migrate* work on the connection before anybody else does, then open for works."""
        migrate(self._connection)
        self._writer.start()
        if self._readers is not self._writer:
            self._readers.start()

    @property
    def is_busy(self) -> bool:
        """Whether somebody waits for an answer."""
        return self._writer.pending > 0 or self._readers.pending > 0

    async def write(self, work: Callable[[Transaction], T]) -> T:
        result: T = await self._writer.hand_over(_Work(work, is_read=False))
        return result

    async def read(self, work: Callable[[Transaction], T]) -> T:
        result: T = await self._readers.hand_over(_Work(work, is_read=True))
        return result

    def listen(self, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
        return add_listener(self._listeners, channel, callback)

    async def close(self) -> None:
        await asyncio.to_thread(self.close_now)

    def close_now(self) -> None:
        """Close from outside the event loop."""
        self._writer.close()
        self._readers.close()
        if self._lock is not None:
            self._lock.release()

    def _run_batch(self, connection: sqlite3.Connection, batch: list[_Work]) -> None:
        writes = [work for work in batch if not work.is_read]
        if writes:
            self._run_writes(connection, writes)
        # Reads of a database in memory come after the commit, so that they see only what is there to stay.
        if len(writes) < len(batch):
            connection.execute("PRAGMA query_only = ON")
            self._run_reads(connection, [work for work in batch if work.is_read])
            connection.execute("PRAGMA query_only = OFF")

    def _run_reads(self, connection: sqlite3.Connection, reads: list[_Work]) -> None:
        for work in reads:
            connection.execute("BEGIN")
            work.run(SqliteTransaction(connection, self._statements, self._listeners))
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _run_writes(self, connection: sqlite3.Connection, writes: list[_Work]) -> None:
        try:
            connection.execute("BEGIN IMMEDIATE")
            for work in writes:
                transaction = SqliteTransaction(connection, self._statements, self._listeners)
                connection.execute("SAVEPOINT work")
                work.run(transaction)
                if work.error is None:
                    work.callbacks = transaction.callbacks
                elif connection.in_transaction:
                    connection.execute("ROLLBACK TO work")
                else:
                    # A full disk and the like: SQLite has rolled back everybody's work already.
                    raise work.error
                connection.execute("RELEASE work")
            connection.execute("COMMIT")
        except BaseException as error:  # the edge of the writer: whatever it was, every caller must hear of it
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            failure = error if isinstance(error, StoreError) else _store_error(error)
            for work in writes:
                work.error, work.callbacks = work.error or failure, ()


def _answer(batch: list[_Work]) -> None:
    by_loop: dict[asyncio.AbstractEventLoop, list[_Work]] = {}
    for work in batch:
        by_loop.setdefault(work.loop, []).append(work)
    for loop, works in by_loop.items():
        # RuntimeError: that loop ended and with it everybody who waited for the answer.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(_deliver, works)


def _deliver(works: list[_Work]) -> None:
    for work in works:
        for callback in work.callbacks:
            # On the loop's list before the caller's wake-up, and an error in one of them is nobody else's.
            work.loop.call_soon(callback)
        if work.future.done():
            continue
        if work.error is not None:
            work.future.set_exception(work.error)
        else:
            work.future.set_result(work.result)


def _store_error(error: BaseException) -> StoreError:
    failure = StoreError(f"the database could not do it: {error}")
    failure.__cause__ = error
    return failure


def _connect(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=512)
    try:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
    except BaseException:
        connection.close()
        raise
    return connection


def open_sqlite(path: Path | None, clock: Clock, migrate: Callable[[sqlite3.Connection], None]) -> SqliteDatabase:
    """A database in the file *path*, or in memory for ``None``, with its tables brought up to date by *migrate*.

    Raises `StoreError` if another process has it open or the file is no database.
    """
    lock: FileLock | None = None
    if path is not None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"the folder {path.parent} for the database cannot be made: {error.strerror}") from error
        lock = FileLock.take(path)
    with contextlib.ExitStack() as undo:
        if lock is not None:
            undo.callback(lock.release)
        try:
            database = SqliteDatabase(path, clock, lock)
            undo.callback(database.close_now)
            database.start(migrate)
        except sqlite3.Error as error:
            raise StoreError(f"{path or 'the database in memory'} cannot be opened as a database: {error}") from error
        undo.pop_all()
    return database
