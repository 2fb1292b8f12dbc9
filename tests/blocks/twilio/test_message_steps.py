"""`twilio/sms@v1` and `twilio/whatsapp@v1` as steps of workflows, against the simulator."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from ringline.blocks.twilio.sms import Sms, SmsManifest
from ringline.blocks.twilio.whatsapp import Whatsapp, WhatsappManifest
from ringline.clock import VirtualClock
from ringline.errors import StepExecutionError
from ringline.messaging.direct import DirectSender, Retries
from ringline.messaging.message import CredentialValue
from ringline.simulator import Simulator
from ringline.workflow import BlockRegistry, Plan, compile_definition
from ringline.workflow.plan import RunResult

PHONE = "+14155550123"
SENDER = "+15550001111"
SERVICE = "MG" + "5e4c1ce0" * 4
TEMPLATE = "HX" + "7e3b1a7e" * 4


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
        **{"type": "twilio/sms@v1", "name": "text", "from": SENDER, "to": PHONE, "message": "Hello"},
        "purpose": purpose,
        "outcomes": {"sent": ["$steps.after_sent"], "failed": ["$steps.after_failed"]},
    }
    result = await flow.run({"message": "Hello"}, steps=[first, *steps])

    assert outputs_of(result)["outcome"] == "unknown"
    assert flow.texts == ["Hello", f"after_{sent_on}"]


async def test_whatsapp_text_without_a_window_is_refused_before_twilio_hears_of_it(flow: Flow) -> None:
    result = await flow.run({"message": "Hello", "from": "+15550003333"}, channel="whatsapp")

    outputs = outputs_of(result)
    assert (outputs["outcome"], outputs["refusal_reason"]) == ("refused", "whatsapp_window_closed")
    assert "content_template" in outputs["error"]["fix"]
    assert flow.simulator.messages == []


async def test_a_whatsapp_template_goes_out_with_its_variables(flow: Flow) -> None:
    step = {
        "from": "whatsapp:+15550003333",
        "content_template": TEMPLATE,
        "content_variables": {"1": "{{name}}", "2": 5},
    }
    outputs = outputs_of(await flow.run(step, {"name": "Ann"}, channel="whatsapp"))

    (there,) = flow.simulator.messages
    assert outputs["outcome"] == "sent"
    assert (there.to, there.from_) == (f"whatsapp:{PHONE}", "whatsapp:+15550003333")
    assert there.body == "Hello Ann, your appointment is 5."


async def test_a_content_variable_without_a_value_says_so(flow: Flow) -> None:
    step = {"content_template": TEMPLATE, "content_variables": {"1": "$inputs.name"}}
    with pytest.raises(StepExecutionError, match="Content variable `1` has no value"):
        await flow.run(step, {"name": None})


@pytest.mark.parametrize(
    ("to", "inputs"),
    [
        ("$inputs.phone", {"phone": "+447911123456"}),
        ("{{phone}}", {"phone": "+447911123456"}),
        ("+44{{area}}{{rest}}", {"area": "7911", "rest": 123456}),
        ('{{formatPhoneNumber(phone, "GB")}}', {"phone": "07911 123456"}),
    ],
)
async def test_a_recipient_is_written_out_looked_up_or_put_together(
    flow: Flow, to: str, inputs: dict[str, Any]
) -> None:
    await flow.run({"to": to, "message": "Hello"}, inputs)

    assert flow.simulator.messages[0].to == "+447911123456"


async def test_a_wrong_recipient_ends_the_run_with_a_sentence(flow: Flow) -> None:
    with pytest.raises(StepExecutionError) as caught:
        await flow.run({"to": "{{phone}}", "message": "Hello"}, {"phone": "555-0123"})

    assert caught.value.block_id == "text"
    assert "`to` is '555-0123'" in str(caught.value)
    assert flow.simulator.messages == []


# The samples of the action block's documentation, in JavaScript there, as templates.


@pytest.mark.parametrize(
    ("status", "text"),
    [
        ("shipped", "Hi Ann!\nYour Lamp order is shipped.\nTrack here: https://t.example/1"),
        ("packed", "Hi Ann!\nYour Lamp order is packed.\nProcessing..."),
    ],
)
async def test_a_personal_text_chooses_its_ending(flow: Flow, status: str, text: str) -> None:
    message = (
        "Hi {{userData.firstName}}!\nYour {{orderData.productName}} order is {{orderStatus}}.\n"
        "{{orderStatus == 'shipped' ? 'Track here: ' + trackingUrl : 'Processing...'}}"
    )
    inputs = {
        "userData": {"firstName": "Ann"},
        "orderData": {"productName": "Lamp"},
        "orderStatus": status,
        "trackingUrl": "https://t.example/1",
    }
    await flow.run({"message": message}, inputs)

    assert flow.texts == [text]


@pytest.mark.parametrize(
    ("level", "text"), [("high", "🚨 URGENT: Fire"), ("medium", "⚠️ ALERT: Fire"), ("low", "ℹ️ INFO: Fire")]
)
async def test_a_text_follows_a_condition_in_either_way_of_writing(flow: Flow, level: str, text: str) -> None:
    ternary = '{{level == "high" ? "🚨 URGENT" : level == "medium" ? "⚠️ ALERT" : "ℹ️ INFO"}}: {{alert}}'
    blocks = '{{#if level == "high"}}🚨 URGENT{{else}}{{#if level == "medium"}}⚠️ ALERT{{else}}ℹ️ INFO{{/if}}{{/if}}: {{alert}}'
    for message in (ternary, blocks):
        await flow.run({"message": message}, {"level": level, "alert": "Fire"})

    assert flow.texts == [text, text]


@pytest.mark.parametrize(
    ("language", "default", "text"),
    [
        ("es", None, "¡Enviado!"),
        ("de-AT", None, "Versendet!"),
        ("ja", None, "Sent!"),
        (None, "fr", "Expédié !"),
        ("ja", "fr", "Expédié !"),
    ],
)
async def test_a_text_in_several_languages_falls_back(
    flow: Flow, language: str | None, default: str | None, text: str
) -> None:
    message = {"en": "Sent!", "es": "¡Enviado!", "fr": "Expédié !", "de": "Versendet!"}
    defaults = {"language": default} if default else {}
    await flow.run({"message": message, "language": "$inputs.lang"}, {"lang": language}, defaults=defaults)

    assert flow.texts == [text]


async def test_a_fallback_may_be_written_with_double_bars(flow: Flow) -> None:
    await flow.run({"message": "{{texts[lang] || texts.en}}"}, {"texts": {"en": "Sent!", "de": "Da!"}, "lang": "ja"})

    assert flow.texts == ["Sent!"]


async def test_links_cannot_be_shortened_in_a_bare_workflow_and_it_says_why(flow: Flow) -> None:
    with pytest.raises(StepExecutionError, match="shorten"):
        await flow.run({"message": "Check your order: {{shortenUrl(longUrl)}}"}, {"longUrl": "https://a.example/long"})


@pytest.mark.parametrize(
    ("send_at", "sentence"),
    [
        ("tomorrow", "`send_at` is `tomorrow`, which is not a moment in ISO 8601"),
        ("2026-01-01T13:00:00", "which does not say in which time zone"),
        ("2025-12-31T13:00:00Z", "`send_at` is 23 hours in the past"),
        ("2026-01-01T13:00:00Z", "a bare workflow keeps nothing after it ends"),
    ],
)
async def test_a_moment_that_cannot_be_kept_is_said_to_be_so(flow: Flow, send_at: str, sentence: str) -> None:
    with pytest.raises(StepExecutionError, match=sentence):
        await flow.run({"message": "Hello", "send_at": send_at})


async def test_a_moment_is_read_in_the_definitions_zone_and_kept_by_twilio(flow: Flow) -> None:
    defaults = {"timezone": "America/New_York"}
    step = {"message": "Hello", "messaging_service": SERVICE, "send_at": "2026-01-01T09:00:00"}
    outputs = outputs_of(await flow.run({**step, "from": None}, defaults=defaults))

    assert (outputs["status"], outputs["outcome"]) == ("scheduled", "sent")
    # Nine in New York is 14:00 UTC, two hours from the test's noon.
    assert flow.simulator.messages[0].send_at == flow.clock.time() + 2 * 3600


async def test_validity_is_a_duration(flow: Flow) -> None:
    await flow.run({"message": "Code 493017", "validity": "10m"})

    assert flow.simulator.messages[0].validity_period == 600


async def test_media_go_along_by_their_addresses(flow: Flow) -> None:
    outputs = outputs_of(
        await flow.run(
            {"message": "Look", "media": ["{{url}}", "https://a.example/2.jpg"]}, {"url": "https://a.example/1.jpg"}
        )
    )

    assert flow.simulator.messages[0].media_urls == ["https://a.example/1.jpg", "https://a.example/2.jpg"]
    assert outputs["num_media"] == 2


async def test_the_price_is_a_decimal() -> None:
    from ringline.messaging.delivery import view
    from ringline.messaging.message import Message

    message = Message("msg_1", "sms", "outbound", PHONE, SENDER, "Hi", "accepted", "delivered", price="-0.00750")
    assert view(message)["price"] == Decimal("-0.0075")


GOOD = {"name": "text", "to": PHONE, "from": SENDER, "message": "Hello"}


@pytest.mark.parametrize(
    ("change", "severity", "field", "sentence"),
    [
        ({"to": "555-0123"}, "error", "to", "country code"),
        ({"to": "+1415555"}, "error", "to", "digits"),
        ({"from": "A name far too long"}, "error", "from", "at most 11"),
        ({"message": None}, "error", "message", "The step has nothing to send"),
        ({"message": "x" * 1601}, "error", "message", "at most 1600"),
        ({"message": {}}, "error", "message", "nothing to send"),
        ({"message": "$inputs.text"}, "warning", "message", "takes no selector"),
        ({"message": "x" * 500}, "warning", "message", "4 segments long"),
        ({"message": "It’s " + "x" * 100}, "warning", "message", "The characters ’ make it 2 segments instead of 1"),
        ({"messaging_service": "MG1"}, "error", "messaging_service", "not the SID of a messaging service"),
        (
            {"content_template": "HX1", "message": None},
            "error",
            "content_template",
            "not the SID of a content template",
        ),
        ({"content_template": TEMPLATE}, "error", "content_template", "Twilio sends only one of them"),
        ({"content_variables": {"1": "a"}}, "error", "content_variables", "no `content_template`"),
        ({"validity": "11h"}, "error", "validity", "1 second to 10 hours"),
        ({"media": ["https://a.example/1.jpg"] * 11}, "error", "media", "at most 10"),
        ({"media": "a.jpg"}, "error", "media", "not an address that Twilio can fetch"),
        ({"purpose": "marketing"}, "warning", "message", "must say how to opt out"),
        ({"message": "50% off! Reply STOP to opt out"}, "warning", "purpose", "has no `purpose`"),
        ({"message": {"en": "a", "de": "b"}}, "warning", "language", "nothing says which one"),
        ({"message": {"en": "a"}, "language": "fr"}, "warning", "message", "There is no text in `fr`"),
    ],
)
def test_check_finds_what_is_wrong_before_a_run(
    change: dict[str, Any], severity: str, field: str, sentence: str
) -> None:
    found = Sms.faults_of(SmsManifest.model_validate({**GOOD, **change}))

    assert [(fault[0], fault[1]) for fault in found] == [(severity, field)]
    assert sentence in found[0][2]
    assert found[0][3]


def test_check_has_nothing_to_say_about_what_only_a_run_knows() -> None:
    step = {
        "name": "text",
        "to": "{{phone}}",
        "from": "$inputs.sender",
        "message": "Hello {{name}}",
        "media": ["{{picture}}", "$inputs.picture"],
        "messaging_service": "{{service}}",
        "send_at": "{{when}}",
    }

    assert Sms.faults_of(SmsManifest.model_validate(step)) == []


def test_check_warns_that_whatsapp_text_reaches_few() -> None:
    found = Whatsapp.faults_of(WhatsappManifest.model_validate({**GOOD, "media": ["https://a.example/1.jpg"] * 2}))

    assert [(fault[0], fault[1]) for fault in found] == [("error", "media"), ("warning", "message")]
