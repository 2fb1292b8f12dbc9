"""Every example, run as its first comment says, against the simulator: in memory, and written down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ringline import Ringline, Workflow
from ringline.app import block_registry
from ringline.clock import VirtualClock
from ringline.simulator import Simulator
from ringline.testing import run_scenarios
from ringline.twilio.webhooks import parse_inbound
from ringline.workflow import check_definition, load_document

EXAMPLES = Path(__file__).parents[2] / "examples"
FRAMES = json.loads((EXAMPLES / "frames.json").read_text())["predictions"]
PHONE = "+14155550123"
SCENARIOS = sorted(EXAMPLES.glob("*.scenarios.yaml"))
WORKFLOWS = sorted(path for path in EXAMPLES.glob("*.yaml") if path not in SCENARIOS)
AT_ONCE = [
    path
    for path in WORKFLOWS
    if path.stem.startswith("detection")
    or (path.with_suffix(".inputs.json").exists() and "wait_for" not in path.read_text())
]
"""Workflows that one command runs to their end; the others are told as scenarios."""


def workflow(name: str, simulator: Simulator, clock: VirtualClock) -> Workflow:
    return Workflow.from_file(
        EXAMPLES / f"{name}.yaml",
        clock=clock,
        twilio_base_url=simulator.base_url,
        credentials={"main": (simulator.account_sid, simulator.auth_token)},
    )


def inputs_of(name: str) -> dict[str, Any]:
    return dict(json.loads((EXAMPLES / f"{name}.inputs.json").read_text()))


def account(simulator: Simulator) -> dict[str, str]:
    return {"twilio_account_sid": simulator.account_sid, "twilio_auth_token": simulator.auth_token}


def texts(simulator: Simulator) -> list[str]:
    return [message.body for message in simulator.messages]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_an_example_is_free_of_faults_and_says_how_to_run_it(path: Path) -> None:
    assert [fault.as_text() for fault in check_definition(load_document(path), block_registry())] == []
    at_once = (f"ringline run examples/{path.name} --inputs examples/",)
    by_scenario = (
        f"ringline test examples/{path.stem}.scenarios.yaml",
        f"ringline broadcast examples/{path.name}",
        *at_once,
    )
    assert any(command in path.read_text() for command in (at_once if path in AT_ONCE else by_scenario))


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.name.partition(".")[0])
def test_the_scenarios_of_an_example_come_true(path: Path) -> None:
    assert [result.explain() for result in run_scenarios(path) if not result.is_ok] == []


def test_every_example_that_waits_is_told_as_scenarios() -> None:
    told = {path.name.removesuffix(".scenarios.yaml") for path in SCENARIOS}
    assert {path.stem for path in WORKFLOWS if path not in AT_ONCE} <= told


@pytest.fixture
async def ringline(simulator: Simulator, clock: VirtualClock) -> AsyncIterator[Ringline]:
    credentials = {"main": (simulator.account_sid, simulator.auth_token)}
    async with Ringline("sqlite://", credentials, clock=clock, twilio_base_url=simulator.base_url) as running:
        yield running


async def run_example(ringline: Ringline, name: str, inputs: dict[str, Any]) -> list[dict[str, Any]]:
    async with asyncio.timeout(20):
        run = await ringline.workflow(EXAMPLES / f"{name}.yaml").start(inputs)
        return await run.result()


@pytest.mark.parametrize("path", AT_ONCE, ids=lambda path: path.stem)
async def test_an_example_runs_with_a_database_too_and_its_message_arrives(
    path: Path, ringline: Ringline, simulator: Simulator
) -> None:
    if path.stem.startswith("detection"):
        inputs = {"predictions": FRAMES[:4], **account(simulator)}
    else:
        inputs = inputs_of(path.stem)
    await run_example(ringline, path.stem, inputs)
    await simulator.advance(60)

    (message,) = await ringline.messages.list()
    (there,) = simulator.messages
    assert (message.stage, message.sid, message.body) == ("accepted", there.sid, there.body)
    assert simulator.handset(there.to).inbox[0].body == there.body


async def test_an_offer_is_not_sent_to_whoever_has_opted_out(ringline: Ringline, simulator: Simulator) -> None:
    form = {"AccountSid": simulator.account_sid, "MessageSid": "SM" + "1" * 32, "From": PHONE, "To": "+15550001111"}
    await ringline.inbound.receive(parse_inbound({**form, "Body": "Stop"}))
    outputs = await run_example(ringline, "marketing-offer", inputs_of("marketing-offer"))

    assert outputs == [{"outcome": "refused", "refusal_reason": "opted_out"}]
    assert simulator.messages == []


async def test_the_detection_alert_counts_and_names_what_is_seen(simulator: Simulator, clock: VirtualClock) -> None:
    alert = workflow("detection-alert", simulator, clock)
    outputs = await alert.arun({"predictions": [FRAMES[0]], **account(simulator)})

    assert outputs == [{"message": "Notification sent successfully", "throttled": False, "failed": False}]
    (message,) = simulator.messages
    assert message.to == PHONE
    assert message.body == (
        "Detected during the last 5 minutes: 3 (person, person, forklift). Watching for: person, forklift."
    )


async def test_of_a_batch_of_frames_one_alert_passes_the_cooldown(simulator: Simulator, clock: VirtualClock) -> None:
    alert = workflow("detection-alert", simulator, clock)
    first = await alert.arun({"predictions": FRAMES, "cooldown_seconds": 60, **account(simulator)})

    assert [row["throttled"] for row in first] == [False] + [True] * (len(FRAMES) - 1)
    assert len(simulator.messages) == 1

    clock.step(60)
    again = await alert.arun({"predictions": [FRAMES[0]], "cooldown_seconds": 60, **account(simulator)})
    assert again[0]["throttled"] is False
    assert len(simulator.messages) == 2


async def test_a_stream_of_frames_becomes_a_text_a_minute_at_most(simulator: Simulator, clock: VirtualClock) -> None:
    stream = workflow("detection-stream", simulator, clock)
    counted: list[Any] = []
    for frame in FRAMES:
        (outputs,) = await stream.arun({"predictions": [frame], **account(simulator)})
        counted.append(outputs["people"])
        clock.step(1)

    # Three windows of four frames: people, nobody, and people again within the same minute.
    assert [value for value in counted if value is not None] == [4, 0, 4]
    assert texts(simulator) == [
        "Gate camera: 4 sightings of people in the last four frames, 2 at once, 3 kinds of objects."
    ]

    clock.step(60)
    for frame in FRAMES[:4]:
        await stream.arun({"predictions": [frame], **account(simulator)})
    assert len(simulator.messages) == 2


async def test_an_order_is_confirmed_and_the_number_brought_into_form(
    simulator: Simulator, clock: VirtualClock
) -> None:
    inputs = inputs_of("order-confirmation")
    (outputs,) = await workflow("order-confirmation", simulator, clock).arun(inputs)

    (message,) = simulator.messages
    assert (outputs["sid"], outputs["outcome"]) == (message.sid, "sent")
    assert message.to == PHONE
    assert message.body == (
        "🎉 Thank you, Ana!\n"
        "We have your order #58213 over $74.50.\n"
        "It should arrive on Mar 14, 2026.\n"
        "Follow it: https://shop.example.com/t/58213\n"
        "Any questions? Reply HELP"
    )


async def test_an_appointment_is_told_in_the_practices_own_time(simulator: Simulator, clock: VirtualClock) -> None:
    inputs = inputs_of("appointment-reminder") | {"appointmentAt": "2026-03-14T19:30:00Z"}
    await workflow("appointment-reminder", simulator, clock).arun(inputs)

    assert texts(simulator)[0].startswith("📅 Hello Sam, Dr. Okafor expects you on Mar 14, 2026 at 3:30 PM.\n")


@pytest.mark.parametrize(
    ("level", "link", "text"),
    [
        ("high", "https://s.example/1", "🚨 URGENT: billing\nThe database does not answer.\nMore: https://s.example/1"),
        ("medium", None, "⚠️ ALERT: billing\nThe database does not answer."),
        ("low", None, "ℹ️ INFO: billing\nThe database does not answer."),
    ],
)
async def test_a_system_alert_is_as_loud_as_its_level(
    simulator: Simulator, clock: VirtualClock, level: str, link: str | None, text: str
) -> None:
    inputs = inputs_of("system-alert") | {"alertLevel": level, "dashboardLink": link}
    await workflow("system-alert", simulator, clock).arun(inputs)

    assert texts(simulator) == [text]


async def test_a_system_alert_goes_from_another_number_when_the_first_fails(
    simulator: Simulator, clock: VirtualClock
) -> None:
    simulator.faults.reject(21606)
    (outputs,) = await workflow("system-alert", simulator, clock).arun(inputs_of("system-alert"))

    assert (outputs["outcome"], outputs["error"]["code"], outputs["second_outcome"]) == ("failed", 21606, "sent")
    assert [message.from_ for message in simulator.messages] == ["+15550002222"]


async def test_a_code_may_not_travel_longer_than_it_is_good_for(simulator: Simulator, clock: VirtualClock) -> None:
    await workflow("two-factor-code", simulator, clock).arun(inputs_of("two-factor-code"))

    (message,) = simulator.messages
    assert message.validity_period == 600
    assert "493017" in message.body


async def test_an_offer_says_how_to_opt_out_and_ends_well_when_it_is_refused(
    simulator: Simulator, clock: VirtualClock
) -> None:
    offer = workflow("marketing-offer", simulator, clock)
    await offer.arun(inputs_of("marketing-offer"))

    assert texts(simulator)[0].endswith("\nReply STOP to opt out")


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("de-AT", "Ihre Bestellung 58213 ist unterwegs."),
        ("es", "Tu pedido 58213 ya está en camino."),
        ("ja", "Order 58213 is on its way to you."),
        (None, "Order 58213 is on its way to you."),
    ],
)
async def test_news_of_a_shipment_come_in_the_recipients_language(
    simulator: Simulator, clock: VirtualClock, language: str | None, text: str
) -> None:
    inputs = inputs_of("shipping-notice") | {"userLanguage": language}
    await workflow("shipping-notice", simulator, clock).arun(inputs)

    assert texts(simulator) == [text]
