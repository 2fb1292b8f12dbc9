"""What becomes of interviews beside questions and answers: people who take over, machines, and calls to us."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.app import inbound_calls
from ringline.database import Transaction
from ringline.database.schema import metadata
from ringline.errors import TwilioUnavailableError
from ringline.simulator import HangUp, Press, Wait
from ringline.twilio.client import TwilioClient
from voice.test_phone_interviews import HELP, OURS, PHONE, QUESTIONS, Town, interview, town

__all__ = ["town"]
OTHER = "+15550002222"


async def run_of_call(town: Town) -> Any:
    """The newest run, once it is over."""

    async def done() -> Any:
        runs = await town.ringline.runs.list(workflow="interview")
        return runs[0] if runs and runs[0].finished_at is not None else None

    return await town.until(done)


async def is_over(town: Town) -> bool:
    """Whether the newest call is."""
    return bool(town.simulator.calls) and town.call().is_final


async def publish(town: Town, **changes: Any) -> None:
    kept = await town.ringline.workflows.register(interview(**changes))
    await town.ringline.workflows.publish(kept.name, kept.version)


# --- a person takes over ---


async def test_somebody_takes_over(town: Town) -> None:
    town.simulator.handset(PHONE).answer(["I want to speak to a person"])
    town.simulator.handset(HELP).answer([Wait(5), HangUp(after=8)])
    outputs = await town.outputs((await town.start(agent={"transfer_to": HELP})).id)
    assert outputs["outcome"] == "transferred"
    assert [call.to for call in town.simulator.calls] == [PHONE, HELP]


@pytest.mark.parametrize("reaction", ["busy", "decline", "no_answer"])
async def test_nobody_takes_over_and_the_question_stands(town: Town, reaction: str) -> None:
    town.simulator.handset(PHONE).answer(["I want to speak to a person", "nine", "yes"])
    getattr(town.simulator.handset(HELP), reaction)()
    outputs = await town.outputs((await town.start(agent={"transfer_to": HELP})).id)
    assert (outputs["outcome"], outputs["satisfaction_rating"]) == ("completed", 9)
    assert outputs["testimonial_request"] is True


# --- machines ---


@pytest.mark.parametrize("detection", ["detect", "message_end"])
async def test_an_answering_machine_is_left_the_message(town: Town, detection: str) -> None:
    town.simulator.handset(PHONE).machine("Hi, this is Ann. Please leave a message after the tone.")
    agent = {"machine_detection": detection, "voicemail": "Please call Acme back."}
    outputs = await town.outputs((await town.start(agent=agent)).id)
    assert outputs["outcome"] == "voicemail"
    await town.until(lambda: is_over(town))  # the run goes on while the message is being spoken
    assert town.heard().endswith("Please call Acme back.")
    assert outputs["satisfaction_rating"] is None


async def test_a_fax_is_hung_up_on(town: Town) -> None:
    town.simulator.handset(PHONE).fax()
    agent = {"machine_detection": "detect", "voicemail": "Please call Acme back."}
    [run] = [await town.start(agent=agent, outputs=[])]

    async def over() -> Any:
        found = await town.session() if await town.ringline.sessions.list() else None
        return found if found is not None and found.ended_at is not None else None

    session = await town.until(over)
    assert (session.outcome, session.reason) == ("failed", "a fax answered")
    assert "Please call Acme back." not in town.heard()
    assert run.id == session.run_id


async def test_a_person_is_asked_although_machines_are_looked_for(town: Town) -> None:
    town.simulator.handset(PHONE).answer(["nine", "yes"])
    agent = {"machine_detection": "message_end", "voicemail": "Please call Acme back."}
    outputs = await town.outputs((await town.start(agent=agent)).id)
    assert outputs["outcome"] == "completed"
    assert "Please call Acme back." not in town.heard()


# --- calls to us ---

WAITING = [{"type": "flow/delay@v1", "name": "before"}]


def after_a_while(seconds: str) -> list[dict[str, Any]]:
    agent = interview(agent={"to": None})["steps"][0]
    return [{**WAITING[0], "for": seconds, "next_steps": ["$steps.survey"]}, agent]


async def test_who_calls_holds_on_until_the_run_is_ready(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_calls, "READY_WITHIN", 0.1)
    await publish(town, steps=after_a_while("3s"), triggers=[{"type": "inbound_call"}])
    await town.simulator.handset(PHONE).call(OURS, ["nine", "yes"])
    run = await run_of_call(town)
    assert run.outputs is not None, run.error
    assert run.outputs[0]["outcome"] == "completed"
    heard = town.heard()
    assert heard.startswith("One moment, please. Hello from Acme.")


async def test_who_has_held_on_for_ten_seconds_hears_an_apology(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbound_calls, "READY_WITHIN", 0.05)
    await publish(town, steps=after_a_while("1m"), triggers=[{"type": "inbound_call"}])
    call = await town.simulator.handset(PHONE).call(OURS, [])
    await town.until(lambda: is_over(town))
    assert town.heard() == f"{inbound_calls.HOLD_ON} {inbound_calls.NOT_READY}"
    assert 8 <= (town.call().duration or 0) <= 20
    # The step that comes too late has nobody to talk to, and says so instead of waiting for the call.
    run = await run_of_call(town)
    assert run.status == "failed"
    assert "no call that started this run waits for it" in run.error.message
    assert call.sid == town.call().sid
    assert await town.ringline.sessions.list() == []


@pytest.mark.parametrize(
    ("trigger", "starts"),
    [
        ({"to": OURS}, True),
        ({"to": OTHER}, False),
        ({"from": PHONE}, True),
        ({"from": [HELP, PHONE], "to": [OTHER, OURS]}, True),
        ({"from": HELP}, False),
    ],
)
async def test_a_call_starts_only_what_is_for_it(town: Town, trigger: dict[str, Any], starts: bool) -> None:
    await publish(town, agent={"to": None}, triggers=[{"type": "inbound_call", **trigger}])
    await town.simulator.handset(PHONE).call(OURS, [HangUp()])
    await town.until(lambda: is_over(town))
    assert ("Hello from Acme." in town.heard()) is starts
    assert ("nobody takes calls" in town.heard()) is not starts
    assert bool(await town.ringline.runs.list(workflow="interview")) is starts


async def test_who_calls_back_after_a_drop_goes_on_at_the_open_question(town: Town) -> None:
    phone = town.simulator.handset(PHONE)
    phone.answer(["three", HangUp()])
    run = await town.start(agent={"on_drop": [{"call": "10m"}]})

    async def broken_off() -> bool:
        found = await town.ringline.sessions.list()
        return bool(found) and found[0].phase == "between"

    await town.until(broken_off)
    await phone.call(OURS, ["Shorter queues"])
    outputs = await town.outputs(run.id)
    assert outputs["outcome"] == "completed"
    assert (outputs["satisfaction_rating"], outputs["improvement_feedback"]) == (3, "Shorter queues")
    assert [call.direction for call in town.simulator.calls] == ["outbound-api", "inbound"]
    again = [line.text for line in town.call().transcript if line.who == "us"]
    assert not any("scale of 1 to 10" in text for text in again)


async def test_who_calls_while_it_is_asked_by_text_goes_on_by_phone(town: Town) -> None:
    phone = town.simulator.handset(PHONE)
    phone.answer(["three", HangUp()])
    run = await town.start(agent={"on_drop": [{"text": "1m"}]})

    async def written() -> list[Any]:
        return phone.inbox

    await town.until(written)
    await phone.call(OURS, ["Shorter queues"])
    outputs = await town.outputs(run.id)
    assert (outputs["outcome"], outputs["improvement_feedback"]) == ("completed", "Shorter queues")


async def test_twilio_is_asked_about_a_call_whose_end_nobody_told_of(town: Town) -> None:
    # The number has no status callback, so nothing says that the caller has hung up.
    await publish(town, agent={"to": None, "max_duration": "1m"}, triggers=[{"type": "inbound_call"}])
    await town.simulator.handset(PHONE).call(OURS, ["three", HangUp()])

    async def told() -> Any:
        found = await town.ringline.sessions.list()
        return found[0] if found and found[0].legs[0].ended_at is not None else None

    session = await town.until(told, passing=5.0)
    assert session.legs[0].status == "completed"
    assert session.outcome == "partial"
    [call] = await town.ringline.calls.list()
    assert (call.status, call.is_over) == ("completed", True)


# --- recording ---


async def test_a_recording_that_cannot_be_paused_is_stopped(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    steered: list[str] = []
    real = TwilioClient.steer_recording

    async def steer(self: TwilioClient, sid: str, status: Any) -> None:
        steered.append(status)
        if status == "paused":
            raise TwilioUnavailableError("no answer")
        await real(self, sid, status)

    monkeypatch.setattr(TwilioClient, "steer_recording", steer)
    rating = {key: value for key, value in QUESTIONS[0].items() if key != "conditionalActions"}
    card = {"id": "card", "question": "Your card number?", "type": "digits", "length": 16, "sensitive": True}
    town.simulator.handset(PHONE).answer(["seven", Press("4111111111111234"), "nothing more"])
    more = {"id": "more", "question": "Anything else?", "type": "text"}
    questions = [rating, {**card, "confirm": "never"}, more]
    outputs = await town.outputs((await town.start(agent={"record": True, "questions": questions})).id)
    assert outputs["satisfaction_rating"] == 7
    assert steered == ["paused", "stopped"]
    [recording] = list(town.simulator._running.state.recordings.values())
    sounds = " ".join(sound.text for sound in recording.sounds)
    assert "scale of 1 to 10" in sounds
    # It does not go on after the card either: nobody knows whether it could be stopped again.
    assert not any(words in sounds for words in ("card number", "4111", "Anything else"))


async def test_a_secret_that_was_said_lies_in_no_table_and_no_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    card = {"id": "card", "question": "Your card number?", "type": "digits", "length": 16, "sensitive": True}
    town.simulator.handset(PHONE).answer([Press("4111111111111234"), "yes", "my other one is 5555 5555 5555 4444"])
    more = {"id": "more", "question": "Anything else?", "type": "yes_no", "retries": 0}
    outputs = await town.outputs((await town.start(agent={"questions": [card, more]}, outputs=[])).id)
    assert outputs == {}

    def everything(tx: Transaction) -> str:
        return repr([[name, tx.all(table.select())] for name, table in metadata.tables.items()])

    kept = await town.ringline.database.read(everything)
    assert "Your card number?" in kept
    assert (await town.session()).answers["card"]["value"] == "…1234"
    for secret in ("4111111111111234", "411111111111", "5555 5555", "5555555555554444"):
        assert secret not in kept
        assert secret not in caplog.text


async def test_who_says_stop_calling_me_is_not_called_again(town: Town) -> None:
    town.simulator.handset(PHONE).answer(["stop calling me"])
    assert (await town.outputs((await town.start()).id))["outcome"] == "opted_out"
    assert (await town.outputs((await town.start()).id))["outcome"] == "refused"
    assert len(town.simulator.calls) == 1
