from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.live import Change, Changes, Feed, Reload
from ringline.live.feed import Stream


class Installation:
    """One process' part in the live data: what it writes, and what it reads."""

    def __init__(self, database: Database, clock: VirtualClock) -> None:
        self.database = database
        self.changes = Changes(database, clock)
        self.feed = Feed(database, clock, self.changes)

    async def close(self) -> None:
        await self.feed.close()
        await self.changes.close()


@pytest.fixture
async def begin(database: Database, clock: VirtualClock) -> AsyncIterator[Callable[[], Awaitable[Installation]]]:
    """Begins another process on the test's database."""
    begun: list[Installation] = []

    async def start() -> Installation:
        one = Installation(database, clock)
        await one.changes.begin()
        begun.append(one)
        return one

    yield start
    for one in begun:
        await one.close()


@pytest.fixture
async def here(begin: Callable[[], Awaitable[Installation]]) -> Installation:
    return await begin()


async def take(stream: Stream, count: int = 1) -> list[Change | Reload]:
    """The next changes of a stream, waited for as long as a slow machine may need."""
    found: list[Change | Reload] = []
    async with asyncio.timeout(20):
        while len(found) < count and not stream.has_ended:
            found += await stream.take(20)
    return found


def told(changes: list[Change | Reload]) -> list[tuple[str, str]]:
    """Topics and refs."""
    return [(one.topic, one.ref) for one in changes if isinstance(one, Change)]
