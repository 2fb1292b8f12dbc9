"""Messages of which nothing more was heard although Twilio can call back: asked after, less and less often."""

from __future__ import annotations

from outbox.fake_twilio import refuse
from outbox.send_path import ANA, Path, new, report, sender_of
from ringline.outbox import Outbox, OutboxRow

HOUR = 3600.0


async def sent(path: Path, outbox: Outbox, text: str = "hello", to: str = ANA) -> OutboxRow:
    row = await outbox.enqueue(new(text, to=to))
    await outbox.drain(sender_of(row))
    return await outbox.get(row.id)


async def hear(outbox: Outbox, row: OutboxRow, status: str) -> None:
    await outbox.record_callback(report(row, status), message_id=row.id, attempt_no=1)
    await outbox.apply_callbacks(row.account_id)


async def asked_at(path: Path, outbox: Outbox, row: OutboxRow, *, for_hours: float) -> list[float]:
    """The hours after now at which Twilio is asked, as the ticker would do it."""
    began, moments = path.clock.time(), []
    while True:
        due = (await outbox.get(row.id)).poll_at
        if due is None or due > began + for_hours * HOUR:
            return moments
        path.clock.step(max(0.0, due - path.clock.time()))
        if await outbox.poll_statuses():
            moments.append(round((path.clock.time() - began) / HOUR, 2))


async def test_it_is_asked_for_four_times_in_a_day_and_then_not_any_more(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await hear(outbox, row, "sent")
    assert await asked_at(path, outbox, row, for_hours=100) == [0.17, 1.0, 6.0, 24.0]
    ended = await outbox.get(row.id)
    assert (ended.status, ended.delivery_unknown, ended.poll_at) == ("sent", True, None)


async def test_a_report_puts_the_questions_off(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    path.clock.step(500)
    await hear(outbox, row, "sent")
    path.clock.step(100)
    assert await outbox.poll_statuses() == 0, "something was heard 100 s ago"
    due = (await outbox.get(row.id)).poll_at
    assert due == path.clock.time() + 500


async def test_what_the_answer_tells_counts_as_heard(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    path.clock.step(600)
    path.twilio.accepted[row.sid or ""]["status"] = "sent"
    assert await outbox.poll_statuses() == 1
    fresh = await outbox.get(row.id)
    assert (fresh.status, fresh.poll_at) == ("sent", path.clock.time() + 600)


async def test_a_receipt_after_all_is_taken(path: Path) -> None:
    outbox = path.outbox()
    row = await sent(path, outbox)
    await asked_at(path, outbox, row, for_hours=100)
    assert (await outbox.get(row.id)).delivery_unknown
    await hear(outbox, row, "delivered")
    fresh = await outbox.get(row.id)
    assert (fresh.status, fresh.delivery_unknown) == ("delivered", False)


async def test_a_message_waiting_at_twilio_is_asked_for_after_its_time(path: Path) -> None:
    outbox = path.outbox()
    path.twilio.status_of_new = "scheduled"
    row = await outbox.enqueue(new(sender=None, service="MG1", send_at=path.clock.time() + 10 * 24 * HOUR))
    await outbox.drain(sender_of(row))
    assert await asked_at(path, outbox, row, for_hours=239) == []
    path.clock.step(240 * HOUR)
    assert await asked_at(path, outbox, row, for_hours=2) != []


async def test_an_account_is_asked_so_many_questions_a_minute(path: Path) -> None:
    outbox = path.outbox(reconcile_rows=3)
    for number in range(7):
        await sent(path, outbox, f"text {number}")
    path.clock.step(600)
    asked = [await outbox.poll_statuses()]
    for _ in range(3):
        path.clock.step(30)
        asked.append(await outbox.poll_statuses())
    path.clock.step(30)
    asked.append(await outbox.poll_statuses())
    assert asked == [3, 0, 3, 0, 1]


async def test_a_throttled_question_pauses_the_account(path: Path) -> None:
    outbox = path.outbox(public_url=None)
    row = await sent(path, outbox)
    path.twilio.fetch_answer = refuse(20429, 429, {"Retry-After": "90"})
    path.clock.step(1)
    assert await outbox.poll_statuses() == 1
    path.twilio.fetch_answer = None
    path.clock.step(60)
    assert await outbox.poll_statuses() == 0
    path.clock.step(30)
    assert await outbox.poll_statuses() == 1
    assert (await outbox.get(row.id)).stage == "accepted"
