"""How time passes in a world: by itself whenever nothing can happen, or faster than the machine's own."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ringline.app.timing import Timing
from ringline.outbox.settings import OutboxSettings

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.testing.haste import Haste
    from ringline.testing.stillness import Stillness

LONG = 30 * 86_400.0
"""Seconds of virtual time: watchfulness that only other processes need would make time pass in small steps."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How time passes: by itself where *stillness* watches, else as fast as *haste* lets it."""

    clock: Clock
    stillness: Stillness | None = None
    haste: Haste | None = None

    @property
    def timing(self) -> Timing:
        """How often the parts of Ringline look up by themselves."""
        return Timing.alone(LONG) if self.haste is None else _in_haste(self.haste.speed)


def _in_haste(speed: float) -> Timing:
    """What guards against slow machines is given as much of the fast clock as it would have of the real one."""
    usual = OutboxSettings(rate=None)
    stretched = {
        name: getattr(usual, name) * speed
        for name in (
            "write_deadline",
            "http_timeout",
            "open_margin",
            "horizon",
            "negative_gap",
            "give_up",
            "heal_after",
        )
    }
    outbox = replace(usual, **stretched, tick=LONG, tick_shared=LONG)
    return Timing(outbox, tidy=LONG, tick=LONG, tick_shared=LONG, beat=LONG)
