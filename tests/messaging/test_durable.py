from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from messaging.conftest import PUBLIC_URL, Installation, within
from ringline.clock import VirtualClock
from ringline.errors import CredentialError, IdempotencyConflict, NotFoundError, RequestError
from ringline.messaging.message import Cooldown, CredentialValue, MessageRequest
from ringline.simulator import Simulator
from ringline.twilio.webhooks import parse_inbound

PHONE = "+14155550123"
SENDER = "+15550001111"
REQUEST = MessageRequest(to=PHONE, from_=SENDER, body="Hello", credential="main")
LONG = "https://shop.example.com/orders/58213?utm_source=sms"


async def test_a_message_is_written_down_and_then_sent(installation: Installation, simulator: Simulator) -> None:
    message = await installation.sender.send(REQUEST)
    assert (message.stage, message.status, message.sid) == ("ready", "pending", None)

    sent = await within(installation.messages.wait(message.id, 30))
    (there,) = simulator.messages
    assert (sent.stage, sent.sid, sent.body) == ("accepted", there.sid, "Hello")
    assert (sent.segments, sent.encoding, sent.account_sid) == (1, "GSM-7", simulator.account_sid)
    assert await installation.messages.get(message.id) == sent
    assert await installation.messages.list(to=PHONE) == [sent]


async def test_the_same_key_gives_the_first_message_also_after_its_moment(
    installation: Installation, clock: VirtualClock
) -> None:
    """Whoever got no answer asks again, however long that takes."""
    request = replace(REQUEST, send_at=clock.now() + timedelta(seconds=30), key="reminder-1", key_scope="api")
    first = await installation.sender.send(request)
    clock.step(600)

    assert (await installation.sender.send(request)).id == first.id
    with pytest.raises(IdempotencyConflict):
        await installation.sender.send(replace(request, body="Something else"))
    with pytest.raises(RequestError, match="in the past"):
        await installation.sender.send(replace(request, key="reminder-2"))
    assert len(await installation.messages.list()) == 1


async def test_whoever_waits_gets_the_decision(installation: Installation, simulator: Simulator) -> None:
    simulator.faults.reject(21211)
    message = await within(installation.sender.send(REQUEST, wait=30))

    assert message.stage == "failed"
    assert message.error is not None
    assert (message.error.code, message.error.http_status) == (21211, 400)
    assert message.error.fix


async def test_the_credentials_own_sender_stands_in(installation: Installation, simulator: Simulator) -> None:
    message = await within(installation.messages.send(to=PHONE, body="Hello", wait=30))

    assert (message.stage, message.from_) == ("accepted", SENDER)


async def test_nothing_is_written_for_what_cannot_be_sent(installation: Installation) -> None:
    for wrong, error in (
        (replace(REQUEST, to="banana"), RequestError),
        (replace(REQUEST, body=""), RequestError),
        (replace(REQUEST, credential="nobody"), NotFoundError),
    ):
        with pytest.raises(error):
            await installation.sender.send(wrong)

    assert await installation.messages.list() == []


async def test_without_any_credential_the_way_to_add_one_is_said(
    installation: Installation,
) -> None:
    await installation.vault.remove("main")
    with pytest.raises(CredentialError) as caught:
        await installation.sender.send(replace(REQUEST, credential=None))

    assert "ringline credentials add" in caught.value.fix


async def test_the_same_key_gives_the_first_message(installation: Installation, simulator: Simulator) -> None:
    first = await within(installation.messages.send(to=PHONE, body="Hello", key="order-1", wait=30))
    again = await within(installation.messages.send(to=PHONE, body="Hello", key="order-1", wait=30))

    assert again.id == first.id
    with pytest.raises(IdempotencyConflict):
        await installation.messages.send(to=PHONE, body="Goodbye", key="order-1")
    step = replace(REQUEST, key="run_1/text")
    assert (await installation.sender.send(step)).id == (await installation.sender.send(replace(step, body="Hi"))).id


async def test_values_as_credential_are_sealed_and_used(installation: Installation, simulator: Simulator) -> None:
    await installation.vault.remove("main")
    value = CredentialValue(simulator.account_sid, simulator.auth_token)
    message = await within(installation.sender.send(replace(REQUEST, credential=value), wait=30))

    assert message.stage == "accepted"
    assert await installation.vault.list() == []


async def test_of_many_at_once_one_gets_through_the_cooldown(
    installation: Installation, simulator: Simulator, clock: VirtualClock
) -> None:
    request = replace(REQUEST, cooldown=Cooldown("alarm", 60))
    sent = await asyncio.gather(*(installation.sender.send(request) for _ in range(8)))

    assert sorted(message.stage for message in sent) == ["ready", *["refused"] * 7]
    assert {message.refusal_reason for message in sent} == {None, "cooldown"}
    assert await installation.sender.is_cooling_down(Cooldown("alarm", 60))

    (first,) = (message for message in sent if message.stage == "ready")
    await within(installation.messages.wait(first.id))
    clock.step(60)
    assert not await installation.sender.is_cooling_down(Cooldown("alarm", 60))
    assert (await within(installation.sender.send(request, wait=30))).stage == "accepted"


async def test_a_failed_send_frees_the_cooldown(installation: Installation, simulator: Simulator) -> None:
    request = replace(REQUEST, cooldown=Cooldown("alarm", 60))
    simulator.faults.reject(21211)

    assert (await within(installation.sender.send(request, wait=30))).stage == "failed"
    assert (await within(installation.sender.send(request, wait=30))).stage == "accepted"


