"""Processes that work are seen, and missed when they fall silent."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import AsyncIterator

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database, open_database
from ringline.dispatch.workers import BEAT_SECONDS, KEEP_LOST, LOST_AFTER, Workers

SOON = 20.0


def workers(database: Database, id: str = "wrk_1") -> Workers:
    return Workers(database, database.clock, id=id, kind="worker", handles=["drain_sender", "apply_callbacks"])


@contextlib.asynccontextmanager
async def beating(entry: Workers) -> AsyncIterator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(entry.run(stop))
    await until_seen(entry, entry._clock.time())
    try:
        yield
    finally:
        stop.set()
        await task


async def until_seen(entry: Workers, moment: float) -> None:
    """It has said so at *moment* or later, and sleeps until the next time."""
    clock = entry._clock
    assert isinstance(clock, VirtualClock)
    async with asyncio.timeout(SOON):
        while entry.last_beat is None or entry.last_beat < moment or clock.next_due() is None:  # noqa: ASYNC110
            await asyncio.sleep(0.002)


async def test_a_worker_is_listed_while_it_works_and_not_after_it_left(database: Database) -> None:
    entry = workers(database)
    async with beating(entry):
        [seen] = await entry.list()
        assert (seen.id, seen.kind, seen.pid, seen.state) == ("wrk_1", "worker", os.getpid(), "working")
        assert seen.handles == ("apply_callbacks", "drain_sender")
        assert seen.started_at == seen.seen_at == database.clock.now()
    assert [one.state for one in await entry.list()] == ["stopping"]
    await entry.leave()
    assert await entry.list() == []


async def test_beats_say_that_it_is_still_there(database: Database, clock: VirtualClock) -> None:
    entry = workers(database)
    async with beating(entry):
        for _ in range(8):
            clock.step(BEAT_SECONDS)
            await until_seen(entry, clock.time())
        [seen] = await entry.list()
        assert seen.state == "working"
        assert (seen.seen_at - seen.started_at).total_seconds() == 8 * BEAT_SECONDS


async def test_a_silent_worker_is_missed_by_the_others_once_and_forgotten_after_a_day(
    postgres_url: str, clock: VirtualClock, caplog: pytest.LogCaptureFixture
) -> None:
    database = await open_database(postgres_url, clock=clock)
    silent = workers(database, "wrk_silent")
    await silent._beat(silent._enter)
    clock.step(LOST_AFTER + 1)
    entry = workers(database)
    with caplog.at_level(logging.WARNING):
        async with beating(entry):
            clock.step(BEAT_SECONDS)
            await until_seen(entry, clock.time())
            assert {one.id: one.state for one in await entry.list()} == {"wrk_silent": "lost", "wrk_1": "working"}
            clock.step(BEAT_SECONDS)
            await until_seen(entry, clock.time())
            assert caplog.text.count("worker wrk_silent") == 1

            await silent._beat(silent._see)
            assert {one.state for one in await entry.list()} == {"working"}, "it was only frozen"

            clock.step(LOST_AFTER + 1)
            await until_seen(entry, clock.time())
            clock.step(KEEP_LOST + 1)
            await until_seen(entry, clock.time())
            assert [one.id for one in await entry.list()] == ["wrk_1"]
    await database.close()


async def test_on_sqlite_whoever_was_there_before_has_died(clock: VirtualClock) -> None:
    database = await open_database("sqlite://", clock=clock)
    before = workers(database, "wrk_before")
    await before._beat(before._enter)
    entry = workers(database)
    async with beating(entry):
        assert [one.id for one in await entry.list()] == ["wrk_1"]
    await database.close()
