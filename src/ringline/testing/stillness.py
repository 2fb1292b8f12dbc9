"""Virtual time that passes by itself: whenever nothing can happen any more, the clock jumps to what comes next.

Nothing is guessed and nothing is slept away. An event loop that is about to wait for its sockets has nothing left to
run; when every loop that takes part waits, no thread works for one of them and no byte is on its way, then only time
can bring anything about.
"""

from __future__ import annotations

import asyncio
import selectors
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar, TypeVarTuple, Unpack

if TYPE_CHECKING:
    from ringline.clock import VirtualClock

T = TypeVar("T")
Ts = TypeVarTuple("Ts")

SOON = 0.05
"""Real seconds. Whoever sleeps shorter than that by the machine's clock is at work; whoever sleeps longer only keeps
watch, as a server does that sets its Date header anew every second."""

_Event = tuple[selectors.SelectorKey, int]


class Stillness:
    """Watches over event loops, and steps *clock* when all of them stand still."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._selectors: list[_Selector] = []
        self._busy: list[Callable[[], bool]] = []
        self._is_running = False
        self.jumps = 0
        """How often time has jumped."""

    def new_loop(self) -> asyncio.AbstractEventLoop:
        """An event loop that takes part."""
        selector = _Selector(self)
        loop = _Loop(selector)
        with self._lock:
            self._selectors.append(selector)
            self._busy.append(lambda: loop.pending > 0)
        return loop

    def watch(self, is_busy: Callable[[], bool]) -> None:
        """Let time stand while *is_busy* says so: somebody works in a thread that no loop knows of."""
        self._busy.append(is_busy)

    def run(self) -> None:
        """From now on, time passes by itself."""
        self._is_running = True

    def hold(self) -> None:
        """Let time stand until `run` is called again."""
        self._is_running = False

    def is_still(self) -> bool:
        """Whether nothing can happen unless time passes."""
        return (
            all(selector.waits for selector in self._selectors)
            and not any(is_busy() for is_busy in self._busy)
            # What was sent to a loop that has not noticed yet.
            and not any(selector.has_something() for selector in self._selectors)
            and all(selector.waits for selector in self._selectors)
        )

    def stands(self) -> None:
        """A loop has nothing to do: jump if that is true of all."""
        with self._lock:
            if not self._is_running or not self.is_still():
                return
            due = self._clock.next_due()
            if due is not None:
                self.jumps += 1
                self._clock.step(max(0.0, due))

    def leave(self, selector: _Selector) -> None:
        """A loop is closed."""
        with self._lock:
            self._selectors.remove(selector)


class _Selector(selectors.DefaultSelector):
    """Tells when its loop is about to wait for sockets."""

    def __init__(self, stillness: Stillness) -> None:
        super().__init__()
        self._stillness = stillness
        self.waits = False

    def select(self, timeout: float | None = None) -> list[_Event]:
        if timeout is not None and timeout <= SOON:
            return super().select(timeout)
        ready = super().select(0)
        if ready:
            return ready
        self.waits = True
        try:
            # A jump wakes this loop through its own pipe, so that the next line does not wait after one.
            self._stillness.stands()
            return super().select(timeout)
        finally:
            self.waits = False

    def has_something(self) -> bool:
        """Whether its loop has only not woken up yet."""
        return bool(super().select(0))

    def close(self) -> None:
        self._stillness.leave(self)
        super().close()


class _Loop(asyncio.SelectorEventLoop):
    """Knows how many works of other threads it has not heard back from."""

    def __init__(self, selector: _Selector) -> None:
        super().__init__(selector)
        self.pending = 0

    def run_in_executor(self, executor: Any, func: Callable[[Unpack[Ts]], T], *args: *Ts) -> asyncio.Future[T]:
        future = super().run_in_executor(executor, func, *args)
        self.pending += 1
        # Called together with whoever waits for the answer: in between, the loop is not still.
        future.add_done_callback(self._heard)
        return future

    def _heard(self, _: asyncio.Future[Any]) -> None:
        self.pending -= 1
