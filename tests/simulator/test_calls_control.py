"""Phones in calls, steered from another process by the control API."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from twilio.rest import Client

from ringline.simulator import Simulator
from simulator.customer import ApplicationUnderTest

PHONE, CALLER = "+14155550123", "+15550001111"


class Remote:
    """The control API."""

    def __init__(self, simulator: Simulator, session: aiohttp.ClientSession) -> None:
        self._root = f"{simulator.base_url}/_simulator"
        self._session = session

    async def get(self, path: str) -> Any:
        async with self._session.get(self._root + path) as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> tuple[int, Any]:
        async with self._session.post(self._root + path, json=body) as answer:
            return answer.status, await answer.json()


@pytest.fixture
async def remote(simulator: Simulator) -> AsyncIterator[Remote]:
    async with aiohttp.ClientSession() as session:
        yield Remote(simulator, session)


async def test_a_ringing_phone_is_answered_and_steered_by_hand(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, remote: Remote
) -> None:
    question = (
        '<Response><Gather input="speech dtmf" timeout="3" speechTimeout="1" action="/next"><Say>Well</Say></Gather>'
    )
    application.answer("/voice", question + "</Response>")
    application.answer("/next", question + "<Say>Then not</Say><Pause length='60'/></Response>")
    await remote.post("/account", calls_per_second=50)
    sid = twilio.calls.create(to=PHONE, from_=CALLER, url=application.url("/voice")).sid
    await simulator.advance(10)
    phone = await remote.get(f"/handsets/{PHONE}/phone")
    assert (phone["rings"], phone["call"]["sid"], phone["call"]["status"]) == (True, sid, "ringing")

    assert await remote.post(f"/handsets/{PHONE}/arm", do="answer") == (200, {"status": "ok"})
    # Nobody hurries a person: the timer of the question stands still until something is done.
    await simulator.advance(30)
    assert application.received("/next") == []
    await remote.post(f"/handsets/{PHONE}/say", text="well enough", confidence=0.6)
    await simulator.advance(5)
    await remote.post(f"/handsets/{PHONE}/press", keys="12#")
    await simulator.advance(5)
    told = application.received("/next")
    assert [(form.get("SpeechResult"), form.get("Digits")) for form in told] == [("well enough", None), (None, "12")]
    await remote.post(f"/handsets/{PHONE}/silent")
    await simulator.advance(5)
    await remote.post(f"/handsets/{PHONE}/hang_up")

    shown = await remote.get(f"/calls/{sid}")
    assert shown["status"] == "completed"
    assert [(line["who"], line["text"]) for line in shown["transcript"]] == [
        ("us", "Well"),
        ("them", "well enough"),
        ("us", "Well"),
        ("them", "12#"),
        ("us", "Well"),
        ("us", "Then not"),
    ]
    assert shown["documents"][0]["url"] == application.url("/voice")
    assert [each["sid"] for each in (await remote.get("/calls?status=completed"))["calls"]] == [sid]


async def test_phones_are_armed_and_call_by_script(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest, remote: Remote
) -> None:
    application.answer("/voice", '<Response><Gather numDigits="1" action="/next"/></Response>')
    application.answer("/next", "<Response><Pause length='5'/></Response>")
    await remote.post("/connect", sms_url="", voice_url=application.url("/voice"))
    status, placed = await remote.post(
        f"/handsets/{PHONE}/call", to=CALLER, script=[{"silent": True}, {"press": "1"}, {"hang_up": True}]
    )
    assert (status, placed["direction"], placed["from"]) == (201, "inbound", PHONE)
    await simulator.advance(30)
    assert application.received("/next") == []
    for body, ended in (({"do": "busy"}, "busy"), ({"do": "fail"}, "failed"), ({"do": "machine"}, "completed")):
        await remote.post(f"/handsets/{PHONE}/arm", **body)
        sid = twilio.calls.create(to=PHONE, from_=CALLER, twiml="<Response/>").sid
        await simulator.advance(30)
        assert twilio.calls(sid).fetch().status == ended


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("arm", {"do": "dance"}, "do"),
        ("arm", {"do": "answer", "script": ["yes", {"jump": 1}]}, "script"),
        ("arm", {"do": "answer", "after": "soon"}, "after"),
        ("press", {"keys": "x"}, "press"),
        ("say", {"text": "hello"}, "number"),
        ("call", {"to": "+19995550000"}, "to"),
    ],
)
async def test_wrong_commands_are_refused_with_the_field(
    remote: Remote, path: str, body: dict[str, Any], field: str
) -> None:
    status, answer = await remote.post(f"/handsets/{PHONE}/{path}", **body)
    assert (status, answer["field"]) == (400, field)
    assert answer["detail"]


async def test_what_happens_on_calls_is_streamed(simulator: Simulator, twilio: Client) -> None:
    seen: list[tuple[str, str]] = []
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{simulator.base_url}/_simulator/events") as stream,
    ):
        assert (await stream.content.readline()).startswith(b": listening")
        simulator.handset(PHONE).answer(["yes"])
        twilio.calls.create(
            to=PHONE,
            from_=CALLER,
            twiml='<Response><Gather input="speech" action="http://127.0.0.1:1/"><Say>Hm</Say></Gather></Response>',
        )
        await simulator.advance(4)
        async with asyncio.timeout(5):
            while ("heard", "yes") not in seen:
                line = await stream.content.readline()
                if line.startswith(b"data: "):
                    event = json.loads(line[6:])
                    seen.append((event["kind"], event["text"]))
    assert seen == [
        ("status", "ringing"),
        ("status", "in-progress"),
        ("listening", ""),
        ("said", "Hm"),
        ("heard", "yes"),
    ]
