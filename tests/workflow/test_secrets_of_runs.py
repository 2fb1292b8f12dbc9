"""Secrets of a run can be read nowhere: not where templates have taken them, nor in its history, trigger or error."""

from __future__ import annotations

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from workflow.building import definition, step
from workflow.durable import World
from workflow.test_durable_rules import hold, post

SECRET = "hunter2-of-the-shop"
TABLES = ("runs", "run_events", "waits", "run_inbox")


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


async def read_anywhere(world: World) -> list[str]:
    """The columns in which the secret can be read."""
    return [
        f"{table}.{column}"
        for table in TABLES
        for row in await world.rows(table)
        for column, value in row.items()
        if SECRET in str(value)
    ]


async def test_what_templates_have_made_of_a_secret_is_sealed_too(world: World) -> None:
    child = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowParameter", "name": "token", "kind": ["secret"]}],
        "steps": [hold("inside", key="inside")],
        "outputs": [],
    }
    source = definition(
        [
            step("test/nest@v1", "nested", workflow=child, inputs={"token": "$inputs.token"}),
            step("test/set@v1", "sets", variables={"header": "Bearer {{token}}"}),
            hold("pause", key="k", next_steps=["$steps.use"]),
            post("use", what="{{ header }} {{ trigger.body.token }}"),
        ],
        inputs=[{"type": "WorkflowParameter", "name": "token", "kind": ["secret"]}],
    )
    trigger = {"type": "webhook", "body": {"token": SECRET, "order": 7}}
    run = await world.begin(source, {"token": SECRET}, trigger=trigger)
    assert await read_anywhere(world) == []

    world.start()
    await world.report("k")
    assert [what for _, what in await world.posted()] == [f"Bearer {SECRET} {SECRET}"]
    shown = await world.get(run)
    assert shown.trigger == {"type": "webhook", "body": {"token": "********", "order": 7}}
    assert SECRET not in str([shown, await world.runs.history(run)])
    assert await read_anywhere(world) == []


async def test_an_error_or_output_that_repeats_a_secret_is_masked_in_the_history(world: World) -> None:
    source = definition(
        [
            hold("first", seconds=1, next_steps=["$steps.call"]),
            step("test/repeat@v1", "call", what="$inputs.token"),
        ],
        inputs=[{"type": "WorkflowParameter", "name": "token", "kind": ["secret"]}],
    )
    run = await world.begin(source, {"token": SECRET})
    await world.step(1)

    failed = await world.get(run)
    assert failed.error is not None
    assert "the server said: no such user ********" in failed.error.message
    assert SECRET not in str([failed, await world.runs.history(run)])
    assert await read_anywhere(world) == []
