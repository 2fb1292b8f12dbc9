"""The form of the catalogue's entries."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Retry = Literal["never", "later", "now", "next_day", "unsafe", "other_sender"]
"""Whether asking again can help: ``never`` (as it is), ``later``, ``now`` (it was not processed; after a short pause),
``next_day`` (a daily limit), ``unsafe`` (it may have been processed already), ``other_sender`` (from another one)."""

Mode = Literal["sync", "async", "both", "notice"]
"""Where the code appears: ``sync`` in the answer to the request, ``async`` on the message or call afterwards,
``notice`` only in Twilio's debugger."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One error code of Twilio's. *http* is the status it usually comes with."""

    code: int
    title: str
    sentence: str
    fix: str
    retry: Retry = "never"
    mode: Mode = "sync"
    http: int | None = None

    @property
    def more_info(self) -> str:
        """Twilio's page about the code."""
        return f"https://www.twilio.com/docs/errors/{self.code}"

    @property
    def can_be_sent_again(self) -> bool:
        """Whether the same request, unchanged, can succeed some time later without risking a second message."""
        return self.retry in ("later", "now", "next_day")
