"""What a request or a number says about how a call is to be led."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

EVENTS = ("initiated", "ringing", "answered", "completed")
LONGEST_CALL = 14_400


@dataclass(frozen=True, slots=True)
class RecordingWish:
    """How something is to be recorded, and who is told about it."""

    source: str = "OutboundAPI"
    channels: int = 1
    track: str = "both"
    trim: bool = False
    status_callback: str | None = None
    status_callback_method: str = "POST"
    events: tuple[str, ...] = ("completed",)


@dataclass(frozen=True, slots=True)
class MachineDetection:
    """How to find out who answered; times are in seconds."""

    mode: Literal["Enable", "DetectMessageEnd"]
    timeout: float = 30.0
    silence_timeout: float = 5.0
    is_async: bool = False
    callback: str | None = None
    callback_method: str = "POST"


@dataclass(slots=True)
class CallPlan:
    """Where TwiML comes from, who is told, and how long it may take."""

    url: str = ""
    method: str = "POST"
    twiml: str = ""
    fallback_url: str = ""
    fallback_method: str = "POST"
    status_callback: str = ""
    status_callback_method: str = "POST"
    events: tuple[str, ...] = ("completed",)
    timeout: float = 60.0
    time_limit: float = LONGEST_CALL
    send_digits: str = ""
    recording: RecordingWish | None = None
    machine_detection: MachineDetection | None = None
    reported: int = field(default=0)
    """How many status callbacks have been sent."""
