"""Ways that lead back (R9): how often, what else they lead to, and what becomes of what they lead back over."""

from __future__ import annotations

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from workflow.building import definition
from workflow.durable import World
from workflow.test_durable_rules import decide_all, hold, post


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


async def test_turns_in_which_a_step_did_not_run_are_no_visits(world: World) -> None:
    """The outer loop turns three times before anything of the inner one runs."""
    source = definition(
        [
            hold("outer", key="o", next_steps=["$steps.gate"]),
            hold("gate", key="g", seconds=10, outcomes={"event": ["$steps.inner"], "timeout": ["$steps.outer"]}),
            post("inner", what="x", max_visits=2, next_steps=["$steps.ask"]),
            hold("ask", key="a", seconds=10, outcomes={"event": "end", "timeout": ["$steps.inner"]}),
        ]
    )
    run = await world.begin(source)
    for _ in range(3):
        await world.report("o")
        await world.step(10)
    await world.report("o")
    await world.report("g")
    await decide_all(world)
    world.start()
    await world.step(10)
    await decide_all(world)
    assert [key for key, _ in await world.posted()] == [f"{run}/inner/i3", f"{run}/inner/i4"]

    await world.step(10)
    failed = await world.get(run)
    assert failed.error is not None
    assert "`inner` was led back to 2 times, and its `max_visits` is 2" in failed.error.message


async def test_any_step_of_a_loop_may_bound_its_visits(world: World) -> None:
    source = definition(
        [
            post("remind", what="remind", next_steps=["$steps.count"]),
            post("count", what="count", max_visits=2, on_error=["$steps.office"], next_steps=["$steps.ask"]),
            hold("ask", key="a", seconds=10, outcomes={"event": "end", "timeout": ["$steps.remind"]}),
            post("office", what="{{ steps.count.error.message }}"),
        ]
    )
    run = await world.begin(source)
    for _ in range(3):
        await decide_all(world)  # `remind`
        await decide_all(world)  # `count`, or `office`
        await world.step(10)

    posted = dict(await world.posted())
    assert [key for key, what in posted.items() if what == "count"] == [f"{run}/count", f"{run}/count/i1"]
    assert posted[f"{run}/office/i2"].startswith("The step `count` has run 2 times, and its `max_visits` is 2.")
    assert (await world.get(run)).status == "completed"


async def test_a_branch_may_lead_back_and_forward_at_once(world: World) -> None:
    """What it leads forward to has something else to wait for, and the process is another by then."""
    source = definition(
        [
            hold("other", key="other"),
            hold("begin", key="b", next_steps=["$steps.ask"]),
            hold("ask", key="ask", seconds=5, outcomes={"timeout": ["$steps.begin", "$steps.note"], "event": "end"}),
            post("note", what="note {{ steps.other.value }}"),
        ]
    )
    await world.begin(source)
    await world.report("b")
    await world.step(5)
    world.start()
    await world.report("other", value="v")

    assert [what for _, what in await world.posted()] == ["note v"]
    assert sorted(row["key"].partition("/")[0] for row in await world.rows("waits")) == ["b", "post"]
