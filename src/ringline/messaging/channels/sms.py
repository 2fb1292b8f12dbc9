"""SMS and MMS."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from ringline.messaging.channels.rules import ChannelRules
from ringline.phone_numbers import check_sender

# The two figures for the United States are from public lists of April 2026; elsewhere prices differ by network
# and are rounded to the cent.
SEGMENT_PRICES: Mapping[str, Decimal] = {
    "US": Decimal("0.0083"),
    "CA": Decimal("0.0083"),
    "AU": Decimal("0.05"),
    "DE": Decimal("0.11"),
    "FR": Decimal("0.08"),
    "GB": Decimal("0.05"),
    "IN": Decimal("0.08"),
}
MMS_PRICES: Mapping[str, Decimal] = {"US": Decimal("0.0220"), "CA": Decimal("0.0220")}


def _price(country: str | None, segments: int, media: int) -> Decimal | None:
    if media:
        return MMS_PRICES.get(country or "")
    rate = SEGMENT_PRICES.get(country or "")
    return None if rate is None else rate * segments


SMS = ChannelRules(
    name="sms",
    title="SMS",
    address_prefix="",
    check_sender=check_sender,
    max_characters=1600,
    max_media=10,
    has_segments=True,
    has_window=False,
    price=_price,
    price_note="Without carrier fees and the account's own discounts.",
)
