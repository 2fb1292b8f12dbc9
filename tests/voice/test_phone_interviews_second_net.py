"""What catches an interview where the ordinary way failed: machines nobody detected, colleagues, and our own errors."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.app.inbound_calls import InboundCalls
from ringline.simulator import HangUp, Wait
from ringline.web.numbers import connect_numbers
from voice.test_phone_interviews import HELP, OURS, PHONE, QUESTIONS, Town, town
from voice.test_phone_interviews_elsewhere import is_over, publish, run_of_call

__all__ = ["town"]

APOLOGY = "An application error has occurred. Goodbye."
GREETINGS = [
    "Hi, this is Ann. Please leave a message after the tone.",
    "Hola, soy Ana, ahora no puedo hablar, deje su mensaje después de la señal.",
    "Guten Tag, hier ist Anna. Bitte sprechen Sie nach dem Ton.",
]


# --- a machine that machine detection did not find ---


@pytest.mark.parametrize("greeting", GREETINGS)
@pytest.mark.parametrize("found", [None, "unknown", "human"])
async def test_a_machine_is_known_by_its_greeting(town: Town, greeting: str, found: str | None) -> None:
    town.simulator.handset(PHONE).machine(greeting, verdict=found)
    looks = {"machine_detection": "detect"} if found is not None else {"machine_detection": "off"}
    run = await town.start(agent={"voicemail": "Please call Acme back.", **looks})
    outputs = await town.outputs(run.id)
    assert outputs["outcome"] == "voicemail"
    await town.until(lambda: is_over(town))
    assert town.heard().count("Please call Acme back.") == 1
    assert town.heard().endswith("Please call Acme back.")
    assert outputs["satisfaction_rating"] is None


async def test_a_machine_known_by_its_greeting_hears_nothing_where_nothing_is_left(town: Town) -> None:
    town.simulator.handset(PHONE).machine(GREETINGS[0])
    outputs = await town.outputs((await town.start()).id)
    assert outputs["outcome"] == "voicemail"
    await town.until(lambda: is_over(town))
    assert town.heard().count("scale of 1 to 10") <= 1


# --- a person by a condition's rule ---


async def has_hung_up(town: Town) -> bool:
    """Whether the person who was called is through."""
    return town.simulator.calls[0].is_final


@pytest.mark.parametrize(
    ("said", "reaction", "outcome", "called"),
    [
        ("two", None, "transferred", [PHONE, HELP]),
        ("nine", None, "completed", [PHONE]),
        ("two", "busy", "partial", [PHONE, HELP]),
    ],
)
async def test_a_rule_passes_the_call_on(
    town: Town, said: str, reaction: str | None, outcome: str, called: list[str]
) -> None:
    rule = {
        "condition": {"operator": "equals", "value": "1-5"},
        "action": "transfer",
        "message": "I am sorry. A colleague will help you.",
    }
    rating = {key: value for key, value in QUESTIONS[0].items() if key != "conditionalActions"} | {"actions": [rule]}
    town.simulator.handset(PHONE).answer([said, "no", "Shorter queues"])
    if reaction is None:
        town.simulator.handset(HELP).answer([Wait(5), HangUp(after=8)])
    else:
        getattr(town.simulator.handset(HELP), reaction)()
    agent = {"transfer_to": HELP, "questions": [rating, *QUESTIONS[1:]]}
    outputs = await town.outputs((await town.start(agent=agent)).id)
    assert (outputs["outcome"], [call.to for call in town.simulator.calls]) == (outcome, called)
    assert ("A colleague will help you." in town.heard()) is (HELP in called)
    assert outputs["satisfaction_rating"] == {"two": 2, "nine": 9}[said]
    # The rule said that the questions end here; where nobody takes the call, the person hears so.
    await town.until(lambda: has_hung_up(town))
    assert ("There is nobody I can put you through to." in town.heard()) is (reaction is not None)
    assert "Let us go on here." not in town.heard()
    assert town.heard().endswith("Thank you, goodbye.") is (outcome != "transferred")
    assert ("testimonial" in town.heard()) is (outcome == "completed")


# --- our server answers a call to us with an error ---


def failing(monkeypatch: pytest.MonkeyPatch, where: str, times: int) -> None:
    """Let the first *times* answers to a call to us be errors: before the run is begun, or after."""
    real, asked = getattr(InboundCalls, where), 0

    def answer(self: InboundCalls, *arguments: Any) -> Any:
        nonlocal asked
        asked += 1
        if asked <= times:
            raise RuntimeError("something of ours is broken")
        return real(self, *arguments)

    monkeypatch.setattr(InboundCalls, where, answer)


@pytest.mark.parametrize("where", ["_start", "_go_on"])
async def test_a_call_to_us_that_meets_an_error_once_is_taken_at_the_fallback(
    town: Town, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    await publish(town, agent={"to": None}, triggers=[{"type": "inbound_call"}])
    await connect_numbers(town.ringline, None, [OURS])
    failing(monkeypatch, where, 1)
    await town.simulator.handset(PHONE).call(OURS, ["nine", "yes"])
    run = await run_of_call(town)
    assert run.outputs is not None, run.error
    assert (run.outputs[0]["outcome"], run.outputs[0]["satisfaction_rating"]) == ("completed", 9)
    assert APOLOGY not in town.heard()
    assert [note.code for note in town.call().notifications] == [11200]
    assert len(await town.ringline.calls.list()) == 1
    assert len(await town.ringline.runs.list(workflow="interview")) == 1


async def test_a_call_to_us_that_meets_nothing_but_errors_hears_twilios_apology(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    await publish(town, agent={"to": None}, triggers=[{"type": "inbound_call"}])
    await connect_numbers(town.ringline, None, [OURS])
    failing(monkeypatch, "_start", 99)
    await town.simulator.handset(PHONE).call(OURS, ["nine"])
    await town.until(lambda: is_over(town))
    assert town.heard() == APOLOGY

    async def listed() -> Any:
        found = await town.ringline.calls.list()
        return found if found and found[0].is_over else None

    # The call is known all the same, and no run was begun for somebody who could not be spoken to.
    assert len(await town.until(listed)) == 1
    assert await town.ringline.runs.list(workflow="interview") == []
