"""The words by which people stop, start and ask for help; Twilio's own list for messages in English."""

from __future__ import annotations

from typing import Literal

STOP = frozenset({"stop", "unsubscribe", "end", "quit", "stopall", "revoke", "optout", "cancel"})
START = frozenset({"start", "unstop", "yes"})
HELP = frozenset({"help", "info"})

Keyword = Literal["stop", "start", "help"]


def classify(body: str | None) -> Keyword | None:
    """What a whole message means; more than the one word is an ordinary message ("STOP PLEASE" stops nothing)."""
    word = (body or "").strip().lower()
    if word in STOP:
        return "stop"
    if word in START:
        return "start"
    if word in HELP:
        return "help"
    return None
