"""Pools: who sends what, who sticks to whom, and when all of it will be done."""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter
from collections.abc import AsyncIterator
from typing import Any

import pytest

from outbox.fake_twilio import ACCOUNT, cut, refuse
from outbox.send_path import ANA, BEN, Path, new, sender_of, until
from outbox.virtual_work import VirtualWork
from ringline.errors import NotFoundError, RequestError
from ringline.outbox import NewMessage, Outbox, OutboxRow
from ringline.outbox.forecast import Lane, finish
from ringline.outbox.pools import places_of
from ringline.simulator import Simulator

ONE, TWO, THREE = "+14155550001", "+14155550002", "+14155550003"
POOL = "pool:alerts"


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


async def pooled(path: Path, senders: tuple[str, ...] = (ONE, TWO), *, geo: Any = "none", **settings: Any) -> Outbox:
    outbox = path.outbox(**settings)
    await outbox.pools.create(ACCOUNT, "alerts", senders, geo_match=geo)
    return outbox


def from_pool(text: str = "hello", **changes: Any) -> NewMessage:
    return new(text, **{"sender": POOL, **changes})


async def drain_all(outbox: Outbox, *senders: str) -> None:
    for sender in senders:
        await outbox.drain(f"{ACCOUNT}/sms/{sender}")


async def sender_now(outbox: Outbox, row: OutboxRow) -> str | None:
    return (await outbox.get(row.id)).sender


# --- the arithmetic ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lanes", "shared", "done"),
    [
        ([Lane(100, 1.0)], 10, [110]),
        ([Lane(100, 1.0, 5)], 10, [115]),
        ([Lane(100, 1.0), Lane(100, 1.0)], 10, [105, 105]),
        ([Lane(100, 1.0), Lane(100, 0.1)], 11, [101, 101]),
        ([Lane(100, 1.0), Lane(104, 1.0)], 10, [107, 107]),
        ([Lane(100, 1.0), Lane(200, 1.0)], 10, [110, 200]),  # the other comes too late to help
        ([Lane(100, 1.0, 50), Lane(100, 1.0)], 10, [150, 110]),  # and this one has enough to do
        ([Lane(100, 1.0), Lane(103, 0.0)], 10, [103, 103]),
        ([Lane(100, 1.0)], 0, [100]),
    ],
)
def test_senders_of_a_pool_end_together(lanes: list[Lane], shared: float, done: list[float]) -> None:
    named = {str(place): lane for place, lane in enumerate(lanes)}
    assert list(finish(named, [(list(named), shared)]).values()) == pytest.approx(done)


def test_what_few_may_send_is_theirs_before_the_rest_is_shared() -> None:
    lanes = {"near": Lane(0, 1.0), "far": Lane(0, 1.0)}
    assert finish(lanes, [(["near"], 10), (["near", "far"], 20)]) == {"near": 15, "far": 15}


async def test_a_sender_is_done_when_its_backlog_is(path: Path) -> None:
    outbox = path.outbox(rate=2.0)
    now = path.clock.time()
    empty = await outbox.forecast(account_id=ACCOUNT, sender=ONE, segments=10)
    assert (empty.starts_at, empty.finishes_at, empty.rate, empty.waiting) == (now, now + 5, 2.0, 0)
    await outbox.enqueue_many([new("x" * 200, sender=ONE, to=f"+1415555010{n}") for n in range(4)])
    full = await outbox.forecast(account_id=ACCOUNT, sender=ONE, segments=10)
    assert (full.starts_at, full.finishes_at, full.waiting) == (now + 4, now + 9, 8)
    await outbox.senders.pause(ACCOUNT, ONE, seconds=100)
    paused = await outbox.forecast(account_id=ACCOUNT, sender=ONE, segments=10)
    assert paused.finishes_at == now + 109
    free = await outbox.forecast(account_id=ACCOUNT, service="MG1", segments=10)
    assert free.finishes_at - free.starts_at == 5  # a rate for all is one for services too


# --- choosing ----------------------------------------------------------------------------------------------------


