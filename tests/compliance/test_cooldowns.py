from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.compliance import cooldowns, process_cooldowns
from ringline.compliance.process_cooldowns import ProcessCooldowns
from ringline.database import Database


class InDatabase:
    """The verbs on a database, in the form `ProcessCooldowns` has them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def reserve(self, key: str, seconds: float, *, holder: str, now: float) -> bool:
        return await self._database.write(lambda tx: cooldowns.reserve(tx, key, seconds, holder=holder, now=now))

    async def is_active(self, key: str, seconds: float, *, now: float) -> bool:
        return await self._database.read(lambda tx: cooldowns.is_active(tx, key, seconds, now=now))

    async def confirm(self, key: str, *, holder: str) -> None:
        await self._database.write(lambda tx: cooldowns.confirm(tx, key, holder=holder))

    async def release(self, key: str, *, holder: str) -> None:
        await self._database.write(lambda tx: cooldowns.release(tx, key, holder=holder))


class InProcess:
    def __init__(self) -> None:
        self._inner = ProcessCooldowns()

    def __getattr__(self, name: str) -> Callable[..., Any]:
        async def call(*args: Any, **kwargs: Any) -> Any:
            return getattr(self._inner, name)(*args, **kwargs)

        return call


@pytest.fixture(params=["process", "sqlite", "postgresql"])
async def stamps(request: pytest.FixtureRequest) -> Any:
    if request.param == "process":
        yield InProcess()
        return
    from ringline.clock import VirtualClock
    from ringline.database import open_database

    if request.param == "postgresql":
        url = request.getfixturevalue("postgres_url")
    else:
        import shutil

        path = request.getfixturevalue("tmp_path") / "ringline.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        url = f"sqlite:///{path}"
    database = await open_database(url, clock=VirtualClock())
    yield InDatabase(database)
    await database.close()


async def test_the_second_within_the_span_is_throttled_and_the_first_after_it_passes(stamps: Any) -> None:
    assert await stamps.reserve("k", 10, holder="m1", now=100.0)
    assert not await stamps.reserve("k", 10, holder="m2", now=109.9)
    assert await stamps.is_active("k", 10, now=109.9)
    assert not await stamps.is_active("k", 10, now=110.0)
    assert await stamps.reserve("k", 10, holder="m3", now=110.0)
    assert await stamps.reserve("another", 10, holder="m4", now=110.0)


async def test_confirming_does_not_lengthen_the_span(stamps: Any) -> None:
    await stamps.reserve("k", 10, holder="m1", now=100.0)
    await stamps.confirm("k", holder="m1")
    assert await stamps.reserve("k", 10, holder="m2", now=110.0)


async def test_zero_throttles_nobody_but_stamps_for_those_who_wait(stamps: Any) -> None:
    assert await stamps.reserve("k", 0, holder="m1", now=100.0)
    assert await stamps.reserve("k", 0, holder="m2", now=101.0)
    assert not await stamps.reserve("k", 10, holder="m3", now=105.0)
    assert not await stamps.is_active("k", 0, now=105.0)
    assert await stamps.reserve("k", 10, holder="m4", now=111.0)


async def test_only_the_holder_releases(stamps: Any) -> None:
    """A late failure must not free what somebody else has reserved by now."""
    await stamps.reserve("k", 10, holder="m1", now=100.0)
    await stamps.reserve("k", 10, holder="m2", now=111.0)
    await stamps.release("k", holder="m1")
    assert not await stamps.reserve("k", 10, holder="m3", now=112.0)
    await stamps.release("k", holder="m2")
    assert await stamps.reserve("k", 10, holder="m4", now=112.0)


async def test_of_many_at_once_one_wins(stamps: Any) -> None:
    won = await asyncio.gather(*(stamps.reserve("k", 10, holder=f"m{n}", now=100.0) for n in range(8)))
    assert sum(won) == 1


async def test_a_reservation_goes_with_the_transaction_that_made_it(database: Database) -> None:
    def fail(tx: Any) -> None:
        assert cooldowns.reserve(tx, "k", 10, holder="m1", now=100.0)
        raise KeyError("the message could not be written")

    with pytest.raises(KeyError):
        await database.write(fail)
    assert await InDatabase(database).reserve("k", 10, holder="m2", now=100.0)


async def test_old_stamps_are_forgotten_and_running_ones_kept(database: Database) -> None:
    stamps = InDatabase(database)
    await stamps.reserve("old", 10, holder="m1", now=100.0)
    await stamps.reserve("long", 90 * 86_400, holder="m2", now=100.0)
    month = 100.0 + cooldowns.FORGET_AFTER + 1
    assert await database.write(lambda tx: cooldowns.forget(tx, now=month)) == 1
    assert not await stamps.reserve("long", 90 * 86_400, holder="m3", now=month)


def test_threads_share_one_winner() -> None:
    for _ in range(10):
        stamps = ProcessCooldowns()
        start = threading.Barrier(8)
        won: list[bool] = []

        def take(name: str, stamps: ProcessCooldowns, start: threading.Barrier, won: list[bool]) -> None:
            start.wait()
            won.append(stamps.reserve("k", 60, holder=name, now=1.0))

        threads = [threading.Thread(target=take, args=(f"m{n}", stamps, start, won)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(won) == 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from([0, 5, 20]), st.integers(0, 15)), max_size=30))
def test_no_two_messages_of_a_key_are_closer_than_the_later_one_allows(sends: list[tuple[str, int, int]]) -> None:
    stamps = ProcessCooldowns()
    now, last = 0, {}
    for number, (key, seconds, pause) in enumerate(sends):
        now += pause
        passed = stamps.reserve(key, seconds, holder=f"m{number}", now=now)
        assert passed == (seconds == 0 or key not in last or now - last[key] >= seconds)
        if passed:
            last[key] = now


def test_a_process_does_not_remember_keys_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process_cooldowns, "_KEYS_BEFORE_SWEEP", 10)
    stamps = ProcessCooldowns()
    for n in range(100):
        stamps.reserve(f"k{n}", 10, holder="m", now=n * process_cooldowns.FORGET_AFTER)
    assert len(stamps._stamps) <= 11
