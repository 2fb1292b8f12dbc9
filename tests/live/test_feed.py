"""Changes are read in order, once, and none is missed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.util import await_only

from live.conftest import Installation, take, told
from ringline.clock import VirtualClock
from ringline.database import Database, Transaction, open_database
from ringline.live import ALL, Changes, Feed, Reload, store, touch
from ringline.live.changes import LEASE, MOST
from ringline.live.feed import KEEP, PAGE, PAGES, PENDING, RECENT, position_of

Begin = Callable[[], Awaitable[Installation]]


async def write(database: Database, *refs: str, topic: str = "runs") -> None:
    await database.write(lambda tx: touch(tx, topic, *refs))


async def test_a_reader_is_told_in_order_and_each_thing_once(here: Installation) -> None:
    stream = await here.feed.open(None)
    await here.database.write(lambda tx: (touch(tx, "runs", "a", "b", "a"), touch(tx, "calls", "c")))
    assert told(await take(stream, 3)) == [("runs", "a"), ("runs", "b"), ("calls", "c")]
    here.feed.leave(stream)


async def test_what_is_rolled_back_is_told_to_nobody(here: Installation) -> None:
    stream = await here.feed.open(None)

    def fail(tx: Transaction) -> None:
        touch(tx, "runs", "never")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        await here.database.write(fail)
    await write(here.database, "after")
    assert told(await take(stream)) == [("runs", "after")]


async def test_a_page_that_is_just_opened_hears_of_the_last_changes(here: Installation) -> None:
    for number in range(RECENT + 5):
        await write(here.database, f"r{number}")
    stream = await here.feed.open(None)
    changes = told(await take(stream, RECENT))
    assert changes[0] == ("runs", "r5")
    assert len(changes) == RECENT


async def test_a_reader_goes_on_where_it_was_after_a_restart(begin: Begin) -> None:
    before = await begin()
    stream = await before.feed.open(None)
    await write(before.database, "seen")
    seen = (await take(stream))[-1].id
    await before.feed.close()
    await write(before.database, "missed-1")
    await write(before.database, "missed-2")
    after = await begin()
    resumed = await after.feed.open(seen)
    assert told(await take(resumed, 2)) == [("runs", "missed-1"), ("runs", "missed-2")]
    await write(after.database, "new")
    assert told(await take(resumed)) == [("runs", "new")]


async def test_whoever_was_away_for_longer_than_changes_are_kept_loads_anew(
    here: Installation, clock: VirtualClock
) -> None:
    stream = await here.feed.open(None)
    await write(here.database, "old")
    seen = (await take(stream))[-1].id
    await write(here.database, "missed")
    await here.feed.forget_old()
    clock.step(KEEP + 60)
    assert await here.feed.forget_old() == 2
    resumed = await here.feed.open(seen)
    assert [type(one) for one in await take(resumed)] == [Reload]
    await write(here.database, "new")
    assert told(await take(resumed)) == [("runs", "new")]


async def test_what_is_younger_than_a_day_is_kept(here: Installation, clock: VirtualClock) -> None:
    await write(here.database, "old")
    await here.feed.forget_old()
    clock.step(KEEP - 60)
    await write(here.database, "young")
    assert await here.feed.forget_old() == 0
    clock.step(120)
    assert await here.feed.forget_old() == 1
    assert told(await take(await here.feed.open(None))) == [("runs", "young")]


@pytest.mark.parametrize("id", ["", "x", "1", "-1.2", "1.2.3", "9.99999999999999999999", "9223372036854775808.1"])
async def test_an_id_that_never_was_one_begins_anew(here: Installation, id: str) -> None:
    await write(here.database, "last")
    assert position_of(id) is None
    assert told(await take(await here.feed.open(id))) == [("runs", "last")]


@pytest.mark.parametrize("id", ["0.99", "9223372036854775807.9223372036854775807"])
async def test_an_id_of_another_database_says_reload(here: Installation, id: str) -> None:
    await write(here.database, "last")
    assert [type(one) for one in await take(await here.feed.open(id))] == [Reload]


async def test_whoever_is_far_behind_loads_anew(here: Installation) -> None:
    stream = await here.feed.open(None)
    await write(here.database, "first")
    seen = (await take(stream))[-1].id
    rows = [{"topic": "runs", "ref": str(number)} for number in range(PAGE * PAGES + 1)]
    add = text("INSERT INTO live (txid, topic, ref) VALUES (1, :topic, :ref)")
    await here.database.write(lambda tx: tx.many(add, rows))
    position = position_of(seen)
    assert position is not None
    if position.txid <= 1:  # on Postgres these rows lie before what was seen
        assert [type(one) for one in await take(await here.feed.open(seen))] == [Reload]


async def test_a_slow_reader_is_told_by_topic(here: Installation) -> None:
    stream = await here.feed.open(None)
    for number in range(0, PENDING + 200, 50):
        await here.database.write(
            lambda tx, number=number: touch(tx, "messages", *(f"m{number + more}" for more in range(50)))
        )
    await write(here.database, "x")
    other = await here.feed.open(None)
    async with asyncio.timeout(20):
        while stream.position < other.position:  # noqa: ASYNC110 - it is read in the background
            await asyncio.sleep(0)
    changes = told(await take(stream))
    assert ("messages", ALL) in changes
    assert len(changes) < PENDING


async def test_many_changes_in_one_transaction_are_one(here: Installation) -> None:
    stream = await here.feed.open(None)
    await write(here.database, *map(str, range(MOST + 1)))
    assert told(await take(stream)) == [("runs", ALL)]


async def test_eight_streams_hear_the_same(here: Installation) -> None:
    streams = [await here.feed.open(None) for _ in range(8)]
    for number in range(20):
        await write(here.database, f"r{number}")
    every = await asyncio.gather(*(take(stream, 20) for stream in streams))
    assert [told(changes) for changes in every] == [[("runs", f"r{number}") for number in range(20)]] * 8
    for stream in streams:
        here.feed.leave(stream)
    assert here.changes.streams == 0


async def test_streams_end_when_the_server_stops(here: Installation) -> None:
    open_before = await here.feed.open(None)
    waiting = asyncio.create_task(open_before.take(600))
    await asyncio.sleep(0)
    here.feed.end_streams()
    assert await asyncio.wait_for(waiting, 20) == []
    assert open_before.has_ended
    assert (await here.feed.open(None)).has_ended


async def test_nothing_is_missed_while_many_commit_at_once(database: Database, here: Installation) -> None:
    stream = await here.feed.open(None)
    expected = {f"{writer}-{number}" for writer in range(8) for number in range(25)}

    async def writer(name: int) -> None:
        for number in range(25):

            def work(tx: Transaction, number: int = number) -> None:
                touch(tx, "runs", f"{name}-{number}")
                if tx.dialect == "postgresql" and (name + number) % 3 == 0:
                    # It holds its place for some turns of the loop, and others commit meanwhile.
                    for _ in range(20 * (name % 4)):
                        await_only(asyncio.sleep(0))

            await database.write(work)

    writing = asyncio.gather(*(writer(name) for name in range(8)))
    heard = {ref for _, ref in told(await take(stream, len(expected)))}
    await writing
    assert heard == expected


async def test_a_change_waits_for_older_transactions_on_postgres(postgres_url: str, clock: VirtualClock) -> None:
    database = await open_database(postgres_url, clock=clock)
    here = Installation(database, clock)
    stream = await here.feed.open(None)
    may_commit, has_begun = asyncio.Event(), asyncio.Event()

    def slow(tx: Transaction) -> None:
        touch(tx, "runs", "slow")
        has_begun.set()
        await_only(may_commit.wait())

    first = asyncio.create_task(database.write(slow))
    await has_begun.wait()
    await write(database, "quick")
    assert await stream.take(0.05) == []
    may_commit.set()
    await first
    assert told(await take(stream, 2)) == [("runs", "slow"), ("runs", "quick")]
    await here.close()
    await database.close()


async def test_what_an_older_transaction_held_back_is_told_when_it_ends_without_a_word(
    postgres_url: str, clock: VirtualClock
) -> None:
    database = await open_database(postgres_url, clock=clock)
    here = Installation(database, clock)
    stream = await here.feed.open(None)
    may_commit, has_begun = asyncio.Event(), asyncio.Event()

    def silent(tx: Transaction) -> None:
        store.watch(tx, 1.0)
        has_begun.set()
        await_only(may_commit.wait())

    first = asyncio.create_task(database.write(silent))
    await has_begun.wait()
    await write(database, "quick")
    assert await stream.take(0.05) == []
    may_commit.set()
    await first
    assert told(await take(stream)) == [("runs", "quick")]
    await here.close()
    await database.close()


# --- of what there is much of ----------------------------------------------------------------------------------------


def note(changes: Changes, *refs: str) -> Callable[[Transaction], None]:
    return lambda tx: changes.note(tx, "messages", refs)


async def rows_of(database: Database) -> list[str]:
    return [row["ref"] for row in await database.read(lambda tx: tx.all(text("SELECT ref FROM live ORDER BY id")))]


async def test_while_nobody_looks_one_row_a_second_stands_for_all(here: Installation, clock: VirtualClock) -> None:
    for number in range(50):
        await here.database.write(note(here.changes, f"m{number}"))
    assert await rows_of(here.database) == [ALL]
    clock.step(1.5)
    await here.database.write(note(here.changes, "m50"))
    assert await rows_of(here.database) == [ALL, ALL]


async def test_while_somebody_looks_each_is_told(here: Installation) -> None:
    stream = await here.feed.open(None)
    await here.database.write(note(here.changes, "m1", "m2"))
    assert told(await take(stream, 2)) == [("messages", "m1"), ("messages", "m2")]


async def test_a_page_that_comes_back_after_a_restart_is_told_of_each(begin: Begin, clock: VirtualClock) -> None:
    before = await begin()
    stream = await before.feed.open(None)
    await before.database.write(note(before.changes, "m1"))
    seen = (await take(stream))[-1].id
    await before.close()
    after = await begin()
    await after.database.write(note(after.changes, "m2"))
    clock.step(LEASE - 1)
    await after.database.write(note(after.changes, "m3"))
    clock.step(2)
    await after.database.write(note(after.changes, "m4"))
    assert told(await take(await after.feed.open(seen), 3)) == [
        ("messages", "m2"),
        ("messages", "m3"),
        ("messages", ALL),
    ]


async def test_another_process_that_left_something_out_says_so_when_somebody_looks(begin: Begin) -> None:
    worker, server = await begin(), await begin()
    await worker.database.write(note(worker.changes, "m1"))
    await worker.database.write(note(worker.changes, "m2"))
    assert await rows_of(worker.database) == [ALL]
    stream = await server.feed.open(None)
    assert told(await take(stream)) == [("messages", ALL)]
    async with asyncio.timeout(20):
        while len(await rows_of(worker.database)) < 2:  # noqa: ASYNC110 - it is written in the background
            await asyncio.sleep(0)
    assert worker.changes.is_watched


async def test_reading_goes_on_when_the_database_was_away(here: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    from ringline.live import feed

    monkeypatch.setattr(feed, "_PAUSE_AFTER_ERROR", 0.0)
    stream = await here.feed.open(None)
    reading, tries = store.read_after, 0

    def fail_once(*given: Any) -> Any:
        nonlocal tries
        tries += 1
        if tries == 1:
            raise ConnectionError("away")
        return reading(*given)

    monkeypatch.setattr(store, "read_after", fail_once)
    await write(here.database, "later")
    assert told(await take(stream)) == [("runs", "later")]
    assert tries > 1


async def test_the_feed_of_a_closed_installation_reads_nothing(here: Installation) -> None:
    stream = await here.feed.open(None)
    await here.feed.close()
    assert await stream.take(600) == []
    feed = Feed(here.database, here.database.clock, here.changes)
    await feed.close()


async def test_what_there_are_thousands_of_a_second_is_told_once_and_at_the_end(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    from ringline.live import changes

    stream = await here.feed.open(None)
    monkeypatch.setattr(changes, "RARELY", 0.01)
    for _ in range(50):
        await here.database.write(lambda tx: here.changes.note_rarely(tx, "broadcasts", "bro_1"))
    assert told(await take(stream)) == [("broadcasts", "bro_1")]
    assert told(await take(stream)) == [("broadcasts", "bro_1")]
    assert len(await rows_of(here.database)) < 50