async def test_a_pool_that_is_not_there_or_has_nobody_is_refused_with_how_to_make_one(path: Path) -> None:
    outbox = path.outbox()
    with pytest.raises(RequestError, match="no pool `alerts`") as missing:
        await outbox.enqueue(from_pool())
    assert "ringline pools create alerts" in missing.value.fix
    await outbox.pools.create(ACCOUNT, "alerts")
    with pytest.raises(RequestError, match="has no senders"):
        await outbox.enqueue(from_pool())
    with pytest.raises(RequestError, match="no pool `alerts` for whatsapp"):
        await outbox.enqueue(from_pool(channel="whatsapp"))


@pytest.mark.parametrize("name", ["", "With Blank", "pool:", "UPPER", "a" * 41, "a/b"])
async def test_a_name_that_cannot_be_a_pools_is_refused(path: Path, name: str) -> None:
    with pytest.raises(RequestError, match="cannot be the name"):
        await path.outbox().pools.create(ACCOUNT, name)


@pytest.mark.parametrize("sender", [POOL + "-nested", "MG" + "0" * 32])
async def test_a_pool_holds_senders_and_nothing_that_chooses_itself(path: Path, sender: str) -> None:
    with pytest.raises(RequestError, match="cannot be in a pool"):
        await path.outbox().pools.create(ACCOUNT, "alerts", [sender])


async def test_the_sender_that_looks_first_takes_it_and_the_person_sticks_to_it(path: Path) -> None:
    outbox = await pooled(path)
    row = await outbox.enqueue(from_pool())
    assert (row.sender, row.pool, row.sender_id) == (None, POOL, f"{ACCOUNT}/sms/{POOL}")
    await drain_all(outbox, TWO)
    sent = await outbox.get(row.id)
    assert (sent.stage, sent.sender, sent.pool) == ("accepted", TWO, POOL)
    assert path.twilio.posts[0]["From"] == TWO
    # From now on it waits for that sender, whoever else looks.
    again = await outbox.enqueue(from_pool("again"))
    assert again.sender_id == f"{ACCOUNT}/sms/{TWO}"
    await drain_all(outbox, ONE)
    assert (await outbox.get(again.id)).stage == "ready"
    await drain_all(outbox, TWO)
    assert (await outbox.get(again.id)).sender == TWO


async def test_a_message_in_the_queue_goes_to_the_sender_its_person_has_got_meanwhile(path: Path) -> None:
    outbox = await pooled(path)
    rows = await outbox.enqueue_many([from_pool("first"), from_pool("second")])
    taken = await outbox._drains.claim(f"{ACCOUNT}/sms/{ONE}", 1)
    assert [permission.message_id for permission in taken.permissions] == [rows[0].id]
    await drain_all(outbox, TWO)
    moved = await outbox.get(rows[1].id)
    assert (moved.stage, moved.sender_id) == ("ready", f"{ACCOUNT}/sms/{ONE}")
    await drain_all(outbox, ONE)
    assert await sender_now(outbox, rows[1]) == ONE


async def test_a_message_wakes_the_senders_of_its_pool(path: Path) -> None:
    outbox = await pooled(path)
    async with path.working(outbox):
        rows = await outbox.enqueue_many([from_pool(f"text {n}", to=f"+1415555010{n}") for n in range(6)])
        await until(lambda: len(path.twilio.accepted) == 6)
    assert {(await outbox.get(row.id)).stage for row in rows} == {"accepted"}


async def test_workers_at_once_never_give_one_person_two_senders(path: Path) -> None:
    outboxes = [await pooled(path, (ONE, TWO, THREE)), path.outbox(), path.outbox()]
    people = [f"+1415555{n:04d}" for n in range(20)]
    rows = await outboxes[0].enqueue_many([from_pool(f"{n}", to=to) for to in people for n in range(3)])
    work = [drain_all(outbox, sender) for outbox in outboxes for sender in (ONE, TWO, THREE)]
    await asyncio.gather(*work)
    await drain_all(outboxes[0], ONE, TWO, THREE)
    senders: dict[str, set[str | None]] = {}
    for row in rows:
        sent = await outboxes[0].get(row.id)
        assert sent.stage == "accepted"
        senders.setdefault(sent.to, set()).add(sent.sender)
    assert {len(of_person) for of_person in senders.values()} == {1}
    assert max(Counter(post["To"] for post in path.twilio.posts).values()) == 3


