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


def twiml(inner: str) -> str:
    """A document."""
    return f"<Response>{inner}</Response>"


def place(twilio: Client, inner: str, **more: object) -> str:
    """Call the phone with an inline document; gives the call's sid."""
    return str(twilio.calls.create(to=PHONE, from_=CALLER, twiml=twiml(inner), **more).sid)


@pytest.mark.parametrize(
    ("arm", "status", "sip_code", "after"),
    [
        (lambda phone: phone.busy(), "busy", "486", 1),
        (lambda phone: phone.decline(), "busy", "603", 3),
        (lambda phone: phone.no_answer(), "no-answer", "487", 61),
        (lambda phone: phone.fail(), "failed", "480", 1),
        (lambda phone: None, "no-answer", "487", 61),
    ],
)
async def test_a_call_that_is_not_taken_ends_in_its_way(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    arm: object,
    status: str,
    sip_code: str,
    after: float,
) -> None:
    arm(simulator.handset(PHONE))  # type: ignore[operator]
    sid = place(twilio, "<Say>Hello</Say>", status_callback=application.url("/status"))
    await simulator.advance(after - 0.9)
    before = twilio.calls(sid).fetch().status
    await simulator.advance(1)
    done = twilio.calls(sid).fetch()
    assert (before in ("queued", "ringing"), done.status, done.duration, done.price) == (True, status, "0", None)
    report = application.received("/status")[-1]
    assert (report["CallStatus"], report["SipResponseCode"], report["SequenceNumber"]) == (status, sip_code, "0")


async def test_the_ring_timeout_is_the_requests(simulator: Simulator, twilio: Client) -> None:
    simulator.handset(PHONE).answer([], after=20)
    late = place(twilio, "<Say>Hello</Say>", timeout=15)
    await simulator.advance(30)
    assert twilio.calls(late).fetch().status == "no-answer"


async def test_a_phone_is_armed_call_by_call_and_the_last_one_stays(simulator: Simulator, twilio: Client) -> None:
    simulator.account().calls_per_second = None
    phone = simulator.handset(PHONE)
    phone.busy()
    phone.answer(["Yes"])
    statuses = []
    for _ in range(3):
        sid = place(twilio, "<Say>Hello</Say>")
        await simulator.advance(5)
        statuses.append(twilio.calls(sid).fetch().status)
    assert statuses == ["busy", "completed", "completed"]
    phone.decline()
    sid = place(twilio, "<Say>Hello</Say>")
    await simulator.advance(5)
    assert twilio.calls(sid).fetch().status == "busy"


async def test_calls_over_the_accounts_pace_wait(simulator: Simulator, twilio: Client) -> None:
    simulator.handset(PHONE).answer([])
    calls = [twilio.calls.create(to=PHONE, from_=CALLER, twiml=twiml("<Pause length='60'/>")) for _ in range(3)]
    assert [call.queue_time for call in calls] == ["0", "1000", "2000"]
    await simulator.advance(1.5)
    assert [call.fetch().status for call in calls] == ["ringing", "ringing", "queued"]
    calls[2].update(status="canceled")
    await simulator.advance(5)
    assert [call.fetch().status for call in calls] == ["in-progress", "in-progress", "canceled"]


async def test_too_many_live_calls_are_refused(simulator: Simulator, twilio: Client) -> None:
    simulator.account().most_live_calls = 1
    simulator.handset(PHONE).answer([])
    first = place(twilio, "<Pause length='60'/>")
    with pytest.raises(TwilioRestException) as refused:
        place(twilio, "<Say>Hello</Say>")
    assert (refused.value.code, refused.value.status) == (10004, 429)
    twilio.calls(first).update(status="completed")
    place(twilio, "<Say>Hello</Say>")


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"to": "12"}, 21211),
        ({"to": CALLER}, 21211),
        ({"from_": "+19995550000"}, 21210),
        ({"from_": "Ringline"}, 21212),
        ({"url": None}, 21205),
        ({"url": "ftp://example.test"}, 21205),
        ({"url": None, "twiml": "<Response/>" + " " * 4000}, 32018),
        ({"send_digits": "12x"}, 21206),
        ({"machine_detection": "Maybe"}, 21234),
        ({"machine_detection": "Enable", "machine_detection_timeout": 2}, 21234),
        ({"status_callback_event": ["ended"]}, 21626),
        ({"status_callback": "nowhere"}, 21609),
        ({"application_sid": "AP" + "0" * 32}, 21218),
        ({"timeout": 601}, 20422),
        ({"method": "PUT"}, 20422),
    ],
)
async def test_what_twilio_would_not_take_is_refused(twilio: Client, fields: dict[str, object], code: int) -> None:
    asked = {"to": PHONE, "from_": CALLER, "url": "http://127.0.0.1:1/voice", **fields}
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls.create(**{name: value for name, value in asked.items() if value is not None})
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("to", "from_", "code"),
    [
        ("+15005550001", "+15005550006", 21217),
        ("+15005550002", "+15005550006", 21214),
        ("+15005550003", "+15005550006", 21215),
        ("+15005550004", "+15005550006", 21216),
        (PHONE, "+15005550001", 21212),
        (PHONE, CALLER, 21210),
        (PHONE, "+15005550006", None),
    ],
)
async def test_magic_numbers_of_the_test_credentials(
    simulator: Simulator, to: str, from_: str, code: int | None
) -> None:
    client = sdk(simulator, sid=world.TEST_ACCOUNT_SID, token=world.TEST_AUTH_TOKEN)
    if code is None:
        assert client.calls.create(to=to, from_=from_, twiml="<Response/>").status == "queued"
        assert simulator.calls == []
        return
    with pytest.raises(TwilioRestException) as refused:
        client.calls.create(to=to, from_=from_, twiml="<Response/>")
    assert refused.value.code == code


