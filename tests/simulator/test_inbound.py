"""What a phone writes, what the application is told, and what it may answer."""

from __future__ import annotations

import aiohttp
import pytest
from twilio.request_validator import RequestValidator
from twilio.rest import Client
from twilio.twiml.messaging_response import MessagingResponse

from ringline.errors import RequestError
from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", "+15550001111"


@pytest.fixture
def connected(simulator: Simulator, application: ApplicationUnderTest) -> ApplicationUnderTest:
    """The application, with all of the account's senders pointing at its /sms."""
    simulator.connect(application.url("/sms"))
    return application


async def test_the_webhook_tells_all_that_twilio_tells(
    simulator: Simulator, twilio: Client, connected: ApplicationUnderTest
) -> None:
    message = await simulator.handset(PHONE).send("Is it ready?", SENDER)
    request = connected.requests[0]
    form = request.form

    assert form["MessageSid"] == form["SmsSid"] == form["SmsMessageSid"] == message.sid
    assert (form["From"], form["To"], form["Body"]) == (PHONE, SENDER, "Is it ready?")
    assert (form["AccountSid"], form["ApiVersion"], form["SmsStatus"]) == (
        simulator.account_sid,
        "2010-04-01",
        "received",
    )
    assert (form["NumMedia"], form["NumSegments"]) == ("0", "1")
    assert RequestValidator(simulator.auth_token).validate(
        connected.url("/sms"), form, request.headers["X-Twilio-Signature"]
    )
    listed = twilio.messages.list(from_=PHONE)
    assert [(each.sid, each.direction, each.status) for each in listed] == [(message.sid, "inbound", "received")]
    assert listed[0].date_sent is not None


@pytest.mark.parametrize(
    ("text", "content_type", "replies"),
    [
        ("", "text/xml", []),
        ("<Response/>", "text/xml", []),
        ("<Response><Message>one</Message><Message>two</Message></Response>", "application/xml", ["one", "two"]),
        ("<Response><Message><Body>in a body</Body></Message></Response>", "text/html", ["in a body"]),
        ("just text", "text/plain", ["just text"]),
        ("<Response><Message></Message><Message>ok</Message></Response>", "text/xml", ["ok"]),
        ("<Response><Say>no</Say><Message>yes</Message></Response>", "text/xml", ["yes"]),
        ("<Response>" + "<Message>x</Message>" * 12 + "</Response>", "text/xml", ["x"] * 10),
    ],
)
async def test_the_application_replies_in_twiml_or_plain_text(
    simulator: Simulator, connected: ApplicationUnderTest, text: str, content_type: str, replies: list[str]
) -> None:
    connected.answer("/sms", text, content_type=content_type)
    phone = simulator.handset(PHONE)
    await phone.send("Hello", SENDER)
    await simulator.advance(1)

    assert [message.body for message in phone.inbox] == replies
    assert {each.direction for each in simulator.messages if each.outbound} <= {"outbound-reply"}


async def test_no_content_is_no_reply(simulator: Simulator, connected: ApplicationUnderTest) -> None:
    connected.answer("/sms", status=204)
    await simulator.handset(PHONE).send("Hello", SENDER)
    await simulator.advance(1)

    assert simulator.handset(PHONE).inbox == []


async def test_what_the_sdk_builds_is_understood(simulator: Simulator, connected: ApplicationUnderTest) -> None:
    response = MessagingResponse()
    message = response.message(action="/report", to="+14155550177")
    message.body("Look & see <this>")
    message.media(connected.url("/picture.png"))
    connected.answer("/sms", str(response))
    connected.answer("/picture.png", "pixels", content_type="image/png")
    await simulator.handset(PHONE).send("Hello", SENDER)
    await simulator.advance(1)

    received = simulator.handset("+14155550177").inbox
    assert [(each.body, each.media_urls) for each in received] == [
        ("Look & see <this>", [connected.url("/picture.png")])
    ]
    assert connected.statuses("/report") == ["sent", "delivered"]


async def test_a_redirect_asks_the_next_document(simulator: Simulator, connected: ApplicationUnderTest) -> None:
    connected.answer(
        "/sms", "<Response><Message>first</Message><Redirect>/next</Redirect><Message>never</Message></Response>"
    )
    connected.answer("/next", "<Response><Message>second</Message></Response>")
    await simulator.handset(PHONE).send("Hello", SENDER)
    await simulator.advance(1)

    assert sorted(message.body for message in simulator.handset(PHONE).inbox) == ["first", "second"]
    assert connected.received("/next")[0]["Body"] == "Hello"


