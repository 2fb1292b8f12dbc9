"""`flow/subflow@v1`, `flow/for_each@v1`, `flow/delay@v1` and `flow/wait_until@v1` in durable runs, on each database."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import DefinitionError


def inner(steps: list[dict[str, Any]], outputs: dict[str, str], *inputs: str) -> dict[str, Any]:
    return {
        "version": "1.0",
        "inputs": [{"type": "WorkflowParameter", "name": name} for name in inputs],
        "steps": steps,
        "outputs": [{"type": "JsonField", "name": name, "selector": selector} for name, selector in outputs.items()],
    }


def setting(**values: Any) -> dict[str, Any]:
    return {"type": "flow/set_variables@v1", "name": "set", "set": values}


def delay(text: str = "1h", **more: Any) -> dict[str, Any]:
    return {"type": "flow/delay@v1", "name": "pause", "for": text, **more}


GREET = inner([setting(text="Hi {{who}} from {{us}}")], {"text": "$steps.set.values"}, "who", "us")
SLOW = inner([delay(), {**setting(text="{{item}}"), "join": "all"}], {"text": "$steps.set.values"}, "item")
# Fails for the items that are no durations.
PICKY = inner([delay("{{item}}")], {"seconds": "$steps.pause.seconds"}, "item")


async def test_a_workflow_in_a_step(rig: Any) -> None:
    step = {"type": "flow/subflow@v1", "name": "greet", "workflow": GREET, "inputs": {"who": "{{name}}", "us": "Acme"}}

    got = (await rig.outputs(await rig.start([step], inputs={"name": "Ann"})))["greet"]

    assert (got["outcome"], got["outputs"], got["error"]) == ("completed", {"text": {"text": "Hi Ann from Acme"}}, None)
    child = await rig.ringline.runs.get(got["run_id"])
    assert (child.status, child.parent is not None) == ("completed", True)


async def test_a_registered_workflow_keeps_its_version(rig: Any) -> None:
    await rig.ringline.workflows.register(GREET, name="greet")
    await rig.ringline.workflows.register(
        inner([setting(text="new")], {"text": "$steps.set.values"}, "who", "us"), name="greet"
    )
    step = {"type": "flow/subflow@v1", "name": "greet", "workflow": "greet@1", "inputs": {"who": "Ann", "us": "us"}}

    first = (await rig.outputs(await rig.start([step])))["greet"]
    newest = (await rig.outputs(await rig.start([{**step, "workflow": "greet"}])))["greet"]

    assert (first["outputs"]["text"]["text"], newest["outputs"]["text"]["text"]) == ("Hi Ann from us", "new")


async def test_a_child_that_fails_is_an_outcome(rig: Any) -> None:
    step = {"type": "flow/subflow@v1", "name": "inner", "workflow": PICKY, "inputs": {"item": "soon"}}

    got = (await rig.outputs(await rig.start([step])))["inner"]

    assert got["outcome"] == "failed"
    assert "`soon` is no duration" in got["error"]["message"]


async def test_a_workflow_that_is_not_there_fails_the_step(rig: Any) -> None:
    run = await rig.ended(await rig.start([{"type": "flow/subflow@v1", "name": "inner", "workflow": "nowhere"}]))

    assert (run.status, run.error.step) == ("failed", "inner")
    assert "there is no workflow `nowhere`" in run.error.message


async def test_results_stand_in_the_order_of_the_items(rig: Any) -> None:
    step = {
        "type": "flow/for_each@v1",
        "name": "all",
        "items": "$inputs.people",
        "as": "who",
        "workflow": GREET,
        "inputs": {"us": "Acme"},
        "concurrency": 3,
    }
    people = [f"P{number}" for number in range(8)]

    got = (await rig.outputs(await rig.start([step], inputs={"people": people})))["all"]

    assert [row["text"]["text"] for row in got["results"]] == [f"Hi {name} from Acme" for name in people]
    assert (got["outcome"], got["total"], got["completed"], got["failed"], got["errors"]) == ("completed", 8, 8, 0, [])


async def test_only_so_many_items_are_worked_on_at_a_time(rig: Any) -> None:
    step = {"type": "flow/for_each@v1", "name": "all", "items": list("abcde"), "workflow": SLOW, "concurrency": 2}
    run = await rig.start([step])
    for started in (2, 4, 5):

        async def all_of_them_wait(count: int = started) -> Any:
            children = [one for one in await rig.ringline.runs.list() if one.parent == run]
            is_open = [one.status == "waiting" for one in children if one.finished_at is None]
            assert len(is_open) <= 2
            return len(children) == count and all(is_open) and bool(is_open)

        await rig.until(all_of_them_wait)
        rig.clock.step(3601)

    got = (await rig.outputs(run))["all"]
    assert [row["text"]["text"] for row in got["results"]] == list("abcde")


async def test_an_item_that_fails_does_not_keep_the_others_from_it(rig: Any) -> None:
    step = {"type": "flow/for_each@v1", "name": "all", "items": ["0s", "soon", "0s"], "workflow": PICKY}
    run = await rig.start([step])

    got = (await rig.outputs(run))["all"]

    assert (got["outcome"], got["completed"], got["failed"]) == ("partial", 2, 1)
    assert got["results"] == [{"seconds": 0.0}, None, {"seconds": 0.0}]
    assert (got["errors"][0]["index"], got["errors"][0]["item"]) == (1, "soon")
    assert got["error"]["message"].startswith("1 of 3 items failed; the first, number 2: ")
    assert (await rig.ringline.runs.get(run)).has_failures


async def test_the_first_failure_may_end_the_loop(rig: Any) -> None:
    step = {
        "type": "flow/for_each@v1",
        "name": "all",
        "items": ["1h", "soon", "1h", "1h"],
        "workflow": PICKY,
        "on_item_error": "fail",
        "concurrency": 2,
    }
    run = await rig.start([step])

    got = (await rig.outputs(run))["all"]

    assert (got["outcome"], got["completed"], got["failed"], got["results"]) == ("failed", 0, 1, [None] * 4)
    children = [one for one in await rig.ringline.runs.list() if one.parent == run]
    assert sorted(child.status for child in children) == ["canceled", "failed"]


@pytest.mark.parametrize(
    ("items", "said"),
    [("a, b", "`items` is text"), (7, "`items` must be a list"), (list(range(1001)), "has 1,001 items")],
)
async def test_what_is_no_list_fails_the_step(rig: Any, items: Any, said: str) -> None:
    step = {"type": "flow/for_each@v1", "name": "all", "items": "{{these}}", "workflow": SLOW}

    run = await rig.ended(await rig.start([step], inputs={"these": items}))

    assert run.status == "failed"
    assert said in run.error.message


async def test_an_empty_list_is_done_at_once(rig: Any) -> None:
    step = {"type": "flow/for_each@v1", "name": "all", "items": "{{these}}", "workflow": SLOW}

    got = (await rig.outputs(await rig.start([step], inputs={"these": []})))["all"]

    assert (got["outcome"], got["results"]) == ("completed", [])


async def test_an_inline_definition_is_checked_with_the_one_around_it(rig: Any) -> None:
    step = {"type": "flow/for_each@v1", "name": "all", "items": [1], "workflow": inner([delay("5")], {}, "item")}

    with pytest.raises(DefinitionError) as caught:
        await rig.start([step])
    assert [(fault.step, fault.field) for fault in caught.value.faults] == [("all/pause", "for")]


async def test_a_delay_takes_its_time(rig: Any) -> None:
    run = await rig.start([delay("{{hours}}h")], inputs={"hours": 2})
    waiting = await rig.waiting(run)

    rig.clock.step(7199)
    assert (await rig.waiting(run)).status == "waiting"
    rig.clock.step(1)

    got = (await rig.outputs(run))["pause"]
    assert (waiting.due_at - waiting.created_at).total_seconds() == 7200.0
    assert (got["outcome"], got["seconds"], got["until"]) == ("done", 7200.0, "2026-01-01T14:00:00+00:00")


async def test_a_wait_until_takes_the_contacts_zone(rig: Any) -> None:
    await rig.ringline.contacts.add("+14155550123", time_zone="Asia/Tokyo")
    step = {
        "type": "flow/wait_until@v1",
        "name": "open",
        "between": {"from": "09:00", "to": "17:00"},
        "recipient": "{{to}}",
    }

    run = await rig.start([step], inputs={"to": "+14155550123"}, defaults={"timezone": "Europe/Berlin"})
    other = await rig.start([step], inputs={"to": "+14155550124"}, defaults={"timezone": "Europe/Berlin"})

    assert (await rig.waiting(run)).due_at.isoformat() == "2026-01-02T00:00:00+00:00"
    assert (await rig.outputs(other))["open"]["timezone"] == "Europe/Berlin"
