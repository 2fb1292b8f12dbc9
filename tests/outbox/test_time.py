"""What time alone brings about: holds, expiry, silence, polling, and lost jobs."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from aiohttp import web

from outbox.fake_twilio import FakeTwilio, accept, cut, refuse
from outbox.send_path import ANA, BEN, NUMBER, SOON, Path, new, report, sender_of, until
from ringline.dispatch.memory import MemoryDispatcher
from ringline.outbox import Outbox, OutboxRow
from ringline.outbox.draining import Drains
from ringline.outbox.results import ResultWriter


async def stages(outbox: Outbox, rows: list[OutboxRow]) -> list[str]:
    return [(await outbox.get(row.id)).stage for row in rows]


async def test_a_message_for_later_is_held_until_its_time(path: Path) -> None:
    outbox = path.outbox()
    async with path.working(outbox):
        row = await outbox.enqueue(new(send_at=path.clock.time() + 600))
        assert (row.stage, row.status) == ("held", "pending")
        await until(lambda: path.clock.next_due() is not None)
        path.clock.step(599)
        await outbox.sweep()
        assert (await outbox.get(row.id)).stage == "held"
        path.clock.step(1)
        assert (await asyncio.wait_for(outbox.wait(row.id), SOON)).stage == "accepted"


async def test_a_time_that_has_passed_is_now(path: Path) -> None:
    row = await path.outbox().enqueue(new(send_at=path.clock.time() - 600))
    assert (row.stage, row.send_at) == ("ready", path.clock.time())


async def test_twilio_keeps_what_it_can_schedule_itself(path: Path) -> None:
    outbox = path.outbox()
    at = path.clock.time() + 3600
    path.twilio.status_of_new = "scheduled"
    row = await outbox.enqueue(new(sender=None, service="MG1", send_at=at))
    await outbox.drain(sender_of(row))
    assert path.twilio.posts[0]["SendAt"] == "2026-01-01T13:00:00Z"
    assert path.twilio.posts[0]["ScheduleType"] == "fixed"
    assert (await outbox.get(row.id)).status == "scheduled"
    # Too soon for Twilio, and too late; both are ours.
    assert (await outbox.enqueue(new("a", sender=None, service="MG1", send_at=path.clock.time() + 60))).stage == "held"
    far = path.clock.time() + 36 * 86_400
    assert (await outbox.enqueue(new("b", sender=None, service="MG1", send_at=far))).stage == "held"


async def test_a_message_for_twilio_to_keep_that_was_delayed_here_goes_by_our_clock(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new(sender=None, service="MG1", send_at=path.clock.time() + 1000))
    path.clock.step(500)
    await outbox.drain(sender_of(row))
    held = await outbox.get(row.id)
    assert (held.stage, held.send_at, held.schedule_at) == ("held", row.created_at + 1000, None)
    path.clock.step(500)
    await outbox.sweep()
    await outbox.drain(sender_of(row))
    assert "SendAt" not in path.twilio.posts[0]


async def test_what_is_not_sent_in_time_expires_and_frees_its_cooldown(path: Path) -> None:
    outbox = path.outbox()
    code = await outbox.enqueue(new("code", purpose="otp", cooldown_key="k", cooldown_seconds=9999))
    news = await outbox.enqueue(new("news"))
    path.clock.step(300)
    await outbox.sweep()
    expired = await outbox.get(code.id)
    assert (expired.stage, expired.status) == ("failed", "failed")
    assert "expired" in (expired.error_message or "")
    assert not await outbox.is_cooling_down("k", 9999)
    assert (await outbox.get(news.id)).stage == "ready"


async def test_the_claim_expires_what_the_sweep_has_not_come_to(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new(validity_seconds=100))
    path.clock.step(100)
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).stage == "failed"
    assert path.twilio.posts == []


async def test_an_attempt_whose_worker_died_becomes_unknown_by_its_age(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    # A worker that dies between its claim and its request.
    claimed = await outbox._drains.claim(sender_of(row), 10)
    assert [one.message_id for one in claimed.permissions] == [row.id]
    path.clock.step(outbox.settings.open_limit() - 0.1)
    await outbox.sweep()
    assert (await outbox.get(row.id)).stage == "posting"
    path.clock.step(0.1)
    await outbox.sweep()
    assert (await outbox.get(row.id)).stage == "unknown"
    for seconds in (90, 10):
        path.clock.step(seconds)
        await path.settle(outbox)
    again = await outbox.get(row.id)
    assert (again.stage, again.status) == ("ready", "pending")
    assert [a["outcome"] for a in await outbox.attempts(row.id)] == ["disproved"]
    assert path.twilio.posts == []


async def test_on_sqlite_a_dead_process_is_known_at_the_next_start(path: Path) -> None:
    if path.database.dialect != "sqlite":
        pytest.skip("on Postgres another process may well be alive")
    dead, alive = path.outbox(), path.outbox()
    rows = [await dead.enqueue(new("theirs")), await dead.enqueue(new("mine", to=BEN, sender="+14155550002"))]
    await dead._drains.claim(sender_of(rows[0]), 10)
    await alive._drains.claim(sender_of(rows[1]), 10)
    await alive.sweep(at_start=True)
    assert await stages(alive, rows) == ["unknown", "posting"]


async def test_a_wake_up_that_died_with_the_process_is_made_up_for_at_the_next_start(path: Path) -> None:
    if not isinstance(path.dispatcher, MemoryDispatcher):
        pytest.skip("on Postgres the job is there for whoever comes next")
    row = await path.outbox().enqueue(new())
    await path.dispatcher.forget_jobs()
    restarted = path.outbox()
    async with path.working(restarted):
        assert (await asyncio.wait_for(restarted.wait(row.id), SOON)).stage == "accepted"


async def test_late_evidence_of_an_answer_that_nobody_expected_any_more_is_taken(path: Path) -> None:
    """The worker was frozen, its attempt swept, and then it brings the 201 after all."""
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    row = await outbox.enqueue(new())
    drain = asyncio.create_task(outbox.drain(sender_of(row)))
    await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
    path.clock.step(30)
    await outbox.sweep()
    path.twilio.lists = False
    path.clock.step(1_800)
    await path.settle(outbox)
    assert (await outbox.get(row.id)).stage == "unresolved"
    path.twilio.hold.set()
    await drain
    assert (await outbox.get(row.id)).stage == "accepted"


async def test_without_a_public_url_statuses_are_asked_for(path: Path) -> None:
    outbox = path.outbox(public_url=None)
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    (sid,) = path.twilio.accepted
    asked = []
    for _ in range(6):
        due = (await outbox.get(row.id)).poll_at
        assert due is not None
        asked.append(round(due - path.clock.time(), 3))
        path.clock.step(asked[-1])
        await outbox.sweep()
    assert asked == [1.0, 5.0, 30.0, 60.0, 120.0, 300.0]
    path.twilio.accepted[sid] |= {"status": "delivered", "price": "-0.0075"}
    path.clock.step(900)
    await outbox.sweep()
    delivered = await outbox.get(row.id)
    assert (delivered.status, delivered.price, delivered.price_unit) == ("delivered", "-0.0075", "USD")
    assert (delivered.segments, delivered.poll_at) == (1, None)


async def test_with_a_public_url_callbacks_that_do_not_come_are_made_up_for(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    (sid,) = path.twilio.accepted
    path.twilio.accepted[sid] |= {"status": "undelivered", "error_code": 30003, "price": "-0.0075"}
    path.clock.step(599)
    await outbox.sweep()
    assert (await outbox.get(row.id)).status == "queued"
    path.clock.step(1)
    await outbox.sweep()
    after = await outbox.get(row.id)
    assert (after.status, after.error_code, after.price) == ("undelivered", 30003, "-0.0075")


async def test_the_price_is_asked_for_after_the_final_status(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    row = await outbox.get(row.id)
    await outbox.record_callback(report(row, "delivered"), message_id=row.id, attempt_no=1)
    await outbox.apply_callbacks(row.account_id)
    path.clock.step(2)
    await outbox.sweep()  # Twilio has no price yet
    assert (await outbox.get(row.id)).price is None
    path.twilio.accepted[str(row.sid)]["price"] = "-0.0090"
    path.clock.step(60)
    await outbox.sweep()
    priced = await outbox.get(row.id)
    assert (priced.price, priced.poll_at, priced.status) == ("-0.0090", None, "delivered")


async def test_an_error_while_asking_is_asked_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = path.outbox(public_url=None)
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    made = dict(path.twilio.accepted)
    path.twilio.accepted.clear()  # Twilio answers 500
    path.clock.step(1)
    await outbox.sweep()
    assert "could not be asked for" in caplog.text
    path.twilio.accepted.update(made)
    path.twilio.accepted[str((await outbox.get(row.id)).sid)]["status"] = "sent"
    path.clock.step(5)
    await outbox.sweep()
    assert (await outbox.get(row.id)).status == "sent"


async def test_canceling_before_the_send_stops_it(path: Path) -> None:
    outbox = path.outbox()
    ready = await outbox.enqueue(new("a", cooldown_key="k", cooldown_seconds=60))
    held = await outbox.enqueue(new("b", send_at=path.clock.time() + 60))
    for row in (ready, held):
        assert (await outbox.cancel(row.id)).stage == "canceled"
    assert not await outbox.is_cooling_down("k", 60)
    await outbox.drain(sender_of(ready))
    path.clock.step(61)
    await outbox.sweep()
    assert path.twilio.posts == []


async def test_canceling_while_it_is_being_sent_asks_twilio_afterwards(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    row = await outbox.enqueue(new())
    drain = asyncio.create_task(outbox.drain(sender_of(row)))
    await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
    assert (await outbox.cancel(row.id)).stage == "posting"
    path.twilio.hold.set()
    await drain
    await outbox.sweep()
    canceled = await outbox.get(row.id)
    assert (canceled.stage, canceled.status, canceled.cancel_outcome) == ("accepted", "canceled", "canceled")
    assert path.twilio.canceled == [canceled.sid]


async def test_canceling_while_it_is_being_sent_needs_no_further_look_at_the_clock(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    async with path.working(outbox):
        row = await outbox.enqueue(new())
        await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
        await outbox.cancel(row.id)
        path.twilio.hold.set()
        await until(lambda: path.twilio.canceled)


async def test_canceling_what_turns_out_not_to_have_been_sent_stops_it(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    path.twilio.answers = [refuse(20429, 429)]
    row = await outbox.enqueue(new())
    drain = asyncio.create_task(outbox.drain(sender_of(row)))
    await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
    await outbox.cancel(row.id)
    path.twilio.hold.set()
    await drain
    assert (await outbox.get(row.id)).stage == "canceled"


@pytest.mark.parametrize(("status", "outcome"), [("queued", "canceled"), ("sent", "too_late")])
async def test_canceling_at_twilio_works_until_it_is_too_late(path: Path, status: str, outcome: str) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    (sid,) = path.twilio.accepted
    path.twilio.accepted[sid]["status"] = status  # what we have not heard of yet
    await outbox.cancel(row.id)
    await outbox.sweep()
    assert (await outbox.get(row.id)).cancel_outcome == outcome


async def test_canceling_what_is_decided_changes_nothing(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(21211)]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert (await outbox.cancel(row.id)).stage == "failed"


async def test_an_opt_out_refuses_everything_that_waits_in_its_scope(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.status_of_new = "scheduled"
    scheduled = await outbox.enqueue(new("scheduled", sender=None, service="MG1", send_at=path.clock.time() + 3600))
    await outbox.drain(sender_of(scheduled))
    ready = await outbox.enqueue(new("ready", service="MG1", cooldown_key="k", cooldown_seconds=60))
    held = await outbox.enqueue(new("held", service="MG1", send_at=path.clock.time() + 60))
    others = [
        await outbox.enqueue(new("another person", to=BEN, service="MG1")),
        await outbox.enqueue(new("another service", service="MG2")),
        await outbox.enqueue(new("no service")),
    ]
    count = await path.database.write(
        lambda tx: outbox.stops.opt_out_in(
            tx, account_id=ready.account_id, channel="sms", recipient=ANA, sender=NUMBER, service="MG1", source="reply"
        )
    )
    assert count == 2
    assert await stages(outbox, [ready, held]) == ["refused", "refused"]
    assert await stages(outbox, others) == ["ready"] * 3
    assert not await outbox.is_cooling_down("k", 60)
    assert (await outbox.enqueue(new("later", service="MG1"))).refusal_reason == "opted_out"


async def test_a_message_waiting_at_twilio_is_canceled_when_its_recipient_opts_out(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.status_of_new = "scheduled"
    row = await outbox.enqueue(new(sender=None, service="MG1", send_at=path.clock.time() + 3600))
    await outbox.drain(sender_of(row))
    cancel = await outbox.get(row.id)
    await path.database.write(
        lambda tx: outbox.stops.opt_out_in(
            tx, account_id=row.account_id, channel="sms", recipient=ANA, service="MG1", source="reply"
        )
    )
    await outbox.sweep()
    assert path.twilio.canceled == [cancel.sid]


async def test_the_sweep_alone_finishes_all_work_when_every_job_is_lost(path: Path) -> None:
    """Whatever the queue was told is forgotten again and again; rows and time are enough."""
    if not isinstance(path.dispatcher, MemoryDispatcher):
        pytest.skip("Postgres keeps its jobs")
    outbox = path.outbox()
    path.twilio.answers = [refuse(20429, 429), cut(having_accepted=True)]
    rows = await outbox.enqueue_many([new(f"text {n}", sender=f"+1415555000{n % 3}") for n in range(9)])
    rows.append(await outbox.enqueue(new("later", send_at=path.clock.time() + 40)))
    stray = await outbox.enqueue(new("with a report"))
    assert await path.dispatcher.forget_jobs() > 0
    lost = 0
    for _ in range(12):
        path.clock.step(15)
        await outbox.sweep()
        if lost < 2:
            lost += 1
            await path.dispatcher.forget_jobs()
            continue
        async with path.working(outbox, ticking=False):
            await until(lambda: not path.dispatcher._waiting)  # type: ignore[attr-defined]
    final = set(await stages(outbox, [*rows, stray]))
    assert final == {"accepted"}
    assert len(path.twilio.accepted) == 11
    assert set(path.twilio.per_token().values()) == {1}


async def test_reports_whose_job_was_lost_are_found(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    row = await outbox.get(row.id)
    await outbox.record_callback(report(row, "delivered"), message_id=row.id, attempt_no=1)
    if isinstance(path.dispatcher, MemoryDispatcher):
        await path.dispatcher.forget_jobs()
    path.clock.step(30)
    await outbox.sweep()
    async with path.working(outbox, ticking=False):
        done = await asyncio.wait_for(outbox.wait(row.id, for_delivery=True), SOON)
    assert done.status == "delivered"


async def test_a_message_written_while_the_drain_is_ending_is_not_forgotten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Written in every gap: before the wake-up is taken, between it and the look, and after the look."""
    outbox = path.outbox()
    rows: list[OutboxRow] = []
    original_claim, original_arrive = Drains.claim, Drains.arrive
    seen = {"claims": 0}

    async def write_one_more() -> None:
        if len(rows) < 12:
            rows.append(await outbox.enqueue(new(f"text {len(rows)}")))

    async def arrive(self: Drains, sender_id: str) -> None:
        await write_one_more()
        await original_arrive(self, sender_id)
        await write_one_more()

    async def claim(self: Drains, sender_id: str, count: int) -> Any:
        taken = await original_claim(self, sender_id, count)
        seen["claims"] += 1
        await write_one_more()
        return taken

    monkeypatch.setattr(Drains, "arrive", arrive)
    monkeypatch.setattr(Drains, "claim", claim)
    async with path.working(outbox, ticking=False):
        await write_one_more()
        await until(lambda: len(rows) == 12)
        for row in rows:
            assert (await asyncio.wait_for(outbox.wait(row.id), SOON)).stage == "accepted"


