from __future__ import annotations

import asyncio
import multiprocessing
import os
import sqlite3
import sys
from pathlib import Path

import pytest
from sqlalchemy import insert, select, text

from ringline.clock import VirtualClock
from ringline.database import Transaction, open_database
from ringline.errors import ConfigurationError, StoreError
from ringline.workflow.store.tables import workflows


def add(tx: Transaction) -> int:
    return tx.run(insert(workflows), {"name": "a", "version": 1, "definition": "{}", "digest": "d", "created_at": 1.0})


async def test_a_second_opener_is_told_who_has_the_file(tmp_path: Path, clock: VirtualClock) -> None:
    url = f"sqlite:///{tmp_path}/ringline.db"
    first = await open_database(url, clock=clock)
    with pytest.raises(StoreError, match=rf"in use by another Ringline process \(pid {os.getpid()}\).*Postgres"):
        await open_database(url, clock=clock)
    await first.close()
    second = await open_database(url, clock=clock)
    await second.close()


def _hold_until_told(path: str, connection: multiprocessing.connection.Connection) -> None:
    async def hold() -> None:
        database = await open_database(f"sqlite:///{path}")
        await database.write(add)
        connection.send("open")
        await asyncio.to_thread(connection.recv)
        os._exit(9)

    asyncio.run(hold())


async def test_a_killed_process_leaves_its_commits_and_no_lock(tmp_path: Path, clock: VirtualClock) -> None:
    path = str(tmp_path / "ringline.db")
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_hold_until_told, args=(path, theirs))
    process.start()
    try:
        assert await asyncio.to_thread(ours.poll, 30)
        with pytest.raises(StoreError, match=f"pid {process.pid}"):
            await open_database(f"sqlite:///{path}", clock=clock)
        ours.send("die")
        await asyncio.to_thread(process.join, 30)
        database = await open_database(f"sqlite:///{path}", clock=clock)
        assert await database.read(lambda tx: tx.all(select(workflows.c.name))) == [{"name": "a"}]
        await database.close()
    finally:
        process.kill()
        process.join()
        ours.close()
        theirs.close()


async def test_a_database_in_memory_reads_its_own_writes(clock: VirtualClock) -> None:
    for url in ("sqlite://", "sqlite:///:memory:"):
        database = await open_database(url, clock=clock)
        assert await database.write(add) == 1
        assert await database.read(lambda tx: tx.all(select(workflows.c.name))) == [{"name": "a"}]
        await database.close()


async def test_commits_are_made_durable(tmp_path: Path, clock: VirtualClock) -> None:
    database = await open_database(f"sqlite:///{tmp_path}/ringline.db", clock=clock)
    assert await database.write(lambda tx: tx.one(text("PRAGMA synchronous"))) == {"synchronous": 2}
    assert await database.write(lambda tx: tx.one(text("PRAGMA journal_mode"))) == {"journal_mode": "wal"}
    await database.close()


async def test_a_database_made_before_is_opened_without_alembic(tmp_path: Path) -> None:
    """Alembic takes a quarter of a second to import; who starts a second time does not pay for it."""
    url = f"sqlite:///{tmp_path}/ringline.db"
    await (await open_database(url)).close()
    script = (
        "import asyncio, sys\n"
        "from ringline.database import open_database\n"
        f"asyncio.run(open_database({url!r}))\n"
        "sys.exit('alembic' in sys.modules)\n"
    )
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", script)
    assert await process.wait() == 0


async def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("shopping list " * 100)
    for _ in range(2):
        with pytest.raises(StoreError, match="cannot be opened as a database"):
            await open_database(f"sqlite:///{path}", clock=clock)
    assert path.read_text() == "shopping list " * 100


async def test_a_commit_that_fails_fails_every_work_in_it(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "ringline.db"
    database = await open_database(f"sqlite:///{path}", clock=clock)
    intruder = sqlite3.connect(path, isolation_level=None)
    await database.write(lambda tx: tx.all(text("PRAGMA busy_timeout = 1")))
    intruder.execute("BEGIN IMMEDIATE")
    results = await asyncio.gather(database.write(add), database.write(add), return_exceptions=True)
    assert [type(result) for result in results] == [StoreError, StoreError]
    intruder.execute("ROLLBACK")
    intruder.close()
    assert await database.write(add) == 1
    await database.close()


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("mysql://root@host/db", "cannot begin with 'mysql'"),
        ("ringline.db", "cannot begin with 'ringline.db'"),
        ("sqlite://data/ringline.db", "names a host, and SQLite has none. Write sqlite:///data/ringline.db"),
    ],
)
async def test_a_wrong_url_is_named_with_the_right_forms(url: str, sentence: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        await open_database(url)
    assert sentence in str(caught.value)