async def test_links_in_a_text_are_stored_with_their_message(installation: Installation, simulator: Simulator) -> None:
    link = installation.links.shorten(LONG)
    message = await within(installation.sender.send(replace(REQUEST, body=f"Follow it: {link}"), wait=30))

    (stored,) = await installation.links.of_message(message.id)
    assert (stored.url, f"{PUBLIC_URL}/l/{stored.code}") == (LONG, link)
    assert await installation.links.resolve(stored.code) == LONG


async def test_a_text_that_repeats_a_step_keeps_the_links_of_the_first(installation: Installation) -> None:
    request = replace(REQUEST, key="run_1/text")
    first = await installation.sender.send(replace(request, body=f"See {installation.links.shorten(LONG)}"))
    other = installation.links.shorten(LONG)
    again = await installation.sender.send(replace(request, body=f"See {other}"))

    assert again.body == first.body
    with pytest.raises(NotFoundError):
        await installation.links.resolve(other.rpartition("/")[2])


async def test_a_message_for_later_is_held_and_keeps_its_pictures(
    installation: Installation, simulator: Simulator, clock: VirtualClock
) -> None:
    url = await installation.media.publish(b"picture", "image/png")
    at = clock.now() + timedelta(days=3)
    message = await installation.sender.send(replace(REQUEST, media=(url,), send_at=at))

    assert (message.stage, message.send_at) == ("held", at)
    clock.step(timedelta(days=3))
    sent = await within(installation.messages.wait(message.id, 30))
    assert sent.stage == "accepted"
    (there,) = simulator.messages[0].media_urls
    assert (await installation.media.open(there.rpartition("/")[2])).content == b"picture"


async def test_a_held_message_can_be_canceled(installation: Installation, clock: VirtualClock) -> None:
    message = await installation.sender.send(replace(REQUEST, send_at=clock.now() + timedelta(hours=1)))

    canceled = await installation.messages.cancel(message.id)
    assert (canceled.stage, canceled.status) == ("canceled", "canceled")


async def test_whoever_opts_out_gets_nothing_not_even_what_is_waiting(
    installation: Installation, simulator: Simulator, clock: VirtualClock
) -> None:
    waiting = await installation.sender.send(replace(REQUEST, send_at=clock.now() + timedelta(hours=1)))
    stop = {"AccountSid": simulator.account_sid, "MessageSid": "SM" + "1" * 32, "From": PHONE, "To": SENDER}
    await installation.inbound.receive(parse_inbound({**stop, "Body": "STOP"}))

    refused = await installation.sender.send(REQUEST)
    for message in (await installation.messages.get(waiting.id), refused):
        assert (message.stage, message.refusal_reason) == ("refused", "opted_out")
        assert message.error is not None
        assert "opted out" in message.error.message
        assert "START" in message.error.fix
    assert simulator.messages == []


async def test_an_opt_out_that_only_twilio_knew_of_is_learnt_from_its_refusal(
    installation: Installation, simulator: Simulator
) -> None:
    simulator.faults.reject(21610)
    failed = await within(installation.sender.send(REQUEST, wait=30))
    assert failed.error is not None
    assert (failed.stage, failed.error.code) == ("failed", 21610)

    assert (await installation.sender.send(replace(REQUEST, body="Again"))).refusal_reason == "opted_out"


async def test_whatsapp_text_goes_out_only_while_the_window_is_open(
    installation: Installation, simulator: Simulator, clock: VirtualClock
) -> None:
    request = replace(REQUEST, channel="whatsapp", from_="+15550003333")
    closed = await installation.sender.send(request)
    assert (closed.stage, closed.refusal_reason) == ("refused", "whatsapp_window_closed")
    assert closed.error is not None
    assert "24 hours" in closed.error.message
    assert "content_template" in closed.error.fix

    phone = simulator.handset(PHONE)
    hello = await phone.send("Hi", to="whatsapp:+15550003333")
    form = {"AccountSid": simulator.account_sid, "MessageSid": hello.sid, "Body": "Hi"}
    await installation.inbound.receive(
        parse_inbound({**form, "From": f"whatsapp:{PHONE}", "To": "whatsapp:+15550003333"})
    )
    opened = await within(installation.sender.send(request, wait=30))
    assert (opened.stage, opened.channel, opened.to) == ("accepted", "whatsapp", PHONE)


async def test_messages_are_listed_newest_first_and_by_page(installation: Installation, clock: VirtualClock) -> None:
    for number in range(3):
        await within(installation.messages.send(to=PHONE, body=f"text {number}", wait=30))
        clock.step(1)

    page = await installation.messages.list(limit=2, stage="accepted")
    assert [message.body for message in page] == ["text 2", "text 1"]
    rest = await installation.messages.list(limit=2, before=page[-1].id)
    assert [message.body for message in rest] == ["text 0"]
    with pytest.raises(NotFoundError):
        await installation.messages.get("msg_none")


async def test_a_preview_says_segments_and_price_and_sends_nothing(
    installation: Installation, simulator: Simulator
) -> None:
    preview = installation.messages.preview(to=PHONE, body="é" * 161)

    assert (preview.segments, preview.encoding, str(preview.price)) == (2, "GSM-7", "0.0166")
    assert simulator.messages == []
