"""The control API, as the phone's page and tests in other processes use it."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest, sdk, until

PHONE, SENDER = "+14155550123", "+15550001111"


class Remote:
    """A client of the control API."""

    def __init__(self, base_url: str, session: aiohttp.ClientSession) -> None:
        self._base_url = base_url + "/_simulator"
        self._session = session

    async def get(self, path: str, status: int = 200) -> Any:
        async with self._session.get(self._base_url + path) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        async with self._session.post(self._base_url + path, json=body if body is not None else {}) as answer:
            assert answer.status == status, await answer.text()
            return await answer.json()

    async def delete(self, path: str) -> Any:
        async with self._session.delete(self._base_url + path) as answer:
            return await answer.json()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """An HTTP client."""
    async with aiohttp.ClientSession() as opened:
        yield opened


@pytest.fixture
def remote(simulator: Simulator, session: aiohttp.ClientSession) -> Remote:
    """The control API of the simulator."""
    return Remote(simulator.base_url, session)


async def test_a_conversation_by_http(
    simulator: Simulator, twilio: Client, remote: Remote, application: ApplicationUnderTest
) -> None:
    application.answer("/sms", "<Response><Message>Thanks</Message></Response>")
    await remote.post("/connect", {"sms_url": application.url("/sms")})
    twilio.messages.create(to=PHONE, from_=SENDER, body="Confirm?", status_callback=application.url("/status?m=1.1"))
    await remote.post("/clock/step", {"seconds": 1})

    message = await remote.get(f"/handsets/{PHONE}/wait?text=Confirm")
    assert (message["body"], message["from"], message["channel"]) == ("Confirm?", SENDER, "sms")
    reply = await remote.post(f"/handsets/{PHONE}/reply", {"body": "YES!"}, 201)
    assert (reply["direction"], reply["to"]) == ("inbound", SENDER)
    await remote.post("/clock/step", {"seconds": 1})

    handset = await remote.get(f"/handsets/{PHONE}")
    assert [each["body"] for each in handset["inbox"]] == ["Confirm?", "Thanks"]
    assert [each["body"] for each in handset["conversation"]] == ["Confirm?", "YES!", "Thanks"]
    assert (await remote.get("/handsets"))["handsets"] == [{"number": PHONE, "messages": 3}]
    found = await remote.get("/messages?callback=m=1.1")
    assert [each["status"] for each in found["messages"]] == ["delivered"]
    assert {each["status"] for each in (await remote.get("/webhooks"))["webhooks"]} == {200}


async def test_a_phone_sends_pictures_and_buttons(remote: Remote, application: ApplicationUnderTest) -> None:
    await remote.post("/connect", {"sms_url": application.url("/sms")})
    body = {
        "to": world.WHATSAPP_SENDER,
        "body": "",
        "media": [{"content_type": "image/png", "base64": base64.b64encode(b"pixels").decode()}],
        "extra": {"ButtonPayload": "yes"},
    }
    await remote.post(f"/handsets/{PHONE}/send", body, 201)
    form = application.received("/sms")[0]

    assert (form["NumMedia"], form["ButtonPayload"], form["From"]) == ("1", "yes", f"whatsapp:{PHONE}")


async def test_the_state_tells_all_but_secrets(simulator: Simulator, remote: Remote) -> None:
    state = await remote.get("/state")

    assert state["account_sid"] == simulator.account_sid
    assert SENDER in [each["number"] for each in state["numbers"]]
    assert state["clock"] == {"time": 1767268800.0, "now": "2026-01-01T12:00:00Z", "frozen": True}
    assert simulator.auth_token not in json.dumps(state)
    assert (await remote.get("/health")) == {"status": "ok"}


async def test_faults_and_the_carrier_are_set_by_http(simulator: Simulator, twilio: Client, remote: Remote) -> None:
    await remote.post("/faults", {"answer": "error", "status": 500, "code": 20500, "accept": False}, 201)
    assert len((await remote.get("/faults"))["faults"]) == 1
    with pytest.raises(Exception, match="HTTP 500"):
        twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    assert (await remote.get("/faults"))["faults"] == []
    await remote.post("/faults", {"times": None}, 201)
    assert (await remote.delete("/faults")) == {"faults": []}

    changed = await remote.post("/carrier", {"numbers": {PHONE: {"ending": "undelivered", "error": 30005}}})
    assert changed["numbers"][PHONE]["error"] == 30005
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    await remote.post("/clock/step", {"seconds": 1})
    assert message.fetch().error_code == 30005


async def test_reset_forgets_everything(simulator: Simulator, twilio: Client, remote: Remote) -> None:
    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    simulator.carrier.loss = 1.0
    simulator.faults.time_out(times=None)
    await remote.post("/numbers", {"number": "+15550006666"}, 201)
    await remote.post("/reset")
    await simulator.advance(10)

    assert simulator.messages == []
    assert simulator.handset(PHONE).inbox == []
    assert simulator.carrier.loss == 0
    assert not simulator.faults
    assert "+15550006666" not in [each.number for each in simulator.numbers]
    assert twilio.messages.create(to=PHONE, from_=SENDER, body="Hello").status == "queued"


async def test_a_running_clock_is_frozen_stepped_and_let_go(session: aiohttp.ClientSession) -> None:
    async with Simulator() as simulator:
        remote, twilio = Remote(simulator.base_url, session), sdk(simulator)
        assert (await remote.post("/clock/freeze"))["frozen"] is True
        twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
        before = (await remote.get("/clock"))["time"]
        refused = await remote.get(f"/handsets/{PHONE}/wait?timeout=0.01", 404)
        assert "The clock stands still" in refused["detail"]
        assert (await remote.get("/clock"))["time"] == before

        assert (await remote.post("/clock/step", {"seconds": 3600}))["time"] == pytest.approx(before + 3600)
        assert (await remote.get(f"/handsets/{PHONE}/wait"))["body"] == "Hello"
        assert (await remote.post("/clock/resume"))["frozen"] is False
        twilio.messages.create(to=PHONE, from_=SENDER, body="again")
        assert (await remote.get(f"/handsets/{PHONE}/wait"))["body"] == "again"


async def test_arrivals_are_streamed(simulator: Simulator, twilio: Client, session: aiohttp.ClientSession) -> None:
    async with session.get(simulator.base_url + "/_simulator/events") as stream:
        assert await stream.content.readline() == b": listening\n"
        twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
        await simulator.advance(1)
        lines = [await stream.content.readline() for _ in range(4)]

    assert lines[1] == b"event: message\n"
    assert json.loads(lines[3].removeprefix(b"data: "))["body"] == "Hello"


@pytest.mark.parametrize(
    ("path", "body", "sentence"),
    [
        ("/clock/step", {"seconds": -1}, "seconds must be a number that is not negative"),
        ("/clock/step", {"minutes": 1}, "there is no field 'minutes' here"),
        ("/clock/stop", {}, "the clock has no command 'stop'"),
        ("/clock/freeze", {}, "stands still already"),
        ("/carrier", {"speed": 1}, "the carrier has no setting 'speed'"),
        ("/faults", {"kind": 1}, "a fault has no field 'kind'"),
        ("/connect", {}, "sms_url must be a text"),
        ("/numbers", {"number": SENDER}, f"the account has {SENDER} already"),
        ("/numbers", {"number": "+15550006666", "segments_per_second": 0}, "must be a number above 0"),
        (f"/handsets/{PHONE}/reply", {"body": "Hi"}, "nothing has arrived on"),
        (f"/handsets/{PHONE}/send", {"body": "Hi"}, "to must be a text"),
        (f"/handsets/{PHONE}/send", {"body": "Hi", "to": "+1"}, "no account has the sender"),
        (f"/handsets/{PHONE}/send", {"body": "Hi", "to": SENDER, "media": [{}]}, "media must be a list"),
        (f"/handsets/{PHONE}/read", {}, "no WhatsApp message has arrived"),
        ("/handsets/nobody/send", {"body": "Hi", "to": SENDER}, "'nobody' is not a phone number"),
        ("/reset", [], "the body must be a JSON object"),
    ],
)
async def test_a_wrong_command_is_explained(remote: Remote, path: str, body: Any, sentence: str) -> None:
    refused = await remote.post(path, body, 400)

    assert sentence in refused["detail"]


async def test_other_sites_cannot_steer_it(simulator: Simulator, session: aiohttp.ClientSession) -> None:
    url = simulator.base_url + "/_simulator"
    async with session.post(f"{url}/reset", data={"a": "b"}) as answer:
        assert answer.status == 400
        assert "commands are sent as JSON" in (await answer.json())["detail"]
    async with session.get(f"{url}/state", headers={"Host": "rebound.example"}) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("place", ["", "/_simulator"])
async def test_the_control_api_can_be_mounted_in_another_server(
    simulator: Simulator, twilio: Client, place: str
) -> None:
    import uvicorn
    from starlette.applications import Starlette
    from starlette.routing import Mount

    outer = uvicorn.Server(
        uvicorn.Config(
            Starlette(routes=[Mount(place, simulator.control_application)]), port=0, log_config=None, lifespan="off"
        )
    )
    serving = asyncio.create_task(outer.serve())
    await until(lambda: outer.started)
    port = outer.servers[0].sockets[0].getsockname()[1]
    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    await simulator.advance(1)
    async with aiohttp.ClientSession() as session:
        remote = Remote(f"http://127.0.0.1:{port}", session)
        assert [each["body"] for each in (await remote.get(f"/handsets/{PHONE}"))["inbox"]] == ["Hello"]
        await remote.post(f"/handsets/{PHONE}/reply", {"body": "Hi"}, 201)
    outer.should_exit = True
    await serving

    assert [message.body for message in simulator.messages] == ["Hello", "Hi"]


async def test_an_application_that_answers_slowly_does_not_stop_the_others(
    simulator: Simulator, remote: Remote, application: ApplicationUnderTest
) -> None:
    asked, released = asyncio.Event(), asyncio.Event()

    async def hold(_: web.Request) -> web.Response:
        asked.set()
        await released.wait()
        return web.Response()

    server = web.Application()
    server.router.add_post("/sms", hold)
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await remote.post("/connect", {"sms_url": f"http://127.0.0.1:{runner.addresses[0][1]}/sms"})
    writing = asyncio.create_task(simulator.handset(PHONE).send("Hi", SENDER))
    await asyncio.wait_for(asked.wait(), 5)

    assert (await remote.get("/health")) == {"status": "ok"}
    assert not writing.done()
    released.set()
    await writing
    await runner.cleanup()
