from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import bindparam, delete, func, insert, literal_column, select, text, update
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from ringline.clock import VirtualClock
from ringline.database import Database, Transaction, open_database
from ringline.database.statements import StatementCache
from ringline.errors import StoreError
from ringline.workflow.store.tables import workflows

ADD = insert(workflows)
ALL = select(
    workflows.c.name, workflows.c.version, workflows.c.definition, workflows.c.digest, workflows.c.created_at
).order_by(workflows.c.version)
COUNT = select(func.count().label("n")).select_from(workflows)
RENAME = update(workflows).where(workflows.c.version == bindparam("which")).values(name=bindparam("new_name"))
SOME = select(workflows.c.version).where(workflows.c.version.in_(bindparam("versions", expanding=True)))
REMOVE = delete(workflows).where(workflows.c.version == bindparam("which"))


def row(version: int, name: str = "a") -> dict[str, Any]:
    return {"name": name, "version": version, "definition": "{}", "digest": f"d{version}", "created_at": 1.5}


def add(version: int) -> Any:
    def work(tx: Transaction) -> int:
        return tx.run(ADD, row(version))

    return work


def versions(tx: Transaction) -> list[int]:
    return [found["version"] for found in tx.all(ALL)]


async def test_what_was_written_can_be_read(database: Database) -> None:
    assert await database.write(add(1)) == 1
    assert await database.read(lambda tx: tx.all(ALL)) == [row(1)]
    assert await database.read(lambda tx: tx.one(COUNT)) == {"n": 1}
    assert await database.read(lambda tx: tx.one(ALL.where(workflows.c.version == 7))) is None


async def test_an_error_undoes_that_work_alone(database: Database) -> None:
    def fail(tx: Transaction) -> None:
        tx.run(ADD, row(2))
        raise KeyError("mine")

    results = await asyncio.gather(
        database.write(add(1)), database.write(fail), database.write(add(3)), return_exceptions=True
    )
    assert results[0] == 1
    assert isinstance(results[1], KeyError)
    assert results[2] == 1
    assert await database.read(versions) == [1, 3]


async def test_what_the_database_refuses_is_a_store_error_with_its_cause(database: Database) -> None:
    await database.write(add(1))
    with pytest.raises(StoreError, match=r"(?i)unique") as caught:
        await database.write(add(1))
    assert caught.value.__cause__ is not None


async def test_many_rows_go_in_one_call(database: Database) -> None:
    await database.write(lambda tx: tx.many(ADD, [row(n) for n in range(1, 101)]))
    await database.write(lambda tx: tx.many(ADD, []))
    await database.write(lambda tx: tx.many(RENAME, [{"which": 1, "new_name": "x"}, {"which": 2, "new_name": "y"}]))
    assert await database.read(lambda tx: tx.one(COUNT)) == {"n": 100}
    assert [r["name"] for r in (await database.read(lambda tx: tx.all(ALL)))[:3]] == ["x", "y", "a"]


async def test_rows_touched_are_counted(database: Database) -> None:
    await database.write(lambda tx: tx.many(ADD, [row(n) for n in range(1, 4)]))
    assert await database.write(lambda tx: tx.run(RENAME, {"which": 2, "new_name": "z"})) == 1
    assert await database.write(lambda tx: tx.run(RENAME, {"which": 9, "new_name": "z"})) == 0
    assert await database.write(lambda tx: tx.run(REMOVE, {"which": 3})) == 1


async def test_a_returning_clause_gives_rows(database: Database) -> None:
    returning = insert(workflows).returning(workflows.c.version)
    assert await database.write(lambda tx: tx.one(returning, row(5))) == {"version": 5}
    assert await database.read(versions) == [5]


async def test_lists_of_any_length_may_stand_behind_in(database: Database) -> None:
    await database.write(lambda tx: tx.many(ADD, [row(n) for n in range(1, 6)]))
    for wanted in ([2, 4], [1], [], [1, 2, 3, 4, 5, 6]):
        found = await database.read(lambda tx, wanted=wanted: tx.all(SOME, {"versions": wanted}))
        assert sorted(r["version"] for r in found) == [n for n in wanted if n < 6]


async def test_values_written_into_a_statement_count_too(database: Database) -> None:
    await database.write(lambda tx: tx.run(insert(workflows).values(row(1, name="literal"))))
    statement = update(workflows).where(workflows.c.name == "literal").values(definition="new")
    assert await database.write(lambda tx: tx.run(statement)) == 1
    assert (await database.read(lambda tx: tx.all(ALL)))[0]["definition"] == "new"


