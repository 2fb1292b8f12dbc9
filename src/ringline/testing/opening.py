"""Worlds are opened here, each with an empty database and a simulated Twilio of its own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path
from typing import TypeVar

from ringline.clock import VirtualClock
from ringline.testing.pace import Pace
from ringline.testing.stillness import Stillness
from ringline.testing.world import DEFAULT_SENDER, World

T = TypeVar("T")


@asynccontextmanager
async def world_of(pace: Pace, *, home: Path, environment: Mapping[str, str]) -> AsyncIterator[World]:
    """A world whose time passes as *pace* says; its data lie in the folder *home*."""
    from ringline.settings import load_settings
    from ringline.simulator import Simulator

    shutil.copyfile(await _empty_database(), home / "ringline.db")
    settings = load_settings(home=home, database_url=f"sqlite:///{home / 'ringline.db'}")
    new_loop = None if pace.stillness is None else pace.stillness.new_loop
    async with Simulator(clock=pace.clock, new_loop=new_loop) as simulator:
        world = World(pace, simulator, settings, environment)
        with simulator.arrivals(world.note), simulator.call_events(world.note_call):
            await world.open()
            world.own(DEFAULT_SENDER)
            world.run()
            try:
                yield world
            finally:
                await world.close()


_folder: list[tempfile.TemporaryDirectory[str]] = []


async def _empty_database() -> Path:
    """A database file with all tables and nothing in them, made once for all worlds of this process."""
    from ringline.database import open_database

    if not _folder:
        folder = tempfile.TemporaryDirectory(prefix="ringline-world-")
        made = await open_database(f"sqlite:///{folder.name}/empty.db", clock=VirtualClock())
        await made.close()
        _folder.append(folder)
    return Path(_folder[0].name) / "empty.db"


def in_a_world(start: datetime, work: Callable[[Pace], Awaitable[T]], *, speed: float | None = None) -> T:
    """Run *work* on a loop of its own, beginning at *start*: in virtual time, or *speed* times as fast as real time."""
    if speed is not None:
        from ringline.simulator.clock import FastClock, SteerableClock
        from ringline.testing.haste import Haste

        fast = SteerableClock(FastClock(start, speed))
        # It starts with the story: what is set up before takes no time of it.
        fast.freeze()
        return asyncio.run(_awaited(work(Pace(fast, haste=Haste(fast, speed)))))
    clock = VirtualClock(start)
    stillness = Stillness(clock)
    with asyncio.Runner(loop_factory=stillness.new_loop) as runner:
        return runner.run(_awaited(work(Pace(clock, stillness))))


async def _awaited(work: Awaitable[T]) -> T:
    return await work
