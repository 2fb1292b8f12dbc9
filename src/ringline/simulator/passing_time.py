"""Moving a clock from one thing that falls due to the next, so that each happens at its own time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter
from typing import Any

from ringline.simulator.timeline import Timeline

_TELL_EVERY = 0.1
_SHORTEST = 1e-6
_ROUNDS = 5
"""Turns of the caller's loop after each step, for what was woken by it."""


async def advance(clock: Any, timeline: Timeline, seconds: float, *, settle: Callable[[], Awaitable[None]]) -> None:
    """Move on by *seconds*; *settle* returns once the effects of the moment are over."""
    await settle()
    remaining = seconds
    while True:
        step = min([remaining, *(max(due, _SHORTEST) for due in _stops(clock, timeline))])
        clock.step(step)
        remaining -= step
        await settle()
        for _ in range(_ROUNDS):
            await asyncio.sleep(0)
        if remaining <= 1e-9:
            return


async def jump(
    clock: Any, timeline: Timeline, seconds: float, *, at_rest: Callable[[], Awaitable[bool]], tell: Callable[[], None]
) -> None:
    """Move on by *seconds* with whatever else lives by the clock; *tell* is called now and then meanwhile.

    *at_rest* waits for the moment's effects and says whether all is quiet.
    """
    target, told = clock.monotonic() + seconds, perf_counter()
    while True:
        if not await at_rest():
            continue
        left = target - clock.monotonic()
        if left <= 0:
            return
        stops = _stops(clock, timeline)
        if min(stops, default=left) > 0:
            clock.step(min([left, *stops]))
        else:
            await asyncio.sleep(0.001)
        if perf_counter() - told > _TELL_EVERY:
            told = perf_counter()
            tell()


def _stops(clock: Any, timeline: Timeline) -> list[float]:
    """Seconds until the next thing falls due, in the simulator and beside it."""
    asks = getattr(clock, "next_due", None)
    dues: list[float | None] = [timeline.next_due(), asks() if callable(asks) else None]
    return [due for due in dues if due is not None]
