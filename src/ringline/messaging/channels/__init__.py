"""What each channel can carry. A channel is one file here; nothing else asks which channel a message is on."""

from __future__ import annotations

from ringline.errors import RequestError
from ringline.messaging.channels.rules import ChannelRules
from ringline.messaging.channels.sms import SMS
from ringline.messaging.channels.whatsapp import WHATSAPP

CHANNELS: dict[str, ChannelRules] = {rules.name: rules for rules in (SMS, WHATSAPP)}

__all__ = ["CHANNELS", "ChannelRules", "rules_of"]


def rules_of(channel: str) -> ChannelRules:
    """The rules of a channel by its name; `RequestError` names the ones there are."""
    rules = CHANNELS.get(channel)
    if rules is None:
        raise RequestError(
            f"There is no channel `{channel}`.", field="channel", fix=f"Use one of: {', '.join(sorted(CHANNELS))}."
        )
    return rules
