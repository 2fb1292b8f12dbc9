"""Ways that lead back (R9): how often, what else they lead to, and what becomes of what they lead back over."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from workflow.building import definition, step
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


async def test_a_jump_ends_the_runs_it_leads_back_over(world: World) -> None:
    child = {"version": "1.0", "inputs": [], "steps": [hold("inside", key="inside")], "outputs": []}
    source = definition(
        [
            post("begin", next_steps=["$steps.one", "$steps.two"]),
            hold("one", key="one", outcomes={"event": ["$steps.begin"], "timeout": "end"}),
            step("test/nest@v1", "two", workflow=child),
        ]
    )
    run = await world.begin(source)
    await decide_all(world)
    await world.report("one")
    assert [row["status"] for row in await world.rows("runs") if row["parent"]] == ["canceled"]
    assert [row["step"] for row in await world.rows("waits")] == ["begin"]

    await decide_all(world)
    children = {row["parent_key"]: row["status"] for row in await world.rows("runs") if row["parent"]}
    assert children == {f"{run}/two": "canceled", f"{run}/two/i1": "waiting"}
    assert (await world.get(run)).status == "waiting"


class Meanwhile:
    """A clock on which something happens while a step sleeps."""

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.happens: Callable[[], Awaitable[Any]] | None = None

    async def sleep(self, seconds: float) -> None:
        if self.happens is not None:
            await self.happens()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._clock, name)


async def test_what_was_reported_to_a_wait_is_not_for_the_next_one(world: World) -> None:
    """While one event leads back over a wait, and before that is written down, another comes for that wait."""
    meanwhile = world.services["clock"] = Meanwhile(world.clock)
    source = definition(
        [
            step("test/work@v1", "begin", seconds=1, next_steps=["$steps.one", "$steps.two"]),
            hold("one", key="one", outcomes={"event": ["$steps.begin"], "timeout": "end"}),
            hold("two", key="two"),
        ]
    )
    run = await world.begin(source)
    abandoned = []
    world.runs.on_abandon.append(lambda tx, step: abandoned.append((step.run_id, step.step, list(step.keys))))
    meanwhile.happens = lambda: world.database.write(lambda tx: world.runs.report_in(tx, "two", {"value": "late"}))
    await world.report("one")

    assert abandoned == [(run, "two", ["two"])]
    assert sorted(row["key"] for row in await world.rows("waits")) == ["one", "two"]
    assert await world.rows("run_inbox") == []
