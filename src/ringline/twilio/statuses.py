"""Twilio's words for how far a message or a call is, and their order.

Reports arrive late, twice and out of order, so a message's status is the one of highest rank ever reported; an error is
outranked only by the proof that the recipient has read the message.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RANK: Mapping[str, int] = MappingProxyType(
    {
        "accepted": 10,
        "scheduled": 10,
        "receiving": 10,
        "queued": 20,
        "sending": 30,
        "sent": 40,
        "delivered": 50,
        "received": 50,
        "partially_delivered": 52,
        "undelivered": 55,
        "failed": 56,
        "canceled": 57,
        "read": 60,
    }
)
"""Every status of a message. None at all ranks 0."""

MESSAGE_STATUSES = frozenset(RANK)

FINAL = frozenset({"delivered", "undelivered", "failed", "canceled", "read", "received"})
"""Statuses after which nothing more need come (a delivered message may still be read)."""

CANCELABLE = frozenset({"accepted", "scheduled", "queued"})
"""Statuses in which Twilio may still cancel a message."""

TRANSITIONS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "accepted": frozenset({"queued", "canceled", "failed"}),
        "scheduled": frozenset({"accepted", "queued", "canceled", "failed"}),
        "queued": frozenset({"sending", "sent", "failed", "canceled"}),
        "sending": frozenset({"sent", "failed"}),
        "sent": frozenset({"delivered", "undelivered", "partially_delivered", "read"}),
        "delivered": frozenset({"read"}),
        "partially_delivered": frozenset({"delivered", "undelivered", "read"}),
        "receiving": frozenset({"received"}),
    }
)
"""What Twilio moves a message to from where; from the statuses not named here, nowhere."""


VOICE = "voice"
"""The channel of calls, whose statuses have an order of their own."""

CALL_RANK: Mapping[str, int] = MappingProxyType(
    {
        "queued": 10,
        "initiated": 15,
        "ringing": 20,
        "in-progress": 30,
        "completed": 50,
        "busy": 50,
        "no-answer": 50,
        "failed": 50,
        "canceled": 50,
    }
)
"""Every status of a call. Of those that end it the first one reported stands."""

CALL_STATUSES = frozenset(CALL_RANK)

CALL_FINAL = frozenset({"completed", "busy", "no-answer", "failed", "canceled"})
"""Statuses of a call that is over."""

NOT_ANSWERED = frozenset({"queued", "initiated", "ringing"})
"""Statuses of a call that nobody has picked up yet: it is canceled, and not hung up."""


def rank(status: str | None, channel: str = "sms") -> int:
    """The status's place in its channel's order; 0 for none and for words Twilio has added since."""
    return (CALL_RANK if channel == VOICE else RANK).get(status or "", 0)


def is_final(status: str | None, channel: str = "sms") -> bool:
    """Whether a message in this status is settled, or a call is over."""
    return status in (CALL_FINAL if channel == VOICE else FINAL)


def can_be_stopped(status: str | None, channel: str = "sms") -> bool:
    """Whether Twilio may still cancel a message in this status, or end a call."""
    return status not in CALL_FINAL if channel == VOICE else status in CANCELABLE
