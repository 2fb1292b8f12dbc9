"""What a message will cost, roughly, before it is sent. What it did cost is Twilio's to say."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from ringline.messaging.channels import rules_of
from ringline.messaging.message import Message
from ringline.phone_numbers import country_of
from ringline.segments import count_segments

PRICES_AS_OF = date(2026, 4, 1)
"""When the channels' prices were written down."""

PRICE_UNIT = "USD"

_COSTS_NOTHING = frozenset({"failed", "refused", "canceled", "received"})


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a text will be on the wire, and about what it will cost.

    *price* is positive, in *price_unit*, ``None`` where no price for the recipient's country is on file.
    *note* is a sentence on what the figure leaves out.
    """

    segments: int
    encoding: str
    price: Decimal | None
    price_unit: str
    as_of: date
    note: str


def forecast(to: str, body: str | None, *, channel: str = "sms", media: int = 0) -> Forecast:
    """Segments, encoding and approximate price of a message to the number *to* (E.164) with *media* attachments."""
    rules = rules_of(channel)
    counted = count_segments(body or "")
    segments = counted.segments if rules.has_segments and not media else 1
    country = country_of(to)
    price = rules.price(country, segments, media)
    note = rules.price_note
    if price is None:
        note = f"No price for {country or 'this number'} is on file; Twilio's pricing page has it."
    return Forecast(segments, counted.encoding, price, PRICE_UNIT, PRICES_AS_OF, note)


def expected_price(message: Message) -> Decimal | None:
    """About what a message costs, in `PRICE_UNIT`, as long as Twilio has not said; ``None`` where it costs nothing."""
    if message.price is not None or message.stage in _COSTS_NOTHING:
        return None
    return forecast(message.to, message.body, channel=message.channel, media=len(message.media)).price
