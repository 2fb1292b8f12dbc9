"""WhatsApp: the 24-hour window, templates, receipts."""

from __future__ import annotations

import json

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", world.WHATSAPP_SENDER
ADDRESS = f"whatsapp:{PHONE}"


async def test_free_text_fails_outside_the_window_and_passes_inside(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    url = application.url("/status")
    early = twilio.messages.create(to=ADDRESS, from_=SENDER, body="Hello", status_callback=url)
    assert early.status == "queued"
    await simulator.advance(1)
    assert (early.fetch().status, early.fetch().error_code) == ("failed", 63016)
    report = application.received("/status")[0]
    assert (report["MessageStatus"], report["ErrorCode"], report["ChannelPrefix"]) == ("failed", "63016", "whatsapp")
    assert report["ChannelStatusMessage"]

    phone = simulator.handset(PHONE)
    await phone.send("Hi", SENDER)
    await simulator.advance(24 * 3600 - 10)
    inside = twilio.messages.create(to=ADDRESS, from_=SENDER, body="Hello")
    await simulator.advance(1)
    assert inside.fetch().status == "delivered"
    await simulator.advance(10)
    outside = twilio.messages.create(to=ADDRESS, from_=SENDER, body="Hello")
    await simulator.advance(1)
    assert outside.fetch().error_code == 63016
    assert [message.channel for message in phone.inbox] == ["whatsapp"]


async def test_a_window_is_between_one_person_and_one_sender(simulator: Simulator, twilio: Client) -> None:
    simulator.add_number("whatsapp:+15550007777")
    await simulator.handset(PHONE).send("Hi", SENDER)
    other = twilio.messages.create(to=ADDRESS, from_="whatsapp:+15550007777", body="Hello")
    await simulator.advance(1)

    assert other.fetch().error_code == 63016


async def test_a_template_opens_a_conversation(simulator: Simulator, twilio: Client) -> None:
    variables = json.dumps({"1": "Grace", "2": "at noon"})
    message = twilio.messages.create(
        to=ADDRESS, from_=SENDER, content_sid=world.CONTENT_SID, content_variables=variables
    )
    await simulator.advance(1)

    assert message.fetch().status == "delivered"
    assert simulator.handset(PHONE).inbox[0].body == "Hello Grace, your appointment is at noon."
    assert message.fetch().price == "-0.00500"


@pytest.mark.parametrize(("approval", "error"), [("unsubmitted", 63016), ("rejected", 63040), ("paused", 63041)])
async def test_a_template_has_to_be_approved(simulator: Simulator, twilio: Client, approval: str, error: int) -> None:
    content = simulator.add_content("promo", {"twilio/text": {"body": "Buy!"}}, approval=approval)
    message = twilio.messages.create(to=ADDRESS, from_=SENDER, content_sid=content.sid)
    await simulator.advance(1)

    assert (message.fetch().status, message.fetch().error_code) == ("failed", error)


async def test_the_webhook_knows_the_person(simulator: Simulator, application: ApplicationUnderTest) -> None:
    simulator.connect(application.url("/sms"))
    await simulator.handset(PHONE).send("Hi", SENDER, extra={"ButtonPayload": "yes", "ButtonText": "Yes"})
    form = application.received("/sms")[0]

    assert (form["From"], form["To"], form["WaId"]) == (ADDRESS, SENDER, "14155550123")
    assert form["ProfileName"]
    assert (form["ButtonPayload"], form["ButtonText"], form["MessageType"]) == ("yes", "Yes", "text")


async def test_a_message_that_is_seen_is_reported_as_read(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    phone = simulator.handset(PHONE)
    await phone.send("Hi", SENDER)
    twilio.messages.create(to=ADDRESS, from_=SENDER, body="Hello", status_callback=application.url("/status"))
    await simulator.advance(1)
    await phone.read()
    await simulator.settle()

    assert application.statuses() == ["sent", "delivered", "read"]
    assert application.received("/status")[-1]["EventType"] == "READ"


async def test_sms_and_whatsapp_do_not_mix(twilio: Client) -> None:
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=ADDRESS, from_="+15550001111", body="Hello")
    assert refused.value.code == 63007
