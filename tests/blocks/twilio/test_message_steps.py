"""`twilio/sms@v1` as a step of workflows: outputs, mappings, outcomes. Its texts are in the cases."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ringline.blocks.twilio.sms import Sms
from ringline.blocks.twilio.whatsapp import Whatsapp
from ringline.clock import VirtualClock
from ringline.errors import StepExecutionError
from ringline.messaging.delivery import view
from ringline.messaging.direct import DirectSender, Retries
from ringline.messaging.message import CredentialValue, Message
from ringline.simulator import Simulator
from ringline.workflow import BlockRegistry, Plan, compile_definition
from ringline.workflow.kinds import written
from ringline.workflow.plan import RunResult

PHONE = "+14155550123"
SENDER = "+15550001111"
SERVICE = "MG" + "5e4c1ce0" * 4


class Flow:
    """A workflow of one step, run in memory against the simulator."""

    def __init__(self, simulator: Simulator, clock: VirtualClock) -> None:
        self.simulator = simulator
        self.sender = DirectSender(
            clock=clock,
            base_url=simulator.base_url,
            credentials={"main": CredentialValue(simulator.account_sid, simulator.auth_token)},
            timeout=0.5,
            retries=Retries(delays=()),
        )
        self.clock = clock

    def plan(self, step: dict[str, Any], inputs: list[str], **more: Any) -> Plan:
        channel = more.pop("channel", "sms")
        definition = {
            "version": "1.0",
            "inputs": [{"type": "WorkflowParameter", "name": name} for name in inputs],
            "steps": [{"type": f"twilio/{channel}@v1", "name": "text", "from": SENDER, "to": PHONE, **step}],
            "outputs": [{"type": "JsonField", "name": "text", "selector": "$steps.text.*"}],
            **more,
        }
        services = {"messages": self.sender, "clock": self.clock}
        return compile_definition(definition, BlockRegistry([Sms, Whatsapp]), services)

    async def run(self, step: dict[str, Any], inputs: dict[str, Any] | None = None, **more: Any) -> RunResult:
        return await self.plan(step, list(inputs or {}), **more).aexecute(inputs or {})

    @property
    def texts(self) -> list[str]:
        return [message.body for message in self.simulator.messages]


@pytest.fixture
def flow(simulator: Simulator, clock: VirtualClock) -> Flow:
    return Flow(simulator, clock)


def outputs_of(result: RunResult) -> dict[str, Any]:
    ((outputs,),) = (result.outputs,)
    return outputs["text"]  # type: ignore[no-any-return]


async def test_a_sent_message_gives_all_there_is_to_know(flow: Flow, clock: VirtualClock) -> None:
    outputs = outputs_of(await flow.run({"message": "Your order #{{number}} 🎉"}, {"number": 58213}))

    (there,) = flow.simulator.messages
    assert there.body == "Your order #58213 🎉"
    assert outputs == {
        **dict.fromkeys(["price", "date_sent", "error", "error_code", "error_message", "refusal_reason"]),
        "id": outputs["id"],
        "sid": there.sid,
        "status": "queued",
        "stage": "accepted",
        "outcome": "sent",
        "channel": "sms",
        "to": PHONE,
        "from": SENDER,
        "body": "Your order #58213 🎉",
        "segments": 1,
        "encoding": "UCS-2",
        "num_media": 0,
        "currency": outputs["currency"],
        "date_created": "2026-01-01T12:00:00Z",
        "date_updated": "2026-01-01T12:00:00Z",
        "account_sid": flow.simulator.account_sid,
        "messaging_service_sid": None,
    }


async def test_a_response_is_mapped_by_twilios_names_and_by_ours(flow: Flow) -> None:
    mapping = {
        "sid": "messageSid",
        "status": "messageStatus",
        "date_sent": "sentTimestamp",
        "price": "messageCost",
        "currency": "messageCurrency",
        "price_unit": "unit",
        "num_segments": "parts",
        "segments": "segments",
        "to": "recipientNumber",
        "from": "senderNumber",
        "body": "text",
        "outcome": "how",
    }
    result = await flow.run({"message": "Hello", "response_mapping": mapping})

    (there,) = flow.simulator.messages
    assert result.variables == {
        "messageSid": there.sid,
        "messageStatus": "queued",
        "sentTimestamp": None,
        "messageCost": None,
        "messageCurrency": result.variables["unit"],
        "unit": result.variables["unit"],
        "parts": 1,
        "segments": 1,
        "recipientNumber": PHONE,
        "senderNumber": SENDER,
        "text": "Hello",
        "how": "sent",
    }


async def test_a_refusal_by_twilio_is_the_outcome_failed_with_code_and_fix(flow: Flow) -> None:
    flow.simulator.faults.reject(21610)
    result = await flow.run({"message": "Hello"})

    outputs = outputs_of(result)
    assert (outputs["outcome"], outputs["status"], outputs["error_code"]) == ("failed", "failed", 21610)
    assert outputs["error"]["code"] == 21610
    assert outputs["error"]["fix"]
    assert outputs["error"]["retryable"] is False
    assert result.has_failures


@pytest.mark.parametrize(("purpose", "sent_on"), [("notification", "sent"), ("emergency", "failed")])
async def test_an_unknown_outcome_goes_on_by_what_the_purpose_can_bear(flow: Flow, purpose: str, sent_on: str) -> None:
    flow.simulator.faults.time_out()
    steps = [
        {"type": "twilio/sms@v1", "name": name, "from": SENDER, "to": "+14155550199", "message": name}
        for name in ("after_sent", "after_failed")
    ]
    first = {
        **steps[0],
        "name": "text",
        "to": PHONE,
        "message": "Hello",
        "purpose": purpose,
        "outcomes": {"sent": ["$steps.after_sent"], "failed": ["$steps.after_failed"]},
    }
    result = await flow.run({"message": "Hello"}, steps=[first, *steps])

    assert outputs_of(result)["outcome"] == "unknown"
    assert flow.texts == ["Hello", f"after_{sent_on}"]


async def test_a_wrong_recipient_ends_the_run_with_a_sentence(flow: Flow) -> None:
    with pytest.raises(StepExecutionError) as caught:
        await flow.run({"to": "{{phone}}", "message": "Hello"}, {"phone": "555-0123"})

    assert caught.value.block_id == "text"
    assert "`to` is '555-0123'" in str(caught.value)
    assert flow.simulator.messages == []


async def test_a_moment_is_read_in_the_definitions_zone_and_kept_by_twilio(flow: Flow) -> None:
    defaults = {"timezone": "America/New_York"}
    step = {"message": "Hello", "messaging_service": SERVICE, "send_at": "2026-01-01T09:00:00"}
    outputs = outputs_of(await flow.run({**step, "from": None}, defaults=defaults))

    assert (outputs["status"], outputs["outcome"]) == ("scheduled", "sent")
    # Nine in New York is 14:00 UTC, two hours from the test's noon.
    assert flow.simulator.messages[0].send_at == flow.clock.time() + 2 * 3600


def test_the_price_is_a_decimal() -> None:
    message = Message("msg_1", "sms", "outbound", PHONE, SENDER, "Hi", "accepted", "delivered", price="-0.00750")
    assert view(message)["price"] == Decimal("-0.0075")
    assert written(view(message)["price"]) == "-0.00750"
