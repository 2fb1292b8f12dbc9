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

STRIKES_PER_TELLING = 12
FREEZES = 0.1
"""Share of strikes that only stop the process, for longer than any horizon."""

MAY_NOT_FREEZE = (
    # Frozen there, a request is written after anybody has concluded that it never will be: the residual risk that
    # docs/guarantees.md names.
    "Twilio POST Messages: before it is written",
)

KILL_POINTS: dict[str, tuple[str, ...]] = {
    "K1 before the enqueue commit": ("DurableSender.send: before", "Outbox.enqueue: before", "Commits: before"),
    "K2 after the enqueue commit": ("DurableSender.send: after", "Outbox.enqueue: after"),
    "K3 after the wake-up, before its job": ("DurableSender.send: after", "Drains.wake_takers: after"),
    "K4 before the claim commit": ("Drains.claim: before",),
    "K5 after the claim commit": ("Drains.claim: after",),
    "K6 waiting for the slot": ("waiting for the slot",),
    "K7 after the deadline check": ("Twilio POST Messages: before it is written",),
    "K8 half of the request written": ("Twilio POST Messages: half written",),
    "K9 written, before the answer": ("Twilio POST Messages: written",),
    "K10 answer received, before the commit": ("Twilio POST Messages: answer received", "ResultWriter._write: before"),
    "K11 result commit": ("ResultWriter._write: after",),
    "K12 before the job is completed": ("job drain_sender: before it is completed",),
    "K13 list read, before the verdict": ("Twilio GET Messages: answer received", "Settling._change: before"),
    "K14 verdict commit": ("Settling._change: after",),
    "K15 callback received, before its commit": ("webhook /twilio/status: received", "note_callback: before"),
    "K16 event stored, before applied": ("note_callback: after", "webhook /twilio/status: before it is answered"),
    "K17 between applying and its commit": ("Outbox.apply: before",),
    "K18 cancel committed, before the call": ("Outbox.cancel: after",),
    "K19 opt-out committed": ("Inbound.receive: after",),
    "K20 cooldown reserved, before commit": ("Outbox.enqueue: before",),
    "K21 slot taken": ("Drains.claim: after",),
    "K22 hand-back enqueued": ("Drains.hand_back: after", "Drains.hand_back: before"),
}


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
            points.sort(key=lambda point: self.struck[point])
            point = points[0]
            self.struck[point] += 1
            kind = signal.SIGKILL
            if chance.random() < FREEZES and not point.endswith("half written") and point not in MAY_NOT_FREEZE:
                kind = signal.SIGSTOP
            chosen.append(Strike(point, chance.randint(1, counts[point]), kind))
        return chosen
