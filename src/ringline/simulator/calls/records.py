"""What is kept of calls and recordings."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal, NamedTuple, Self

from ringline.simulator.records import Record

FINAL = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})


class Line(NamedTuple):
    """Something said on a call: by the application (``us``) or by the person on the phone (``them``).

    ``kind`` is ``said``, or ``keys`` for keys pressed. ``at`` is when it began. Where the person broke in, the line
    holds the words spoken until then.
    """

    who: Literal["them", "us"]
    text: str
    at: float
    kind: Literal["said", "keys"] = "said"


class Document(NamedTuple):
    """One TwiML document of a call: where it came from (empty for one that the request brought), and its text."""

    url: str
    body: str
    at: float


class Notification(NamedTuple):
    """What Twilio's debugger says about a call: error code, level (``0`` error, ``1`` warning) and a sentence."""

    sid: str
    code: int
    level: str
    sentence: str
    url: str
    at: float


@dataclass(slots=True)
class Call(Record):
    """One leg: a call to or from a phone. ``order`` grows with every call."""

    table: ClassVar[str] = "calls"

    sid: str
    account_sid: str
    to: str
    from_: str
    direction: str
    status: str
    created: float
    updated: float
    order: int
    queue_time: int = 0
    start: float | None = None
    answered: float | None = None
    end: float | None = None
    answered_by: str | None = None
    price: str | None = None
    price_from: float | None = None
    parent_sid: str | None = None
    number_sid: str | None = None
    caller_name: str | None = None
    sip_code: int | None = None
    listed_from: float = 0.0
    recordings: list[str] = field(default_factory=list)
    transcript: list[Line] = field(default_factory=list)
    documents: list[Document] = field(default_factory=list)
    notifications: list[Notification] = field(default_factory=list)
    reaction: str | None = None
    """What the phone did with it: ``answer``, ``decline``, ``machine`` and so on; nothing where it rang in vain."""
    script: list[Any] = field(default_factory=list)
    """What the person did each time they were asked, as a script would say it."""
    voicemail_from: float | None = None
    """When the answering machine began to record."""

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `as_json` wrote."""
        kept: dict[str, Any] = json.loads(text)
        kept["transcript"] = [Line(*each) for each in kept.get("transcript", [])]
        kept["documents"] = [Document(*each) for each in kept.get("documents", [])]
        kept["notifications"] = [Notification(*each) for each in kept.get("notifications", [])]
        return cls(**kept)

    @property
    def is_final(self) -> bool:
        """Whether it is over."""
        return self.status in FINAL

    @property
    def duration(self) -> int:
        """Seconds from answer to end, a begun one counted as whole."""
        if self.answered is None or self.end is None:
            return 0
        return math.ceil(self.end - self.answered - 1e-6)

    @property
    def phone(self) -> str:
        """The number of the phone at the other end."""
        return self.from_ if self.direction == "inbound" else self.to

    def heard(self, who: Literal["them", "us"] = "us") -> str:
        """All that one side has said, in one text."""
        return " ".join(line.text for line in self.transcript if line.who == who)


class Sound(NamedTuple):
    """What can be heard in a recording: words, keys, a tone; who made it, and when, in seconds from its beginning."""

    who: Literal["them", "us"]
    kind: Literal["said", "keys", "beep", "played"]
    text: str
    start: float
    lasts: float


@dataclass(slots=True)
class Recording(Record):
    """A recording; its sound is put together from ``sounds`` when somebody asks for it."""

    table: ClassVar[str] = "recordings"

    sid: str
    account_sid: str
    call_sid: str
    source: str
    status: str
    created: float
    updated: float
    start: float
    channels: int = 1
    track: str = "both"
    duration: float | None = None
    price: str | None = None
    transcription: str | None = None
    sounds: list[Sound] = field(default_factory=list)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The record that `as_json` wrote."""
        kept: dict[str, Any] = json.loads(text)
        kept["sounds"] = [Sound(*each) for each in kept.get("sounds", [])]
        return cls(**kept)
