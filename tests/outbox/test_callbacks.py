"""What Twilio reports: late, twice, out of order, before the answer, or never."""

from __future__ import annotations

import asyncio
import itertools
import json
from typing import Any

import pytest
import sqlalchemy
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.util import await_only

from outbox.fake_twilio import ACCOUNT, cut, hang_having_accepted, text
from outbox.send_path import SOON, Path, new, report, sender_of
from ringline.database import Transaction
from ringline.outbox import Outbox, OutboxRow
from ringline.outbox.results import Result, record_results
from ringline.outbox.waking import Waker
from ringline.twilio.messages import PostResult
from ringline.twilio.statuses import RANK


async def sent(path: Path, outbox: Outbox, **changes: Any) -> OutboxRow:
    row = await outbox.enqueue(new(**changes))
    await outbox.drain(sender_of(row))
    return await outbox.get(row.id)


async def hear(outbox: Outbox, row: OutboxRow, *statuses: str, attempt: int = 1, **changes: Any) -> OutboxRow:
    for status in statuses:
        await outbox.record_callback(report(row, status, **changes), message_id=row.id, attempt_no=attempt)
    await outbox.apply_callbacks(row.account_id)
    return await outbox.get(row.id)


async def test_reports_carry_the_status_forward(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    for status in ("sent", "delivered", "read"):
        assert (await hear(outbox, row, status)).status == status
    assert (await outbox.get(row.id)).confirmed
    assert [(e["source"], e["status"]) for e in await outbox.events(row.id)] == [
        ("response", "queued"),
        ("callback", "sent"),
        ("callback", "delivered"),
        ("callback", "read"),
    ]


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
async def test_in_whatever_order_they_come_the_furthest_stands(path: Path, order: tuple[str, ...]) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    seen = [(await hear(outbox, row, status)).status for status in order]
    assert seen[-1] == "delivered"
    ranks = [RANK[status] for status in seen]
    assert ranks == sorted(ranks)


async def test_an_error_is_outranked_only_by_the_proof_that_it_was_read(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    failed = await hear(outbox, row, "undelivered", error_code=30003)
    assert (failed.status, failed.error_code) == ("undelivered", 30003)
    assert failed.error_message
    assert (await hear(outbox, row, "delivered")).status == "undelivered"
    assert (await hear(outbox, row, "read")).status == "read"


async def test_the_same_report_twice_is_one_event(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await hear(outbox, row, "sent", "sent")
    await hear(outbox, row, "sent")
    assert [e["status"] for e in await outbox.events(row.id)] == ["queued", "sent"]


async def test_the_wording_of_a_report_is_kept_for_a_while(path: Path) -> None:
    outbox = path.outbox(keep_raw_callbacks=100.0)
    row = await sent(path, outbox)
    await hear(outbox, row, "sent")
    event = (await outbox.events(row.id))[-1]
    assert json.loads(event["raw"]) == {"MessageStatus": "sent"}
    path.clock.step(50)
    await outbox.compact()
    assert (await outbox.events(row.id))[-1]["raw"] is not None
    path.clock.step(51)
    await outbox.compact()
    assert (await outbox.events(row.id))[-1]["raw"] is None


async def test_a_report_before_the_answer_settles_the_send(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.hold = asyncio.Event()
    row = await outbox.enqueue(new())
    drain = asyncio.create_task(outbox.drain(sender_of(row)))
    await asyncio.wait_for(path.twilio.arrived.wait(), SOON)
    bound = await hear(outbox, row, "sent", sid="SM" + "1".zfill(32))
    assert (bound.stage, bound.status, bound.sid) == ("accepted", "sent", "SM" + "1".zfill(32))
    path.twilio.hold.set()
    await drain
    after = await outbox.get(row.id)
    assert (after.stage, after.status, after.sid, after.duplicate) == ("accepted", "sent", bound.sid, False)


@pytest.mark.parametrize(
    "answer", [cut(having_accepted=True), text(500, "", having_accepted=True), hang_having_accepted]
)
async def test_a_report_settles_what_the_answer_left_unknown(path: Path, answer: Any) -> None:
    path.timeout = 0.3 if answer is hang_having_accepted else 5.0
    outbox = path.outbox()
    path.twilio.answers = [answer]
    row = await sent(path, outbox)
    assert row.stage == "unknown"
    (sid,) = path.twilio.accepted
    bound = await hear(outbox, row, "delivered", sid=sid)
    assert (bound.stage, bound.status, bound.sid) == ("accepted", "delivered", sid)
    (attempt,) = await outbox.attempts(row.id)
    assert (attempt["outcome"], attempt["bound_by"]) == ("accepted", "token")
    assert len(path.twilio.posts) == 1


async def test_a_report_a_week_late_still_settles_what_was_given_up(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [cut(having_accepted=True)]
    row = await sent(path, outbox, cooldown_key="k", cooldown_seconds=60)
    path.twilio.lists = False
    path.clock.step(1_800)
    await path.settle(outbox)
    given_up = await outbox.get(row.id)
    assert (given_up.stage, given_up.status) == ("unresolved", "unresolved")
    path.clock.step(7 * 86_400)
    (sid,) = path.twilio.accepted
    bound = await hear(outbox, row, "delivered", sid=sid)
    assert (bound.stage, bound.status) == ("accepted", "delivered")


async def test_a_report_without_a_token_is_told_by_its_sid(path: Path) -> None:
    """A callback that the messaging service or the number is set up with, rather than the request."""
    outbox = path.outbox(public_url=None)
    row = await sent(path, outbox)
    await outbox.record_callback(report(row, "delivered"))
    await outbox.apply_callbacks(ACCOUNT)
    assert (await outbox.get(row.id)).status == "delivered"


async def test_a_report_without_a_token_that_is_here_before_the_sid_counts_when_the_sid_comes(path: Path) -> None:
    outbox = path.outbox(public_url=None)
    row = await outbox.enqueue(new())
    await outbox.record_callback(report(row, "sent", sid="SM" + "1".zfill(32)))
    await outbox.apply_callbacks(ACCOUNT)
    assert (await outbox.get(row.id)).status == "pending"
    await outbox.drain(sender_of(row))
    assert (await outbox.get(row.id)).status == "sent"
    assert [e["status"] for e in await outbox.events(row.id)] == ["sent", "queued"]


async def test_other_software_on_the_account_does_not_disturb(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await outbox.record_callback(report(row, "failed", sid="SM" + "e" * 32))
    await outbox.apply_callbacks(ACCOUNT)
    assert (await outbox.get(row.id)).status == "queued"
    # Nothing is left over that every later job would look at again.
    from ringline.outbox.store import callbacks

    waiting = await path.database.write(lambda tx: tx.all(callbacks.WAITING, {"account_id": ACCOUNT, "count": 10}))
    assert waiting == []


async def test_a_token_of_another_account_binds_nothing(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.answers = [cut(having_accepted=True)]
    row = await sent(path, outbox)
    foreign = "AC" + "9" * 32
    await outbox.record_callback(
        report(row, "delivered", sid="SM" + "e" * 32, account_sid=foreign), message_id=row.id, attempt_no=1
    )
    await outbox.apply_callbacks(foreign)
    assert (await outbox.get(row.id)).stage == "unknown"


async def test_a_token_of_an_attempt_that_never_was_binds_nothing(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    after = await hear(outbox, row, "sent", attempt=7, sid="SM" + "e" * 32)
    assert (after.stage, after.sid) == ("ready", None)


async def test_a_copy_is_seen_shown_and_canceled(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Twilio executes the request of attempt 1 although it said 429, and then that of attempt 2 as well."""
    from outbox.fake_twilio import refuse

    outbox = path.outbox()

    async def throttled_but_made(twilio: Any, form: dict[str, str]) -> Any:
        twilio.make(form)
        return await refuse(20429, 429)(twilio, form)

    path.twilio.answers = [throttled_but_made]
    row = await sent(path, outbox)
    path.clock.step(1)
    await outbox.drain(sender_of(row))
    first, second = path.twilio.accepted
    assert (await outbox.get(row.id)).sid == second
    after = await hear(outbox, row, "queued", attempt=1, sid=first)
    assert (after.sid, after.duplicate, after.stage) == (second, True, "accepted")
    assert "accepted twice" in caplog.text
    await outbox.sweep()
    assert path.twilio.canceled == [first]
    await outbox.sweep()
    assert path.twilio.canceled == [first]


async def test_a_report_of_an_opt_out_is_remembered(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await hear(outbox, row, "failed", error_code=21610)
    again = await outbox.enqueue(new("another"))
    assert (again.stage, again.refusal_reason) == ("refused", "opted_out")


async def test_waiting_for_delivery_ends_with_the_final_report(path: Path) -> None:
    outbox = path.outbox()
    async with path.working(outbox):
        row = await outbox.enqueue(new())
        waiting = asyncio.create_task(outbox.wait(row.id, for_delivery=True))
        row = await asyncio.wait_for(outbox.wait(row.id), SOON)
        await outbox.record_callback(report(row, "sent"), message_id=row.id, attempt_no=1)
        await outbox.record_callback(report(row, "delivered"), message_id=row.id, attempt_no=1)
        assert (await asyncio.wait_for(waiting, SOON)).status == "delivered"


async def test_many_reports_are_applied_by_two_jobs_at_once(path: Path) -> None:
    one, two = path.outbox(apply_rows=7), path.outbox(apply_rows=5)
    rows = await one.enqueue_many([new(f"text {n}") for n in range(40)])
    await one.drain(sender_of(rows[0]))
    for row in rows:
        done = await one.get(row.id)
        for status in ("delivered", "sent"):
            await one.record_callback(report(done, status), message_id=row.id, attempt_no=1)
    await asyncio.gather(*(outbox.apply_callbacks(ACCOUNT) for outbox in (one, two, one, two)))
    assert {(await one.get(row.id)).status for row in rows} == {"delivered"}


REPORTS = st.lists(
    st.tuples(st.sampled_from(sorted(RANK)), st.booleans(), st.sampled_from([None, 30003, 30005])), max_size=12
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reports=REPORTS, batches=st.lists(st.integers(0, 5), max_size=12))
def test_any_reports_in_any_batches_leave_the_highest_status(
    reports: list[tuple[str, bool, int | None]], batches: list[int], sqlite_template: Any
) -> None:
    """The join commutes: neither order, repetition nor how reports are batched matters, and status never goes back."""
    asyncio.run(_apply_all(reports, batches))


async def _apply_all(reports: list[tuple[str, bool, int | None]], batches: list[int]) -> None:
    from ringline.clock import VirtualClock
    from ringline.database import open_database
    from ringline.dispatch.memory import MemoryDispatcher
    from ringline.twilio.messages import PostResult

    clock = VirtualClock()
    database = await open_database("sqlite://", clock=clock)

    class Client:
        async def create_message(self, form: Any) -> PostResult:
            return PostResult("accepted", sid="SM" + "1" * 32, status="queued")

    async def clients(credential_id: str) -> Any:
        return Client()

    outbox = Outbox(database, MemoryDispatcher(), clock, clients, "https://ringline.example")
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    row = await outbox.get(row.id)
    seen = [row.status_rank]
    remaining = list(reports)
    for size in [*batches, len(reports)]:
        for status, with_token, code in remaining[:size]:
            token = {"message_id": row.id, "attempt_no": 1} if with_token else {}
            await outbox.record_callback(report(row, status, error_code=code), **token)
        del remaining[:size]
        await outbox.apply_callbacks(ACCOUNT)
        seen.append((await outbox.get(row.id)).status_rank)
    assert seen == sorted(seen)
    assert seen[-1] == max([RANK["queued"], *(RANK[status] for status, _, _ in reports)])
    await database.close()


async def test_a_report_without_a_token_finds_a_sid_that_is_being_committed(path: Path) -> None:
    if path.database.dialect == "sqlite":
        pytest.skip("one writer at a time: nothing is being committed beside it")
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    path.twilio.answers = [cut(having_accepted=True)]
    await outbox.drain(sender_of(row))
    sid = "SM" + "1".zfill(32)
    loop, waiting, may_commit = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()

    def answer_late(tx: Transaction) -> None:
        result = Result(row.id, 1, row.account_id, PostResult("accepted", sid=sid, status="queued", http_status=201))
        record_results(
            tx, [result], now=0.0, settings=outbox.settings, waker=Waker(path.dispatcher), can_be_called=True
        )
        loop.call_soon(waiting.set)
        await_only(may_commit.wait())

    def who_waits_for_a_lock(tx: Transaction) -> int:
        return len(tx.all(sqlalchemy.text("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")))

    answering = asyncio.create_task(path.database.write(answer_late))
    await asyncio.wait_for(waiting.wait(), SOON)
    # Stored and looked at between the answer's look for such reports and its commit.
    await outbox.record_callback(report(row, "delivered", sid=sid))
    applying = asyncio.create_task(outbox.apply_callbacks(row.account_id))
    async with asyncio.timeout(SOON):
        while not applying.done() and not await path.database.read(who_waits_for_a_lock):  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    may_commit.set()
    await asyncio.wait_for(asyncio.gather(answering, applying), SOON)
    assert (await outbox.get(row.id)).status == "delivered"


async def test_a_report_that_is_nobodys_is_looked_at_once(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await outbox.record_callback(report(row, "delivered", sid="SM" + "7" * 32))
    await outbox.record_callback(report(row, "delivered"))
    await outbox.apply_callbacks(row.account_id)
    assert (await outbox.get(row.id)).status == "delivered"
    waiting = sqlalchemy.text("SELECT sid FROM status_events WHERE applied = 0")
    assert await path.database.read(lambda tx: tx.all(waiting)) == []