async def test_an_opt_out_from_one_number_of_a_pool_holds_for_all_of_them(path: Path) -> None:
    outbox = await pooled(path)
    before = await outbox.enqueue(from_pool("before"))
    stop = {"account_id": ACCOUNT, "channel": "sms", "recipient": ANA, "source": "reply", "sender": TWO}
    await path.database.write(lambda tx: outbox.stops.opt_out_in(tx, **stop))
    after = await outbox.enqueue(from_pool("after"))
    assert (after.stage, after.refusal_reason) == ("refused", "opted_out")
    await drain_all(outbox, ONE, TWO)
    assert (await outbox.get(before.id)).refusal_reason == "opted_out"
    assert path.twilio.posts == []
    assert (await outbox.enqueue(from_pool(to=BEN))).stage == "ready"


# --- near the recipient ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "places"),
    [
        ("+14155550001", ("US", "US/415")),
        ("+16045550001", ("CA", "CA/604")),
        ("+442071234567", ("GB",)),
        ("12345", ()),
        ("Acme", ()),
    ],
)
def test_a_number_is_at_home_somewhere(number: str, places: tuple[str, ...]) -> None:
    assert places_of(number) == places


@pytest.mark.parametrize(
    ("geo", "to", "allowed"),
    [
        ("area", "+14155550199", {"+14155550001"}),
        ("area", "+12125550199", {"+12125550001"}),
        ("area", "+13105550199", {"+14155550001", "+12125550001"}),
        ("area", "+447911123499", {"+447911123456"}),
        ("area", "+33612345678", {"+14155550001", "+12125550001", "+447911123456"}),
        ("country", "+14155550199", {"+14155550001", "+12125550001"}),
        ("none", "+447911123499", {"+14155550001", "+12125550001", "+447911123456"}),
    ],
)
async def test_a_sender_near_the_recipient_goes_before_others(path: Path, geo: Any, to: str, allowed: set[str]) -> None:
    everybody = ("+14155550001", "+12125550001", "+447911123456")
    outbox = await pooled(path, everybody, geo=geo)
    row = await outbox.enqueue(from_pool(to=to))
    takers = set()
    for sender in everybody:
        claimed = await outbox._drains.claim(f"{ACCOUNT}/sms/{sender}", 1)
        if claimed.permissions:
            takers.add(sender)
            back = "UPDATE messages SET stage='ready', sender=NULL, sender_id=:queue, twin=twin || 'x' WHERE id=:id"
            from sqlalchemy import text

            values = {"id": row.id, "queue": row.sender_id}
            await path.database.write(lambda tx: tx.run(text(back), values))  # noqa: B023
            await path.database.write(lambda tx: tx.run(text("DELETE FROM sticky")))
    assert takers == allowed


async def test_with_nobody_near_left_those_further_off_take_over(path: Path) -> None:
    outbox = await pooled(path, ("+14155550001", "+12125550001"), geo="area")
    row = await outbox.enqueue(from_pool(to="+14155550199"))
    assert row.sender_id == f"{ACCOUNT}/sms/{POOL}/US/415"
    await outbox.pools.remove(ACCOUNT, "alerts", ["+14155550001"])
    await drain_all(outbox, "+12125550001")
    assert await sender_now(outbox, row) == "+12125550001"


# --- sticking, and letting go ------------------------------------------------------------------------------------


async def stuck_to_one(path: Path, outbox: Outbox) -> OutboxRow:
    """ANA has had a message from ONE, and another waits there."""
    await outbox.enqueue(from_pool("first"))
    await drain_all(outbox, ONE)
    waiting = await outbox.enqueue(from_pool("second"))
    assert waiting.sender == ONE
    return waiting


async def test_a_sender_that_leaves_hands_over_its_people(path: Path) -> None:
    outbox = await pooled(path)
    waiting = await stuck_to_one(path, outbox)
    await outbox.pools.remove(ACCOUNT, "alerts", [ONE])
    await drain_all(outbox, ONE, TWO)
    assert await sender_now(outbox, waiting) == TWO
    assert (await outbox.enqueue(from_pool("third"))).sender == TWO


@pytest.mark.parametrize(("seconds", "sender"), [(599.0, ONE), (601.0, TWO), (None, TWO)])
async def test_only_a_long_pause_makes_people_change(path: Path, seconds: float | None, sender: str) -> None:
    outbox = await pooled(path)
    waiting = await stuck_to_one(path, outbox)
    await outbox.senders.pause(ACCOUNT, ONE, seconds=seconds)
    await drain_all(outbox, ONE, TWO)
    path.clock.step(700)
    await drain_all(outbox, ONE, TWO)
    assert await sender_now(outbox, waiting) == sender