async def test_calls_are_listed_by_people_status_and_time_and_deleted(simulator: Simulator, twilio: Client) -> None:
    simulator.account().calls_per_second = None
    simulator.handset(PHONE).answer([])
    simulator.handset("+14155550199").busy()
    done, busy = (
        place(twilio, "<Say>Hello</Say>"),
        twilio.calls.create(to="+14155550199", from_=CALLER, twiml="<Response/>").sid,
    )
    await simulator.advance(5)
    live = place(twilio, "<Pause length='60'/>")
    await simulator.advance(5)

    def listed(**filters: object) -> list[str | None]:
        return [call.sid for call in twilio.calls.list(**filters)]

    assert listed() == [live, busy, done]
    assert listed(to=PHONE) == [live, done]
    assert listed(status="busy") == [busy]
    assert listed(from_="+19995550000") == []
    now = simulator.clock.now()
    assert listed(start_time_after=now) == []
    assert listed(start_time_before=now) == [live, busy, done]
    assert listed(end_time_before=now) == [busy, done]
    assert [call.sid for call in twilio.calls.stream(page_size=1)] == [live, busy, done]
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls(live).delete()
    assert refused.value.code == 20009
    assert twilio.calls(done).delete()
    assert listed() == [live, busy]


async def test_a_live_call_is_led_elsewhere_and_ended(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/other", twiml("<Say>Something else</Say><Pause length='30'/>"))
    simulator.handset(PHONE).answer([])
    sid = place(twilio, "<Gather timeout='60'><Say>Still there</Say></Gather>")
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls(sid).update(url=application.url("/other"))
    assert refused.value.code == 21220
    await simulator.advance(5)
    twilio.calls(sid).update(url=application.url("/other"), method="GET")
    await simulator.advance(1)
    assert application.requests[-1].method == "GET"
    twilio.calls(sid).update(twiml=twiml("<Say>And now this</Say><Pause length='30'/>"))
    await simulator.advance(3)
    assert twilio.calls(sid).update(status="canceled").status == "in-progress"
    assert twilio.calls(sid).update(status="completed").status == "completed"
    assert [text for _, text in said(simulator)] == ["Still there", "Something else", "And now this"]
    with pytest.raises(TwilioRestException) as refused:
        twilio.calls(sid).update(status="completed")
    assert refused.value.code == 21220


async def test_the_time_limit_ends_a_call(simulator: Simulator, twilio: Client) -> None:
    simulator.handset(PHONE).answer([])
    sid = place(twilio, "<Pause length='600'/>", time_limit=30)
    await simulator.advance(60)
    assert (twilio.calls(sid).fetch().status, twilio.calls(sid).fetch().duration) == ("completed", "30")


async def test_a_person_calls_and_hangs_up(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/voice", twiml('<Gather input="speech" action="/heard"><Say>What is it</Say></Gather>'))
    application.answer("/heard", twiml('<Gather input="speech"><Say>Anything else</Say></Gather>'))
    simulator.connect(
        application.url("/sms"), voice_url=application.url("/voice"), voice_status_callback=application.url("/status")
    )
    call = await simulator.handset(PHONE).call(CALLER, [Say("My parcel", 0.75), HangUp()])
    await simulator.advance(30)
    first, heard = application.received("/voice")[0], application.received("/heard")[0]
    assert (first["CallStatus"], first["Direction"], first["From"]) == ("ringing", "inbound", PHONE)
    assert (heard["SpeechResult"], heard["Confidence"], heard["CallStatus"]) == ("My parcel", "0.75", "in-progress")
    assert [line.text for line in call.transcript] == ["What is it", "My parcel", "Anything else"]
    assert [form["CallStatus"] for form in application.received("/status")] == ["completed"]
    assert twilio.calls(call.sid).fetch().status == "completed"


@pytest.mark.parametrize(("reason", "status"), [("rejected", "no-answer"), ("busy", "busy")])
async def test_a_rejected_call_is_never_answered(
    simulator: Simulator, application: ApplicationUnderTest, reason: str, status: str
) -> None:
    application.answer("/voice", twiml(f'<Reject reason="{reason}"/>'))
    simulator.connect("", voice_url=application.url("/voice"))
    call = await simulator.handset(PHONE).call(CALLER)
    await simulator.advance(1)
    assert (call.status, call.answered) == (status, None)


async def test_one_who_is_asked_anew_does_not_lose_a_step(simulator: Simulator, twilio: Client) -> None:
    """A question that is cut off by the application and asked again gets the answer it was to get before."""
    simulator.handset(PHONE).answer(["first", "second"])
    question = '<Gather input="speech" speechTimeout="1" timeout="5"><Say>One two three four five</Say></Gather>'
    sid = place(twilio, question)
    await simulator.advance(3)
    twilio.calls(sid).update(twiml=twiml(question))
    await simulator.advance(20)
    assert [text for who, text in said(simulator) if who == "them"] == ["first"]


async def test_a_function_answers_what_it_heard(simulator: Simulator, twilio: Client) -> None:
    heard: list[str] = []

    def answer(text: str) -> Press | Silent:
        heard.append(text)
        return Press("2") if "two" in text else Silent()

    simulator.handset(PHONE).answer(answer)
    place(
        twilio,
        '<Say>Welcome</Say><Gather timeout="1"><Say>Say one</Say></Gather>'
        '<Gather timeout="1"><Say>Or two</Say></Gather>',
    )
    await simulator.advance(20)
    assert heard == ["Welcome Say one", "Or two"]
    assert said(simulator)[-1] == ("them", "2")
