"""The simulator's own clock and the timeline that runs on it."""

from __future__ import annotations

import asyncio
import logging

import pytest

from ringline.clock import VirtualClock
from ringline.simulator import SteerableClock
from ringline.simulator.timeline import Timeline


async def turns() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


async def test_a_steerable_clock_follows_its_base_until_it_is_frozen(clock: VirtualClock) -> None:
    steerable = SteerableClock(clock)
    start = steerable.time()
    clock.step(10)
    assert steerable.time() == start + 10

    steerable.freeze()
    clock.step(10)
    assert (steerable.time(), steerable.frozen) == (start + 10, True)
    steerable.step(5)
    assert (steerable.time(), steerable.monotonic()) == (start + 15, 15)
    steerable.resume()
    clock.step(1)
    assert (steerable.time(), steerable.frozen) == (start + 16, False)
    assert steerable.now().timestamp() == start + 16
    with pytest.raises(ValueError, match="forward only"):
        steerable.step(-1)


async def test_its_sleepers_wake_when_they_are_due_and_not_before() -> None:
    clock = SteerableClock()
    clock.freeze()
    sleeper = asyncio.create_task(clock.sleep(100))
    await turns()
    clock.step(99)
    await turns()
    assert not sleeper.done()
    clock.step(1)
    await asyncio.wait_for(sleeper, 5)

    running = asyncio.create_task(clock.sleep(0.01))
    await turns()
    clock.resume()
    await asyncio.wait_for(running, 5)


async def test_events_run_in_order_each_at_its_own_moment(clock: VirtualClock) -> None:
    timeline, start, seen = Timeline(clock), clock.time(), list[tuple[str, float]]()

    def note(name: str, again: float | None = None) -> None:
        seen.append((name, timeline.time() - start))
        if again is not None:
            timeline.plan(again, note, f"{name}'s")

    timeline.plan(5, note, "late")
    timeline.plan(1, note, "early", 2)
    timeline.plan(1, note, "second")
    assert timeline.next_due() == 1
    clock.step(100)
    assert timeline.run_due() == 4

    assert seen == [("early", 1), ("second", 1), ("early's", 3), ("late", 5)]
    assert timeline.next_due() is None


async def test_a_broken_event_does_not_stop_the_others(clock: VirtualClock, caplog: pytest.LogCaptureFixture) -> None:
    timeline, seen = Timeline(clock), list[str]()

    def fail() -> None:
        raise ZeroDivisionError

    timeline.plan(1, fail)
    timeline.plan(2, seen.append, "after")
    with caplog.at_level(logging.ERROR):
        clock.step(3)
        timeline.run_due()

    assert seen == ["after"]
    assert "ZeroDivisionError" in caplog.text


async def test_a_step_right_after_a_plan_is_not_missed(clock: VirtualClock) -> None:
    timeline, seen = Timeline(clock), list[str]()
    timeline.plan(1, seen.append, "planned")
    clock.step(2)  # the timeline has not begun to sleep yet
    await turns()

    assert seen == ["planned"]


async def test_an_earlier_plan_wakes_the_timeline_earlier(clock: VirtualClock) -> None:
    timeline, seen = Timeline(clock), list[str]()
    timeline.plan(100, seen.append, "late")
    await turns()
    timeline.plan(1, seen.append, "early")
    await turns()
    await clock.advance(2)
    assert seen == ["early"]
    timeline.close()
    await clock.advance(200)
    assert seen == ["early"]
