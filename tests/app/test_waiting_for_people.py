"""Questions by text and their answers: from a run, over real HTTP, to a simulated phone and back, on both databases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Any

import pytest

from ringline import Ringline
from ringline.app.registered import StartedRun
from ringline.messaging.message import Message
from ringline.settings import load_settings
from ringline.simulator import Simulator
from ringline.twilio.webhooks import parse_inbound
from ringline.web import create_app
from ringline.web.server import address, listen, serving
from ringline.workflow.advancing import Advancer

PHONE, FRIEND = "+14155550123", "+14155550199"
OURS, OTHER = "+15550001111", "+15550002222"
WITHIN = 20.0


@dataclass
class Town:
    """An installation with its server, a simulated Twilio that calls it, and phones."""

    ringline: Ringline
    simulator: Simulator

    async def start(self, definition: dict[str, Any], phone: str = PHONE) -> StartedRun:
        return await self.ringline.workflow(definition).start({"phone": phone})

    async def asked(self, run: StartedRun, step: str = "answer", *, passing: float = 1) -> None:
        """Return when the run waits for a person at that step; each look lets *passing* seconds go by."""
        await self.until(lambda: self._waits_at(run, step), passing=passing)

    async def _waits_at(self, run: StartedRun, step: str) -> bool:
        history = await self.ringline.runs.history(run.id)
        return any(
            event.kind == "waiting" and event.step == step and ("for" in event.details or step == "pause")
            for event in history
        )

    async def until(self, holds: Callable[[], Any], *, passing: float = 1) -> None:
        async with asyncio.timeout(WITHIN):
            while not await holds():
                # Senders are paced, and phones take their time.
                await self.simulator.advance(passing)
                await asyncio.sleep(0.01)

    async def says(self, text: str, *, phone: str = PHONE, to: str = OURS) -> Message:
        """What somebody writes, once the server has answered Twilio; as it is kept."""
        await self.simulator.handset(phone).send(text, to=to)
        [newest, *_] = await self.ringline.inbound.list(from_=phone, limit=1)
        assert newest.body == text
        return newest

    async def texts(self, phone: str = PHONE, *, count: int) -> list[str]:
        """What has arrived on a phone, as soon as there are that many."""
        handset = self.simulator.handset(phone)
        async with asyncio.timeout(WITHIN):
            while len(handset.inbox) < count:
                await self.simulator.advance(1)
                await asyncio.sleep(0.01)
        return [message.body for message in handset.inbox]


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


def survey(name: str = "survey", *, sender: str = OURS, expect: Any = "yes_no", **changes: Any) -> dict[str, Any]:
    """A question, a wait, and a word of thanks."""
    wait = {"type": "twilio/wait_for_reply@v1", "name": "answer", "expect": expect, "wait_for": "4h"}
    wait |= changes.pop("wait", {})
    return {
        "version": "1.0",
        "name": name,
        "defaults": {"from": sender, "credential": "main"},
        "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
        "steps": [
            {
                "type": "twilio/sms@v1",
                "name": "ask",
                "to": "$inputs.phone",
                "message": "Are you in?",
                "next_steps": ["$steps.answer"],
            },
            {**wait, "outcomes": {"reply": ["$steps.thanks"], **wait.pop("outcomes", {})}},
            {"type": "twilio/sms@v1", "name": "thanks", "to": "$inputs.phone", "message": "You wrote {{SMS reply}}"},
            *changes.pop("steps", []),
        ],
        "outputs": [
            {"type": "JsonField", "name": name, "selector": f"$steps.answer.{name}"}
            for name in ("outcome", "value", "text", "attempts")
        ],
        **changes,
    }


async def test_a_question_its_answer_and_what_follows(town: Town) -> None:
    run = await town.start(survey())
    await town.asked(run)
    assert await town.texts(count=1) == ["Are you in?"]

    reply = await town.says("yep, sure")
    assert (reply.taken_by, reply.run_id) == ("run", run.id)
    assert f"It answers the step `answer` of {run.id}" in (reply.taken_reason or "")

    [outputs] = await run.result(WITHIN)
    assert outputs == {"outcome": "reply", "value": True, "text": "yep, sure", "attempts": 1}
    assert await town.texts(count=2) == ["Are you in?", "You wrote yep, sure"]


async def test_a_reply_that_beats_the_wait_counts(town: Town) -> None:
    """The person answers while the run is still on its way from the question to the wait."""
    definition = survey()
    definition["steps"][0]["next_steps"] = ["$steps.pause"]
    definition["steps"].append(
        {"type": "flow/delay@v1", "name": "pause", "for": "10m", "next_steps": ["$steps.answer"]}
    )
    run = await town.start(definition)
    await town.asked(run, "pause")

    early = await town.says("no thanks")
    assert early.taken_by is None
    await town.simulator.advance(601)

    [outputs] = await run.result(WITHIN)
    assert (outputs["outcome"], outputs["value"]) == ("reply", False)
    kept = await town.ringline.inbound.get(early.id)
    assert (kept.taken_by, kept.run_id) == ("run", run.id)


async def test_what_was_written_before_the_question_does_not_count(town: Town) -> None:
    before = await town.says("yes")
    await town.simulator.advance(60)
    run = await town.start(survey())
    await town.asked(run)

    assert (await town.ringline.inbound.get(before.id)).taken_by is None
    await town.simulator.advance(4 * 3600 + 1)
    [outputs] = await run.result(WITHIN)
    assert outputs == {"outcome": "timeout", "value": None, "text": None, "attempts": 0}


async def test_asking_again_until_it_is_understood(town: Town) -> None:
    wait = {"no_match": {"message": ["Yes or no?", "Please reply YES or NO"], "attempts": 2}}
    run = await town.start(survey(wait=wait))
    await town.asked(run)
    await town.texts(count=1)

    await town.says("purple")
    assert (await town.texts(count=2))[-1] == "Yes or no?"
    await town.asked(run)
    await town.says("green")
    assert (await town.texts(count=3))[-1] == "Please reply YES or NO"
    await town.asked(run)
    await town.says("yes")

    [outputs] = await run.result(WITHIN)
    assert outputs == {"outcome": "reply", "value": True, "text": "yes", "attempts": 3}
    assert (await town.texts(count=4))[-1] == "You wrote yes"


async def test_asking_again_has_an_end(town: Town) -> None:
    run = await town.start(survey(wait={"no_match": {"message": "Yes or no?"}, "outcomes": {"no_match": "end"}}))
    await town.asked(run)
    await town.texts(count=1)
    await town.says("purple")
    await town.texts(count=2)
    await town.asked(run)
    await town.says("green")

    [outputs] = await run.result(WITHIN)
    assert outputs == {"outcome": "no_match", "value": "green", "text": "green", "attempts": 2}


async def test_stop_never_reaches_a_wait(town: Town) -> None:
    run = await town.start(survey(expect="text"))
    await town.asked(run)

    assert (await town.says("STOP")).taken_by == "opt_out"
    await town.simulator.advance(4 * 3600 + 1)
    [outputs] = await run.result(WITHIN)
    assert outputs["outcome"] == "timeout"


async def test_a_whole_message_yes_is_an_answer(town: Town) -> None:
    run = await town.start(survey())
    await town.asked(run)

    assert (await town.says("YES")).taken_by == "run"
    [outputs] = await run.result(WITHIN)
    assert outputs["value"] is True


async def test_of_two_runs_the_newest_that_fits_gets_the_reply_and_then_the_other(town: Town) -> None:
    first = await town.start(survey("first", expect="yes_no"))
    await town.asked(first)
    await town.simulator.advance(60)
    second = await town.start(survey("second", expect={"type": "number"}))
    await town.asked(second)

    fitting = await town.says("yes")
    assert fitting.run_id == first.id
    assert f"the newest question from {OURS} that it answers; 2 were open." in (fitting.taken_reason or "")
    assert (await first.result(WITHIN))[0]["value"] is True

    assert (await town.says("seven")).run_id == second.id
    assert (await second.result(WITHIN))[0]["value"] == 7
    assert (await town.says("hello?")).taken_by is None


async def test_a_reply_goes_to_the_number_it_was_written_to(town: Town) -> None:
    here = await town.start(survey("here", sender=OURS))
    await town.asked(here)
    await town.simulator.advance(60)
    there = await town.start(survey("there", sender=OTHER))
    await town.asked(there)

    assert (await town.says("yes", to=OURS)).run_id == here.id
    assert (await town.says("no", to=OTHER)).run_id == there.id
    assert (await town.says("yes", phone=FRIEND)).taken_by is None


async def test_the_history_says_by_which_rule_a_run_got_the_reply(town: Town) -> None:
    run = await town.start(survey())
    await town.asked(run)
    await town.says("yes")
    await run.result(WITHIN)

    told = [event.details for event in await town.ringline.runs.history(run.id) if "routing" in str(event.details)]
    assert told
    assert "the newest question from" in str(told[0])


def written(simulator: Simulator, body: str = "", number: int = 1, **form: str) -> Any:
    return parse_inbound(
        {
            "AccountSid": simulator.account_sid,
            "MessageSid": f"SM{number:032x}",
            "From": PHONE,
            "To": OURS,
            "Body": body,
            "NumMedia": "0",
            **form,
        }
    )


async def test_of_two_messages_at_once_one_is_the_answer(town: Town) -> None:
    run = await town.start(survey(expect="text"))
    await town.asked(run)

    both = await asyncio.gather(
        *(town.ringline.inbound.receive(written(town.simulator, text, n)) for n, text in enumerate(("one", "two")))
    )
    assert sorted(received.message.taken_by or "inbox" for received in both) == ["inbox", "run"]
    [outputs] = await run.result(WITHIN)
    [taken] = [received.message for received in both if received.message.taken_by]
    assert (outputs["value"], outputs["attempts"]) == (taken.body, 1)


async def test_two_messages_at_once_go_to_two_runs(town: Town) -> None:
    runs = [await town.start(survey(name, expect="text")) for name in ("first", "second")]
    for run in runs:
        await town.asked(run)

    both = await asyncio.gather(
        *(town.ringline.inbound.receive(written(town.simulator, text, n)) for n, text in enumerate(("one", "two")))
    )
    assert {received.message.run_id for received in both} == {run.id for run in runs}
    assert {(await run.result(WITHIN))[0]["value"] for run in runs} == {"one", "two"}


async def test_a_redelivered_webhook_changes_nothing(town: Town) -> None:
    first = await town.start(survey("first", expect="text"))
    second = await town.start(survey("second", expect="text"))
    for run in (first, second):
        await town.asked(run)

    inbound = written(town.simulator, "hello", 1)
    once = await town.ringline.inbound.receive(inbound)
    again = await town.ringline.inbound.receive(inbound)
    assert again.message == once.message
    assert not again.is_new
    open_runs = [run for run in (first, second) if run.id != once.message.run_id]
    assert (await town.ringline.runs.get(open_runs[0].id)).status == "waiting"


async def test_a_question_that_was_never_sent_is_not_waited_for(town: Town) -> None:
    await town.says("STOP")
    run = await town.start(survey())

    [outputs] = await run.result(WITHIN)
    assert outputs["outcome"] == "timeout"


async def test_a_second_try_after_a_time_out_asks_anew(town: Town) -> None:
    definition = survey(wait={"outcomes": {"timeout": ["$steps.ask"]}})
    definition["steps"][0]["max_visits"] = 2
    run = await town.start(definition)
    await town.asked(run)
    await town.texts(count=1)
    await town.simulator.advance(4 * 3600 + 1)
    assert await town.texts(count=2) == ["Are you in?", "Are you in?"]
    await town.asked(run)

    await town.says("yes")
    assert (await run.result(WITHIN))[0]["value"] is True


def delivery(until: str = "delivered", **wait: Any) -> dict[str, Any]:
    return {
        "version": "1.0",
        "name": "delivery",
        "inputs": [{"type": "WorkflowParameter", "name": "phone"}],
        "steps": [
            {
                "type": "twilio/sms@v1",
                "name": "ask",
                "from": OURS,
                "to": "$inputs.phone",
                "message": "Hello",
                "next_steps": ["$steps.arrived"],
            },
            {"type": "twilio/wait_for_delivery@v1", "name": "arrived", "until": until, "wait_for": "1h", **wait},
        ],
        "outputs": [
            {"type": "JsonField", "name": name, "selector": f"$steps.arrived.{name}"} for name in ("outcome", "status")
        ],
    }


async def test_waiting_until_a_message_has_arrived(town: Town) -> None:
    run = await town.start(delivery())
    await town.asked(run, "arrived", passing=0)

    async def has_ended() -> bool:
        return (await town.ringline.runs.get(run.id)).status == "completed"

    await town.until(has_ended)
    assert await run.result(WITHIN) == [{"outcome": "delivered", "status": "delivered"}]


async def test_a_message_that_has_arrived_already_is_not_waited_for(town: Town) -> None:
    definition = delivery()
    definition["steps"][0]["next_steps"] = ["$steps.pause"]
    definition["steps"].append(
        {"type": "flow/delay@v1", "name": "pause", "for": "10m", "next_steps": ["$steps.arrived"]}
    )
    run = await town.start(definition)
    await town.asked(run, "pause")
    await town.texts(count=1)
    [message] = await town.ringline.messages.list()
    await town.ringline.outbox.wait(message.id, WITHIN, for_delivery=True)
    await town.simulator.advance(601)

    assert await run.result(WITHIN) == [{"outcome": "delivered", "status": "delivered"}]


async def test_each_template_reads_the_latest_reply_before_it(town: Town) -> None:
    """Two waits: what follows the first reads its reply, what follows the second the other."""
    definition = survey(expect="text")
    definition["steps"][2]["next_steps"] = ["$steps.more"]
    definition["steps"] += [
        {
            "type": "twilio/wait_for_reply@v1",
            "name": "more",
            "expect": "text",
            "wait_for": "1h",
            "next_steps": ["$steps.bye"],
        },
        {"type": "twilio/sms@v1", "name": "bye", "to": "$inputs.phone", "message": "Bye. You wrote {{SMS reply}}"},
    ]
    run = await town.start(definition)
    await town.asked(run)
    await town.says("first")
    await town.asked(run, "more")
    await town.says("second")
    await run.result(WITHIN)

    assert await town.texts(count=3) == ["Are you in?", "You wrote first", "Bye. You wrote second"]


async def test_a_step_that_is_led_back_to_reads_the_reply_that_led_there(town: Town) -> None:
    definition = survey(wait={"outcomes": {"no_match": ["$steps.ask"]}})
    definition["steps"][0]["message"] = "Are you in? You wrote {{SMS reply | default('nothing')}}"
    run = await town.start(definition)
    await town.asked(run)
    await town.says("purple")
    assert await town.texts(count=2) == ["Are you in? You wrote nothing", "Are you in? You wrote purple"]
    await town.asked(run)
    await town.says("yes")
    assert (await run.result(WITHIN))[0]["value"] is True


async def test_two_messages_before_the_wait_are_read_in_their_order(town: Town) -> None:
    """Nothing is asked again while another reply is there already."""
    definition = survey(wait={"no_match": {"message": "Yes or no?"}})
    definition["steps"][0]["next_steps"] = ["$steps.pause"]
    definition["steps"].append(
        {"type": "flow/delay@v1", "name": "pause", "for": "10m", "next_steps": ["$steps.answer"]}
    )
    run = await town.start(definition)
    await town.asked(run, "pause")
    await town.says("hm, let me see")
    await town.simulator.advance(1)
    await town.says("yes")
    await town.simulator.advance(601)

    [outputs] = await run.result(WITHIN)
    assert outputs == {"outcome": "reply", "value": True, "text": "yes", "attempts": 2}
    assert "Yes or no?" not in await town.texts(count=2)


def people(count: int) -> list[str]:
    return [f"+1415555{number:04}" for number in range(200, 200 + count)]


async def test_no_reply_is_lost_between_the_question_and_the_wait(town: Town) -> None:
    """Everybody answers the moment the question is accepted, while the run is on its way to the wait."""
    workflow = town.ringline.workflow(survey(expect="text"))

    async def ask_and_answer(number: int, phone: str) -> tuple[StartedRun, Message]:
        run = await workflow.start({"phone": phone})
        await town.until(lambda: town.ringline.messages.list(run_id=run.id))
        [message] = await town.ringline.messages.list(run_id=run.id)
        await town.until(lambda: is_accepted(message.id), passing=0.2)
        form = {"From": phone, "Body": phone[-4:]}
        return run, (await town.ringline.inbound.receive(written(town.simulator, number=number, **form))).message

    async def is_accepted(message_id: str) -> bool:
        return (await town.ringline.messages.get(message_id)).stage == "accepted"

    answered = await asyncio.gather(*(ask_and_answer(number, phone) for number, phone in enumerate(people(12))))
    for run, reply in answered:
        [outputs] = await run.result(WITHIN)
        assert (outputs["outcome"], outputs["value"]) == ("reply", reply.body)
        assert (await town.ringline.inbound.get(reply.id)).run_id == run.id


async def test_when_a_reply_and_the_deadline_meet_nothing_is_lost(town: Town) -> None:
    """A reply that a run took is what the run ended with; any other is in the inbox."""
    workflow = town.ringline.workflow(survey(expect="text"))
    runs = {phone: await workflow.start({"phone": phone}) for phone in people(8)}
    for run in runs.values():
        await town.asked(run)
    town.ringline.clock.step(4 * 3600 + 1)  # type: ignore[attr-defined]  # the test's clock

    received = await asyncio.gather(
        *(
            town.ringline.inbound.receive(written(town.simulator, number=number, From=phone, Body="here"))
            for number, phone in enumerate(runs)
        )
    )
    for (_, run), one in zip(runs.items(), received, strict=True):
        [outputs] = await run.result(WITHIN)
        assert outputs["outcome"] == ("reply" if one.message.taken_by == "run" else "timeout")


async def test_a_button_on_whatsapp_answers_by_what_it_stands_for(town: Town) -> None:
    wait = {"type": "twilio/wait_for_reply@v1", "name": "answer", "to": "$inputs.phone", "channel": "whatsapp"}
    definition = survey(expect={"type": "keyword", "keywords": ["confirm_42"]})
    definition["steps"] = [{**wait, "expect": definition["steps"][1]["expect"], "wait_for": "1h"}]
    run = await town.start(definition)
    await town.asked(run)

    tapped = {
        "From": f"whatsapp:{PHONE}",
        "To": f"whatsapp:{OURS}",
        "ButtonText": "Yes!",
        "ButtonPayload": "confirm_42",
    }
    received = await town.ringline.inbound.receive(written(town.simulator, "Yes!", 1, **tapped))
    assert received.message.taken_by == "run"
    [outputs] = await run.result(WITHIN)
    assert (outputs["outcome"], outputs["value"], outputs["text"]) == ("reply", "confirm_42", "Yes!")


async def test_a_picture_without_a_word_is_a_reply_where_any_will_do(town: Town) -> None:
    run = await town.start(survey(expect="text"))
    await town.asked(run)

    picture = {"NumMedia": "1", "MediaUrl0": "https://api.example/1", "MediaContentType0": "image/jpeg"}
    await town.ringline.inbound.receive(written(town.simulator, "", 1, **picture))
    [outputs] = await run.result(WITHIN)
    assert (outputs["outcome"], outputs["value"]) == ("reply", "")


async def test_a_reply_through_a_messaging_service_finds_its_question(town: Town) -> None:
    service = town.simulator.add_service("Surveys", [OURS, OTHER]).sid
    definition = survey(expect="text")
    del definition["defaults"]["from"]
    definition["steps"][0]["messaging_service"] = service
    definition["steps"][2]["messaging_service"] = service
    run = await town.start(definition)
    await town.asked(run)

    elsewhere = await town.ringline.inbound.receive(
        written(town.simulator, "hello", 1, MessagingServiceSid="MG" + "9" * 32)
    )
    assert elsewhere.message.taken_by is None
    received = await town.ringline.inbound.receive(written(town.simulator, "hello", 2, MessagingServiceSid=service))
    assert "through MG" in (received.message.taken_reason or "") or "from +1" in (received.message.taken_reason or "")
    assert (await run.result(WITHIN))[0]["value"] == "hello"


async def test_a_reply_that_comes_while_the_time_out_is_written_wins(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = await town.start(survey(expect="text"))
    await town.asked(run)
    write = Advancer._write
    replies: list[Message] = []

    async def write_late(self: Advancer, row: Any, segment: Any, *more: Any, **named: Any) -> Any:
        if segment.timed_out and not replies:
            replies.append((await town.ringline.inbound.receive(written(town.simulator, "in time"))).message)
        return await write(self, row, segment, *more, **named)

    monkeypatch.setattr(Advancer, "_write", write_late)
    await town.simulator.advance(4 * 3600 + 1)

    [outputs] = await run.result(WITHIN)
    assert (outputs["outcome"], outputs["value"]) == ("reply", "in time")
    assert replies[0].taken_by == "run"
