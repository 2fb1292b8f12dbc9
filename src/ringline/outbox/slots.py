"""When a sender may send: a rate kept as the next free slot in its row (GCRA), exact across processes.

A slot is taken only shortly before it is due, so that an urgent message never stands behind a campaign.
"""

from __future__ import annotations

from collections.abc import Sequence


def free_slots(tat: float, interval: float, now: float, ahead: float, most: int) -> int:
    """How many one-segment messages may be taken now: those whose slot is due within *ahead* seconds."""
    if interval <= 0:
        return most
    start = max(clamp(tat, interval, now, ahead), now)
    return max(0, min(most, int((now + ahead - start) / interval) + 1)) if start <= now + ahead else 0


def take_slots(
    tat: float, interval: float, now: float, ahead: float, segments: Sequence[int]
) -> tuple[list[float], float]:
    """The moments at which messages of that many segments may leave, and the sender's next free slot after them."""
    if interval <= 0:
        return [now] * len(segments), tat
    start = max(clamp(tat, interval, now, ahead), now)
    moments: list[float] = []
    for count in segments:
        moments.append(start)
        start += count * interval
    return moments, start


def clamp(tat: float, interval: float, now: float, ahead: float, most_segments: int = 24) -> float:
    """*tat*, unless it lies so far ahead that the clock must have been set back since it was written.

    Slots within *ahead* may all have gone to messages of *most_segments*: 1,600 characters of UCS-2 are 24.
    """
    return now + ahead + interval if tat > now + most_segments * (ahead + interval) + interval else tat


def tolerance(interval: float) -> float:
    """How late after its slot a message may still leave; then the slot is given up."""
    if interval <= 0:
        return float("inf")
    return 0.1 if interval < 0.1 else min(interval / 2, 0.25)
