"""The blocks that send messages, by the cases in ``tests/cases/blocks/<family>/<file>.json``, against the simulator.

A case has a ``description`` and the ``step``; then ``runs``, or ``faults`` (what `check` says: severity, field, part
of the sentence), or ``rejected``, part of what is said of a step that is refused. The runs are those of one workflow,
whose parameters are their ``inputs``; each holds some of the step's ``outputs``, or ``error``, and what was ``sent``;
``advance`` moves the clock before it. ``$account.sid`` and ``$account.token`` are the simulator's.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from ringline.blocks import Block, discover
from ringline.clock import VirtualClock
from ringline.errors import DefinitionError, WorkflowError
from ringline.messaging.direct import DirectSender, Retries
from ringline.messaging.message import CredentialValue
from ringline.simulator import Simulator
from ringline.workflow import BlockRegistry, compile_definition

CASES = Path(__file__).parents[1] / "cases" / "blocks"
FILES = [
    "flow/escalate",
    "twilio/sms",
    "twilio/whatsapp",
    "twilio/wait_for_reply",
    "twilio/voice_agent",
    "roboflow/twilio_sms_notification_v1",
    "roboflow/twilio_sms_notification_v2",
]
BLOCKS = {block.__module__.removeprefix("ringline.blocks.").replace(".", "/"): block for block in discover()}


def cases(key: str) -> list[Any]:
    return [
        pytest.param(BLOCKS[file], case, id=f"{file}: {case['description']}")
        for file in FILES
        for case in json.loads((CASES / f"{file}.json").read_text(encoding="utf-8"))
        if key in case
    ]


@pytest.mark.parametrize(("block", "case"), cases("runs"))
async def test_a_run_sends_and_says_what_its_case_says(
    block: type[Block], case: dict[str, Any], simulator: Simulator, clock: VirtualClock
) -> None:
    account = {"$account.sid": simulator.account_sid, "$account.token": simulator.auth_token}
    step = {key: account.get(value, value) if isinstance(value, str) else value for key, value in case["step"].items()}
    names = sorted({name for run in case["runs"] for name in run.get("inputs", {})})
    definition = {
        "version": "1.0",
        "defaults": case.get("defaults", {}),
        "inputs": [{"type": "WorkflowParameter", "name": name} for name in names],
        "steps": [{"name": "text", **step}],
        "outputs": [{"type": "JsonField", "name": "text", "selector": "$steps.text.*"}],
    }
    credential = CredentialValue(simulator.account_sid, simulator.auth_token)
    sender = DirectSender(
        clock=clock, base_url=simulator.base_url, credentials={"main": credential}, retries=Retries(delays=())
    )
    plan = compile_definition(definition, BlockRegistry([block]), {"messages": sender, "clock": clock})
    for run in case["runs"]:
        clock.step(run.get("advance", 0))
        before = len(simulator.messages)
        if "error" in run:
            with pytest.raises(WorkflowError, match=run["error"]):
                await plan.arun(run.get("inputs"))
        else:
            (result,) = await plan.arun(run.get("inputs"))
            assert {name: result["text"][name] for name in run.get("outputs", {})} == run.get("outputs", {})
        sent = [as_written(message) for message in simulator.messages[before:]]
        if "sent" in run:
            assert len(sent) == len(run["sent"])
            for message, expected in zip(sent, run["sent"], strict=True):
                assert {name: message[name] for name in expected} == expected


@pytest.mark.parametrize(("block", "case"), cases("faults"))
def test_check_says_what_its_case_says(block: type[Block], case: dict[str, Any]) -> None:
    found = block.faults_of(block.manifest.model_validate({"name": "text", **case["step"]}))

    assert [(severity, field) for severity, field, _, _ in found] == [(fault[0], fault[1]) for fault in case["faults"]]
    for (_, _, message, fix), (_, _, sentence) in zip(found, case["faults"], strict=True):
        assert sentence in message
        assert fix


@pytest.mark.parametrize(("block", "case"), cases("rejected"))
def test_a_step_that_cannot_be_is_refused(block: type[Block], case: dict[str, Any]) -> None:
    with pytest.raises((ValidationError, DefinitionError)) as caught:
        block.manifest.model_validate({"name": "text", **case["step"]})

    assert re.search(case["rejected"], str(caught.value))


def as_written(message: Any) -> dict[str, Any]:
    return {
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "media": message.media_urls,
        "validity_period": message.validity_period,
    }
