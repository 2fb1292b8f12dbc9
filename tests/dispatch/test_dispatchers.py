"""What both queues promise."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.dispatch import Dispatcher, Handler, open_dispatcher
from ringline.dispatch.memory import MemoryDispatcher
from ringline.dispatch.postgres import PostgresDispatcher

SOON = 20.0
"""Seconds within which a busy machine certainly gets round to it."""


@pytest.fixture
async def dispatcher(database: Database, clock: VirtualClock) -> Dispatcher:
    opened = await open_dispatcher(database, clock)
    opened._retry_delay = 0.05  # type: ignore[attr-defined]
    return opened


@contextlib.asynccontextmanager
async def working(dispatcher: Dispatcher, handlers: Mapping[str, Handler]) -> AsyncIterator[None]:
    stop = asyncio.Event()
    worker = asyncio.create_task(dispatcher.run(handlers, stop))
    try:
        yield
    finally:
        stop.set()
        await asyncio.wait_for(worker, SOON)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - the condition is not ours to make an event of
            await asyncio.sleep(0.005)


def collector(seen: list[Any], name: str) -> Handler:
    async def handle(payload: str) -> None:
        seen.append((name, payload))

    return handle


async def test_a_job_reaches_its_handler_with_its_payload(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []
    async with working(dispatcher, {"look": collector(seen, "look"), "other": collector(seen, "other")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "sender/Ünïcode/1"))
        await until(lambda: seen == [("look", "sender/Ünïcode/1")])


async def test_jobs_wait_for_a_worker(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    async with working(dispatcher, {"look": collector(seen, "look")}):
        await until(lambda: len(seen) == 1)
    async with working(dispatcher, {"look": collector(seen, "look")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "b"))
        await until(lambda: len(seen) == 2)


async def test_a_job_comes_only_if_its_transaction_commits(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []

    def fail(tx: Any) -> None:
        dispatcher.enqueue(tx, "look", "rolled back")
        raise KeyError

    async with working(dispatcher, {"look": collector(seen, "look")}):
        with pytest.raises(KeyError):
            await database.write(fail)
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "committed"))
        await until(lambda: len(seen) == 1)
    assert seen == [("look", "committed")]


async def test_higher_priorities_go_first(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []

    def add(tx: Any) -> None:
        for priority in (10, 90, 50):
            dispatcher.enqueue(tx, "look", str(priority), priority=priority)

    await database.write(add)
    async with working(dispatcher, {"look": collector(seen, "look")}):
        await until(lambda: len(seen) == 3)
    assert [payload for _, payload in seen] == ["90", "50", "10"]


async def test_a_handler_that_raises_is_run_again(
    database: Database, dispatcher: Dispatcher, caplog: pytest.LogCaptureFixture
) -> None:
    tries: list[str] = []

    async def fail_twice(payload: str) -> None:
        tries.append(payload)
        if len(tries) < 3:
            raise KeyError("not yet")

    async with working(dispatcher, {"look": fail_twice}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
        await until(lambda: len(tries) == 3)


async def test_one_bad_handler_does_not_stop_the_others(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []

    async def bad(payload: str) -> None:
        raise KeyError(payload)

    async with working(dispatcher, {"bad": bad, "good": collector(seen, "good")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "bad", "a"))
        for n in range(5):
            await database.write(lambda tx, n=n: dispatcher.enqueue(tx, "good", str(n)))
        await until(lambda: len(seen) == 5)


async def test_stopping_lets_handlers_finish(database: Database, dispatcher: Dispatcher) -> None:
    started, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def slow(payload: str) -> None:
        started.set()
        await may_end.wait()
        ended.set()

    stop = asyncio.Event()
    worker = asyncio.create_task(dispatcher.run({"look": slow}, stop))
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    await asyncio.wait_for(started.wait(), SOON)
    stop.set()
    for _ in range(50):
        await asyncio.sleep(0)
    assert not worker.done()
    may_end.set()
    await asyncio.wait_for(worker, SOON)
    assert ended.is_set()


async def test_a_wake_up_in_the_middle_of_a_handler_is_not_lost(database: Database, dispatcher: Dispatcher) -> None:
    """Enqueued at every moment of a handler's life: while it runs, and while its end is being written down."""
    runs: list[str] = []
    done = asyncio.Event()

    async def handle(payload: str) -> None:
        runs.append(payload)
        if len(runs) < 20:
            await database.write(lambda tx: dispatcher.enqueue(tx, "look", payload))
        else:
            done.set()

    async with working(dispatcher, {"look": handle}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "same"))
        await asyncio.wait_for(done.wait(), SOON)