async def test_an_endless_redirect_ends(simulator: Simulator, connected: ApplicationUnderTest) -> None:
    connected.answer("/sms", "<Response><Redirect>/sms</Redirect></Response>")
    await simulator.handset(PHONE).send("Hello", SENDER)

    assert len(connected.requests) == 50


async def test_a_loop_of_replies_is_stopped(simulator: Simulator, connected: ApplicationUnderTest) -> None:
    connected.answer("/sms", "<Response><Message>I am a robot</Message></Response>")
    phone = simulator.handset(PHONE)
    for _ in range(20):
        await phone.send("So am I", SENDER)
    await simulator.advance(1)
    assert len(phone.inbox) == 15

    await simulator.advance(30)
    await phone.send("Still there?", SENDER)
    await simulator.advance(1)
    assert len(phone.inbox) == 16


async def test_pictures_can_be_sent_and_fetched(
    simulator: Simulator, twilio: Client, connected: ApplicationUnderTest
) -> None:
    message = await simulator.handset(PHONE).send("Look", SENDER, media=[("image/png", b"pixels")])
    form = connected.received("/sms")[0]
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    async with aiohttp.ClientSession() as session, session.get(form["MediaUrl0"], headers=headers) as answer:
        assert (answer.status, answer.content_type, await answer.read()) == (200, "image/png", b"pixels")

    assert (form["NumMedia"], form["MediaContentType0"], message.sid[:2]) == ("1", "image/png", "MM")
    media = twilio.messages(message.sid).media.list()
    assert [(each.content_type, each.parent_sid) for each in media] == [("image/png", message.sid)]
    assert media[0].date_created is not None
    assert media[0].delete() is True
    assert twilio.messages(message.sid).media.list() == []


async def test_a_services_own_webhook_is_used_or_disabled(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.connect(application.url("/number"))
    service = twilio.messaging.v1.services(world.MESSAGING_SERVICE_SID)
    phone = simulator.handset(PHONE)
    await phone.send("one", world.SERVICE_NUMBERS[0])
    service.update(use_inbound_webhook_on_number=False, inbound_request_url=application.url("/service"))
    await phone.send("two", world.SERVICE_NUMBERS[0])
    service.update(inbound_request_url="")
    await phone.send("three", world.SERVICE_NUMBERS[0])

    assert [form["Body"] for form in application.received("/number")] == ["one"]
    assert [form["Body"] for form in application.received("/service")] == ["two"]
    assert application.received("/service")[0]["MessagingServiceSid"] == world.MESSAGING_SERVICE_SID


async def test_an_applications_urls_come_before_the_numbers_own(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    kept = twilio.applications.create(friendly_name="Shop", sms_url=application.url("/app"))
    number = twilio.incoming_phone_numbers.list(phone_number=SENDER)[0]
    number.update(sms_url=application.url("/number"), sms_application_sid=kept.sid)
    await simulator.handset(PHONE).send("Hello", SENDER)

    assert [request.path for request in application.requests] == ["/app"]


async def test_whoever_waits_in_vain_is_told_why(simulator: Simulator, twilio: Client) -> None:
    phone = simulator.handset(PHONE)
    with pytest.raises(RequestError, match="nothing to reply to"):
        await phone.reply("Hello")
    with pytest.raises(RequestError, match=r"no account has the sender \+15557654321"):
        await phone.send("Hello", "+15557654321")
    with pytest.raises(TimeoutError, match="nothing more is going to happen"):
        await phone.wait_for_message(timeout=0.01)

    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    with pytest.raises(TimeoutError, match="The clock stands still"):
        await phone.wait_for_message(timeout=0.01)


async def test_each_message_is_handed_out_once_and_can_be_chosen(simulator: Simulator, twilio: Client) -> None:
    for text in ("one", "two", "three"):
        twilio.messages.create(to=PHONE, from_=SENDER, body=text)
        await simulator.advance(1)
    phone = simulator.handset(PHONE)

    assert (await phone.wait_for_message("two")).body == "two"
    assert (await phone.wait_for_message()).body == "one"
    assert (await phone.wait_for_message(lambda message: message.body.startswith("t"))).body == "three"
    assert phone is simulator.handset(PHONE)
    with pytest.raises(TimeoutError, match="it holds 'one', 'two', 'three'"):
        await phone.wait_for_message(timeout=0.01)