async def test_a_message_written_while_the_last_results_are_being_written_is_not_forgotten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = path.outbox()
    rows = [await outbox.enqueue(new("the first"))]
    original_flush, original_drain = ResultWriter.flush, outbox.drain
    calls, jobs = itertools.count(), itertools.count()
    last_job = 0

    async def drain(sender_id: str) -> None:
        nonlocal last_job
        last_job = next(jobs)
        await original_drain(sender_id)

    async def flush(self: ResultWriter) -> None:
        await original_flush(self)
        # Every second one is the last thing a drain does.
        if next(calls) % 2 and len(rows) < 6:
            before = last_job
            rows.append(await outbox.enqueue(new(f"text {len(rows)}")))
            # Its job comes, finds a drain at work and leaves it to that one.
            await until(lambda: last_job > before)

    outbox.drain = drain  # type: ignore[method-assign]
    monkeypatch.setattr(ResultWriter, "flush", flush)
    async with path.working(outbox, ticking=False):
        for count in range(6):
            await until(lambda count=count: len(rows) > count)
            assert (await asyncio.wait_for(outbox.wait(rows[count].id), SOON)).stage == "accepted"


async def test_a_drain_that_hands_back_does_not_swallow_what_it_handed_back(path: Path) -> None:
    """The next job comes while the first still waits for an answer."""
    outbox = path.outbox(max_in_flight=2, hand_back=10.0)
    may_answer = asyncio.Event()

    async def slow(twilio: FakeTwilio, form: dict[str, str]) -> web.StreamResponse:
        await may_answer.wait()
        return await accept(twilio, form)

    async def long_after(twilio: FakeTwilio, form: dict[str, str]) -> web.StreamResponse:
        path.clock.step(11)
        return await accept(twilio, form)

    path.twilio.answers = [slow, long_after]
    rows = await outbox.enqueue_many([new(f"text {n}") for n in range(6)])
    async with path.working(outbox, ticking=False):
        await until(lambda: len(path.twilio.accepted) == 1)
        await outbox.drain(sender_of(rows[0]))
        may_answer.set()
        for row in rows:
            assert (await asyncio.wait_for(outbox.wait(row.id), SOON)).stage == "accepted"


