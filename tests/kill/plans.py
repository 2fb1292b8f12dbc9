"""Which cases there are: stories and troubles in turn, and for each telling the points at which it is struck."""

from __future__ import annotations

import random
import signal
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from kill.points import Strike
from kill.stories import STORIES, Story
from kill.troubles import TROUBLES, Trouble

STRIKES_PER_TELLING = 8
FREEZES = 0.1
"""Share of strikes that only stop the process, for longer than any horizon."""

MAY_NOT_FREEZE = (
    # Frozen there, a request is written after anybody has concluded that it never will be: the residual risk that
    # docs/guarantees.md names.
    "Twilio POST Messages: before it is written",
    "Twilio POST Calls: before it is written",
)

KILL_POINTS: dict[str, tuple[str, ...]] = {
    "before the enqueue commit": (
        "DurableSender._writer: before",
        "Outbox.enqueue_many: before",
        "Filling._part: before",
    ),
    "after the enqueue commit": ("DurableSender._writer: after", "Outbox.enqueue_many: after", "Filling._part: after"),
    "after the wake-up, before its job": ("DurableSender._writer: after", "job drain_sender: taken"),
    "before the claim commit": ("Drains.claim: before",),
    "after the claim commit": ("Drains.claim: after",),
    "waiting for the slot": ("waiting for the slot",),
    "after the deadline check": ("Twilio POST Messages: before it is written",),
    "half of the request written": ("Twilio POST Messages: half written",),
    "written, before the answer": ("Twilio POST Messages: written",),
    "answer received, before the commit": ("Twilio POST Messages: answer received", "ResultWriter._commit: before"),
    "result committed": ("ResultWriter._commit: after",),
    "before the job is completed": ("job drain_sender: before it is completed",),
    "list read, before the verdict": ("Twilio GET Messages: answer received", "Settling._change: before"),
    "verdict committed": ("Settling._change: after",),
    "callback received, before its commit": ("webhook /twilio/status: received", "Outbox.record_callback: before"),
    "callback stored, before it is applied": ("Outbox.record_callback: after", "job apply_callbacks: taken"),
    "between applying and its commit": ("Outbox.apply_callbacks: before",),
    "cancel committed, before the call": ("Outbox.cancel: after",),
    "opt-out committed": ("Inbound.receive: after",),
    "cooldown reserved, before the commit": ("Outbox.enqueue_many: before",),
    "slot taken": ("Drains.claim: after",),
    "hand-back enqueued": ("Drains.hand_back: after", "Drains.hand_back: before"),
}
"""The kill points of the send path, by the beginnings of the names under which they are counted."""


@dataclass(frozen=True)
class Telling:
    """One story with one trouble, on one database."""

    number: int
    database: str
    seed: str
    trouble: Trouble

    def story(self) -> Story:
        """The story anew."""
        return STORIES[self.number % len(STORIES)](random.Random(self.seed))


def telling(database: str, seed: int, number: int) -> Telling:
    """The *number*-th telling of a seed."""
    own = f"{seed}/{number}"
    if number < len(STORIES):
        trouble = TROUBLES[0]
    else:
        trouble = random.Random(f"{own}/which").choice(TROUBLES)
    return Telling(number, database, own, trouble)


class Aim:
    """Chooses points: those that were struck least so far, among the ones that the telling comes by."""

    def __init__(self) -> None:
        self.struck: Counter[str] = Counter()

    def at(self, telling: Telling, counts: Mapping[str, int], count: int) -> list[Strike]:
        """So many strikes, at different points as long as there are some."""
        chance = random.Random(f"{telling.seed}/aim")
        points = sorted(point for point, passages in counts.items() if passages > 0)
        chosen: list[Strike] = []
        while points and len(chosen) < count:
            chance.shuffle(points)
            points.sort(key=self._rank)
            point = points[0]
            self.struck[point] += 1
            kind = signal.SIGKILL
            if chance.random() < FREEZES and not point.endswith("half written") and point not in MAY_NOT_FREEZE:
                kind = signal.SIGSTOP
            chosen.append(Strike(point, chance.randint(1, counts[point]), kind))
        return chosen

    def _rank(self, point: str) -> tuple[bool, int]:
        """Least struck first; of the send path's own points each at least once before all others."""
        is_of_path = any(point.startswith(name) for names in KILL_POINTS.values() for name in names)
        return self.struck[point] > 0 or not is_of_path, self.struck[point]
