"""What each channel can carry. A channel is one file here; nothing else asks which channel a message is on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.errors import RequestError
from ringline.messaging.channels.rules import ChannelRules
from ringline.messaging.channels.sms import SMS
from ringline.messaging.channels.whatsapp import WHATSAPP

if TYPE_CHECKING:
    from ringline.messaging.message import Channel

CHANNELS: dict[str, ChannelRules] = {rules.name: rules for rules in (SMS, WHATSAPP)}

__all__ = ["CHANNELS", "ChannelRules", "rules_of", "split_address"]


def rules_of(channel: str) -> ChannelRules:
    """The rules of a channel by its name; `RequestError` names the ones there are."""
    rules = CHANNELS.get(channel)
    if rules is None:
        raise RequestError(
            f"There is no channel `{channel}`.", field="channel", fix=f"Use one of: {', '.join(sorted(CHANNELS))}."
        )
    return rules


def split_address(wire: str) -> tuple[Channel, str]:
    """The channel and the bare number of an address as Twilio writes it (``whatsapp:+1…``, ``+1…``)."""
    for rules in CHANNELS.values():
        if rules.address_prefix and wire.startswith(rules.address_prefix):
            return rules.name, wire.removeprefix(rules.address_prefix)
    return SMS.name, wire
