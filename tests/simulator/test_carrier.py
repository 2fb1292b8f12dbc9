"""What the network may do to a message, and in what disorder it may report it."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.errors import RequestError
from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", "+15550001111"


def send(twilio: Client, **changes: Any) -> Any:
    return twilio.messages.create(**{"to": PHONE, "from_": SENDER, "body": "Hello", **changes})


@pytest.mark.parametrize(
    ("ending", "error", "statuses", "arrives"),
    [
        ("delivered", None, ["sent", "delivered"], True),
        ("undelivered", 30005, ["sent", "undelivered"], False),
        ("failed", 30007, ["failed"], False),
        ("sent", None, ["sent"], False),
    ],
)
async def test_each_number_has_its_ending(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    ending: Any,
    error: int | None,
    statuses: list[str],
    arrives: bool,
) -> None:
    simulator.carrier.on(PHONE, ending, error=error)
    message = send(twilio, status_callback=application.url("/status"))
    await simulator.advance(60)

    assert application.statuses() == statuses
    assert message.fetch().status == ending
    assert message.fetch().error_code == error
    assert bool(simulator.handset(PHONE).inbox) == arrives
    assert application.received("/status")[-1].get("ErrorCode") == (str(error) if error else None)
    if error:
        assert message.fetch().error_message


async def test_a_message_may_arrive_without_ever_being_confirmed(simulator: Simulator, twilio: Client) -> None:
    simulator.carrier.on(PHONE, "sent", reaches_phone=True)
    message = send(twilio)
    await simulator.advance(3600)

    assert message.fetch().status == "sent"
    assert len(simulator.handset(PHONE).inbox) == 1


async def test_a_number_can_be_refused_at_once(simulator: Simulator, twilio: Client) -> None:
    simulator.carrier.refuse(PHONE, 21614)
    with pytest.raises(TwilioRestException) as refused:
        send(twilio)
    assert refused.value.code == 21614

    simulator.carrier.behave(PHONE)
    assert send(twilio).status == "queued"


async def test_losses_follow_their_share_and_are_the_same_every_time(simulator: Simulator, twilio: Client) -> None:
    simulator.carrier.loss = 0.5
    runs = []
    for _ in range(2):
        simulator.carrier.change({"seed": 7})
        sids = [send(twilio, body=str(index)).sid for index in range(40)]
        await simulator.advance(5)
        by_sid = {message.sid: message.status for message in simulator.messages}
        runs.append([by_sid[sid] for sid in sids])

    assert runs[0] == runs[1]
    assert 8 < runs[0].count("sent") < 32
    assert set(runs[0]) == {"sent", "delivered"}


async def test_reordered_callbacks_come_after_the_final_one(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.carrier.reordered = 1.0
    send(twilio, status_callback=application.url("/status"))
    await simulator.advance(5)

    assert application.statuses() == ["delivered", "sent"]


async def test_duplicates_carry_the_same_token(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.carrier.duplicated = 1.0
    send(twilio, status_callback=application.url("/status"))
    await simulator.advance(5)

    assert sorted(application.statuses()) == ["delivered", "delivered", "sent", "sent"]
    tokens: dict[str, set[str]] = {}
    for request in application.requests:
        tokens.setdefault(request.form["MessageStatus"], set()).add(request.headers["I-Twilio-Idempotency-Token"])
    assert {status: len(seen) for status, seen in tokens.items()} == {"sent": 1, "delivered": 1}
    assert tokens["sent"] != tokens["delivered"]


async def test_lists_may_show_a_message_late_while_its_sid_works(simulator: Simulator, twilio: Client) -> None:
    simulator.carrier.listed_after = 30
    message = send(twilio)
    await simulator.advance(29)
    assert twilio.messages.list(to=PHONE) == []
    assert message.fetch().status == "delivered"

    await simulator.advance(2)
    assert [each.sid for each in twilio.messages.list(to=PHONE)] == [message.sid]


async def test_the_price_comes_after_the_delivery(simulator: Simulator, twilio: Client) -> None:
    simulator.carrier.price_after = 60
    message = send(twilio, body="x" * 161)
    await simulator.advance(10)
    assert (message.fetch().status, message.fetch().price, message.fetch().price_unit) == ("delivered", None, None)

    await simulator.advance(60)
    assert (message.fetch().price, message.fetch().price_unit) == ("-0.01660", "USD")


async def test_callbacks_may_be_late_never_or_include_sending(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.carrier.callback_after = 100
    simulator.carrier.reports_sending = True
    send(twilio, status_callback=application.url("/status"))
    await simulator.advance(99)
    assert application.statuses() == []
    await simulator.advance(10)
    assert application.statuses() == ["sending", "sent", "delivered"]

    simulator.carrier.callbacks = False
    send(twilio, status_callback=application.url("/status"))
    await simulator.advance(1000)
    assert len(application.statuses()) == 3


async def test_a_sender_sends_its_segments_at_its_pace(simulator: Simulator, twilio: Client) -> None:
    slow = simulator.add_number("+15550006666", segments_per_second=1)
    for index in range(3):
        send(twilio, from_=slow.number, body=f"{index}" * 161)
    await simulator.advance(60)

    moments = [received.at for received in simulator.handset(PHONE).inbox]
    assert [round(later - earlier, 3) for earlier, later in pairwise(moments)] == [2.0, 2.0]


async def test_a_full_queue_refuses_a_number_and_fails_a_services_message(simulator: Simulator, twilio: Client) -> None:
    number = simulator.add_number("+15550006666", segments_per_second=1)
    simulator.carrier.queue_seconds = 3.5
    for _ in range(4):
        send(twilio, from_=number.number)
    with pytest.raises(TwilioRestException) as refused:
        send(twilio, from_=number.number)
    assert (refused.value.code, refused.value.status) == (21611, 429)

    service = simulator.add_service("Pool", [number.number])
    message = send(twilio, from_=None, messaging_service_sid=service.sid)
    assert message.status == "accepted"
    await simulator.advance(1)
    assert (message.fetch().status, message.fetch().error_code) == ("failed", 30001)


async def test_what_waits_longer_than_it_is_valid_fails_when_it_expires(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    number = simulator.add_number("+15550006666", segments_per_second=0.1)
    send(twilio, from_=number.number)
    late = send(twilio, from_=number.number, validity_period=5, status_callback=application.url("/status"))
    await simulator.advance(4)
    assert late.fetch().status == "queued"
    await simulator.advance(2)
    assert (late.fetch().status, late.fetch().error_code) == ("failed", 30001)
    assert application.statuses() == ["failed"]


async def test_a_service_shares_work_and_stays_with_its_sender(simulator: Simulator, twilio: Client) -> None:
    for address in world.SERVICE_NUMBERS:
        number = next(each for each in simulator.numbers if each.number == address)
        number.segments_per_second = 1
    sids = {}
    for phone in ("+14155550101", "+14155550102"):
        sids[phone] = [
            send(twilio, to=phone, from_=None, messaging_service_sid=world.MESSAGING_SERVICE_SID).sid for _ in range(2)
        ]
        await simulator.advance(1)
    await simulator.advance(30)

    senders = {phone: {twilio.messages(sid).fetch().from_ for sid in sids[phone]} for phone in sids}
    assert all(len(each) == 1 for each in senders.values())
    assert set.union(*senders.values()) == set(world.SERVICE_NUMBERS)


async def test_smart_encoding_saves_segments(simulator: Simulator, twilio: Client) -> None:
    text = "“" + "x" * 100 + "”"
    plain = send(twilio, body=text)
    smart = send(twilio, body=text, smart_encoded=True)

    assert (plain.num_segments, smart.num_segments) == ("2", "1")
    assert smart.body == '"' + "x" * 100 + '"'


async def test_a_message_may_leave_no_text_behind(simulator: Simulator, twilio: Client) -> None:
    message = send(twilio, content_retention="discard")
    await simulator.advance(5)

    assert message.fetch().body == ""
    assert simulator.handset(PHONE).inbox[0].body == "Hello"


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"speed": 1}, "the carrier has no setting 'speed'"),
        ({"loss": 2}, "loss is a share between 0 and 1, not 2"),
        ({"delivered_after": -1}, "delivered_after must be a number that is not negative, not -1"),
        ({"delivered_after": True}, "delivered_after must be a number that is not negative, not True"),
        ({"segments_per_second": 0}, "segments_per_second must be above 0; leave it null for no limit"),
        ({"callbacks": "no"}, "callbacks is true or false, not 'no'"),
        ({"fetches_media": "maybe"}, "fetches_media is loopback, always or never, not 'maybe'"),
        ({"numbers": []}, "numbers must map a phone number to its behaviour"),
        ({"numbers": {PHONE: {"mood": "bad"}}}, f"the behaviour of {PHONE} must be an object with"),
        ({"numbers": {PHONE: {"ending": "gone"}}}, "a message cannot end as 'gone'"),
    ],
)
async def test_wrong_settings_change_nothing(simulator: Simulator, settings: dict[str, Any], sentence: str) -> None:
    before = simulator.carrier.as_dictionary()
    with pytest.raises(RequestError) as refused:
        simulator.carrier.change({"price_after": 9, **settings})

    assert sentence in refused.value.message
    assert simulator.carrier.as_dictionary() == before
