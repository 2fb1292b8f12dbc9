"""Stop, start and help words: what Twilio itself does about them, by kind of sender."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ringline.simulator.records import Number, Service

STOP_WORDS = frozenset({"STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"})
START_WORDS = frozenset({"START", "UNSTOP", "YES"})
HELP_WORDS = frozenset({"HELP", "INFO"})
TOLL_FREE_PREFIXES = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")

STOP_REPLY = (
    "You have successfully been unsubscribed. You will not receive any more messages from this number."
    " Reply START to resubscribe."
)
START_REPLY = (
    "You have successfully been re-subscribed to messages from this number. Reply HELP for help."
    " Reply STOP to unsubscribe. Msg&Data Rates May Apply."
)
HELP_REPLY = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
TOLL_FREE_STOP_REPLY = (
    'NETWORK MSG: You replied with the word "stop" which blocks all texts sent from this number.'
    ' Text back "unstop" to receive messages again.'
)
TOLL_FREE_START_REPLY = (
    'NETWORK MSG: You have replied "unstop" and will begin receiving messages again from this number.'
)

Word = Literal["STOP", "START", "HELP"]


@dataclass(frozen=True, slots=True)
class Reaction:
    """What Twilio does about an inbound message; ``opt_out_type`` is told to the webhook under Advanced Opt-Out."""

    word: Word
    reply: str | None
    opt_out_type: Word | None


def is_toll_free(address: str) -> bool:
    """Whether the sender is a toll-free number, whose opt-outs the carriers keep."""
    return address.startswith(TOLL_FREE_PREFIXES)


def react(number: Number, service: Service | None, body: str, *, opted_out: bool) -> Reaction | None:
    """What Twilio does about *body* sent to *number*, or ``None`` if it is an ordinary message.

    Only a message that is nothing but the word counts. Short codes and WhatsApp senders have no keywords of
    Twilio's, unless their service has Advanced Opt-Out.
    """
    word = body.strip().upper()
    advanced = service is not None and service.advanced_opt_out
    if (number.is_short_code or number.is_whatsapp) and not advanced:
        return None
    toll_free = is_toll_free(number.number)
    kind: Word
    if word in STOP_WORDS:
        kind, reply = "STOP", TOLL_FREE_STOP_REPLY if toll_free else STOP_REPLY
        # Twilio confirms an opt-out once.
        return Reaction(kind, None if opted_out else reply, kind if advanced else None)
    if word in START_WORDS:
        if word == "YES" and (toll_free or not opted_out):
            return None
        kind, reply = "START", TOLL_FREE_START_REPLY if toll_free else START_REPLY
        return Reaction(kind, reply, kind if advanced else None)
    if word in HELP_WORDS:
        return Reaction("HELP", None if toll_free and opted_out else HELP_REPLY, "HELP" if advanced else None)
    return None
