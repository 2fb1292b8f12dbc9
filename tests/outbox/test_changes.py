"""Who listens is told, in the very transaction, what has become of messages."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
import sqlalchemy

from outbox.fake_twilio import refuse
from outbox.send_path import ANA, NUMBER, Path, new, report, sender_of
from ringline.database import Transaction
from ringline.outbox import MessageChange, Outbox


class Listener:
    def __init__(self, outbox: Outbox) -> None:
        self.heard: list[MessageChange] = []
        self.error: Exception | None = None
        outbox.on_change.append(self)

    def __call__(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        stages = {row["id"]: row["stage"] for row in tx.all(sqlalchemy.text("SELECT id, stage FROM messages"))}
        assert all(stages[change.id] == change.stage for change in changes), "told before it was written"
        if self.error is not None:
            raise self.error
        self.heard += changes

    @property
    def moves(self) -> list[tuple[str, str, str, str]]:
        return [(change.was_stage, change.was_status, change.stage, change.status) for change in self.heard]


async def test_each_move_from_the_claim_to_the_delivery_is_told(path: Path) -> None:
    outbox = path.outbox()
    listener = Listener(outbox)
    row = await outbox.enqueue(new(run_id="run_1", step="alarm"))
    assert listener.heard == []
    await outbox.drain(sender_of(row))
    row = await outbox.get(row.id)
    await outbox.record_callback(report(row, "delivered"), message_id=row.id, attempt_no=1)
    await outbox.apply_callbacks(row.account_id)
    assert listener.moves == [
        ("ready", "pending", "posting", "pending"),
        ("posting", "pending", "accepted", "queued"),
        ("accepted", "queued", "accepted", "delivered"),
    ]
    assert {(change.id, change.run_id, change.step, change.to, change.sender) for change in listener.heard} == {
        (row.id, "run_1", "alarm", ANA, NUMBER)
    }
    # The same once more changes nothing, and nobody is told.
    await outbox.record_callback(report(row, "sent"), message_id=row.id, attempt_no=1)
    await outbox.apply_callbacks(row.account_id)
    assert len(listener.heard) == 3


async def test_price_and_moment_of_sending_are_told(path: Path) -> None:
    outbox = path.outbox(public_url=None)
    row = await outbox.enqueue(new())
    await outbox.drain(sender_of(row))
    listener = Listener(outbox)
    (accepted,) = path.twilio.accepted.values()
    accepted |= {"status": "delivered", "date_sent": "Thu, 01 Jan 2026 12:00:07 +0000"}
    path.clock.step(1)
    await outbox.sweep()
    accepted["price"] = "-0.0079"
    path.clock.step(2)
    await outbox.sweep()
    assert [(change.status, change.price, change.sent_at) for change in listener.heard] == [
        ("delivered", None, 1767268807.0),
        ("delivered", "-0.0079", 1767268807.0),
    ]


async def test_a_refusal_a_cancel_and_an_expiry_are_told(path: Path) -> None:
    outbox = path.outbox()
    listener = Listener(outbox)
    path.twilio.answers = [refuse(21211)]
    failed = await outbox.enqueue(new("one"))
    await outbox.drain(sender_of(failed))
    canceled = await outbox.enqueue(new("two"))
    await outbox.cancel(canceled.id)
    now = path.clock.time()
    expired = await outbox.enqueue(new("three", send_at=now + 100, expires_at=now + 50))
    path.clock.step(51)
    await outbox.sweep()
    told = {(change.id, change.stage, change.error_code) for change in listener.heard}
    assert {(failed.id, "failed", 21211), (canceled.id, "canceled", None), (expired.id, "failed", None)} <= told


async def test_what_a_listener_raises_undoes_the_change(path: Path) -> None:
    outbox = path.outbox()
    row = await outbox.enqueue(new())
    listener = Listener(outbox)
    listener.error = ValueError("not now")
    with pytest.raises(ValueError, match="not now"):
        await outbox.cancel(row.id)
    assert (await outbox.get(row.id)).stage == "ready"
    listener.error = None
    assert (await outbox.cancel(row.id)).stage == "canceled"
