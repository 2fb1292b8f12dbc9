"""Noticing that the clock by which rows are dated was set, which makes every age look larger than it is."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ringline.clock import Clock

_log = logging.getLogger(__name__)


class ClockWatch:
    """Compares the clock with the machine's own between looks; after a jump, ages are not believed for *span* s."""

    def __init__(self, clock: Clock, *, slack: float, span: float) -> None:
        self._clock = clock
        self._slack = slack
        self._span = span
        self._last = (clock.time(), clock.monotonic())
        self._suspended_until = float("-inf")

    def look(self) -> None:
        """Compare; call it whenever time matters."""
        now, own = self._clock.time(), self._clock.monotonic()
        jump = (now - self._last[0]) - (own - self._last[1])
        self._last = (now, own)
        if abs(jump) > self._slack:
            self._suspended_until = own + self._span
            _log.warning(
                "the clock jumped by %+.1f s; for %g s nothing is concluded from the age of requests", jump, self._span
            )

    @property
    def is_suspended(self) -> bool:
        """Whether ages may be wrong."""
        self.look()
        return self._clock.monotonic() < self._suspended_until
