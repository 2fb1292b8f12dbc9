"""Calls that meet what they should not: forged and foreign webhooks, wrong keys, silence, and those who never stop."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.errors import RequestError
from ringline.signatures import SIGNATURE_HEADER, sign
from ringline.simulator import Press, Say, Silent, Simulator
from voice.installation import OURS, PHONE, Installation, installation

MENU = {"1": {"label": "confirmed", "say": "Thank you."}, "2": "dropped"}
PROMPT = "Press 1 to confirm, 2 to cancel."


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock) as running:
        yield running


async def post(house: Installation, path: str, *, signed: bool = True, **fields: str) -> tuple[int, str]:
    """A webhook as Twilio sends it, or as somebody sends it who does not know the token."""
    form = {
        "AccountSid": house.simulator.account_sid,
        "CallSid": "CA" + "0" * 32,
        "CallStatus": "in-progress",
        "From": OURS,
        "To": PHONE,
        "Direction": "outbound-api",
        **fields,
    }
    token = house.simulator.auth_token if signed else "somebody else's"
    signature = sign(token, house.url + path, list(form.items()))
    async with house.session.post(house.url + path, data=form, headers={SIGNATURE_HEADER: signature}) as got:
        return got.status, await got.text()


async def live_menu(house: Installation) -> Any:
    """A call whose menu listens."""
    house.simulator.handset(PHONE).answer([Silent(), Silent()])
    placed = await house.ringline.calls.place(to=PHONE, message=PROMPT, menu=MENU)

    async def listens() -> Any:
        call = await house.ringline.calls.get(placed.id)
        return call if call.status == "in-progress" else None

    return await house.until(listens, step=0.25)


async def test_a_forged_key_is_refused_and_changes_nothing(house: Installation) -> None:
    call = await live_menu(house)
    path = f"/twilio/voice/{call.id}/menu?left=1"
    status, said = await post(house, path, signed=False, CallSid=call.sid, Digits="1")
    assert (status, "signature" in said) == (403, True)
    assert (await house.ringline.calls.get(call.id)).pressed is None
    assert (await house.ended(call.id)).outcome == "answered"


@pytest.mark.parametrize(
    ("path", "status", "says"),
    [
        ("/twilio/voice/call_none.1", 200, "<Hangup/>"),
        ("/twilio/voice/call_none.1/menu", 200, "<Hangup/>"),
        ("/twilio/voice/%00.1", 200, "<Hangup/>"),
        ("/twilio/voice/%00/menu", 200, "<Hangup/>"),
        ("/twilio/recording/%00", 204, ""),
        ("/twilio/call-status/call_none.99", 204, ""),
        ("/twilio/amd/call_none.1", 204, ""),
        ("/twilio/recording/call_none", 204, ""),
        ("/twilio/hold/call_none.1", 200, "<Hangup"),
        ("/twilio/turn/ses_none.1.1.answer", 200, "<Hangup"),
    ],
)
async def test_a_webhook_of_an_unknown_call_ends_that_call_and_touches_no_other(
    house: Installation, path: str, status: int, says: str
) -> None:
    fields = {"RecordingSid": "RE" + "0" * 32, "RecordingStatus": "completed", "Digits": "1"}
    answered, body = await post(house, path, **fields)
    assert (answered, says in body) == (status, True), body
    assert await house.ringline.calls.list() == []


async def test_another_calls_key_is_not_taken_for_this_ones(house: Installation) -> None:
    call = await live_menu(house)
    status, said = await post(house, f"/twilio/voice/{call.id}/menu?left=1", CallSid="CA" + "9" * 32, Digits="1")
    assert (status, "<Hangup/>" in said) == (200, True)
    assert (await house.ended(call.id)).outcome == "answered"


@pytest.mark.parametrize("digits", ["7", "12", "", "#", "*", "0000000000", "1" * 900, "one", "\u0661", "<1>"])
async def test_digits_that_are_no_choice_are_told_so_and_asked_once_more(house: Installation, digits: str) -> None:
    call = await live_menu(house)
    path = f"/twilio/voice/{call.id}/menu"
    status, first = await post(house, f"{path}?left=1", CallSid=call.sid, Digits=digits)
    assert status == 200
    assert [verb.tag for verb in ElementTree.fromstring(first)] == ["Say", "Gather", "Hangup"]
    status, last = await post(house, f"{path}?left=0", CallSid=call.sid, Digits=digits)
    assert [verb.tag for verb in ElementTree.fromstring(last)] == ["Say", "Hangup"]
    assert (await house.ringline.calls.get(call.id)).pressed is None


async def test_who_says_nothing_hears_it_twice_and_is_let_go(house: Installation) -> None:
    house.simulator.handset(PHONE).answer([Silent()] * 100)
    placed = await house.ringline.calls.place(to=PHONE, message=PROMPT, menu=MENU)
    call = await house.ended(placed.id)
    assert (call.outcome, house.heard()) == ("answered", [PROMPT, PROMPT])
    assert call.duration < 60


@pytest.mark.parametrize("step", [Press("7"), Say("no no no " * 500)])
async def test_who_never_stops_is_let_go_all_the_same(house: Installation, step: Any) -> None:
    house.simulator.handset(PHONE).answer([step] * 200)
    placed = await house.ringline.calls.place(to=PHONE, message=PROMPT, menu=MENU)
    call = await house.ended(placed.id)
    assert call.outcome == "answered"
    assert len(house.simulator.calls[-1].documents) <= 3


@pytest.mark.parametrize(
    "step", ["word " * 2_000, "could you repeat that please", "hold on a second", "purple bananas"]
)
async def test_who_never_stops_talking_ends_no_interview_late(house: Installation, step: str) -> None:
    house.simulator.handset(PHONE).answer([step] * 500)
    agent = {
        "type": "twilio/voice_agent@v1",
        "name": "ask",
        "to": PHONE,
        "from": OURS,
        "max_duration": "10m",
        "questions": [
            {"id": "rating", "question": "From 1 to 10, how was it?", "type": "number", "max_retries": 2},
            {"id": "again", "question": "Would you come again?", "type": "yes_no", "max_retries": 2},
        ],
    }
    flow = {
        "version": "1.0",
        "name": "asking",
        "inputs": [],
        "steps": [agent],
        "outputs": [{"type": "JsonField", "name": "outcome", "selector": "$steps.ask.outcome"}],
    }
    started = await house.ringline.workflow(flow).start({})

    async def over() -> Any:
        now = await house.ringline.runs.get(started.id)
        return now if now.finished_at is not None else None

    run = await house.until(over, step=2.0, within=1_800)
    assert run.status == "completed", run.error
    assert run.outputs[0]["outcome"] in ("partial", "completed")
    call = house.simulator.calls[-1]

    async def hung_up() -> bool:
        return bool(call.status == "completed")

    # The run knows what came of it once the last words are on their way; the call ends when they are said.
    await house.until(hung_up, within=30.0)
    assert len(call.documents) < 60


@pytest.mark.parametrize(
    "text",
    [
        'Ann</Say><Dial>+19005550100</Dial><Say x="',
        "A & B <b>bold</b> ]]> \x00\x07\ud800 \u202e",
        "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
        "<speak>Hello Smith & Sons",
    ],
)
async def test_what_people_are_called_cannot_break_the_document(house: Installation, text: str) -> None:
    house.simulator.handset(PHONE).answer([])
    flow = {
        "version": "1.0",
        "name": "greeting",
        "inputs": [{"type": "WorkflowParameter", "name": "who"}],
        "steps": [
            {"type": "twilio/voice_call@v1", "name": "call", "to": PHONE, "from": OURS, "message": "{{who}} and so on"}
        ],
        "outputs": [{"type": "JsonField", "name": "outcome", "selector": "$steps.call.outcome"}],
    }
    started = await house.ringline.workflow(flow).start({"who": text})

    async def over() -> Any:
        now = await house.ringline.runs.get(started.id)
        return now if now.finished_at is not None else None

    run = await house.until(over)
    assert run.outputs == [{"outcome": "answered"}] or run.outputs == ({"outcome": "answered"},), run.error
    call = house.simulator.calls[-1]
    tags = {verb.tag for verb in ElementTree.fromstring(call.documents[0].body)}
    assert tags == {"Say", "Hangup"}
    assert "and so on" in " ".join(house.heard())


@pytest.mark.parametrize(
    ("fields", "field", "says"),
    [
        ({"message": "<speak>Hello <b", "voice": "Polly.Joanna"}, "message", "cannot be read"),
        ({"message": "<speak><blink>Hello</blink></speak>", "voice": "Polly.Joanna"}, "message", "no <blink>"),
        ({"message": "<speak>Hello</speak>", "voice": "alice"}, "message", "does not know SSML"),
        ({"message": "word " * 20_000}, "message", "65,536"),
        ({"message": "word " * 2_000, "repeat": 10}, "message", "65,536"),
        ({"voicemail": "<speak>Hello <b"}, "voicemail", "cannot be read"),
    ],
)
async def test_what_cannot_be_spoken_is_refused_before_anybody_is_called(
    house: Installation, fields: dict[str, Any], field: str, says: str
) -> None:
    with pytest.raises(RequestError, match=says) as raised:
        await house.ringline.calls.place(**{"to": PHONE, "message": "Hello", **fields})
    assert (raised.value.field, bool(raised.value.fix)) == (field, True)
    assert await house.ringline.calls.list() == []
