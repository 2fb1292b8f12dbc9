"""WhatsApp through Twilio's senders."""

from __future__ import annotations

from decimal import Decimal

from ringline.messaging.channels.rules import ChannelRules
from ringline.phone_numbers import check_recipient

MESSAGE_PRICE = Decimal("0.005")  # Twilio's part, the same in every country


def _check_sender(text: str) -> str:
    # A WhatsApp sender is always a number: no short codes, no names.
    return check_recipient(text, field="from")


WHATSAPP = ChannelRules(
    name="whatsapp",
    title="WhatsApp",
    address_prefix="whatsapp:",
    check_sender=_check_sender,
    max_characters=1600,
    max_media=1,
    has_segments=False,
    has_window=True,
    price=lambda _country, _segments, _media: MESSAGE_PRICE,
    price_note="Twilio's fee; what Meta charges for templates comes on top.",
)
