"""The life of a call: dialled, answered, led by the application's TwiML, and over."""

from __future__ import annotations

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from ringline.simulator import HangUp, Press, Say, Silent, Simulator, world
from simulator.customer import ApplicationUnderTest, sdk

PHONE, CALLER = "+14155550123", "+15550001111"


def said(simulator: Simulator) -> list[tuple[str, str]]:
    """The transcript of the last call."""
    return [(line.who, line.text) for line in simulator.calls[-1].transcript]


async def test_a_call_is_answered_led_and_reported(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answer(
        "/voice",
        '<Response><Say>Hello there you</Say><Gather action="/answer" numDigits="1"><Say>Press one now</Say></Gather>'
        "<Say>Nothing came</Say></Response>",
    )
    application.answer("/answer", "<Response><Say>Thank you</Say></Response>")
    simulator.handset(PHONE).answer([Press("1")])
    call = twilio.calls.create(
        to=PHONE,
        from_=CALLER,
        url=application.url("/voice?x=1#rc=5&rp=ct"),
        status_callback=application.url("/status"),
        status_callback_event=["initiated", "ringing", "answered", "completed"],
    )
    assert (call.status, call.direction, call.queue_time, call.duration) == ("queued", "outbound-api", "0", None)
    await simulator.advance(10)

    done = call.fetch()
    assert (done.status, done.duration, done.to_formatted) == ("completed", "4", "(415) 555-0123")
    assert said(simulator) == [
        ("us", "Hello there you"),
        ("us", "Press one now"),
        ("them", "1"),
        ("us", "Thank you"),
    ]
    first, answer = application.received("/voice")[0], application.received("/answer")[0]
    assert (first["CallSid"], first["CallStatus"], first["Direction"]) == (call.sid, "in-progress", "outbound-api")
    assert (first["From"], first["To"], first["Caller"], first["Called"]) == (CALLER, PHONE, CALLER, PHONE)
    assert (answer["Digits"], answer["msg"], answer["FinishedOnKey"]) == ("1", "Gather End", "")
    request = next(each for each in application.requests if each.path == "/voice")
    assert RequestValidator(simulator.auth_token).validate(
        application.url("/voice?x=1"), request.form, request.headers["X-Twilio-Signature"]
    )
    reports = application.received("/status")
    assert [(each["CallStatus"], each["SequenceNumber"]) for each in reports] == [
        ("initiated", "0"),
        ("ringing", "1"),
        ("in-progress", "2"),
        ("completed", "3"),
    ]
    assert (reports[-1]["CallDuration"], reports[-1]["Duration"]) == ("4", "1")
    assert "CallDuration" not in reports[0]
    assert reports[0]["CallbackSource"] == "call-progress-events"
    assert done.price == "-0.01400"