async def test_an_unknown_outcome_changes_nobody(path: Path) -> None:
    outbox = await pooled(path)
    path.twilio.answers = [cut(having_accepted=False)]
    row = await outbox.enqueue(from_pool("first"))
    await drain_all(outbox, ONE)
    assert (await outbox.get(row.id)).stage == "unknown"
    assert (await outbox.enqueue(from_pool("second"))).sender == ONE


async def test_a_sender_twilio_refuses_is_left_out_and_its_work_goes_to_others(path: Path) -> None:
    outbox = await pooled(path)
    other = await outbox.enqueue(from_pool("other", to=BEN))
    await drain_all(outbox, ONE)
    assert await sender_now(outbox, other) == ONE
    waiting = await outbox.enqueue(from_pool("waiting", to=BEN))
    row = await outbox.enqueue(from_pool("hello", purpose="emergency"))
    path.twilio.answers = [refuse(21606)]
    taken = await outbox._drains.claim(f"{ACCOUNT}/sms/{ONE}", 1)
    await asyncio.gather(*(outbox._drains.send(each, path.clock.monotonic()) for each in taken.permissions))
    await outbox._results.flush()
    moved = await outbox.get(row.id)
    assert (moved.stage, moved.sender, moved.setbacks) == ("ready", TWO, 0)
    assert (await outbox.pools.get(ACCOUNT, "alerts")).rejected == ((ONE, 21606),)
    await drain_all(outbox, ONE, TWO)
    assert [await sender_now(outbox, each) for each in (row, waiting)] == [TWO, TWO]
    assert {(await outbox.get(each.id)).stage for each in (row, waiting)} == {"accepted"}
    # Added again, it is tried again.
    await outbox.pools.add(ACCOUNT, "alerts", [ONE])
    assert (await outbox.pools.get(ACCOUNT, "alerts")).rejected == ()


async def test_a_pair_that_twilio_cannot_route_gets_another_sender_and_the_first_stays(path: Path) -> None:
    outbox = await pooled(path)
    path.twilio.answers = [refuse(21612)]
    row = await outbox.enqueue(from_pool())
    await drain_all(outbox, ONE)
    assert (await outbox.get(row.id)).sender == TWO
    await drain_all(outbox, TWO)
    assert [attempt["sender"] for attempt in await outbox.attempts(row.id)] == [ONE, TWO]
    assert (await outbox.get(row.id)).stage == "accepted"
    assert (await outbox.pools.get(ACCOUNT, "alerts")).rejected == ()


async def test_when_every_sender_was_refused_the_message_fails(path: Path) -> None:
    outbox = await pooled(path)
    path.twilio.answers = [refuse(21612)] * 2
    row = await outbox.enqueue(from_pool(cooldown_key="k", cooldown_seconds=60))
    await drain_all(outbox, ONE, TWO)
    failed = await outbox.get(row.id)
    assert (failed.stage, failed.error_code, failed.attempt_no) == ("failed", 21612, 2)
    assert not await outbox.is_cooling_down("k", 60)


async def test_a_sender_of_no_pool_fails_at_once(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21606)]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).stage == "failed"


# --- keeping pools -----------------------------------------------------------------------------------------------


async def test_pools_are_listed_changed_and_deleted(path: Path) -> None:
    outbox = await pooled(path, (ONE,))
    await outbox.pools.add(ACCOUNT, "alerts", [TWO, TWO])
    (pool,) = await outbox.pools.list(account_id=ACCOUNT)
    assert (pool.name, pool.channel, pool.senders, pool.geo_match) == ("alerts", "sms", (ONE, TWO), "none")
    assert await outbox.pools.list(account_id="AC2") == []
    with pytest.raises(NotFoundError, match="is not in the pool"):
        await outbox.pools.remove(ACCOUNT, "alerts", [THREE])
    row = await outbox.enqueue(from_pool())
    with pytest.raises(RequestError, match="messages wait"):
        await outbox.pools.delete(ACCOUNT, "alerts")
    with pytest.raises(RequestError, match="nobody would be left"):
        await outbox.pools.remove(ACCOUNT, "alerts", [ONE, TWO])
    await outbox.cancel(row.id)
    await outbox.pools.delete(ACCOUNT, "alerts")
    assert await outbox.pools.list() == []
    with pytest.raises(NotFoundError, match="no pool"):
        await outbox.pools.get(ACCOUNT, "alerts")
    # Its senders are there still, and a pool of that name can be made anew.
    assert [sender.address for sender in await outbox.senders.list()] == [ONE, TWO]
    await outbox.pools.create(ACCOUNT, "alerts", [ONE])
    assert (await outbox.enqueue(from_pool("again"))).stage == "ready"


