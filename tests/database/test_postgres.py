from __future__ import annotations

import asyncio
import time
from typing import Any

import asyncpg
import pytest
from sqlalchemy import bindparam, insert, text, update

from ringline.clock import VirtualClock
from ringline.database import Transaction, open_database
from ringline.database.database_clock import DatabaseClock, SteadyClock
from ringline.errors import StoreError
from ringline.workflow.store.tables import workflows


async def test_work_that_loses_a_deadlock_is_run_again(postgres_url: str, clock: VirtualClock) -> None:
    from sqlalchemy.util import await_only

    database = await open_database(postgres_url, clock=clock)
    rows = [
        {"name": name, "version": 1, "definition": "{}", "digest": name, "created_at": 1.0}
        for name in ("left", "right")
    ]
    await database.write(lambda tx: tx.many(insert(workflows), rows))
    touch = update(workflows).where(workflows.c.name == bindparam("which")).values(definition=bindparam("new"))
    both_hold_one = asyncio.Barrier(2)
    tries = {"left": 0, "right": 0}

    def crossing(first: str, second: str) -> Any:
        def work(tx: Transaction) -> str:
            tries[first] += 1
            tx.run(touch, {"which": first, "new": first})
            if tries[first] == 1:
                await_only(both_hold_one.wait())
            tx.run(touch, {"which": second, "new": first})
            return first

        return work

    done = await asyncio.gather(database.write(crossing("left", "right")), database.write(crossing("right", "left")))
    assert done == ["left", "right"]
    assert sorted(tries.values()) == [1, 2]
    await database.close()


async def test_whatever_the_driver_calls_a_cut_connection_is_a_store_error(
    postgres_url: str, clock: VirtualClock
) -> None:
    database = await open_database(postgres_url, clock=clock)

    def cut(tx: Transaction) -> None:
        raise asyncpg.InternalClientError("cannot switch to state 15; another operation (2) is in progress")

    for do in (database.read, database.write):
        with pytest.raises(StoreError, match="another operation"):
            await do(cut)
    await database.close()


async def test_an_unreachable_server_is_a_store_error_without_the_password(tmp_path: Any) -> None:
    with pytest.raises(StoreError, match="cannot be opened") as caught:
        await open_database("postgresql://ringline:sesame@127.0.0.1:1/nothing")
    assert "sesame" not in str(caught.value)


async def test_time_is_the_servers(postgres_url: str) -> None:
    database = await open_database(postgres_url)
    asked = database.clock.time()
    server = await database.read(lambda tx: tx.one(text("SELECT extract(epoch FROM clock_timestamp())::float8 AS t")))
    assert server is not None
    assert asked <= server["t"] + 0.05
    assert server["t"] <= database.clock.time() + 0.05
    await database.close()


async def test_the_servers_clock_never_turns_back(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = DatabaseClock()
    before = clock.time()
    clock._offset -= 100
    assert clock.time() >= before
    assert clock.time() - before < 50
    clock._offset += 200
    assert clock.time() >= before + 100


def test_a_step_of_the_machines_clock_does_not_reach_a_running_process(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = SteadyClock()
    before = clock.time()
    monkeypatch.setattr(time, "time", lambda: 0.0)
    assert clock.time() >= before
    assert clock.now().timestamp() >= before


async def test_workers_that_start_together_migrate_once(postgres_server: Any) -> None:
    postgres_server.psql("CREATE DATABASE ringline_empty")
    url = postgres_server.get_uri(database="ringline_empty")
    databases = await asyncio.gather(*(open_database(url) for _ in range(3)))
    for database in databases:
        assert await database.read(lambda tx: tx.all(text("SELECT version_num FROM alembic_version"))) == [
            {"version_num": "0001"}
        ]
        await database.close()