async def test_the_ticker_sleeps_until_something_is_due(path: Path) -> None:
    outbox = path.outbox(tick=1000.0, tick_shared=1000.0)
    sweeps = 0
    original = outbox.sweep

    async def counted(*, at_start: bool = False) -> float | None:
        nonlocal sweeps
        sweeps += 1
        return await original(at_start=at_start)

    outbox.sweep = counted  # type: ignore[method-assign]
    async with path.working(outbox):
        await until(lambda: path.clock.next_due() == 1000.0)
        assert sweeps == 1
        await outbox.enqueue(new(send_at=path.clock.time() + 100))
        await until(lambda: sweeps == 2)
        await until(lambda: path.clock.next_due() == 100.0)
        path.clock.step(100)
        await until(lambda: sweeps >= 3)
        await until(lambda: len(path.twilio.posts) == 1)


async def test_what_falls_due_while_twilio_is_being_asked_is_due_at_once(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outbox = path.outbox()
    path.twilio.answers = [refuse(20429, 429)]
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).send_at == path.clock.time() + 1
    original = Outbox.poll_statuses

    async def slow(self: Outbox, now: float | None = None) -> int:
        path.clock.step(5)
        return await original(self, now)

    monkeypatch.setattr(Outbox, "poll_statuses", slow)
    due = await outbox.sweep()
    assert due is not None
    assert due <= path.clock.time()


