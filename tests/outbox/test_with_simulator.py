"""The send path against the built-in Twilio, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from outbox.send_path import SOON, Path, sender_of
from ringline.outbox import NewMessage, Outbox, OutboxSettings
from ringline.simulator import Simulator
from ringline.twilio.client import TwilioClient

PHONE, NUMBER = "+14155550123", "+14155550001"


@pytest.fixture
async def simulator(path: Path) -> AsyncIterator[Simulator]:
    async with Simulator(clock=path.clock, any_sender=True) as started:
        yield started


def outbox_to(path: Path, simulator: Simulator, public_url: str | None = None) -> Outbox:
    client = TwilioClient(
        simulator.account_sid, simulator.auth_token, base_url=simulator.base_url, http=path.http, timeout=5.0
    )

    async def clients(credential_id: str) -> TwilioClient:
        return client

    return Outbox(path.database, path.dispatcher, path.clock, clients, public_url, OutboxSettings(rate=None))


def new(simulator: Simulator, text: str, to: str = PHONE) -> NewMessage:
    return NewMessage(account_id=simulator.account_sid, credential_id="crd_1", to=to, sender=NUMBER, body=text)


async def test_a_message_arrives_and_is_asked_after_until_its_price_is_known(path: Path, simulator: Simulator) -> None:
    outbox = outbox_to(path, simulator)
    phone = simulator.handset(PHONE)
    async with path.working(outbox):
        row = await outbox.enqueue(new(simulator, "Your table is ready."))
        sent = await asyncio.wait_for(outbox.wait(row.id), SOON)
        assert sent.stage == "accepted"
        async with asyncio.timeout(SOON):
            while (await outbox.get(row.id)).price is None:
                path.clock.step(1)
                await asyncio.sleep(0.01)
    done = await outbox.get(row.id)
    assert (done.status, done.segments, done.price_unit) == ("delivered", 1, "USD")
    assert [message.body for message in phone.inbox] == ["Your table is ready."]
    statuses = [event["status"] for event in await outbox.events(row.id)]
    assert statuses[0] == "queued"
    assert "delivered" in statuses


async def test_fifty_messages_arrive_once_each(path: Path, simulator: Simulator) -> None:
    outbox = outbox_to(path, simulator)
    rows = await outbox.enqueue_many([new(simulator, f"Message {n}", f"+141555502{n:02d}") for n in range(50)])
    await asyncio.gather(*(outbox.drain(sender_of(rows[0])) for _ in range(3)))
    assert await outbox.count_by_stage() == {"accepted": 50}
    assert sorted(message.body for message in simulator.messages) == sorted(f"Message {n}" for n in range(50))


async def test_magic_numbers_fail_with_twilios_reasons(path: Path, simulator: Simulator) -> None:
    outbox = outbox_to(path, simulator)
    row = await outbox.enqueue(new(simulator, "hello", to="+15005550001"))
    await outbox.drain(sender_of(row))
    failed = await outbox.get(row.id)
    assert (failed.stage, failed.error_code) == ("failed", 21211)
    assert "not a valid phone number" in (failed.error_message or "")


async def test_a_cancel_that_twilio_could_not_answer_is_asked_for_again_soon(path: Path, simulator: Simulator) -> None:
    outbox = outbox_to(path, simulator, "https://ringline.example")
    row = await outbox.enqueue(new(simulator, "hello"))
    await outbox.drain(sender_of(row))
    simulator.faults.server_error(operation="update")
    await outbox.cancel(row.id)
    await outbox.sweep()
    assert (await outbox.get(row.id)).cancel_outcome is None
    asked_again = (await outbox.get(row.id)).poll_at
    assert asked_again is not None
    assert asked_again <= path.clock.time() + 5
