from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from ringline.messaging.message import Message, Stage
from ringline.messaging.prices import PRICES_AS_OF, expected_price, forecast

SENT = Message("msg_1", "sms", "outbound", "+14155550123", "+15550001111", "Hello", "accepted", "queued")


def test_a_text_costs_its_segments_times_the_price_of_the_country() -> None:
    short = forecast("+14155550123", "Hello")
    long = forecast("+14155550123", "é" * 161)
    emoji = forecast("+14155550123", "🎉" * 36)

    assert (short.segments, short.encoding, short.price) == (1, "GSM-7", Decimal("0.0083"))
    assert (long.segments, long.price) == (2, Decimal("0.0166"))
    assert (emoji.segments, emoji.encoding) == (2, "UCS-2")
    assert short.as_of == PRICES_AS_OF
    assert short.price_unit == "USD"


def test_media_and_whatsapp_cost_by_message() -> None:
    assert forecast("+14155550123", "x" * 500, media=1).price == Decimal("0.0220")
    assert forecast("+14155550123", "x" * 500, channel="whatsapp").segments == 1
    assert forecast("+4915123456789", "x" * 500, channel="whatsapp").price == Decimal("0.005")


def test_an_unknown_price_is_said_to_be_unknown() -> None:
    unknown = forecast("+35679123456", "Hello")

    assert unknown.price is None
    assert unknown.note == "No price for MT is on file; Twilio's pricing page has it."


def test_a_price_is_expected_until_twilio_has_said_it() -> None:
    assert expected_price(SENT) == Decimal("0.0083")
    assert expected_price(replace(SENT, price="-0.00790", price_unit="USD")) is None


@pytest.mark.parametrize("stage", ["failed", "refused", "canceled", "received"])
def test_what_was_not_sent_costs_nothing(stage: Stage) -> None:
    assert expected_price(replace(SENT, stage=stage)) is None
