"""From the request to the phone, and what is reported on the way."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", "+15550001111"


async def test_a_message_moves_only_when_the_clock_does(simulator: Simulator, twilio: Client) -> None:
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")

    assert message.status == "queued"
    await simulator.settle()
    assert message.fetch().status == "queued"
    await simulator.advance(0.02)
    assert message.fetch().status == "sending"
    await simulator.advance(0.03)
    assert message.fetch().status == "sent"
    assert simulator.handset(PHONE).inbox == []
    await simulator.advance(0.1)
    assert message.fetch().status == "delivered"
    assert [each.body for each in simulator.handset(PHONE).inbox] == ["Hello"]


async def test_every_status_is_reported_once_and_signed(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    url = application.url("/status?message=msg_1.1")
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello", status_callback=url)
    await simulator.advance(1)

    assert application.statuses() == ["sent", "delivered"]
    validator = RequestValidator(simulator.auth_token)
    for request in application.requests:
        assert validator.validate(url, request.form, request.headers["X-Twilio-Signature"])
        assert request.form["MessageSid"] == request.form["SmsSid"] == message.sid
        assert request.form["AccountSid"] == simulator.account_sid
        assert request.headers["I-Twilio-Idempotency-Token"]
    assert application.received("/status")[1]["RawDlrDoneDate"] == "2601011200"


async def test_a_services_message_is_reported_from_queued_on_and_to_the_services_callback(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.connect(application.url("/sms"), status_callback=application.url("/service"))
    service = world.MESSAGING_SERVICE_SID
    twilio.messages.create(to=PHONE, messaging_service_sid=service, body="Hello")
    twilio.messages.create(
        to=PHONE, messaging_service_sid=service, body="Hello", status_callback=application.url("/own")
    )
    await simulator.advance(1)

    assert application.statuses("/service") == ["queued", "sent", "delivered"]
    assert application.statuses("/own") == ["queued", "sent", "delivered"]
    assert {form["MessagingServiceSid"] for form in application.received("/own")} == {service}


async def test_a_canceled_message_is_reported(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    message = twilio.messages.create(
        to=PHONE,
        messaging_service_sid=world.MESSAGING_SERVICE_SID,
        body="Hello",
        schedule_type="fixed",
        send_at=datetime(2026, 1, 1, 13, 0, tzinfo=UTC),
        status_callback=application.url("/status"),
    )
    message.update(status="canceled")
    await simulator.advance(7200)

    assert application.statuses() == ["canceled"]


async def test_a_phone_answers_and_the_application_replies(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.connect(application.url("/sms"))
    application.answer("/sms", "<Response><Message>Thank you</Message></Response>")
    phone = simulator.handset(PHONE)
    twilio.messages.create(to=PHONE, from_=SENDER, body="Confirm with YES")
    await simulator.advance(1)

    assert (await phone.wait_for_message()).body == "Confirm with YES"
    await phone.reply("YES please")
    assert application.received("/sms")[0]["Body"] == "YES please"
    await simulator.advance(1)
    assert (await phone.wait_for_message()).body == "Thank you"


@pytest.mark.filterwarnings("ignore::DeprecationWarning:aiohttp", "ignore::DeprecationWarning:twilio")
async def test_the_async_sdk_is_served_as_well(simulator: Simulator, async_twilio: Client) -> None:
    created = await async_twilio.messages.create_async(to=PHONE, from_=SENDER, body="Hello")
    await simulator.advance(1)

    fetched = await async_twilio.messages(created.sid).fetch_async()
    assert (fetched.status, fetched.price, fetched.price_unit) == ("delivered", "-0.00830", "USD")
