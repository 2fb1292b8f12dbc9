"""`twilio/voice_call@v1` in durable runs: waits for the end of its call, calls again, and knows the price later."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ringline import Workflow
from ringline.clock import VirtualClock
from ringline.errors import DefinitionError, DurableRunRequired
from ringline.simulator import Press, Simulator
from voice.installation import OURS, PHONE, Installation, installation


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock) as running:
        yield running


def definition(step: dict[str, Any], outputs: dict[str, str]) -> dict[str, Any]:
    return {
        "version": "1.0",
        "name": "calling",
        "inputs": [
            {"type": "WorkflowParameter", "name": "customer", "default_value": "Ann"},
            {"type": "WorkflowParameter", "name": "to", "default_value": PHONE},
        ],
        "steps": [
            {"type": "twilio/voice_call@v1", "name": "call", "to": "$inputs.to", **step},
        ],
        "outputs": [{"type": "JsonField", "name": name, "selector": at} for name, at in outputs.items()],
    }


async def ended(house: Installation, run: Any, *, step: float = 1.0) -> Any:
    async def over() -> Any:
        now = await house.ringline.runs.get(run.id)
        return now if now.status in ("completed", "failed") else None

    return await house.until(over, step=step, within=3_600)


async def test_a_run_waits_for_its_call_and_gets_what_became_of_it(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([Press("1")])
    seed = {
        "from": OURS,
        "message": "Hello {{customer}}, press 1 to confirm.",
        "voice": "alice",
        "language": "en-US",
        "callTimeout": 120,
        "menu": {"1": {"label": "confirmed", "say": "Thank you."}},
    }
    outputs = {name: f"$steps.call.{name}" for name in ("outcome", "status", "pressed", "duration", "sid", "calls")}
    started = await house.ringline.workflow(definition(seed, outputs)).start({})
    run = await ended(house, started.run)
    result = (await house.ringline.runs.get(run.id)).outputs[0]
    assert result["outcome"] == "confirmed"
    assert (result["status"], result["pressed"], result["calls"]) == ("completed", "confirmed", 1)
    assert result["duration"] > 0
    assert result["sid"] == house.simulator.calls[-1].sid
    assert house.heard()[0] == "Hello Ann, press 1 to confirm."


async def test_it_calls_again_after_busy_and_says_how_often(house: Installation) -> None:
    house.simulator.handset(PHONE).busy()
    step = {"message": "Hello", "retry_call": {"on": ["busy", "no_answer"], "after": ["5m", "30m"]}}
    outputs = {"outcome": "$steps.call.outcome", "calls": "$steps.call.calls"}
    started = await house.ringline.workflow(definition(step, outputs)).start({})

    async def second_is_planned() -> bool:
        return len(await house.ringline.calls.list(run_id=started.run.id)) == 2

    await house.until(second_is_planned)
    second, first = await house.ringline.calls.list(run_id=started.run.id)
    row = await house.ringline.outbox.get(second.id)
    assert (first.outcome, row.stage) == ("busy", "held")
    assert first.ended_at is not None
    assert row.send_at - first.ended_at.timestamp() == pytest.approx(300, abs=2)
    house.simulator.handset(PHONE).answer([])
    run = await ended(house, started.run, step=10)
    assert run.outputs[0] == {"outcome": "answered", "calls": 2}


@pytest.mark.parametrize(("reaction", "outcome"), [("busy", "busy"), ("no_answer", "no_answer")])
async def test_outcomes_lead_on(house: Installation, reaction: str, outcome: str) -> None:
    getattr(house.simulator.handset(PHONE), reaction)()
    flow = definition({"message": "Hello", "ring_timeout": "20s", "outcomes": {outcome: "$steps.text"}}, {})
    flow["steps"].append({"type": "twilio/sms@v1", "name": "text", "to": PHONE, "message": "We tried to call you."})
    started = await house.ringline.workflow(flow).start({})
    await ended(house, started.run)
    assert [message.body for message in house.simulator.handset(PHONE).inbox] == ["We tried to call you."]


async def test_price_and_recording_that_come_later_are_renewed_while_the_run_goes_on(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    names = ("price", "currency", "recording_url", "recording_duration")
    flow = definition(
        {
            "message": "One two three four five six seven.",
            "record": True,
            "next_steps": ["$steps.later"],
            "response_mapping": {"price": "call_price", "recording_url": "call_sound"},
        },
        {**{name: f"$steps.call.{name}" for name in names}, "then": "$steps.note.values"},
    )
    flow["steps"] += [
        {"type": "flow/delay@v1", "name": "later", "for": "30m", "next_steps": ["$steps.note"]},
        {
            "type": "flow/set_variables@v1",
            "name": "note",
            "set": {"said": "{{call_price}}", "sound": "{{call_sound}}"},
        },
    ]
    started = await house.ringline.workflow(flow).start({})

    async def known() -> Any:
        found = await house.ringline.calls.list(run_id=started.run.id)
        return found[0] if found and found[0].price is not None and found[0].recording is not None else None

    call = await house.until(known)
    run = await ended(house, started.run, step=30)
    assert run.status == "completed", run.error
    outputs = dict(run.outputs[0])
    assert (float(outputs["price"]), outputs["currency"]) == (float(call.price), "USD")
    assert float(outputs["price"]) < 0
    assert outputs["recording_url"] == f"{house.url}/api/v1/recordings/{call.recording}"
    assert outputs["recording_duration"] > 0
    assert (float(outputs["then"]["said"]), outputs["then"]["sound"]) == (float(call.price), outputs["recording_url"])


async def test_a_live_call_ends_when_its_run_is_canceled(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([])
    started = await house.ringline.workflow(definition({"message": "word " * 300}, {})).start({})

    async def is_live() -> Any:
        found = await house.ringline.calls.list(run_id=started.run.id, status="in-progress")
        return found[0] if found else None

    call = await house.until(is_live)
    await house.ringline.runs.cancel(started.run.id)
    over = await house.ended(call.id)
    assert (over.status, house.simulator.calls[-1].status) == ("completed", "completed")
    assert over.duration < 60


async def test_a_bare_workflow_says_that_it_needs_a_database() -> None:
    flow = Workflow.from_dict(definition({"message": "Hello", "from": OURS}, {}))
    with pytest.raises(DurableRunRequired, match="Ringline"):
        flow.run({})


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"message": "Hi", "outcomes": {"confirmd": "$steps.call"}, "menu": {"1": "confirmed"}}, "confirmed"),
        ({"message": "Hi", "menu": {"x": "confirmed"}}, "no such key"),
        ({"message": "Hi", "callTimeout": 20, "max_duration": "20s"}, "two spellings"),
    ],
)
def test_check_names_what_is_wrong(fields: dict[str, Any], says: str) -> None:
    with pytest.raises(DefinitionError) as raised:
        Workflow.from_dict(definition(fields, {}))
    assert says in "\n".join(fault.as_text() for fault in raised.value.faults)
