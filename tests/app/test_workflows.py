"""Workflows that are kept: versions, runs, keys, and what is written down about them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from ringline import DefinitionError, Ringline
from ringline.errors import (
    IdempotencyConflict,
    NotFoundError,
    RequestError,
    RuntimeInputError,
    StepExecutionError,
    WorkflowExecutionEngineError,
)
from ringline.simulator import Simulator

PHONE = "+14155550123"


def greeting(**changes: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "name": "greeting",
        "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
        "steps": [
            {
                "type": "twilio/sms@v1",
                "name": "hello",
                "to": "$inputs.phone",
                "from": "+15550001111",
                "message": "Hello {{phone}}",
            }
        ],
        "outputs": [{"type": "JsonField", "name": "status", "selector": "$steps.hello.status"}],
        **changes,
    }


def failing() -> dict[str, Any]:
    step = {"type": "roboflow_core/string_template@v1", "name": "text", "template": "{missing}", "data": {}}
    return greeting(name="failing", steps=[step], outputs=[])


async def test_a_run_sends_its_message_and_keeps_its_outputs(ringline: Ringline, simulator: Simulator) -> None:
    run = await ringline.workflow(greeting()).start({"phone": PHONE})

    assert await run.result(10) == [{"status": "queued"}]
    kept = await ringline.runs.get(run.id)
    assert (kept.status, kept.outputs, kept.inputs) == ("completed", [{"status": "queued"}], {"phone": PHONE})
    [message] = await ringline.messages.list()
    assert (message.run_id, message.step, message.stage) == (run.id, "hello", "accepted")
    await simulator.advance(5)
    assert (await simulator.handset(PHONE).wait_for_message()).body == f"Hello {PHONE}"


async def test_the_same_key_starts_one_run(ringline: Ringline) -> None:
    workflow = ringline.workflow(greeting())
    first = await workflow.start({"phone": PHONE}, key="order-1")
    await first.result(10)

    again = await workflow.start({"phone": PHONE}, key="order-1")

    assert again.id == first.id
    assert await again.result(10) == [{"status": "queued"}]
    assert len(await ringline.messages.list()) == 1


async def test_the_same_key_with_other_inputs_is_refused(ringline: Ringline) -> None:
    workflow = ringline.workflow(greeting())
    await (await workflow.start({"phone": PHONE}, key="order-1")).result(10)

    with pytest.raises(
        IdempotencyConflict, match=r"'order-1' already started run run_\w+ of `greeting` with other inputs"
    ):
        await workflow.start({"phone": "+14155550199"}, key="order-1")


async def test_inputs_that_cannot_be_leave_no_run_behind(ringline: Ringline) -> None:
    definition = greeting(
        inputs=[{"type": "WorkflowBatchInput", "name": "phone"}],
    )

    with pytest.raises(RuntimeInputError):
        await ringline.workflow(definition).start({})

    assert await ringline.runs.list() == []


async def test_a_failed_run_stays_visible_with_its_reason(ringline: Ringline) -> None:
    workflow = ringline.workflow(failing())
    run = await workflow.start({"phone": PHONE}, key="once")

    with pytest.raises(StepExecutionError):
        await run.result(10)

    kept = await ringline.runs.get(run.id)
    assert kept.status == "failed"
    assert kept.error is not None
    assert (kept.error.type, kept.error.step) == ("StepExecutionError", "text")
    assert "missing" in kept.error.message
    with pytest.raises(WorkflowExecutionEngineError, match="missing"):
        await (await workflow.start({"phone": PHONE}, key="once")).result(10)


async def test_secrets_are_masked_in_what_is_kept(ringline: Ringline) -> None:
    definition = greeting(
        inputs=[{"type": "WorkflowParameter", "name": "phone"}, {"type": "WorkflowParameter", "name": "token"}],
        steps=[
            {
                "type": "roboflow_core/twilio_sms_notification@v1",
                "name": "hello",
                "twilio_account_sid": "AC1",
                "twilio_auth_token": "$inputs.token",
                "sender_number": "+15550001111",
                "receiver_number": "$inputs.phone",
                "message": "Hello",
                "cooldown_session_key": "k",
                "disable_sink": True,
            }
        ],
        outputs=[{"type": "JsonField", "name": "message", "selector": "$steps.hello.message"}],
    )

    run = await ringline.workflow(definition).start({"phone": PHONE, "token": "very-secret-token"})

    await run.result(10)
    assert (await ringline.runs.get(run.id)).inputs == {"phone": PHONE, "token": "ve********en"}


async def test_the_same_text_is_one_version_and_another_text_the_next(ringline: Ringline) -> None:
    first = await ringline.workflows.register(greeting())
    same = await ringline.workflows.register(greeting())
    changed = await ringline.workflows.register(greeting(description="now with a description"))

    assert [first.version, same.version, changed.version] == [1, 1, 2]
    [listed] = await ringline.workflows.list()
    assert (listed.name, listed.version) == ("greeting", 2)
    assert (await ringline.workflows.get("greeting", 1)).definition == first.definition


async def test_a_workflow_is_started_by_name_after_a_restart(simulator: Simulator, database_url: str) -> None:
    url = database_url
    account = {"main": (simulator.account_sid, simulator.auth_token)}
    async with Ringline(url, account, simulator.clock, simulator.base_url) as before:
        await before.workflows.register(greeting())

    async with Ringline(url, None, simulator.clock, simulator.base_url) as after:
        run = await after.workflows.start("greeting", {"phone": PHONE})
        ended = await after.runs.wait(run.id, 10)

    assert ended.outputs == [{"status": "queued"}]


async def test_a_run_left_by_one_process_goes_on_in_the_next(simulator: Simulator, database_url: str) -> None:
    account = {"main": (simulator.account_sid, simulator.auth_token)}
    async with Ringline(database_url, account, simulator.clock, simulator.base_url, worker=False) as before:
        run = await before.workflow(greeting()).start({"phone": PHONE})
        assert (await before.runs.get(run.id)).status == "running"

    simulator.clock.step(60)
    async with Ringline(database_url, None, simulator.clock, simulator.base_url) as after:
        kept = await after.runs.wait(run.id, 10)

    assert (kept.status, kept.outputs) == ("completed", [{"status": "queued"}])


async def test_a_run_waits_without_memory_and_goes_on_in_another_process(
    simulator: Simulator, database_url: str
) -> None:
    account = {"main": (simulator.account_sid, simulator.auth_token)}
    definition = greeting(
        steps=[
            {**greeting()["steps"][0], "next_steps": ["$steps.pause"]},
            {"type": "flow/delay@v1", "name": "pause", "for": "1h", "next_steps": ["$steps.again"]},
            {**greeting()["steps"][0], "name": "again", "message": "Still there, {{phone}}?"},
        ]
    )
    async with Ringline(database_url, account, simulator.clock, simulator.base_url) as before:
        run = await before.workflow(definition).start({"phone": PHONE})
        await until(lambda: waits_for(before, run.id, "pause"))

    simulator.clock.step(3600)
    async with Ringline(database_url, None, simulator.clock, simulator.base_url) as after:
        kept = await after.runs.wait(run.id, 10)
        sent = await after.messages.list()
        kinds = [(event.kind, event.step) for event in await after.runs.history(run.id)]

    assert (kept.status, kept.outputs) == ("completed", [{"status": "queued"}])
    assert sorted(str(message.body) for message in sent) == [f"Hello {PHONE}", f"Still there, {PHONE}?"]
    assert kinds == [
        ("started", None),
        ("wait_ended", "hello"),
        ("step_done", "hello"),
        ("wait_ended", "pause"),
        ("step_done", "pause"),
        ("wait_ended", "again"),
        ("step_done", "again"),
        ("completed", None),
    ]


async def test_mapped_variables_hear_of_the_delivery_while_the_run_waits(
    ringline: Ringline, simulator: Simulator
) -> None:
    hello = greeting()["steps"][0] | {"response_mapping": {"status": "messageStatus"}, "next_steps": ["$steps.pause"]}
    definition = greeting(
        steps=[
            hello,
            {"type": "flow/delay@v1", "name": "pause", "for": "1h", "next_steps": ["$steps.tell"]},
            {**greeting()["steps"][0], "name": "tell", "message": "The first was {{messageStatus}}"},
        ]
    )
    run = await ringline.workflow(definition).start({"phone": PHONE})
    await until(lambda: waits_for(ringline, run.id, "pause"))
    await simulator.advance(5)
    [first] = await ringline.messages.list()
    await ringline.outbox.poll_statuses(simulator.clock.time() + 3600)
    await until(lambda: has_status(ringline, first.id, "delivered"))

    await simulator.advance(3600)
    await run.result(10)

    bodies = [str(message.body) for message in await ringline.messages.list()]
    assert "The first was delivered" in bodies


async def test_what_a_canceled_run_has_not_sent_is_taken_back(ringline: Ringline, simulator: Simulator) -> None:
    later = (simulator.clock.now() + timedelta(days=1)).isoformat()
    definition = greeting(
        steps=[
            {**greeting()["steps"][0], "send_at": later, "next_steps": ["$steps.pause"]},
            {"type": "flow/delay@v1", "name": "pause", "for": "1h"},
        ]
    )
    run = await ringline.workflow(definition).start({"phone": PHONE})
    await until(lambda: waits_for(ringline, run.id, "pause"))

    await ringline.runs.cancel(run.id)

    [message] = await ringline.messages.list()
    assert message.stage == "canceled"
    with pytest.raises(WorkflowExecutionEngineError, match="was canceled"):
        await run.result(10)


async def has_status(ringline: Ringline, message_id: str, status: str) -> bool:
    return (await ringline.messages.get(message_id)).status == status


async def waits_for(ringline: Ringline, run_id: str, step: str) -> bool:
    return any(event.kind == "waiting" and event.step == step for event in await ringline.runs.history(run_id))


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_what_does_not_exist_is_named(ringline: Ringline) -> None:
    with pytest.raises(NotFoundError, match="there is no workflow 'nothing'"):
        await ringline.workflows.start("nothing", {})
    with pytest.raises(NotFoundError, match="there is no run 'run_0'"):
        await ringline.runs.get("run_0")


async def test_a_workflow_without_a_name_is_refused(ringline: Ringline) -> None:
    definition = greeting()
    del definition["name"]

    with pytest.raises(RequestError, match="the workflow has no name"):
        ringline.workflow(definition)


async def test_text_from_the_network_never_names_a_file(ringline: Ringline, tmp_path: Path) -> None:
    """A definition of one line that looks like a path is read as a definition."""
    secret = tmp_path / "secret.yaml"
    secret.write_text("version: '1.0'\nname: secret\ninputs: []\nsteps: []\noutputs: []\n")

    with pytest.raises(DefinitionError):
        await ringline.workflows.register(str(secret))
