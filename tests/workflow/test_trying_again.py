"""Trying a run again: what its runs within it have done stays done, and what its end took back is wanted again."""

from __future__ import annotations

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


def within(*steps: dict[str, Any]) -> dict[str, Any]:
    return {"version": "1.0", "inputs": [], "steps": list(steps), "outputs": []}


async def test_a_run_within_goes_on_where_it_failed(world: World) -> None:
    child = within(post("say", what="hello", next_steps=["$steps.call"]), step("test/call@v1", "call", fails=1))
    run = await world.begin(definition([step("test/nest@v1", "inner", workflow=child)]))
    await decide_all(world)
    assert (await world.get(run)).has_failures

    await world.runs.retry(run)
    await world.settle()

    assert [what for _, what in await world.posted()] == ["hello"]
    assert [row["status"] for row in await world.rows("runs")] == ["completed", "completed"]
    assert not (await world.get(run)).has_failures


@pytest.mark.parametrize(("resend", "count"), [(False, 1), (True, 2)])
async def test_what_may_have_gone_out_within_is_sent_again_only_when_told(
    world: World, resend: bool, count: int
) -> None:
    child = within(post("say", what="hello", next_steps=["$steps.call"]), step("test/call@v1", "call", fails=1))
    run = await world.begin(definition([step("test/nest@v1", "inner", workflow=child)]))
    for row in await world.rows("posted"):
        await world.decide(row["key"], "unknown")
    assert (await world.get(run)).has_failures

    await world.runs.retry(run, resend=resend)
    await world.settle()

    assert len(await world.posted()) == count


async def test_a_run_within_that_ended_with_its_parent_goes_on_with_it(world: World) -> None:
    child = within(post("say", what="hello", next_steps=["$steps.inside"]), hold("inside", key="inside"))
    source = definition(
        [
            step("test/nest@v1", "inner", workflow=child),
            hold("pause", seconds=5, next_steps=["$steps.call"]),
            step("test/call@v1", "call", fails=1),
        ]
    )
    run = await world.begin(source)
    await decide_all(world)
    await world.step(5)
    assert [row["status"] for row in await world.rows("runs")] == ["failed", "canceled"]

    await world.runs.retry(run)
    await world.settle()
    await world.report("inside", value="ok")

    retried = await world.get(run)
    assert (retried.status, retried.has_failures) == ("completed", False)
    assert len(await world.posted()) == 1


async def test_what_was_sent_before_is_followed_on(world: World) -> None:
    """Also what happened to it between the failure and the retry."""
    source = definition(
        [
            post("say", what="hello", response_mapping={"state": "state"}, next_steps=["$steps.call"]),
            step("test/call@v1", "call", fails=1, next_steps=["$steps.pause"]),
            hold("pause", key="k", next_steps=["$steps.between"]),
            post("between", what="{{ state }}", next_steps=["$steps.last"]),
            hold("last", key="l", next_steps=["$steps.end"]),
            post("end", what="{{ state }}"),
        ]
    )
    run = await world.begin(source)
    await world.decide(f"{run}/say")
    assert (await world.get(run)).status == "failed"
    await world.decide(f"{run}/say", "delivered")

    await world.runs.retry(run)
    await world.settle()
    await world.report("k")
    await world.decide(f"{run}/between")
    await world.decide(f"{run}/say", "read")
    await world.report("l")

    assert dict(await world.posted())[f"{run}/between"] == "delivered"
    assert dict(await world.posted())[f"{run}/end"] == "read"
