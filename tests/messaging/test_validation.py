from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from ringline.errors import PhoneNumberError, RequestError
from ringline.messaging.message import MessageRequest
from ringline.messaging.validation import check_request, check_twilio_schedule

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
GOOD = MessageRequest(to="+14155550123", from_="+15550001111", body="Hello")
SERVICE = "MG" + "0" * 32
TEMPLATE = "HX" + "a" * 32


@pytest.mark.parametrize("number", ["+15551234567", "+447911123456", "+4915123456789", "+61412345678", "+919876543210"])
def test_numbers_of_every_country_in_e164_pass(number: str) -> None:
    assert check_request(replace(GOOD, to=number), now=NOW).to == number


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"to": "4155550123"}, "to", "+"),
        ({"to": "banana"}, "to", "letters"),
        ({"to": ""}, "to", "empty"),
        ({"to": "+1415555012"}, "to", "digits"),
        ({"to": "whatsapp:+14155550123"}, "to", "channel"),
        ({"from_": None}, "from", "There is nobody to send from: neither `from` nor a messaging service is given."),
        ({"from_": "  "}, "from", "There is nobody to send from: neither `from` nor a messaging service is given."),
        ({"from_": "A name far too long"}, "from", "at most 11"),
        ({"from_": "+14155550123"}, "to", "Recipient and sender are the same number, +14155550123."),
        (
            {"messaging_service_sid": "MG12"},
            "messaging_service",
            "`messaging_service` is `MG12`, which is not the SID of a messaging service.",
        ),
        ({"body": None}, "message", "The message is empty: it has no text, no media and no content template."),
        ({"body": " \n"}, "message", "The message is empty: it has no text, no media and no content template."),
        (
            {"body": "x" * 1601},
            "message",
            "The text has 1601 characters; Twilio takes at most 1600 in one message.",
        ),
        (
            {"body": "😀" * 801},
            "message",
            "The text has 1602 characters; Twilio takes at most 1600 in one message.",
        ),
        (
            {"media": ("https://a.example/1.jpg",) * 11},
            "media",
            "The message has 11 media; SMS carries at most 10 media per message.",
        ),
        (
            {"media": ("https://a.example/1.jpg",) * 2, "channel": "whatsapp"},
            "media",
            "The message has 2 media; WhatsApp carries at most one medium per message.",
        ),
        (
            {"media": ("ftp://a.example/1.jpg",)},
            "media",
            "`media` holds `ftp://a.example/1.jpg`, which is not an address that Twilio can fetch.",
        ),
        (
            {"content_sid": "HX12", "body": None},
            "content_template",
            "`content_template` is `HX12`, which is not the SID of a content template.",
        ),
        (
            {"content_sid": TEMPLATE},
            "content_template",
            "Both `content_template` and `message` are given, and Twilio sends only one of them.",
        ),
        (
            {"content_sid": TEMPLATE, "body": None, "media": ("https://a.example/1.jpg",)},
            "content_template",
            "Both `content_template` and `media` are given, and Twilio sends only one of them.",
        ),
        (
            {"content_variables": {"1": "a"}},
            "content_variables",
            "`content_variables` are given, but no `content_template` to put them into.",
        ),
        (
            {"content_sid": TEMPLATE, "body": None, "content_variables": {str(n): "a" for n in range(101)}},
            "content_variables",
            "`content_variables` has 101 entries; a template takes at most 100.",
        ),
        ({"validity_seconds": 0}, "validity", "`validity` is 0 seconds; Twilio takes 1 second to 10 hours."),
        ({"validity_seconds": 36_001}, "validity", "`validity` is 36001 seconds; Twilio takes 1 second to 10 hours."),
        (
            {"send_at": datetime.fromisoformat("2026-02-01T09:00:00")},
            "send_at",
            "`send_at` is 2026-02-01T09:00:00, which does not say in which time zone.",
        ),
        ({"send_at": NOW - timedelta(hours=3)}, "send_at", "`send_at` is 3 hours in the past."),
        (
            {"send_at": NOW + timedelta(days=400)},
            "send_at",
            "`send_at` is 400 days ahead, further than a message is kept.",
        ),
        ({"channel": "pigeon"}, "channel", "There is no channel `pigeon`."),
    ],
)
def test_what_cannot_be_sent_is_said_in_a_sentence(change: dict[str, Any], field: str, sentence: str) -> None:
    with pytest.raises(RequestError) as caught:
        check_request(replace(GOOD, **change), now=NOW)

    assert caught.value.field == field
    assert sentence in caught.value.message
    assert caught.value.fix


def test_a_whatsapp_sender_is_a_number_and_its_own_prefix_is_taken_off() -> None:
    request = replace(GOOD, channel="whatsapp", to="whatsapp:+14155550123", from_="whatsapp:+15550003333")

    checked = check_request(request, now=NOW)
    assert (checked.to, checked.from_) == ("+14155550123", "+15550003333")

    with pytest.raises(PhoneNumberError):
        check_request(replace(GOOD, channel="whatsapp", from_="Bakery"), now=NOW)


@pytest.mark.parametrize("sender", ["55501", "Bakery", "+15550001111"])
def test_an_sms_comes_from_a_number_a_short_code_or_a_name(sender: str) -> None:
    assert check_request(replace(GOOD, from_=sender), now=NOW).from_ == sender


def test_a_messaging_service_stands_in_for_a_sender() -> None:
    assert check_request(replace(GOOD, from_=None, messaging_service_sid=SERVICE), now=NOW).from_ is None


@pytest.mark.parametrize("body", ["x" * 1600, "😀" * 800])
def test_a_text_of_1600_characters_passes(body: str) -> None:
    assert check_request(replace(GOOD, body=body), now=NOW).body == body


def test_a_moment_is_kept_in_utc_and_one_that_has_just_passed_means_now() -> None:
    eastern = timezone(timedelta(hours=-5))
    later = check_request(replace(GOOD, send_at=datetime(2026, 1, 2, 9, tzinfo=eastern)), now=NOW)

    assert later.send_at == datetime(2026, 1, 2, 14, tzinfo=UTC)
    assert later.send_at.tzinfo is UTC
    assert check_request(replace(GOOD, send_at=NOW - timedelta(seconds=30)), now=NOW).send_at is None


def test_roboflows_blocks_may_send_to_anything() -> None:
    request = MessageRequest(to="banana", from_="", body="", check_numbers=False)

    assert check_request(request, now=NOW) is request


@pytest.mark.parametrize(
    ("ahead", "service", "sentence"),
    [
        (timedelta(hours=1), False, "`send_at` is set, and a bare workflow keeps nothing after it ends."),
        (
            timedelta(minutes=5),
            True,
            "`send_at` is 5 minutes ahead; Twilio schedules from 15 minutes to 35 days ahead.",
        ),
        (timedelta(days=36), True, "`send_at` is 36 days ahead; Twilio schedules from 15 minutes to 35 days ahead."),
    ],
)
def test_twilio_keeps_a_message_only_for_a_service_and_within_its_window(
    ahead: timedelta, service: bool, sentence: str
) -> None:
    with pytest.raises(RequestError) as caught:
        check_twilio_schedule(NOW + ahead, messaging_service=service, now=NOW)

    assert caught.value.message == sentence
    check_twilio_schedule(NOW + timedelta(minutes=15), messaging_service=True, now=NOW)
    check_twilio_schedule(NOW + timedelta(days=35), messaging_service=True, now=NOW)
