"""When a sender may send: a rate kept as the next free slot in its row (GCRA), exact across processes.

A slot is taken only shortly before it is due, so that an urgent message never stands behind a campaign. A message takes
as many intervals as it has segments (its *units*).
"""

from __future__ import annotations

from collections.abc import Sequence

MOST_UNITS = 24
"""1,600 characters of UCS-2."""


def free_slots(tat: float, interval: float, now: float, ahead: float, most: int) -> int:
    """How many messages may be taken now if each has one unit: those whose slot is due within *ahead* seconds."""
    if interval <= 0:
        return most
    start = max(clamp(tat, interval, now, ahead), now)
    return max(0, min(most, int((now + ahead - start) / interval) + 1)) if start <= now + ahead else 0


def fitting(tat: float, interval: float, now: float, ahead: float, units: Sequence[int]) -> int:
    """How many of these messages, in their order, have a slot that is due within *ahead* seconds."""
    if interval <= 0:
        return len(units)
    start = max(clamp(tat, interval, now, ahead), now)
    for place, count in enumerate(units):
        if start > now + ahead:
            return place
        start += count * interval
    return len(units)


def take_slots(
    tat: float, interval: float, now: float, ahead: float, units: Sequence[int]
) -> tuple[list[float], float]:
    """The moments at which these messages may leave, and the sender's next free slot after them."""
    if interval <= 0:
        return [now] * len(units), tat
    start = max(clamp(tat, interval, now, ahead), now)
    moments: list[float] = []
    for count in units:
        moments.append(start)
        start += count * interval
    return moments, start


def next_look(tat: float, interval: float, now: float, ahead: float) -> float | None:
    """When slots should be taken again: at the next one's time, for a fast sender when half of them are free.

    ``None`` where nothing is paced.
    """
    if interval <= 0:
        return None
    tat = clamp(tat, interval, now, ahead)
    return max(now, tat - ahead if 2 * interval >= ahead else tat - ahead / 2)


def clamp(tat: float, interval: float, now: float, ahead: float) -> float:
    """*tat*, unless it lies so far ahead that the clock must have been set back since it was written."""
    return now + ahead + interval if tat > now + ahead + 2 * interval * MOST_UNITS else tat


def tolerance(interval: float) -> float:
    """How late after its slot a message may still leave; then the slot is given up."""
    if interval <= 0:
        return float("inf")
    return 0.1 if interval < 0.1 else min(interval / 2, 0.25)
