"""Rates hold whatever happens, and what is urgent goes first; in virtual time against the simulator."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator
from typing import Any

import pytest

from outbox.fake_twilio import refuse
from outbox.send_path import Path, new, sender_of, until
from outbox.virtual_work import VirtualWork
from ringline.errors import RequestError
from ringline.outbox import NewMessage, OutboxSettings
from ringline.outbox.rates import interval_of, parse_rate, rate_of_kind, show_rate, units_of
from ringline.outbox.transitions import spread_of
from ringline.simulator import Simulator

NUMBER = "+14155550001"


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


def messages(simulator: Simulator, count: int, text: str = "Message", **changes: Any) -> list[NewMessage]:
    values = {"sender": NUMBER, **changes}
    return [
        NewMessage(
            account_id=simulator.account_sid, credential_id="crd_1", to=f"+1415556{n:04d}", body=f"{text} {n}", **values
        )
        for n in range(count)
    ]


@pytest.mark.parametrize(
    ("channel", "address", "rate"),
    [
        ("sms", "+14155550001", 1),
        ("sms", "+16045550001", 1),  # Canada
        ("sms", "+18005550001", 3),
        ("sms", "+18885550001", 3),
        ("sms", "+447911123456", 10),
        ("sms", "12345", 100),
        ("sms", "Acme", 10),
        ("sms", "MGroup", 10),
        ("whatsapp", "+14155550001", 80),
        ("sms", "MG" + "0" * 32, None),
        ("sms", "pool:alerts", None),
        ("sms", "+15005550006", None),
    ],
)
def test_each_kind_of_sender_has_its_rate(channel: str, address: str, rate: float | None) -> None:
    assert rate_of_kind(channel, address) == rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [("10/s", 10), ("10", 10), ("0.5/s", 0.5), (" 30 / min ", 0.5), ("90/h", 0.025), ("unlimited", None)],
)
def test_rates_are_written_as_people_say_them(text: str, rate: float | None) -> None:
    assert parse_rate(text) == rate
    assert parse_rate(show_rate(rate)) == rate


@pytest.mark.parametrize("text", ["", "fast", "0/s", "-1/s", "10/d", "2001/s", "1/0"])
def test_what_is_no_rate_is_said_to_be_none(text: str) -> None:
    with pytest.raises(RequestError, match="is no rate"):
        parse_rate(text)


@pytest.mark.parametrize(
    ("own", "rate", "factor", "interval"),
    [
        (None, "twilio", 1.0, 1.0),
        (None, "twilio", 0.5, 2.0),
        (None, 4.0, 1.0, 0.25),
        (None, None, 1.0, 0.0),
        (0.1, "twilio", 1.0, 0.1),
        (0.0, "twilio", 1.0, 0.0),
    ],
)
def test_a_rate_of_its_own_goes_before_the_setting(own: Any, rate: Any, factor: float, interval: float) -> None:
    sender = {"id": "AC1/sms/+14155550001", "interval_s": own}
    assert interval_of(sender, OutboxSettings(rate=rate, rate_factor=factor)) == interval


@pytest.mark.parametrize(
    ("channel", "segments", "has_media", "units"),
    [("sms", 3, False, 3), ("sms", 3, True, 1), ("whatsapp", None, False, 1), ("sms", None, False, 1)],
)
def test_segments_take_time_and_media_and_whatsapp_count_once(
    channel: str, segments: int | None, has_media: bool, units: int
) -> None:
    assert units_of(channel, segments, has_media) == units


async def test_three_workers_never_send_faster_than_the_rate(path: Path, simulator: Simulator) -> None:
    work = VirtualWork(path, simulator, workers=3, rate="twilio")
    lengths = (20, 200, 20, 320)
    wanted = [
        NewMessage(
            account_id=simulator.account_sid,
            credential_id="crd_1",
            to=f"+1415556{n:04d}",
            sender=NUMBER,
            body=f"{n:03d} ".ljust(lengths[n % 4], "x"),
        )
        for n in range(24)
    ]
    rows = await work.outbox.enqueue_many(wanted)
    began = path.clock.time()
    await work.drain([sender_of(rows[0])])
    received = work.received()
    assert len(received) == 24
    assert {segments for _, _, segments in received} == {1, 2, 3}
    for (earlier, _, segments), (later, _, _) in itertools.pairwise(received):
        assert later - earlier >= segments - 1e-6
    segments_before_last = sum(segments for _, _, segments in received[:-1])
    assert received[-1][0] - began == pytest.approx(segments_before_last, abs=0.01)
    tokens = {(await work.outbox.get(row.id)).attempt_no for row in rows}
    assert tokens == {1}


async def test_a_fast_sender_sends_its_rate_in_each_second(path: Path, simulator: Simulator) -> None:
    work = VirtualWork(path, simulator, workers=2, rate=100.0)
    rows = await work.outbox.enqueue_many(messages(simulator, 450))
    began = path.clock.time()
    await work.drain([sender_of(rows[0])])
    moments = [moment for moment, _, _ in work.received()]
    assert len(moments) == 450
    for first in moments:
        assert sum(first <= moment < first + 1 - 1e-4 for moment in moments) <= 100
    assert moments[-1] - began == pytest.approx(4.49, abs=0.02)


async def test_a_code_goes_before_ten_thousand_offers(path: Path, simulator: Simulator) -> None:
    work = VirtualWork(path, simulator)
    for start in range(0, 10_000, 500):
        offers = messages(simulator, 500, f"Offer {start}", purpose="marketing")
        rows = await work.outbox.enqueue_many(offers)
    drain = asyncio.create_task(work.outbox.drain(sender_of(rows[0])))
    await work.until(lambda: len(simulator.messages) >= 3)
    (code,) = messages(simulator, 1, "Your code is", purpose="otp")
    (alert,) = messages(simulator, 1, "Fire", purpose="emergency")
    (news,) = messages(simulator, 1, "Your order left", purpose="notification")
    await work.outbox.enqueue_many([news, code, alert])
    asked_at = path.clock.time()
    await work.until(lambda: len(simulator.messages) >= 8)
    after = [
        message for message in sorted(simulator.messages, key=lambda each: each.order) if message.created > asked_at
    ]
    bodies = [message.body.partition(" ")[0] for message in after]
    # At most what had its slot already goes before: one a second, taken a second ahead.
    taken = bodies.index("Fire")
    assert taken <= 2
    assert bodies[taken : taken + 3] == ["Fire", "Your", "Your"]
    assert "code" in after[taken + 1].body
    assert set(bodies[taken + 3 :]) <= {"Offer"}
    work.outbox.stop()
    await work.until(drain.done)


async def test_a_slot_that_was_missed_is_given_up_and_the_rate_holds(path: Path, simulator: Simulator) -> None:
    """A worker that was away fires nothing on top of what comes after."""
    work = VirtualWork(path, simulator)
    rows = await work.outbox.enqueue_many(messages(simulator, 4))
    drain = asyncio.create_task(work.outbox.drain(sender_of(rows[0])))
    await work.until(lambda: len(simulator.messages) == 1)
    path.clock.step(1.6)  # the second slot, due after 1 s, has passed by more than 250 ms
    await work.until(drain.done)
    moments = [moment for moment, _, _ in work.received()]
    assert len(moments) == 4
    assert all(later - earlier >= 1 - 1e-6 for earlier, later in itertools.pairwise(moments))
    given_up = [attempt for row in rows for attempt in await work.outbox.attempts(row.id)]
    assert sorted(attempt["outcome"] for attempt in given_up) == ["accepted"] * 4 + ["not_sent"]
    assert [(await work.outbox.get(row.id)).setbacks for row in rows] == [0] * 4


async def test_who_stops_does_not_wait_for_slots_and_leaves_them_to_others(path: Path, simulator: Simulator) -> None:
    work = VirtualWork(path, simulator)
    rows = await work.outbox.enqueue_many(messages(simulator, 3))
    drain = asyncio.create_task(work.outbox.drain(sender_of(rows[0])))
    await work.until(lambda: len(simulator.messages) == 1)
    work.outbox.stop()
    async with asyncio.timeout(10):
        await drain  # although the clock stands
    assert [(await work.outbox.get(row.id)).stage for row in rows] == ["accepted", "ready", "ready"]
    assert len(simulator.messages) == 1


async def test_after_the_clock_was_set_back_the_sender_goes_on(path: Path, simulator: Simulator) -> None:
    work = VirtualWork(path, simulator)
    rows = await work.outbox.enqueue_many(messages(simulator, 3))
    await work.drain([sender_of(rows[0])])
    path.clock.set_wall_time(path.clock.now().replace(year=2025))
    began = path.clock.monotonic()
    again = await work.outbox.enqueue_many(messages(simulator, 3, "Later"))
    await work.drain([sender_of(again[0])])
    assert len(simulator.messages) == 6
    assert path.clock.monotonic() - began <= 5


async def test_a_slot_that_nothing_was_written_in_goes_back_unless_a_later_one_is_taken(path: Path) -> None:
    from ringline.outbox.store.claims import SENDER
    from ringline.outbox.store.senders import RELEASE_SLOT

    outbox = path.outbox(rate=1.0)
    rows = [await outbox.enqueue(new(f"text {n}")) for n in range(3)]
    claimed = await outbox._drains.claim(sender_of(rows[0]), 3)
    first, second = claimed.permissions
    assert second.slot == first.slot + 1 == first.taken_until

    async def tat() -> float:
        row = await path.database.write(lambda tx: tx.one(SENDER, {"id": sender_of(rows[0])}))
        assert row is not None
        return float(row["tat"])

    async def release(permission: Any) -> int:
        values = {"slot": permission.slot, "taken_until": permission.taken_until, "id": sender_of(rows[0])}
        return await path.database.write(lambda tx: tx.run(RELEASE_SLOT, values))

    assert await release(first) == 0
    assert await tat() == second.taken_until
    assert await release(second) == 1
    assert await tat() == second.slot


async def test_a_429_pauses_the_account_as_long_as_twilio_says_and_says_why(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(20429, 429, {"Retry-After": "7"})]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    (sender,) = await outbox.senders.list()
    assert sender.paused_until == path.clock.time() + 7
    assert sender.paused_why == "Twilio asked for less (error 20429)"
    held = await outbox.get(row.id)
    assert (held.stage, held.unknowns, held.send_at) == ("ready", 0, path.clock.time() + 7)
    await outbox.senders.resume(row.account_id, NUMBER)
    (sender,) = await outbox.senders.list()
    assert (sender.paused_until, sender.paused_why) == (None, None)


async def test_a_full_queue_pauses_the_sender_alone_for_longer_each_time(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21611, 429)] * 3
    row = await outbox.enqueue(new())
    pauses = []
    for _ in range(3):
        await outbox.drain(sender_of(row))
        (sender,) = await outbox.senders.list()
        assert sender.paused_until is not None
        pauses.append(sender.paused_until - path.clock.time())
        path.clock.step(pauses[-1])
    assert pauses == [1.0, 2.0, 5.0]
    assert "21611" in (sender.paused_why or "")
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).stage == "accepted"


async def test_messages_that_were_refused_together_come_back_apart(path: Path) -> None:
    outbox = path.outbox(jitter=0.25)
    path.twilio.answers = [refuse(20429, 429, {"Retry-After": "100"})] * 5
    rows = await outbox.enqueue_many([new(f"text {n}", to=f"+1415555010{n}") for n in range(5)])
    await outbox.drain(sender_of(rows[0]))
    pauses = {(await outbox.get(row.id)).send_at - path.clock.time() for row in rows}
    assert len(pauses) == 5
    assert all(100 <= pause <= 125 for pause in pauses)


def test_everybody_is_spread_evenly() -> None:
    shares = sorted(spread_of(f"msg_{n}") for n in range(1000))
    assert shares[0] >= 0
    assert shares[-1] < 1
    assert all(abs(share - place / 1000) < 0.05 for place, share in enumerate(shares))


@pytest.mark.parametrize(("code", "account_too"), [(30022, False), (63018, False), (63017, True)])
async def test_a_carrier_that_turns_away_what_comes_too_fast_slows_the_sender_down(
    path: Path, code: int, account_too: bool
) -> None:
    from outbox.send_path import report

    outbox = path.outbox()
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    row = await outbox.get(row.id)
    await outbox.record_callback(report(row, "failed", error_code=code), message_id=row.id, attempt_no=1)
    await outbox.apply_callbacks(row.account_id)
    (sender,) = await outbox.senders.list()
    assert sender.paused_until == path.clock.time() + 60
    assert str(code) in (sender.paused_why or "")
    other = await outbox.enqueue(new("other", sender="+14155550009"))
    await outbox.drain(sender_of(other))
    assert (await outbox.get(other.id)).stage == ("ready" if account_too else "accepted")


async def test_a_paused_sender_sends_nothing_until_it_is_resumed(path: Path) -> None:
    outbox = path.outbox()
    async with path.working(outbox):
        await outbox.senders.pause(new().account_id, NUMBER, why="the campaign is wrong")
        row = await outbox.enqueue(new())
        await outbox.drain(sender_of(row))
        assert (await outbox.get(row.id)).stage == "ready"
        shown = await outbox.senders.get(row.account_id, NUMBER)
        assert (shown.waiting, shown.paused_why, shown.finishes_at) == (1, "the campaign is wrong", None)
        await outbox.senders.resume(row.account_id, NUMBER)
        await until(lambda: len(path.twilio.accepted) == 1)


async def test_a_pause_for_a_time_ends_by_itself(path: Path) -> None:
    outbox = path.outbox()
    async with path.working(outbox):
        await outbox.senders.pause(new().account_id, NUMBER, seconds=60)
        row = await outbox.enqueue(new())
        await until(lambda: path.clock.next_due() is not None)
        path.clock.step(59)
        await outbox.sweep()
        assert (await outbox.get(row.id)).stage == "ready"
        path.clock.step(1)
        assert (await asyncio.wait_for(outbox.wait(row.id), 20)).stage == "accepted"


async def test_what_is_left_when_a_drain_ends_goes_on_by_the_rows_alone(path: Path) -> None:
    """A backlog that no job and no drain looks at any more is found by its sender's next free slot."""
    outbox = path.outbox(rate=0.1)
    rows = await outbox.enqueue_many([new(f"text {n}", to=f"+1415555010{n}") for n in range(3)])
    drain = asyncio.create_task(outbox.drain(sender_of(rows[0])))
    await asyncio.wait_for(drain, 20)  # the next slot is further off than a drain waits
    assert len(path.twilio.posts) == 1
    due = await outbox.sweep()
    assert due is not None
    assert due == path.clock.time() + 9  # a slot is taken one second ahead
