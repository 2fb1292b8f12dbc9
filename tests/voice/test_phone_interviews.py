"""Interviews by phone: from a run, over real HTTP, to a scripted phone and back, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from ringline import Ringline
from ringline.app.registered import StartedRun
from ringline.settings import load_settings
from ringline.simulator import Call, HangUp, Press, Silent, Simulator
from ringline.voice.sessions.session import Session
from ringline.web import create_app
from ringline.web.server import address, listen, serving
from ringline.workflow.run import Run

PHONE, OURS, HELP = "+14155550123", "+15550001111", "+14155550188"
WITHIN = 30.0

QUESTIONS: list[dict[str, Any]] = [
    {
        "id": "satisfaction_rating",
        "question": "On a scale of 1 to 10, how would you rate your recent experience with our service?",
        "expectedAnswerType": "number",
        "conditionalActions": [
            {
                "condition": {"field": "satisfaction_rating", "operator": "contains", "value": "9"},
                "action": "continue_flow",
                "nextQuestionId": "testimonial_request",
            },
            {
                "condition": {"field": "satisfaction_rating", "operator": "contains", "value": "1,2,3,4,5"},
                "action": "continue_flow",
                "nextQuestionId": "improvement_feedback",
            },
        ],
    },
    {
        "id": "testimonial_request",
        "question": "Would you be willing to provide a testimonial about your experience?",
        "expectedAnswerType": "yes_no",
    },
    {
        "id": "improvement_feedback",
        "question": "What could we have done better to improve your experience?",
        "expectedAnswerType": "text",
    },
]


@dataclass
class Town:
    """An installation with its server, a simulated Twilio that calls it, and a phone."""

    ringline: Ringline
    simulator: Simulator

    async def start(self, **changes: Any) -> StartedRun:
        return await self.ringline.workflow(interview(**changes)).start({"phone": PHONE})

    async def until(self, holds: Any, *, passing: float = 1.0) -> Any:
        async with asyncio.timeout(WITHIN):
            while not (found := await holds()):
                await self.simulator.advance(passing)
                await asyncio.sleep(0.005)
        return found

    async def outputs(self, run_id: str) -> dict[str, Any]:
        async def done() -> Run | None:
            run = await self.ringline.runs.get(run_id)
            return run if run.finished_at is not None else None

        run = await self.until(done)
        assert run.outputs is not None, (run.status, run.error)
        return dict(run.outputs[0])

    async def session(self) -> Session:
        [newest, *_] = await self.ringline.sessions.list(limit=1)
        return newest

    def call(self) -> Call:
        return self.simulator.calls[-1]

    def heard(self) -> str:
        return " ".join(line.text for call in self.simulator.calls for line in call.transcript if line.who == "us")


@pytest.fixture
async def town(simulator: Simulator, database_url: str) -> AsyncIterator[Town]:
    listener = listen("127.0.0.1", 0)
    url = address(listener)
    settings = load_settings(database_url=database_url).with_changes(
        "argument", public_url=url, twilio_base_url=simulator.base_url
    )
    account = {"main": (simulator.account_sid, simulator.auth_token)}
    async with (
        Ringline(credentials=account, clock=simulator.clock, settings=settings) as ringline,
        serving(create_app(ringline, with_api=False), listener),
    ):
        simulator.connect(f"{url}/twilio/sms", voice_url=f"{url}/twilio/voice")
        yield Town(ringline, simulator)


def interview(**changes: Any) -> dict[str, Any]:
    agent = {
        "type": "twilio/voice_agent@v1",
        "name": "survey",
        "to": "$inputs.phone",
        "greeting": "Hello from Acme.",
        "goodbye": "Thank you, goodbye.",
        "questions": QUESTIONS,
        **changes.pop("agent", {}),
    }
    ids = [question["id"] for question in agent["questions"]]
    return {
        "version": "1.0",
        "name": "interview",
        "defaults": {"from": OURS, "credential": "main"},
        "inputs": [{"type": "WorkflowParameter", "name": "phone", "default_value": ""}],
        "steps": [{key: value for key, value in agent.items() if value is not None}],
        "outputs": [
            {"type": "JsonField", "name": name, "selector": f"$steps.survey.{name}"}
            for name in ("outcome", "answers", "transcript", "duration", "session", *ids)
        ],
        **changes,
    }


@pytest.mark.parametrize(
    ("script", "rating", "asked", "not_asked"),
    [
        (["nine", "yes"], 9, "testimonial", "done better"),
        (["I would say three", "Shorter queues"], 3, "done better", "testimonial"),
        ([Press("2#"), "Shorter queues"], 2, "done better", "testimonial"),
        (["seven"], 7, "rate your", "testimonial"),
    ],
)
async def test_a_survey_takes_the_branch_of_what_is_said_or_keyed(
    town: Town, script: list[Any], rating: int, asked: str, not_asked: str
) -> None:
    town.simulator.handset(PHONE).answer(script)
    run = await town.start()
    outputs = await town.outputs(run.id)
    assert (outputs["outcome"], outputs["satisfaction_rating"]) == ("completed", rating)
    heard = town.heard()
    assert asked in heard
    assert not_asked not in heard
    assert heard.endswith("Thank you, goodbye.")
    assert outputs["duration"] > 0
    assert (await town.ringline.sessions.replay(outputs["session"])).differences == []


async def test_a_busy_phone_and_one_that_nobody_picks_up(town: Town) -> None:
    town.simulator.handset(PHONE).busy()
    assert (await town.outputs((await town.start()).id))["outcome"] == "busy"
    town.simulator.handset(PHONE).no_answer()
    assert (await town.outputs((await town.start()).id))["outcome"] == "no_answer"


async def test_who_says_nothing_is_let_go(town: Town) -> None:
    town.simulator.handset(PHONE).answer([Silent()] * 40)
    outputs = await town.outputs((await town.start()).id)
    assert outputs["answers"]["satisfaction_rating"]["status"] == "silence"
    assert "Thank you, goodbye." in town.heard()


async def test_a_dropped_call_goes_on_by_a_new_call(town: Town) -> None:
    town.simulator.handset(PHONE).answer(["three", HangUp()])
    run = await town.start(agent={"on_drop": [{"call": "2m"}]})

    async def broken_off() -> bool:
        found = await town.ringline.sessions.list()
        return bool(found) and found[0].phase == "between"

    await town.until(broken_off)
    town.simulator.handset(PHONE).answer(["Shorter queues"])
    outputs = await town.outputs(run.id)
    assert outputs["outcome"] == "completed"
    assert outputs["improvement_feedback"] == "Shorter queues"
    assert len(town.simulator.calls) == 2


async def test_a_dropped_call_goes_on_by_text(town: Town) -> None:
    phone = town.simulator.handset(PHONE)
    phone.answer(["three", HangUp()])
    run = await town.start(agent={"on_drop": [{"text": "1m"}]})

    async def asked() -> list[Any]:
        return phone.inbox

    [message] = await town.until(asked)
    assert "What could we have done better" in message.body
    await phone.send("Shorter queues", to=OURS)
    outputs = await town.outputs(run.id)
    assert outputs["outcome"] == "completed"
    assert outputs["improvement_feedback"] == "Shorter queues"


async def test_a_call_to_us_starts_the_interview(town: Town) -> None:
    definition = interview(agent={"to": None}, triggers=[{"type": "inbound_call", "to": OURS}])
    kept = await town.ringline.workflows.register(definition)
    await town.ringline.workflows.publish(kept.name, kept.version)
    await town.simulator.handset(PHONE).call(OURS, ["nine", "yes"])

    async def done() -> Run | None:
        runs = await town.ringline.runs.list(workflow="interview")
        return runs[0] if runs and runs[0].finished_at is not None else None

    run = await town.until(done)
    assert run.outputs is not None, run.error
    assert run.outputs[0]["outcome"] == "completed"
    assert run.outputs[0]["testimonial_request"] is True
    assert "Hello from Acme." in town.heard()


async def test_a_call_to_a_number_that_nothing_takes_hears_so(town: Town) -> None:
    await town.simulator.handset(PHONE).call(OURS, [])

    async def over() -> bool:
        return bool(town.simulator.calls) and town.call().status == "completed"

    await town.until(over)
    assert "nobody takes calls" in town.heard()


async def test_a_sensitive_answer_is_not_recorded(town: Town) -> None:
    rating = {key: value for key, value in QUESTIONS[0].items() if key != "conditionalActions"}
    card = {"id": "card", "question": "Your card number?", "type": "digits", "length": 16, "sensitive": True}
    town.simulator.handset(PHONE).answer([Press("4111111111111234"), "yes", "seven"])
    run = await town.start(
        agent={"record": True, "questions": [{**card, "confirm": "never"}, rating]}
        | {
            "recording_notice": "This call is recorded.",
            "flow": "linear",
        }
    )
    outputs = await town.outputs(run.id)
    assert outputs["answers"]["card"]["value"] == "…1234"
    assert "4111111111111234" not in outputs["transcript"]
    [recording] = list(town.simulator._running.state.recordings.values())
    sounds = [sound.text for sound in recording.sounds]
    assert not any("4111" in text for text in sounds), sounds
    assert any("scale of 1 to 10" in text for text in sounds)
