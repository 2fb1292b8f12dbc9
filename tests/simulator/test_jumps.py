"""The clock, moved to a moment: everything on the way happens, each thing at its own time."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest

from ringline.errors import RequestError
from ringline.simulator import Simulator, world
from ringline.simulator.clock import SteerableClock
from ringline.simulator.control_clock import moment_of
from simulator.customer import sdk

PHONE = "+14155550123"
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("given", "zone", "moment"),
    [
        ("tomorrow 09:00", "UTC", "2026-01-02T09:00:00+00:00"),
        ("tomorrow 09:00", "America/New_York", "2026-01-02T09:00:00-05:00"),
        ("today 18:30", "Europe/Berlin", "2026-01-01T18:30:00+01:00"),
        ("2026-05-19 09:00", "America/New_York", "2026-05-19T09:00:00-04:00"),
        ("2026-05-19T09:00:30", "UTC", "2026-05-19T09:00:30+00:00"),
    ],
)
def test_a_moment_is_meant_in_its_zone(given: str, zone: str, moment: str) -> None:
    assert moment_of(given, zone, NOON) == datetime.fromisoformat(moment).timestamp()


@pytest.mark.parametrize("given", ["soon", "tomorrow 25:00", "2026-13-01 09:00", "09:00"])
def test_what_is_no_moment_is_explained(given: str) -> None:
    with pytest.raises(RequestError, match="is no moment"):
        moment_of(given, "UTC", NOON)


async def test_a_jump_stops_at_everything_that_falls_due() -> None:
    clock = SteerableClock()
    clock.freeze()
    async with Simulator(clock=clock) as simulator, aiohttp.ClientSession() as session:
        twilio = sdk(simulator)
        simulator.carrier.delivered_after = 3600.0
        twilio.messages.create(to=PHONE, from_=world.SMS_NUMBERS[0], body="Later")
        began = clock.time()
        slept: list[float] = []

        async def product() -> None:
            await clock.sleep(7200)
            slept.append(clock.time())

        task = asyncio.create_task(product())
        await asyncio.sleep(0)
        tomorrow = datetime.fromtimestamp(began + 86_400, UTC).strftime("%Y-%m-%d %H:%M")
        async with session.post(f"{simulator.base_url}/_simulator/clock/jump", json={"to": tomorrow}) as answer:
            shown = await answer.json()

        assert answer.status == 200, shown
        assert shown["time"] == pytest.approx(began + 86_400, abs=60)
        assert shown["shift"] == pytest.approx(86_400, abs=60)
        message = simulator.messages[0]
        assert message.reached_phone == pytest.approx(began + 3600, abs=1)
        await task
        # It has a loop of its own here, which nobody waits for: a product is waited for by `runs_beside`.
        assert slept[0] >= began + 7200


async def test_time_never_goes_back_or_too_far() -> None:
    async with Simulator() as simulator, aiohttp.ClientSession() as session:
        for to, sentence in (("2020-01-01 09:00", "has passed"), ("2099-01-01 09:00", "more than 400 days")):
            async with session.post(f"{simulator.base_url}/_simulator/clock/jump", json={"to": to}) as answer:
                assert answer.status == 400
                assert sentence in (await answer.json())["detail"]


async def test_after_a_restart_time_is_as_far_ahead_as_it_was(tmp_path: Path) -> None:
    database = tmp_path / "simulator.db"
    async with Simulator(database=database) as simulator:
        await simulator.jump(86_400.0, lambda: None)
    async with Simulator(database=database) as again:
        assert isinstance(again.clock, SteerableClock)
        assert again.clock.shift == pytest.approx(86_400, abs=5)
