"""Who holds a conversation, whatever carries it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ringline.interview.flow import QuestionFlow

Channel = Literal["voice", "sms", "whatsapp"]
OnDropKind = Literal["call", "text"]


@dataclass(frozen=True, slots=True)
class Navigation:
    """Keys that mean the same at every question; an empty one is off. A key that answers the question wins."""

    repeat: str = "*"
    skip: str = "#"
    operator: str = "0"
    back: str = "9*"


@dataclass(frozen=True, slots=True)
class OnDrop:
    """What is tried, so many seconds after a call broke off, to go on at the open question."""

    kind: OnDropKind
    after: float


@dataclass(frozen=True, slots=True)
class QuestionsAgent:
    """Asks a question flow. Texts are rendered before the session begins; times are seconds.

    *channel* is what the first leg is on. *transfer_to* is the number of the person who takes over. *voicemail* is what
    an answering machine is told. *recording_notice* is said before anything is recorded. *max_duration* bounds a call,
    *reply_within* and *reminders* an open question over text. *timezone* and *country* (two letters) are the person's:
    by them "tomorrow", "3/4" and a number without its country code are understood.
    """

    flow: QuestionFlow
    language: str = "en"
    channel: Channel = "voice"
    greeting: str | None = None
    goodbye: str | None = None
    transfer_to: str | None = None
    transfer_message: str | None = None
    voicemail: str | None = None
    voice: str | None = None
    record: bool = False
    recording_notice: str | None = None
    max_duration: float = 1800.0
    reply_within: float = 86_400.0
    reminders: int = 1
    on_drop: tuple[OnDrop, ...] = ()
    navigation: Navigation = Navigation()
    timezone: str | None = None
    country: str | None = None
    suppress_spoken_stop: bool = True
    """Whether who says "stop calling me" is not called again."""


AgentSpec = QuestionsAgent
"""Every kind of agent; a kind is one more class here and one more reducer in `reducing`."""