async def test_one_insert_takes_different_columns_from_call_to_call(database: Database) -> None:
    from ringline.workflow.store.tables import runs

    short = {"id": 1, "definition": 1, "revision": 1, "status": "running", "inputs": "{}", "created_at": 1.0}
    add_run = insert(runs)
    await database.write(lambda tx: tx.run(add_run, short))
    await database.write(lambda tx: tx.run(add_run, {**short, "id": 2, "has_failures": 1}))
    found = await database.read(lambda tx: tx.all(select(runs.c.id, runs.c.has_failures).order_by(runs.c.id)))
    assert [r["has_failures"] for r in found] == [0, 1]


async def test_callbacks_come_after_the_commit_and_only_then(database: Database) -> None:
    heard: list[str] = []

    def good(tx: Transaction) -> None:
        tx.run(ADD, row(1))
        tx.after_commit(lambda: heard.append("good"))
        assert heard == []

    def bad(tx: Transaction) -> None:
        tx.after_commit(lambda: heard.append("bad"))
        raise ValueError

    await database.write(good)
    assert heard == ["good"]
    with pytest.raises(ValueError):  # noqa: PT011 - it has no text
        await database.write(bad)
    assert heard == ["good"]


async def test_a_read_cannot_write(database: Database) -> None:
    with pytest.raises(StoreError):
        await database.read(add(1))
    assert await database.read(versions) == []


async def test_a_read_sees_one_moment(database: Database) -> None:
    """A second statement of the same read does not see what was committed in between."""
    await database.write(add(1))
    loop = asyncio.get_running_loop()
    if database.dialect == "sqlite":

        def look_twice(tx: Transaction) -> tuple[list[int], list[int]]:
            first = versions(tx)
            asyncio.run_coroutine_threadsafe(database.write(add(2)), loop).result(5)
            return first, versions(tx)
    else:
        from sqlalchemy.util import await_only

        def look_twice(tx: Transaction) -> tuple[list[int], list[int]]:
            first = versions(tx)
            await_only(database.write(add(2)))
            return first, versions(tx)

    assert await database.read(look_twice) == ([1], [1])
    assert await database.read(versions) == [1, 2]


async def test_many_callers_at_once_all_get_their_own_answer(database: Database) -> None:
    def work(n: int) -> Any:
        def count_in(tx: Transaction) -> int:
            tx.run(ADD, row(n))
            return n

        return count_in

    assert await asyncio.gather(*(database.write(work(n)) for n in range(300))) == list(range(300))
    assert await database.read(lambda tx: tx.one(COUNT)) == {"n": 300}


async def test_an_abandoned_call_harms_nobody(database: Database) -> None:
    tasks = [asyncio.create_task(database.write(add(n))) for n in range(20)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert list(results[1::2]) == [1] * 10
    kept = await database.read(versions)
    assert set(range(1, 20, 2)) <= set(kept)


async def test_a_closed_database_says_so(database_url: str, clock: VirtualClock) -> None:
    database = await open_database(database_url, clock=clock)
    await database.close()
    await database.close()
    with pytest.raises(StoreError, match="clos"):
        await database.write(add(1))


async def test_text_statements_work(database: Database) -> None:
    await database.write(add(3))
    statement = text("SELECT version FROM workflows WHERE version = :wanted")
    assert await database.read(lambda tx: tx.all(statement, {"wanted": 3})) == [{"version": 3}]


def test_statements_are_compiled_once_and_do_not_pile_up() -> None:
    cache = StatementCache(SQLiteDialect_pysqlite(), limit=10)
    assert cache.find(ALL, {}) is cache.find(ALL, {})
    for _ in range(100):
        assert cache.find(select(literal_column("1").label("one")), {}).sql == "SELECT 1 AS one"
    assert len(cache._forms) <= 10
    assert cache.find(ALL, {}).sql.startswith("SELECT workflows.name")


async def test_what_a_work_announces_is_heard_after_its_commit(database: Database) -> None:
    heard: list[str] = []
    arrived = asyncio.Event()

    def hear(payload: str) -> None:
        if payload:
            heard.append(payload)
            arrived.set()

    end = database.listen("ringline_test", hear)

    def fail(tx: Transaction) -> None:
        tx.notify("ringline_test", "rolled back")
        raise KeyError

    async with asyncio.timeout(10):
        while not arrived.is_set():  # on Postgres listening begins in the background
            await database.write(lambda tx: tx.notify("ringline_test", "hello"))
            await asyncio.sleep(0.01)
    with pytest.raises(KeyError):
        await database.write(fail)
    heard.clear()
    arrived.clear()
    await database.write(lambda tx: tx.notify("ringline_test", "world"))
    await asyncio.wait_for(arrived.wait(), 10)
    assert set(heard) <= {"hello", "world"}
    assert "world" in heard
    end()
    await database.write(lambda tx: tx.notify("ringline_test", "nobody"))
    assert "nobody" not in heard
