"""Stop, start and help: what Twilio does by itself."""

from __future__ import annotations

from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.simulator import Simulator, world
from ringline.simulator.opt_out import (
    HELP_REPLY,
    START_REPLY,
    STOP_REPLY,
    STOP_WORDS,
    TOLL_FREE_START_REPLY,
    TOLL_FREE_STOP_REPLY,
)
from simulator.customer import ApplicationUnderTest

PHONE, SENDER, OTHER = "+14155550123", *world.SMS_NUMBERS


def can_send(twilio: Client, sender: str, **more: Any) -> bool:
    try:
        twilio.messages.create(to=PHONE, from_=sender, body="Hello", **more)
    except TwilioRestException as refused:
        if (refused.code, refused.status) != (21610, 400):
            raise
        return False
    return True


@pytest.mark.parametrize("word", sorted(STOP_WORDS | {"stop", " Stop \n"}))
async def test_a_stop_word_blocks_that_sender_and_is_confirmed(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, word: str
) -> None:
    simulator.connect(application.url("/sms"))
    phone = simulator.handset(PHONE)
    await phone.send(word, SENDER)
    await simulator.advance(1)

    assert [message.body for message in phone.inbox] == [STOP_REPLY]
    assert application.received("/sms")[0]["Body"] == word
    assert "OptOutType" not in application.received("/sms")[0]
    assert not can_send(twilio, SENDER)
    assert can_send(twilio, OTHER)


@pytest.mark.parametrize("text", ["STOP PLEASE", "please stop", "stopp", "no", ""])
async def test_anything_longer_is_an_ordinary_message(simulator: Simulator, twilio: Client, text: str) -> None:
    await simulator.handset(PHONE).send(text, SENDER)
    await simulator.advance(1)

    assert simulator.handset(PHONE).inbox == []
    assert can_send(twilio, SENDER)


@pytest.mark.parametrize("word", ["START", "unstop", "Yes"])
async def test_a_start_word_lifts_the_block(simulator: Simulator, twilio: Client, word: str) -> None:
    phone = simulator.handset(PHONE)
    await phone.send("STOP", SENDER)
    await phone.send(word, SENDER)
    await simulator.advance(1)

    assert [message.body for message in phone.inbox] == [STOP_REPLY, START_REPLY]
    assert can_send(twilio, SENDER)


async def test_yes_from_somebody_who_never_stopped_is_an_answer(simulator: Simulator) -> None:
    await simulator.handset(PHONE).send("YES", SENDER)
    await simulator.advance(1)

    assert simulator.handset(PHONE).inbox == []


async def test_help_is_answered_and_a_second_stop_is_not(simulator: Simulator) -> None:
    phone = simulator.handset(PHONE)
    for word in ("HELP", "STOP", "STOP"):
        await phone.send(word, SENDER)
        await simulator.advance(1)

    assert [message.body for message in phone.inbox] == [HELP_REPLY, STOP_REPLY]


async def test_replies_to_somebody_who_stopped_fail(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.connect(application.url("/sms"))
    application.answer("/sms", "<Response><Message>Why?</Message></Response>")
    phone = simulator.handset(PHONE)
    await phone.send("STOP", SENDER)
    await simulator.advance(1)

    assert [message.body for message in phone.inbox] == [STOP_REPLY]
    failed = [message for message in simulator.messages if message.status == "failed"]
    assert [(message.body, message.error_code) for message in failed] == [("Why?", 21610)]


async def test_a_service_is_blocked_as_a_whole_and_fails_later(simulator: Simulator, twilio: Client) -> None:
    first, second = world.SERVICE_NUMBERS
    await simulator.handset(PHONE).send("STOP", first)
    await simulator.advance(1)

    assert not can_send(twilio, first)
    assert not can_send(twilio, second)
    assert can_send(twilio, SENDER)
    message = twilio.messages.create(to=PHONE, messaging_service_sid=world.MESSAGING_SERVICE_SID, body="Hello")
    assert message.status == "accepted"
    await simulator.advance(1)
    assert (message.fetch().status, message.fetch().error_code) == ("failed", 21610)


async def test_toll_free_numbers_are_blocked_by_the_carrier(simulator: Simulator, twilio: Client) -> None:
    phone = simulator.handset(PHONE)
    for word, blocked in (("STOP", True), ("YES", True), ("HELP", True), ("UNSTOP", False)):
        await phone.send(word, world.TOLL_FREE_NUMBER)
        await simulator.advance(1)
        assert can_send(twilio, world.TOLL_FREE_NUMBER) is not blocked
    await simulator.advance(1)

    assert [message.body for message in phone.inbox] == [TOLL_FREE_STOP_REPLY, TOLL_FREE_START_REPLY, "Hello"]


@pytest.mark.parametrize("sender", [world.SHORT_CODE, world.WHATSAPP_SENDER])
async def test_short_codes_and_whatsapp_have_no_keywords_of_twilios(simulator: Simulator, sender: str) -> None:
    await simulator.handset(PHONE).send("STOP", sender)
    await simulator.advance(1)

    assert simulator.handset(PHONE).inbox == []


async def test_advanced_opt_out_covers_short_codes_and_tells_the_webhook(
    simulator: Simulator, application: ApplicationUnderTest
) -> None:
    service = simulator.add_service(
        "Advanced", [world.SHORT_CODE], advanced_opt_out=True, inbound_request_url=application.url("/sms")
    )
    phone = simulator.handset(PHONE)
    for word in ("STOP", "START", "HELP", "maybe"):
        await phone.send(word, world.SHORT_CODE)
    await simulator.advance(1)

    assert [form.get("OptOutType") for form in application.received("/sms")] == ["STOP", "START", "HELP", None]
    assert {form["MessagingServiceSid"] for form in application.received("/sms")} == {service.sid}
    assert [message.body for message in phone.inbox] == [STOP_REPLY, START_REPLY, HELP_REPLY]
