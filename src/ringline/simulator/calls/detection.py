"""Machine detection: what Twilio finds out about who answered, and when."""

from __future__ import annotations

import math

from ringline.simulator.calls.phones import Reaction
from ringline.simulator.calls.plan import MachineDetection
from ringline.simulator.calls.speech_time import seconds_to_say

HUMAN_AFTER, MACHINE_AFTER, FAX_AFTER = 1.5, 2.7, 3.0
BEEP_SECONDS = 0.5


def verdict(reaction: Reaction, detection: MachineDetection) -> tuple[str, float]:
    """``AnsweredBy``, and the seconds from the answer until it is known (infinite: never)."""
    found, after = _by_kind(reaction, detection)
    if reaction.verdict is not None:
        found = reaction.verdict
    if reaction.verdict_after is not None:
        after = reaction.verdict_after
    if math.isinf(after) and detection.is_async:
        return found, after
    return ("unknown", detection.timeout) if after > detection.timeout else (found, after)


def greeting_seconds(reaction: Reaction) -> float:
    """How long an answering machine speaks."""
    return seconds_to_say(reaction.greeting)


def _by_kind(reaction: Reaction, detection: MachineDetection) -> tuple[str, float]:
    if reaction.kind == "fax":
        return "fax", FAX_AFTER
    if reaction.kind != "machine":
        return "human", HUMAN_AFTER
    if detection.mode == "Enable":
        return "machine_start", MACHINE_AFTER
    if reaction.beep:
        return "machine_end_beep", greeting_seconds(reaction) + BEEP_SECONDS
    return "machine_end_silence", greeting_seconds(reaction) + detection.silence_timeout
