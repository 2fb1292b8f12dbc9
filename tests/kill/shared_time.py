"""Virtual time that several processes share: one double in shared memory, and a slot where each worker says how it is.

The lane's process moves time. A worker reads it, keeps its own sleepers, and is told when the first of them is due.
Time may pass when nobody has anything to do: every loop waits for its sockets, no thread works, no request is on its
way.
"""

from __future__ import annotations

import contextlib
import mmap
import selectors
import socket
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

from ringline.clock import VirtualClock
from ringline.testing.stillness import SOON

START = datetime(2026, 1, 5, 16, 0, tzinfo=UTC)
SLOTS = 6
_FIELDS = 8
_FIRST_SLOT = 8

ELAPSED, PASSAGES, STRUCK = range(3)
"""What stands at the beginning: seconds since the start, how often the armed point was passed, who was struck there."""
RESTING, TURNS, BUSY, DUE, REQUESTS, SEEN = range(6)

NEVER = float("inf")


class Bell:
    """Rung by whoever comes to rest, in whatever process, so that the lane need not look again and again."""

    def __init__(self) -> None:
        self.heard, self._rung = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.heard.setblocking(False)
        self._rung.setblocking(False)

    def ring(self) -> None:
        """Have the lane look."""
        # Where so many have rung that no more fit, it is about to look anyway.
        with contextlib.suppress(BlockingIOError, OSError):
            self._rung.send(b".")

    def quieten(self) -> None:
        """Forget who has rung. Look after it, not before."""
        with contextlib.suppress(BlockingIOError):
            while self.heard.recv(1):
                pass


class Memory:
    """Numbers that all processes of a lane see. Made before they are forked."""

    def __init__(self) -> None:
        self._map = mmap.mmap(-1, mmap.PAGESIZE)
        self.numbers = cast("memoryview[float]", memoryview(self._map).cast("d"))
        self.bell = Bell()

    def clear(self) -> None:
        """As before the first case."""
        for place in range(_FIRST_SLOT + SLOTS * _FIELDS):
            self.numbers[place] = 0.0

    def slot(self, number: int) -> Slot:
        """The place of one worker."""
        return Slot(self.numbers, _FIRST_SLOT + number * _FIELDS)


class Slot:
    """How one worker stands; written by it, read by the lane."""

    def __init__(self, numbers: memoryview[float], first: int) -> None:
        self._numbers = numbers
        self._first = first

    def __getitem__(self, name: int) -> float:
        return self._numbers[self._first + name]

    def __setitem__(self, name: int, value: float) -> None:
        self._numbers[self._first + name] = value


class SharedClock(VirtualClock):
    """A virtual clock whose time stands in shared memory. Only the lane's is stepped; a worker's catches up."""

    def __init__(self, numbers: memoryview[float]) -> None:
        self._numbers = numbers
        super().__init__(START)

    def catch_up(self) -> None:
        """Wake whoever has become due."""
        with self._lock:
            self._move(self._elapsed)

    # Where the base class keeps its time; its writes reach the memory through these.
    @property
    def _elapsed(self) -> float:  # type: ignore[override]
        return self._numbers[ELAPSED]

    @_elapsed.setter
    def _elapsed(self, elapsed: float) -> None:
        if elapsed > self._numbers[ELAPSED]:
            self._numbers[ELAPSED] = elapsed

    @property
    def _now(self) -> float:  # type: ignore[override]
        return START.timestamp() + self._numbers[ELAPSED]

    @_now.setter
    def _now(self, now: float) -> None:
        """It follows from the elapsed time."""


class WorkerSelector(selectors.DefaultSelector):
    """Writes into the worker's slot whether its loop has nothing to do, and when its next sleeper is due."""

    def __init__(self, slot: Slot, bell: Bell) -> None:
        super().__init__()
        self._slot = slot
        self._bell = bell
        self.clock: SharedClock | None = None
        self.busy: Callable[[], int] = lambda: 1
        self.requests: Callable[[], int] = lambda: 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, Any]]:
        if timeout is not None and timeout <= SOON:
            return super().select(timeout)
        ready = super().select(0)
        if ready:
            return ready
        slot, clock = self._slot, self.clock
        due = None if clock is None else clock.next_due()
        slot[DUE] = NEVER if due is None or clock is None else clock.monotonic() + due
        slot[BUSY] = self.busy()
        slot[REQUESTS] = self.requests()
        slot[RESTING] = 1.0
        if not slot[BUSY]:
            self._bell.ring()
        try:
            return super().select(timeout)
        finally:
            slot[RESTING] = 0.0
            slot[TURNS] += 1.0
