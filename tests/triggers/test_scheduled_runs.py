"""Runs that the clock starts: on time, once, and after a pause as `catch_up` says."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import pytest

from ringline import Ringline
from ringline.simulator import Simulator
from ringline.triggers.store import due
from triggers.conftest import flow, opened, publish, runs_of

AT = "{{trigger.scheduled_at}} missed {{trigger.missed}}"


def every(span: str, **keys: Any) -> dict[str, Any]:
    return {"type": "schedule", "every": span, "inputs": {"got": AT}, **keys}


def got(runs: list[Any]) -> list[str]:
    return [run.outputs[0]["got"] for run in runs]


async def test_a_run_starts_when_its_time_has_come(ringline: Ringline, simulator: Simulator) -> None:
    """The clock is at noon UTC on 1 January 2026; nobody sweeps but the installation itself."""
    zone = {"timezone": "America/New_York"}
    await publish(ringline, flow("daily", {"type": "schedule", "cron": "30 8 * * *", **zone, "inputs": {"got": AT}}))

    simulator.clock.step(5400)

    [run] = await runs_of(ringline, "daily", 1)
    assert got([run]) == ["2026-01-01T13:30:00Z missed 0"]
    assert run.trigger is not None
    assert (run.trigger["type"], run.trigger["event_id"]) == ("schedule", "2026-01-01T13:30:00Z")
    [state] = await ringline.triggers.list()
    assert state.next_at == datetime(2026, 1, 2, 13, 30, tzinfo=UTC)
    assert state.last_run_id == run.id


async def test_a_schedule_that_is_published_later_is_not_overslept(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("slow", every("50s")))
    await publish(ringline, flow("quick", every("2s")))

    simulator.clock.step(2)

    assert got(await runs_of(ringline, "quick", 1)) == ["2026-01-01T12:00:02Z missed 0"]
    assert await ringline.runs.list(workflow="slow") == []


CATCH_UP: list[tuple[str, list[str]]] = [
    ("once", ["2026-01-01T15:00:00Z missed 2"]),
    ("all", [f"2026-01-01T{hour}:00:00Z missed 0" for hour in (13, 14, 15)]),
    ("skip", []),
]


@pytest.mark.parametrize(("catch_up", "expected"), CATCH_UP)
async def test_times_missed_while_nothing_ran(
    database_url: str, simulator: Simulator, catch_up: str, expected: list[str]
) -> None:
    async with opened(database_url, simulator) as first:
        await publish(first, flow("hourly", every("1h", catch_up=catch_up)))
    simulator.clock.step(3.5 * 3600)
    async with opened(database_url, simulator) as second:
        await second.triggers.schedules.sweep()
        simulator.clock.step(1800)
        runs = await runs_of(second, "hourly", len(expected) + 1)

    assert got(runs) == [*expected, "2026-01-01T16:00:00Z missed 0"]


async def test_a_moment_starts_one_run_and_never_again(database_url: str, simulator: Simulator) -> None:
    once = {"type": "schedule", "at": "2026-01-01T14:00", "timezone": "Europe/Berlin", "inputs": {"got": AT}}
    async with opened(database_url, simulator) as first:
        await publish(first, flow("opening", once))
        simulator.clock.step(3600)
        assert got(await runs_of(first, "opening", 1)) == ["2026-01-01T13:00:00Z missed 0"]
    async with opened(database_url, simulator) as second:
        await publish(second, flow("opening", once, inputs=["got", "other"]))
        await second.triggers.schedules.sweep()
        [state] = await second.triggers.list()
        assert state.next_at is None
        assert len(await second.runs.list()) == 1


async def test_any_number_of_processes_start_one_run(database_url: str, simulator: Simulator) -> None:
    """On SQLite one process owns the file, so there its own sweeps meet each other."""
    number = 1 if database_url.startswith("sqlite") else 4
    async with AsyncExitStack() as stack:
        them = [await stack.enter_async_context(opened(database_url, simulator)) for _ in range(number)]
        for minutes in range(1, 6):
            await publish(them[0], flow(f"n{minutes}", every(f"{minutes}m")))
        simulator.clock.step(300)
        await asyncio.gather(*(one.triggers.schedules.sweep() for one in them for _ in range(3)))
        for minutes in range(1, 6):
            expected = f"2026-01-01T12:{5 // minutes * minutes:02}:00Z missed {5 // minutes - 1}"
            assert got(await runs_of(them[-1], f"n{minutes}", 1)) == [expected]


async def test_a_version_published_between_look_and_start_starts_the_run(
    ringline: Ringline, simulator: Simulator
) -> None:
    await publish(ringline, flow("hourly", every("1h")))
    schedules = ringline.triggers.schedules
    [row] = await ringline.database.read(lambda tx: due(tx, now=simulator.clock.time() + 3600, count=10))
    await publish(ringline, flow("hourly", every("1h"), inputs=["got", "more"]))

    await schedules._start(row, row["next_at"])
    await schedules._start(row, row["next_at"])

    [run] = await runs_of(ringline, "hourly", 1)
    assert run.version == 2


async def test_one_schedule_that_cannot_start_does_not_hold_up_the_others(
    ringline: Ringline, simulator: Simulator
) -> None:
    await publish(ringline, flow("broken", every("1m", inputs={"got": "{{trigger.missed.more.than}}"})))
    await publish(ringline, flow("sound", every("1m")))

    simulator.clock.step(60)

    assert got(await runs_of(ringline, "sound", 1)) == ["2026-01-01T12:01:00Z missed 0"]
    await ringline.triggers.schedules.sweep()
    [state] = await ringline.triggers.list(workflow="broken")
    assert state.last_run_id is None
    assert state.last_error is not None
    assert state.last_error.startswith("The input `got` cannot be filled")
    assert state.next_at == datetime(2026, 1, 1, 12, 2, tzinfo=UTC)