async def test_the_list_of_senders_shows_what_waits_and_when_it_will_be_done(path: Path) -> None:
    outbox = await pooled(path, rate=1.0)
    now = path.clock.time()
    await outbox.enqueue_many([from_pool(f"text {n}", to=f"+1415555{n:04d}") for n in range(10)])
    await outbox.enqueue_many([new(f"own {n}", sender=ONE, to=f"+1415556{n:04d}") for n in range(4)])
    await outbox.senders.set_rate(ACCOUNT, TWO, 2.0)
    one, two = await outbox.senders.list()
    assert (one.rate, one.has_own_rate, one.waiting, one.pools) == (1.0, False, 4, ("alerts",))
    assert (two.rate, two.has_own_rate, two.waiting) == (2.0, True, 0)
    # 10 + 4 segments at 3 a second together; ONE has its own to send first.
    assert one.finishes_at == two.finishes_at == pytest.approx(now + 14 / 3)
    forecast = await outbox.forecast(account_id=ACCOUNT, sender=POOL, segments=30)
    assert (forecast.finishes_at, forecast.rate) == (pytest.approx(now + 44 / 3), 3.0)
    assert forecast.waiting == 14


async def test_a_pool_of_ten_with_sticky_people_ends_when_it_was_said_to(path: Path, simulator: Simulator) -> None:
    """A fifth of the people stick to a sender already; everybody is done within 2 % of the forecast."""
    senders = [f"+1415555{n:04d}" for n in range(10)]
    work = VirtualWork(path, simulator, rate="twilio")
    outbox, account = work.outbox, simulator.account_sid
    await outbox.pools.create(account, "alerts", senders)

    def message(number: int, text: str) -> NewMessage:
        to = f"+1415556{number:04d}"
        return NewMessage(account_id=account, credential_id="crd_1", to=to, sender=POOL, body=f"{text} {number}")

    ids = [f"{account}/sms/{sender}" for sender in senders]
    await outbox.enqueue_many([message(n, "Hello") for n in range(100)])
    await work.drain(ids)
    before = len(simulator.messages)
    path.clock.step(60)
    rows = await outbox.enqueue_many([message(n, "News") for n in range(500)])
    assert sum(row.sender is not None for row in rows) == 100
    began = path.clock.time()
    forecast = await outbox.forecast(account_id=account, sender=POOL)
    assert forecast.waiting == 500
    await work.drain(ids)
    received = work.received()
    assert len(received) == before + 500
    last = received[-1][0] + 1.0  # its second included
    assert last - began == pytest.approx(forecast.finishes_at - began, rel=0.02)
    for sender in senders:
        moments = [moment for moment, from_, _ in received if from_ == sender]
        assert all(later - earlier >= 1 - 1e-4 for earlier, later in itertools.pairwise(moments))


async def test_slow_senders_of_a_pool_are_woken_for_each_of_their_slots(path: Path) -> None:
    """Between their slots no drain waits: the ticker has the pool's queue looked at."""
    outbox = await pooled(path, rate=0.1, rest=1.0, tick=30.0)
    began = path.clock.time()
    async with path.working(outbox):
        rows = await outbox.enqueue_many([from_pool(f"text {n}", to=f"+1415555010{n}") for n in range(6)])
        async with asyncio.timeout(60):
            while len(path.twilio.accepted) < 6:
                await asyncio.sleep(0.02)
                path.clock.step(0.1)
    assert {(await outbox.get(row.id)).stage for row in rows} == {"accepted"}
    assert set(Counter(post["From"] for post in path.twilio.posts)) == {ONE, TWO}
    # The third slot of each is due after 20 s; a busy machine may miss some.
    assert path.clock.time() - began >= 20