async def test_many_jobs_all_arrive(database: Database, dispatcher: Dispatcher) -> None:
    seen: list[Any] = []

    def add(tx: Any) -> None:
        for n in range(600):
            dispatcher.enqueue(tx, "look", str(n))

    async with working(dispatcher, {"look": collector(seen, "look")}):
        await database.write(add)
        await until(lambda: len(seen) == 600)
    assert {payload for _, payload in seen} == {str(n) for n in range(600)}


async def test_a_job_nobody_handles_stays(database: Database, dispatcher: Dispatcher) -> None:
    """A worker of the older version, in a rolling deploy, leaves the new version's jobs to the others."""
    seen: list[Any] = []
    async with working(dispatcher, {"known": collector(seen, "known")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "new", "a"))
        await database.write(lambda tx: dispatcher.enqueue(tx, "known", "b"))
        await until(lambda: seen == [("known", "b")])
    async with working(dispatcher, {"new": collector(seen, "new")}):
        await until(lambda: seen == [("known", "b"), ("new", "a")])


async def test_the_memory_queue_does_not_grow_with_the_jobs_it_has_done(sqlite_template: Any, clock: Any) -> None:
    from ringline.database import open_database

    database = await open_database("sqlite://", clock=clock)
    dispatcher = MemoryDispatcher()
    seen: list[Any] = []
    async with working(dispatcher, {"look": collector(seen, "look")}):
        for start in range(0, 3_000, 300):

            def add(tx: Any, start: int = start) -> None:
                for n in range(start, start + 300):
                    dispatcher.enqueue(tx, "look", str(n))

            await database.write(add)
            await until(lambda start=start: len(seen) == start + 300)
    assert len(dispatcher._queries._log) < 3_000
    await database.close()


async def test_jobs_in_memory_can_be_lost_whole(clock: VirtualClock) -> None:
    from ringline.database import open_database

    database = await open_database("sqlite://", clock=clock)
    dispatcher = MemoryDispatcher()
    for n in range(3):
        await database.write(lambda tx, n=n: dispatcher.enqueue(tx, "look", str(n)))
    assert await dispatcher.forget_jobs() == 3
    assert await dispatcher.forget_jobs() == 0
    await database.close()


async def test_postgres_holds_a_job_that_keeps_failing_with_its_traceback(
    postgres_url: str, clock: VirtualClock
) -> None:
    from ringline.database import open_database

    database: Any = await open_database(postgres_url, clock=clock)
    dispatcher = PostgresDispatcher(database, clock, retry_delay=0.0)

    async def bad(payload: str) -> None:
        raise KeyError("always")

    connection = await database.connect()
    async with working(dispatcher, {"look": bad}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
        async with asyncio.timeout(SOON):
            while await connection.fetchval("SELECT status::text FROM pgqueuer") != "failed":  # noqa: ASYNC110
                await asyncio.sleep(0.02)
    assert "always" in await connection.fetchval("SELECT traceback::text FROM pgqueuer_log WHERE status = 'failed'")
    await connection.close()
    await database.close()


async def test_postgres_forgets_its_log_after_a_day(postgres_url: str, clock: VirtualClock) -> None:
    from ringline.database import open_database

    database: Any = await open_database(postgres_url, clock=clock)
    dispatcher = PostgresDispatcher(database, clock)
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    connection = await database.connect()
    age = "UPDATE pgqueuer_log SET created = $1"
    await connection.execute(age, clock.now())
    await dispatcher.prune(connection)
    assert await connection.fetchval("SELECT count(*) FROM pgqueuer_log") == 1
    clock.step(86_401)
    await dispatcher.prune(connection)
    assert await connection.fetchval("SELECT count(*) FROM pgqueuer_log") == 0
    await connection.close()
    await database.close()


async def test_postgres_works_on_after_its_connections_are_cut(postgres_url: str, clock: VirtualClock) -> None:
    from ringline.database import open_database

    database: Any = await open_database(postgres_url, clock=clock)
    dispatcher = PostgresDispatcher(database, clock)
    seen: list[Any] = []
    connection = await database.connect()
    async with working(dispatcher, {"look": collector(seen, "look")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "before"))
        await until(lambda: len(seen) == 1)
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        await connection.execute("SELECT 1")
        async with asyncio.timeout(SOON):
            while len(seen) < 2:
                with contextlib.suppress(Exception):
                    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "after"))
                await asyncio.sleep(0.2)
    await connection.close()
    await database.close()
