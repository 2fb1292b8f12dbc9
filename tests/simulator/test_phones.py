"""Phones in hand, as the phone's page holds them through the control API."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from twilio.rest import Client

from ringline.simulator import Simulator, world
from ringline.simulator.phonebook import FIRST_PHONES
from simulator.customer import ApplicationUnderTest, sdk

ANA, BEN = FIRST_PHONES[0][0], FIRST_PHONES[1][0]
SENDER = world.SMS_NUMBERS[0]
QUESTION = '<Response><Gather input="speech dtmf" hints="yes,no" timeout="3" action="/next"><Say>Well?</Say></Gather>'


class Desk:
    """The control API of a simulator with phones."""

    def __init__(self, simulator: Simulator, session: aiohttp.ClientSession) -> None:
        self.simulator = simulator
        self._root = f"{simulator.base_url}/_simulator"
        self._session = session

    async def get(self, path: str) -> Any:
        async with self._session.get(self._root + path) as answer:
            return await answer.json()

    async def post(self, path: str, **body: Any) -> Any:
        async with self._session.post(self._root + path, json=body) as answer:
            assert answer.status < 300, await answer.text()
            return await answer.json()

    async def refusal(self, path: str, **body: Any) -> str:
        async with self._session.post(self._root + path, json=body) as answer:
            assert answer.status == 400
            return str((await answer.json())["detail"])

    async def phone(self, number: str = ANA) -> Any:
        return await self.get(f"/phones/{number}")


@pytest.fixture
async def with_phones(simulator: Simulator) -> AsyncIterator[Simulator]:
    async with Simulator(clock=simulator.clock, phones=FIRST_PHONES) as found:
        found.account().calls_per_second = None
        yield found


@pytest.fixture
async def desk(with_phones: Simulator) -> AsyncIterator[Desk]:
    async with aiohttp.ClientSession() as session:
        yield Desk(with_phones, session)


@pytest.fixture
def client(with_phones: Simulator) -> Client:
    return sdk(with_phones)


async def test_phones_are_added_named_and_put_away(desk: Desk) -> None:
    found = await desk.get("/phones")
    assert [(one["number"], one["name"]) for one in found["phones"]] == list(FIRST_PHONES)
    assert {"number": SENDER, "texts": True, "pictures": True, "calls": True, "whatsapp": False} in found["numbers"]

    added = await desk.post("/phones")
    assert added["name"] == f"Phone {added['number'][-4:]}"
    await desk.post(f"/phones/{added['number']}", name="  Eve   Example ")
    await desk.post(f"/phones/{BEN}/remove")
    assert [one["name"] for one in (await desk.get("/phones"))["phones"]] == ["Ana", "Office", "Eve Example"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({"number": "123"}, "'123' is not a phone number"),
        ({"number": ANA}, "is here already, as Ana"),
        ({"number": SENDER}, "is a number of the account"),
        ({"name": "x" * 41}, "a name has 1 to 40 characters"),
    ],
)
async def test_a_phone_that_cannot_be_is_explained(desk: Desk, body: dict[str, str], sentence: str) -> None:
    assert sentence in await desk.refusal("/phones", **body)


async def test_phones_are_remembered(tmp_path: Any) -> None:
    database = tmp_path / "simulator.db"
    async with Simulator(database=database, phones=FIRST_PHONES) as simulator:
        simulator.call(lambda: simulator.parts.phonebook.change(ANA, name="Anna", voicemail=True))
    async with Simulator(database=database, phones=FIRST_PHONES) as again:
        ana = again.call(lambda: again.parts.phonebook.get(ANA))
        assert (ana.name, ana.voicemail) == ("Anna", True)


async def test_a_message_lies_on_the_phone_until_it_is_looked_at(desk: Desk, client: Client) -> None:
    client.messages.create(to=ANA, from_=SENDER, body="Hello")
    assert (await desk.phone())["messages"][0]["at"] is None
    await desk.simulator.advance(1)

    phone = await desk.phone()
    assert [(one["body"], one["other"], one["outgoing"]) for one in phone["messages"]] == [("Hello", SENDER, False)]
    assert phone["seen"] == {}
    await desk.post(f"/phones/{ANA}/seen", **{"with": SENDER})
    assert (await desk.phone())["seen"][SENDER] >= phone["messages"][0]["at"]


async def test_looking_at_a_whatsapp_conversation_is_told_to_its_sender(desk: Desk, client: Client) -> None:
    await desk.post(f"/handsets/{ANA}/send", to=world.WHATSAPP_SENDER, body="Hi")
    client.messages.create(to=f"whatsapp:{ANA}", from_=world.WHATSAPP_SENDER, body="Hello")
    await desk.simulator.advance(1)
    await desk.post(f"/phones/{ANA}/seen", **{"with": world.WHATSAPP_SENDER})

    assert [one["status"] for one in (await desk.phone())["messages"]] == ["received", "read"]


async def test_pictures_are_shown_and_anything_else_is_only_saved(
    desk: Desk, client: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/page", "<script>", content_type="text/html")
    client.messages.create(to=ANA, from_=SENDER, body="Look", media_url=[application.url("/page")])
    picture = {"content_type": "image/png", "base64": base64.b64encode(b"pixels").decode()}
    await desk.post(f"/handsets/{ANA}/send", to=SENDER, body="Mine", media=[picture])
    await desk.simulator.advance(1)
    files = [one["media"][0] for one in (await desk.phone())["messages"]]

    async with aiohttp.ClientSession() as session:
        for file, kind, place in (
            (files[0], "application/octet-stream", "attachment"),
            (files[1], "image/png", "inline"),
        ):
            async with session.get(f"{desk.simulator.base_url}/_simulator/media/{file['sid']}") as answer:
                assert answer.headers["content-type"] == kind
                assert answer.headers["content-disposition"] == place
                assert "sandbox" in answer.headers["content-security-policy"]


async def test_without_signal_messages_wait_and_calls_fail(desk: Desk, client: Client) -> None:
    await desk.post(f"/phones/{ANA}", signal=False)
    client.messages.create(to=ANA, from_=SENDER, body="Where are you?")
    client.calls.create(to=ANA, from_=SENDER, twiml="<Response><Say>Hello</Say></Response>")
    await desk.simulator.advance(60)
    phone = await desk.phone()
    assert [(one["status"], one["at"]) for one in phone["messages"]] == [("sent", None)]
    assert [one["status"] for one in phone["calls"]] == ["failed"]

    await desk.post(f"/phones/{ANA}", signal=True)
    await desk.simulator.advance(1)
    assert [one["status"] for one in (await desk.phone())["messages"]] == ["delivered"]


async def test_what_never_gets_a_signal_is_undelivered_in_the_end(desk: Desk, client: Client) -> None:
    await desk.post(f"/phones/{ANA}", signal=False)
    client.messages.create(to=ANA, from_=SENDER, body="Hello?", validity_period=60)
    await desk.simulator.advance(120)

    (message,) = (await desk.phone())["messages"]
    assert (message["status"], message["error_code"]) == ("undelivered", 30003)


async def test_the_carrier_fails_the_next_message_only(desk: Desk, client: Client) -> None:
    await desk.post(f"/phones/{ANA}/carrier", ending="undelivered", error=30005, times=1)
    assert (await desk.phone())["behaviour"]["times"] == 1
    for body in ("One", "Two"):
        client.messages.create(to=ANA, from_=SENDER, body=body)
        await desk.simulator.advance(1)

    phone = await desk.phone()
    assert [(one["status"], one["error_code"]) for one in phone["messages"]] == [
        ("undelivered", 30005),
        ("delivered", None),
    ]
    assert phone["behaviour"] is None


async def test_an_opt_out_that_twilio_knows_of_is_set_by_hand(desk: Desk, client: Client) -> None:
    await desk.post(f"/phones/{ANA}/opt_out", **{"from": SENDER, "out": True})
    assert (await desk.phone())["opt_outs"] == [SENDER]
    with pytest.raises(Exception, match="unsubscribed recipient"):
        client.messages.create(to=ANA, from_=SENDER, body="Hello")
    await desk.post(f"/phones/{ANA}/opt_out", **{"from": SENDER, "out": False})
    client.messages.create(to=ANA, from_=SENDER, body="Hello")


async def test_a_call_is_taken_and_the_next_one_rings_again(
    desk: Desk, client: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/voice", QUESTION + "</Response>")
    application.answer("/next", "<Response><Say>Thanks</Say></Response>")
    client.calls.create(to=ANA, from_=SENDER, url=application.url("/voice"), timeout=30)
    await desk.simulator.advance(5)
    live = (await desk.phone())["live"]
    assert (live["status"], live["until"]) == ("ringing", pytest.approx(desk.simulator.clock.time() + 25, abs=1))

    await desk.post(f"/phones/{ANA}/react", do="pick_up")
    await desk.simulator.advance(30)
    question = (await desk.phone())["live"]["question"]
    assert (question["keys"], question["speech"], question["hints"]) == (True, True, ["yes", "no"])
    await desk.post(f"/handsets/{ANA}/say", text="yes please", all=True)
    await desk.simulator.advance(1)
    assert application.received("/next")[0]["SpeechResult"] == "yes please"
    await desk.simulator.advance(5)
    assert desk.simulator.calls[0].script == ["yes please"]

    client.calls.create(to=ANA, from_=SENDER, url=application.url("/voice"))
    await desk.simulator.advance(5)
    assert (await desk.phone())["live"]["status"] == "ringing"


async def test_nobody_hurries_who_has_begun_to_press_keys(
    desk: Desk, client: Client, application: ApplicationUnderTest
) -> None:
    application.answer("/voice", QUESTION + "</Response>")
    client.calls.create(to=ANA, from_=SENDER, url=application.url("/voice"))
    await desk.simulator.advance(3)
    await desk.post(f"/phones/{ANA}/react", do="pick_up")
    await desk.simulator.advance(1)
    for key in "42":
        await desk.post(f"/handsets/{ANA}/press", keys=key, more=True)
        await desk.simulator.advance(60)
    assert application.received("/next") == []

    await desk.post(f"/handsets/{ANA}/silent")
    await desk.simulator.advance(1)
    assert application.received("/next")[0]["Digits"] == "42"
    assert desk.simulator.calls[0].script[0] == {"press": "42"}


async def test_voicemail_keeps_what_is_said_after_the_tone(desk: Desk, client: Client) -> None:
    await desk.post(f"/phones/{ANA}", voicemail=True)
    twiml = "<Response><Pause length='20'/><Say>Your table is ready.</Say></Response>"
    client.calls.create(to=ANA, from_=SENDER, twiml=twiml)
    await desk.simulator.advance(90)
    client.calls.create(to=BEN, from_=SENDER, twiml=twiml)
    await desk.simulator.advance(2)
    await desk.post(f"/phones/{BEN}/react", do="voicemail")
    await desk.simulator.advance(60)

    for number in (ANA, BEN):
        (call,) = (await desk.phone(number))["calls"]
        assert (call["reaction"], call["voicemail"]) == ("machine", "Your table is ready.")


async def test_a_phone_that_talks_is_busy_and_declines_only_what_rings(desk: Desk, client: Client) -> None:
    assert "does not ring" in await desk.refusal(f"/phones/{ANA}/react", do="decline")
    for _ in range(2):
        client.calls.create(to=ANA, from_=SENDER, twiml="<Response><Pause length='30'/></Response>")
        await desk.simulator.advance(2)
        if (await desk.phone())["live"]["status"] == "ringing":
            await desk.post(f"/phones/{ANA}/react", do="pick_up")
    await desk.simulator.advance(1)

    assert [call.status for call in desk.simulator.calls] == ["in-progress", "busy"]


async def test_the_stream_tells_of_phones_in_hand_only(desk: Desk, client: Client) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{desk.simulator.base_url}/_simulator/events") as stream,
    ):
        client.messages.create(to="+14155550188", from_=SENDER, body="To somebody else")
        client.messages.create(to=ANA, from_=SENDER, body="To Ana")
        await desk.simulator.advance(1)
        await desk.post(f"/phones/{ANA}", name="Anna")
        told: list[tuple[str, Any]] = []
        async with asyncio.timeout(10):
            topic = ""
            async for line in stream.content:
                if line.startswith(b"event: "):
                    topic = line.decode().split()[1]
                elif line.startswith(b"data: "):
                    told.append((topic, json.loads(line[6:])))
                if topic == "phones":
                    break
    assert {data["body"] for topic, data in told if topic == "changed"} == {"To Ana"}
    assert [data["status"] for topic, data in told if topic == "changed"][-1] == "delivered"


async def test_streams_end_when_the_simulator_is_told_to_end_them(desk: Desk) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{desk.simulator.base_url}/_simulator/events") as stream,
    ):
        assert await stream.content.readline() == b": listening\n"
        desk.simulator.end_streams()
        async with asyncio.timeout(10):
            assert await stream.content.read() == b"\n"
