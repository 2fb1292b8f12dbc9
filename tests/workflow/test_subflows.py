"""Runs within runs: started with their step, reported to it, ended with it."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.workflow import check_definition, read_document
from workflow.building import definition, step
from workflow.durable import World, registry


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


CHILD = definition(
    [
        step("test/hold@v1", "ask", key="{{who}}", next_steps=["$steps.say"]),
        step("echo", "say", value="$steps.ask.value"),
    ],
    inputs=["who"],
    outputs={"said": "$steps.say.output"},
)


def parent(workflow: Any, **fields: Any) -> dict[str, Any]:
    return definition(
        [step("test/nest@v1", "nest", workflow=workflow, inputs={"who": "$inputs.name"}, **fields)],
        inputs=["name"],
        outputs={"said": "$steps.nest.outputs", "outcome": "$steps.nest.outcome", "child": "$steps.nest.child"},
    )


@pytest.mark.parametrize("named", [True, False], ids=["named", "inline"])
async def test_a_child_reports_its_end(world: World, named: bool) -> None:
    await world.define(CHILD, "child")
    run = await world.begin(parent("child@v1" if named else CHILD), {"name": "ann"})
    assert (await world.get(run)).status == "waiting"

    await world.report("ann", value="hello")

    outputs = await world.outputs(run)
    assert (outputs["said"], outputs["outcome"]) == ([{"said": "hello"}], "done")
    child = await world.get(outputs["child"])
    assert (child.parent, child.workflow) == (run, "child" if named else "flow/nest")


async def test_a_child_that_needs_no_wait_ends_its_parents_wait(world: World) -> None:
    await world.define(definition([step("echo", "say", value=1)], outputs={"said": "$steps.say.output"}), "child")
    run = await world.begin(parent("child"), {"name": "ann"})

    assert (await world.outputs(run))["said"] == [{"said": 1}]


async def test_children_end_with_their_parent(world: World) -> None:
    run = await world.begin(parent(CHILD), {"name": "ann"})
    [child] = [one for one in await world.runs.list() if one.parent == run]

    await world.runs.cancel(run)

    assert (await world.get(child.id)).status == "canceled"
    assert await world.rows("waits") == []


async def test_a_failed_child_is_an_outcome_of_its_step(world: World) -> None:
    broken = definition([step("test/work@v1", "w", fails=1)])
    run = await world.begin(parent(broken), {"name": "ann"})

    assert (await world.outputs(run))["outcome"] == "failed"
    assert (await world.get(run)).has_failures


async def test_what_the_child_does_not_take_is_the_steps_error(world: World) -> None:
    run = await world.begin(parent("missing"), {"name": "ann"})

    failed = await world.get(run)
    assert failed.error is not None
    assert (failed.error.step, failed.status) == ("nest", "failed")
    assert failed.error.message == "The step `nest` (test/nest@v1) failed: there is no workflow `missing`"


def test_an_inline_definition_is_checked_where_it_stands() -> None:
    text = """\
version: "1.0"
inputs: []
steps:
  - type: test/nest@v1
    name: nest
    workflow:
      version: "1.0"
      inputs: []
      steps:
        - {type: test/hold@v1, name: ask, key: "{{nobody}}"}
      outputs: []
outputs: []
"""
    [fault] = [fault for fault in check_definition(read_document(text), registry()) if fault.severity == "error"]

    assert (fault.step, fault.field, fault.line) == ("nest/ask", "key", 10)
    assert "nothing in the workflow sets `nobody`" in fault.message
