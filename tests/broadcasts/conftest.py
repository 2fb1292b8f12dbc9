"""An installation on each database, talking to a simulator that shares its clock."""

from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable

import pytest

from ringline import Ringline
from ringline.broadcasts.broadcast import Broadcast, Content
from ringline.simulator import Simulator

SENDER = "+15550001111"


@pytest.fixture
async def ringline(simulator: Simulator, database_url: str) -> AsyncIterator[Ringline]:
    """Ringline on each of the two engines in turn, with the simulator's account as its credential."""
    async with Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
    ) as installation:
        yield installation


def people(count: int, *, start: int = 1) -> io.BytesIO:
    """A CSV file of so many people, who are called by their numbers."""
    rows = [f"+1415555{number:04d},P{number},es" for number in range(start, start + count)]
    return io.BytesIO("\n".join(["phone,name,language", *rows]).encode())


def text(message: str | dict[str, str] | None = "Hello {{name}}", **changes: object) -> Content:
    """A broadcast's content."""
    return Content(**({"message": message, "sender": SENDER, "purpose": "notification"} | changes))  # type: ignore[arg-type]


async def pace(ringline: Ringline, rate: float = 1.0) -> None:
    """Let the sender send that many segments a second, as Twilio would; with a simulator nothing paces it."""
    (credential,) = await ringline.credentials.list()
    await ringline.outbox.senders.set_rate(credential.account_sid, SENDER, rate)


async def until(
    ringline: Ringline, id: str, enough: Callable[[Broadcast], bool], seconds: float = 40.0, step: float = 1.0
) -> Broadcast:
    """The broadcast once it is *enough*, stepping the clock as long as it is not."""
    async with asyncio.timeout(seconds):
        while True:
            found = await ringline.broadcasts.get(id)
            if enough(found):
                return found
            await asyncio.sleep(0.01)
            ringline.clock.step(step)  # type: ignore[attr-defined]
