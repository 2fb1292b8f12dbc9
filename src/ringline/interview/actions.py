"""What a conversation wants done. A transport carries the actions of one turn out in their order."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

Outcome = Literal[
    "completed",
    "ended_by_rule",
    "partial",
    "no_answer",
    "busy",
    "voicemail",
    "transferred",
    "opted_out",
    "failed",
    "refused",
    "unknown",
]
SayKind = Literal[
    "greeting", "notice", "question", "again", "confirm", "acknowledge", "message", "goodbye", "voicemail"
]


@dataclass(frozen=True, slots=True)
class Say:
    """Words for the person, in *language*."""

    text: str
    language: str = "en"
    kind: SayKind = "message"


@dataclass(frozen=True, slots=True)
class Play:
    """A recording for the person."""

    url: str


@dataclass(frozen=True, slots=True)
class Ask:
    """Listen for an answer to the question; what is said before it in the turn may be interrupted.

    *turn* is the number that the answer's event carries. *digits* is how many keys end the input, ``None`` for any
    number ended by *finish_on* (empty: by silence only).
    """

    question: str
    turn: int
    language: str = "en"
    speech: bool = True
    keys: bool = True
    timeout: float = 5.0
    speech_timeout: float | None = None
    hints: tuple[str, ...] = ()
    digits: int | None = None
    finish_on: str = "#"
    speech_model: str | None = None
    enhanced: bool = False
    profanity_filter: bool = True
    sensitive: bool = False
    expect: dict[str, Any] = field(default_factory=dict)
    """Arguments of `understand` for the answer, for who shows what counts as one."""


@dataclass(frozen=True, slots=True)
class StartRecording:
    """From here on the call is recorded."""


@dataclass(frozen=True, slots=True)
class PauseRecording:
    """The next answer is sensitive; a transport answers with `RecordingPaused`."""


@dataclass(frozen=True, slots=True)
class ResumeRecording:
    """The sensitive answer has been given."""


@dataclass(frozen=True, slots=True)
class Transfer:
    """Have a person take over."""

    to: str
    turn: int


@dataclass(frozen=True, slots=True)
class StartTimer:
    """Report `TimerFired` with these names in so many seconds; a later one of the same name replaces it."""

    name: str
    n: int
    seconds: float


@dataclass(frozen=True, slots=True)
class CancelTimer:
    """Nobody waits for it any more."""

    name: str


@dataclass(frozen=True, slots=True)
class NewLeg:
    """Go on another way after a call broke off."""

    kind: Literal["call", "text"]
    leg: int


@dataclass(frozen=True, slots=True)
class Suppress:
    """The person does not want to be called or written to any more."""

    channel: Literal["voice", "sms", "whatsapp"]


@dataclass(frozen=True, slots=True)
class EndLeg:
    """Hang up; the session may go on by another leg."""


@dataclass(frozen=True, slots=True)
class End:
    """The session is over."""

    outcome: Outcome
    reason: str = ""


Action = (
    Say
    | Play
    | Ask
    | StartRecording
    | PauseRecording
    | ResumeRecording
    | Transfer
    | StartTimer
    | CancelTimer
    | NewLeg
    | Suppress
    | EndLeg
    | End
)
ACTIONS: tuple[type, ...] = (
    Say,
    Play,
    Ask,
    StartRecording,
    PauseRecording,
    ResumeRecording,
    Transfer,
    StartTimer,
    CancelTimer,
    NewLeg,
    Suppress,
    EndLeg,
    End,
)
