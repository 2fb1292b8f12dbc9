"""Workflows compile, run, fail and send as Roboflow's engine was recorded to.

The cases run in file order in one process, because some look at what an earlier one left behind.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from ringline.blocks import discover
from ringline.clock import SystemClock
from ringline.errors import DefinitionError, StepExecutionError, WorkflowError
from ringline.messaging.direct import DirectSender
from ringline.workflow import BlockRegistry, Plan, compile_definition
from vectors.recorder import Recorder
from vectors.values import case_id, cases, difference, error_classes

CASES = cases("workflow.json")

# Where ours is meant to differ: label, number of the run (or "sent"), and what is right instead.
FIXED: Mapping[tuple[str, int | str], Any] = {
    # An empty `next_steps` ends the branch; the reference fails while the run goes on (decision 45).
    ("continue_if next empty", 0): [{"a": 1}],
    # A send that definitely failed gives the cooldown back (weakness 2), so the next message goes out …
    ("cooldown after failure", 1): [{"m": "Notification sent successfully", "t": False, "e": False}],
    ("cooldown after failure", "sent"): [
        {"To": "+15005550001", "From": "+1", "Body": "hi {{ $parameters.x }}"},
        {"To": "+2", "From": "+1", "Body": "hi {{ $parameters.x }}"},
    ],
    # A limit too small for the marker cuts the text instead of lengthening it (weakness 6).
    ("runtime cooldown out of range", "sent"): [{"To": "+2", "From": "+1", "Body": "abc"}],
    # Roboflow's own messaging service cannot be reached from here, and the sentence says what to do instead.
    ("v2 managed offline", 0): [
        {
            "m": "Failed to send SMS via proxy. Internal error details: Roboflow's own messaging service is reached "
            'only from Roboflow. Set `sms_provider` to "Custom Twilio" and give twilio_account_sid, '
            "twilio_auth_token and sender_number.",
            "e": True,
        }
    ],
}


@pytest.fixture(scope="module")
def recorder() -> Iterator[Recorder]:
    server = Recorder()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def registry() -> BlockRegistry:
    return BlockRegistry(discover())


def compiled(definition: dict[str, Any], registry: BlockRegistry, recorder: Recorder) -> Plan:
    clock = SystemClock()
    services = {
        "clock": clock,
        "messages": DirectSender(clock=clock, base_url=recorder.base_url),
        "environment": {"PROBE_SID": "ACsecret123"},
    }
    return compile_definition(definition, registry, services)


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_workflows_behave_as_recorded(case: dict[str, Any], registry: BlockRegistry, recorder: Recorder) -> None:
    recorder.sent.clear()
    label = case["label"]
    if "init_error" in case:
        with pytest.raises(DefinitionError) as refused:
            compiled(case["definition"], registry, recorder)
        assert_same_refusal(refused.value, case["init_error"])
        return

    plan = compiled(case["definition"], registry, recorder)
    for number, run in enumerate(case["runs"]):
        inputs = ast.literal_eval(run["params"])
        expected = FIXED.get((label, number), run.get("result"))
        if expected is None:
            with pytest.raises(WorkflowError) as raised:
                plan.run(inputs, serialize=label == "secret serialised")
            assert_same_failure(raised.value, run["error"])
        else:
            outputs = plan.run(inputs, serialize=label == "secret serialised")
            assert difference(outputs, expected) is None

    if "sent" in case:
        assert recorder.sent == FIXED.get((label, "sent"), case["sent"])


def assert_same_refusal(error: DefinitionError, recorded: dict[str, Any]) -> None:
    assert type(error) in error_classes(recorded["type"])
    assert error.context == recorded["context"]
    for place in recorded["blocks_errors"]:
        assert any(
            all(getattr(found, key) == value for key, value in place.items()) for found in error.blocks_errors
        ), f"{place} is not among {error.blocks_errors}"
    assert error.faults
    assert all(fault.message.endswith((".", "?")) for fault in error.faults)


def assert_same_failure(error: WorkflowError, recorded: dict[str, Any]) -> None:
    assert type(error) in error_classes(recorded["type"])
    assert error.context == recorded["context"]
    if isinstance(error, StepExecutionError):
        assert (error.block_id, error.block_type) == (recorded["block_id"], recorded["block_type"])
    else:
        assert recorded["block_id"] is None


def test_every_recorded_case_is_run() -> None:
    assert len(CASES) == 57
    labels = {case["label"] for case in CASES}
    assert {label for label, _ in FIXED} <= labels
