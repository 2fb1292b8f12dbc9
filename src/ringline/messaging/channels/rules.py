"""The form in which a channel says what it carries and what that costs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.messaging.message import Channel


@dataclass(frozen=True, slots=True)
class ChannelRules:
    """Addresses, limits and manners of one channel."""

    name: Channel
    title: str
    """Its name in a sentence."""
    address_prefix: str
    """What stands before the number on Twilio's wire; empty for plain numbers."""
    check_sender: Callable[[str], str]
    """Gives the sender in its one written form, or raises `PhoneNumberError`."""
    max_characters: int
    max_media: int
    has_segments: bool
    """Whether length costs: SMS is billed by segment, WhatsApp by message."""
    has_window: bool
    """Whether free text needs a message from the recipient within the last 24 hours."""
    price: Callable[[str | None, int, int], Decimal | None]
    """About what a message costs, from the recipient's country, segments and number of media; ``None`` if unknown."""
    price_note: str
    """What that price leaves out."""
