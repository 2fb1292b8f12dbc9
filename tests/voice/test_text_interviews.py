"""The same questions by text: from a run, over real HTTP, to a simulated phone and back, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest

from ringline import Ringline
from ringline.app.registered import StartedRun
from ringline.settings import load_settings
from ringline.simulator import Simulator
from ringline.voice.sessions.session import Session
from ringline.web import create_app
from ringline.web.server import address, listen, serving

PHONE, OURS = "+14155550123", "+15550001111"
WITHIN = 20.0

QUESTIONS = [
    {
        "id": "satisfaction_rating",
        "question": "On a scale of 1 to 10, how would you rate us?",
        "expectedAnswerType": "number",
        "conditionalActions": [
            {
                "condition": {"field": "satisfaction_rating", "operator": "contains", "value": "9,10"},
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
    {"id": "testimonial_request", "question": "May we quote you?", "expectedAnswerType": "yes_no"},
    {"id": "improvement_feedback", "question": "What could be better?", "expectedAnswerType": "text"},
]


@dataclass
class Town:
    """An installation with its server, a simulated Twilio that calls it, and a phone."""

    ringline: Ringline
    simulator: Simulator

    async def start(self, definition: dict[str, Any]) -> StartedRun:
        return await self.ringline.workflow(definition).start({"phone": PHONE})

    async def says(self, text: str) -> None:
        await self.simulator.handset(PHONE).send(text, to=OURS)

    async def heard(self, count: int) -> list[str]:
        handset = self.simulator.handset(PHONE)
        async with asyncio.timeout(WITHIN):
            while len(handset.inbox) < count:
                await self.simulator.advance(1)
                await asyncio.sleep(0.01)
        return [message.body for message in handset.inbox]

    async def outputs(self, run: StartedRun) -> dict[str, Any]:
        done = await self.ringline.runs.wait(run.id, 10)
        assert done.outputs is not None, (done.status, done.error)
        return dict(done.outputs[0])

    async def ended(self) -> Session:
        async with asyncio.timeout(WITHIN):
            while True:
                found = await self.ringline.sessions.list()
                if found and found[0].ended_at is not None:
                    return found[0]
                await self.simulator.advance(1)
                await asyncio.sleep(0.01)


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
        simulator.connect(f"{url}/twilio/sms")
        yield Town(ringline, simulator)


def survey(**changes: Any) -> dict[str, Any]:
    agent = {
        "type": "twilio/voice_agent@v1",
        "name": "survey",
        "to": "$inputs.phone",
        "channel": "sms",
        "greeting": "Hello from Acme.",
        "goodbye": "Thank you!",
        "questions": QUESTIONS,
        **changes,
    }
    wanted = ("outcome", "satisfaction_rating", "improvement_feedback", "testimonial_request", "transcript", "answers")
    return {
        "version": "1.0",
        "name": "survey",
        "defaults": {"from": OURS, "credential": "main"},
        "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
        "steps": [
            {**agent, "outcomes": {"completed": ["$steps.note"]}},
            {
                "type": "flow/set_variables@v1",
                "name": "note",
                "set": {"noted": "{{ satisfaction_rating }} of 10, {{ steps.survey.outcome }}"},
            },
        ],
        "outputs": [
            *({"type": "JsonField", "name": name, "selector": f"$steps.survey.{name}"} for name in wanted),
            {"type": "JsonField", "name": "values", "selector": "$steps.note.values"},
        ],
    }


async def test_an_interview_by_text_takes_the_branch_of_its_answers(town: Town) -> None:
    run = await town.start(survey())
    [asked] = await town.heard(1)
    assert asked.startswith("Hello from Acme.\nOn a scale of 1 to 10")
    await town.says("I'd say a four")
    assert (await town.heard(2))[1] == "What could be better?"
    await town.says("The waiting time")
    assert (await town.heard(3))[2] == "Thank you!"
    outputs = await town.outputs(run)
    assert outputs["outcome"] == "completed"
    assert outputs["satisfaction_rating"] == 4
    assert outputs["improvement_feedback"] == "The waiting time"
    assert outputs["testimonial_request"] is None
    assert outputs["values"]["noted"] == "4 of 10, completed"
    assert outputs["answers"]["satisfaction_rating"]["raw"] == "I'd say a four"
    assert outputs["transcript"].splitlines()[-2:] == ["Agent: Thank you!", "-: ended: completed"]


async def test_what_is_no_answer_is_asked_again_in_other_words(town: Town) -> None:
    await town.start(survey())
    await town.heard(1)
    await town.says("purple")
    texts = await town.heard(2)
    assert texts[1] not in texts[:1]
    await town.says("9")
    assert (await town.heard(3))[2] == "May we quote you?"


async def test_stop_ends_the_interview_and_opts_out(town: Town) -> None:
    run = await town.start(survey())
    await town.heard(1)
    await town.says("STOP")
    session = await town.ended()
    assert session.outcome == "opted_out"
    assert (await town.outputs(run))["outcome"] == "opted_out"
    # Who asks again is refused by the gate, not by the interview.
    again = await town.start(survey())
    assert (await town.outputs(again))["outcome"] == "refused"


async def test_who_does_not_reply_is_reminded_once_and_then_left_alone(town: Town) -> None:
    run = await town.start(survey(reply_within="2h", reminders=1))
    await town.heard(1)
    # It is four in the morning where the number is from: nobody is reminded before eight.
    await town.simulator.advance(3601)
    assert len(await town.heard(1)) == 1
    await town.simulator.advance(3 * 3600)
    reminded = await town.heard(2)
    assert "On a scale of 1 to 10" in reminded[1]
    await town.simulator.advance(3601)
    assert (await town.ended()).outcome == "no_answer"
    assert (await town.outputs(run))["outcome"] == "no_answer"
    assert len(town.simulator.handset(PHONE).inbox) == 2


async def test_a_canceled_run_asks_no_more(town: Town) -> None:
    run = await town.start(survey())
    await town.heard(1)
    await town.ringline.runs.cancel(run.id)
    assert (await town.ended()).ended_at is not None


async def test_an_interview_on_whatsapp(town: Town) -> None:
    ours = "+15550003333"
    phone = town.simulator.handset(PHONE)
    await phone.send("Hi", to=f"whatsapp:{ours}")  # which opens the window for free text
    run = await town.start(survey(channel="whatsapp", **{"from": ours}))
    assert (await town.heard(1))[0].startswith("Hello from Acme.")
    assert phone.inbox[0].channel == "whatsapp"
    await phone.reply("nine")
    assert (await town.heard(2))[1].startswith("May we quote you?")
    await phone.reply("of course")
    assert (await town.heard(3))[2] == "Thank you!"
    outputs = await town.outputs(run)
    assert (outputs["outcome"], outputs["testimonial_request"]) == ("completed", True)
    assert {message.channel for message in phone.inbox} == {"whatsapp"}


async def test_whatsapp_outside_the_window_refuses_the_interview(town: Town) -> None:
    run = await town.start(survey(channel="whatsapp", **{"from": "+15550003333"}))
    assert (await town.outputs(run))["outcome"] == "refused"


@pytest.mark.parametrize(
    ("zone", "country", "said", "day"),
    [
        # At noon UTC on 1 January it is four in the morning in California, and past midnight in New Zealand.
        (None, None, "tomorrow", "2026-01-02"),
        ("Pacific/Auckland", None, "tomorrow", "2026-01-03"),
        (None, None, "3/4", "2026-03-04"),
        (None, "GB", "3/4", "2026-04-03"),
    ],
)
async def test_days_are_understood_where_the_person_is(
    town: Town, zone: str | None, country: str | None, said: str, day: str
) -> None:
    await town.ringline.contacts.add(PHONE, time_zone=zone, country=country)
    agent = survey(questions=[{"id": "day", "question": "Which day?", "type": "date", "confirm": "never"}])
    agent["outputs"] = [{"type": "JsonField", "name": "day", "selector": "$steps.survey.day"}]
    agent["steps"] = [{key: value for key, value in agent["steps"][0].items() if key != "outcomes"}]
    run = await town.start(agent)
    await town.heard(1)
    await town.says(said)
    assert (await town.outputs(run))["day"] == day
    [session] = await town.ringline.sessions.list()
    assert (await town.ringline.sessions.replay(session.id)).differences == []