async def test_a_sweep_that_fails_is_tried_again(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    outbox = path.outbox()
    original, calls = outbox.sweep, 0

    async def failing(*, at_start: bool = False) -> float | None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise KeyError("a bug")
        return await original(at_start=at_start)

    outbox.sweep = failing  # type: ignore[method-assign]
    async with path.working(outbox):
        await until(lambda: path.clock.next_due() == 1.0)
        path.clock.step(1)
        await until(lambda: calls >= 2)
    assert "a bug" in caplog.text


def test_states_have_the_columns_that_are_read_for_them() -> None:
    """They are made by position."""
    import dataclasses

    from ringline.outbox.ledger import AttemptState, MessageState
    from ringline.outbox.store import ledger

    for state, columns in ((MessageState, ledger.MESSAGE_COLUMNS), (AttemptState, ledger.ATTEMPT_COLUMNS)):
        assert [field.name for field in dataclasses.fields(state)] == [column.name for column in columns]


async def test_a_credential_is_needed_until_its_messages_are_settled(path: Path) -> None:
    outbox = path.outbox()

    async def is_needed(credential_id: str) -> bool:
        return await path.database.read(lambda tx: outbox.needs_credential_in(tx, credential_id))

    row = await outbox.enqueue(new(credential_id="crd_7"))
    assert await is_needed("crd_7")
    assert not await is_needed("crd_8")
    path.twilio.answers = [cut(having_accepted=True)]
    await outbox.drain(sender_of(row))
    assert await is_needed("crd_7")
    path.twilio.lists = False
    path.clock.step(1_800)
    await path.settle(outbox)
    assert (await outbox.get(row.id)).stage == "unresolved"
    assert not await is_needed("crd_7")
