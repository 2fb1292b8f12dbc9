"""What happens to a conversation. Every event names the leg it came by; a late one names a turn that is over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

AnsweredBy = Literal[
    "human", "fax", "unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other"
]


@dataclass(frozen=True, slots=True)
class LegStarted:
    """A call was answered, or a text conversation begins; *leg* counts from 1, and a later one resumes."""

    leg: int
    channel: str = "voice"
    direction: Literal["inbound", "outbound"] = "outbound"
    answered_by: AnsweredBy | None = None


@dataclass(frozen=True, slots=True)
class UserSaid:
    """Words. *confidence* is the recogniser's, ``None`` where it gave none (0.0 counts as none)."""

    leg: int
    turn: int
    text: str
    confidence: float | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class KeysPressed:
    """Keys, without the one that ended them."""

    leg: int
    turn: int
    digits: str
    finished_on: str | None = None


@dataclass(frozen=True, slots=True)
class Silence:
    """Nothing came within the time."""

    leg: int
    turn: int


@dataclass(frozen=True, slots=True)
class PlaybackDone:
    """What was said is said and nothing was asked: it goes on."""

    leg: int
    turn: int


@dataclass(frozen=True, slots=True)
class Detected:
    """Twilio's verdict on who answered."""

    leg: int
    answered_by: AnsweredBy


@dataclass(frozen=True, slots=True)
class Transferred:
    """How the call to the person who takes over ended: Twilio's DialCallStatus."""

    leg: int
    status: str
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class RecordingPaused:
    """Whether recording stands still now, as was asked before a sensitive question."""

    leg: int
    done: bool


@dataclass(frozen=True, slots=True)
class TimerFired:
    """A timer that `StartTimer` set; one whose *n* is not the last is old and means nothing."""

    name: str
    n: int


@dataclass(frozen=True, slots=True)
class LegEnded:
    """The leg is over: *status* is Twilio's final status of the call, or ``opted_out`` of a text conversation."""

    leg: int
    status: str
    by: Literal["us", "them", "carrier"] = "them"


@dataclass(frozen=True, slots=True)
class Commanded:
    """A person of ours interferes: hang up, or end the whole session."""

    command: Literal["hang_up", "end"]
    actor: str = ""


Event = (
    LegStarted
    | UserSaid
    | KeysPressed
    | Silence
    | PlaybackDone
    | Detected
    | Transferred
    | RecordingPaused
    | TimerFired
    | LegEnded
    | Commanded
)
EVENTS: tuple[type, ...] = (
    LegStarted,
    UserSaid,
    KeysPressed,
    Silence,
    PlaybackDone,
    Detected,
    Transferred,
    RecordingPaused,
    TimerFired,
    LegEnded,
    Commanded,
)
