"""When a sender, or a pool of them, will have sent what it has: arithmetic on its next free slot and its queue."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SendForecast:
    """*starts_at* is when what is asked about can begin to go, *finishes_at* when it has gone, both epoch seconds.

    *rate* is in segments a second, all senders together; ``None`` where nothing paces them. *waiting* are the segments
    that go first.
    """

    starts_at: float
    finishes_at: float
    rate: float | None
    waiting: int


@dataclass(frozen=True, slots=True)
class Lane:
    """One sender: from when on it may send, seconds per segment, and the segments that nobody else may send."""

    free_at: float
    interval: float
    own: float = 0.0

    @property
    def done_at(self) -> float:
        """When it has sent its own."""
        return self.free_at + self.own * self.interval


def finish(lanes: Mapping[str, Lane], shared: Sequence[tuple[Sequence[str], float]]) -> dict[str, float]:
    """When each lane is done, if each *shared* amount of segments is taken by those of its lanes that are free first.

    So all senders of a pool end together, but for those that have more than their share to send themselves. Amounts
    that few lanes may take come first in *shared*.
    """
    done = {name: lane.done_at for name, lane in lanes.items()}
    for names, segments in shared:
        if segments > 0 and names:
            level = _level([(done[name], lanes[name].interval) for name in names], segments)
            done |= {name: max(done[name], level) for name in names}
    return done


def _level(lanes: Sequence[tuple[float, float]], segments: float) -> float:
    """The moment until which these lanes, each free from its own on, have sent that many segments."""
    ordered = sorted(lanes)
    rate = 0.0
    left = segments
    for place, (free_at, interval) in enumerate(ordered):
        if interval <= 0:
            return free_at
        rate += 1 / interval
        until = ordered[place + 1][0] if place + 1 < len(ordered) else float("inf")
        if (until - free_at) * rate >= left:
            return free_at + left / rate
        left -= (until - free_at) * rate
    raise AssertionError("the last lane has no end")
