"""`GET /live`: what pages hear, over real HTTP."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from aiohttp import ClientResponse, ClientSession

from ringline.live import ALL, Change, Reload, touch
from ringline.web import live
from ringline.web.server import listen, serving
from web.conftest import TOKEN, Server

WITHIN = 20


@dataclass
class Event:
    """One block of a stream."""

    id: str | None = None
    name: str | None = None
    data: Any = None
    comment: str | None = None


class Reader:
    """Reads a stream as a browser does."""

    def __init__(self, answer: ClientResponse) -> None:
        self.answer = answer

    async def next(self) -> Event | None:
        """The next block, without those that only set the time of retries; None at the end."""
        event = Event()
        async with asyncio.timeout(WITHIN):
            while line := (await self.answer.content.readline()).decode():
                name, _, value = line.rstrip("\n").partition(": ")
                match name:
                    case "id":
                        event.id = value
                    case "event":
                        event.name = value
                    case "data":
                        event.data = json.loads(value)
                    case "":
                        if event != Event():
                            return event
                        event = Event(comment=value) if value else Event()
        return None

    async def changes(self, count: int) -> list[tuple[str, str]]:
        """So many changes."""
        found: list[tuple[str, str]] = []
        while len(found) < count:
            event = await self.next()
            assert event is not None
            if event.name == "change":
                found.append((event.data["topic"], event.data["ref"]))
        return found


@asynccontextmanager
async def reading(server: Server, last: str | None = None, url: str | None = None) -> AsyncIterator[Reader]:
    headers = {"Authorization": f"Bearer {TOKEN}"} | ({} if last is None else {"Last-Event-ID": last})
    async with ClientSession() as session, session.get(f"{url or server.url}/live", headers=headers) as answer:
        assert answer.status == 200
        assert answer.content_type == "text/event-stream"
        yield Reader(answer)


async def test_a_page_hears_of_the_life_of_a_message(server_on_each_database: Server) -> None:
    server = server_on_each_database
    async with reading(server) as reader:
        sent = (await server.send()).body
        await server.until_status(sent["id"], "delivered")
        heard = [await reader.changes(1) for _ in range(3)]
        assert [("messages", sent["id"])] in heard


async def test_a_page_hears_of_runs_and_of_workflows(server: Server) -> None:
    step = {"type": "flow/delay@v1", "name": "wait", "for": "1h"}
    definition = {"version": "1.0", "inputs": [], "steps": [step], "outputs": []}
    async with reading(server) as reader:
        assert (await server.post("/api/v1/workflows", {"name": "sleepy", "definition": definition})).status < 300
        run = (await server.post("/api/v1/workflows/sleepy/runs", {"inputs": {}})).body
        heard = [await reader.changes(1)]
        while ("runs", run["id"]) not in heard[-1]:
            heard.append(await reader.changes(1))
        assert [("workflows", "sleepy")] in heard
        await server.post(f"/api/v1/runs/{run['id']}/cancel", {})
        while heard.count([("runs", run["id"])]) < 2:
            heard.append(await reader.changes(1))


async def test_a_page_hears_of_what_people_write(server: Server) -> None:
    async with reading(server) as reader:
        fields = {"AccountSid": server.simulator.account_sid, "MessageSid": "SM" + "1" * 32}
        fields |= {"From": "+14155550123", "To": "+15550001111", "Body": "Hello"}
        assert (await server.twilio("/twilio/sms", fields)).status == 200
        (received,) = (await server.get("/api/v1/inbound")).body["items"]
        while ("inbound", received["id"]) not in await reader.changes(1):
            pass


async def test_a_reader_that_was_away_hears_what_it_missed(server_on_each_database: Server) -> None:
    server = server_on_each_database
    database = server.ringline.database
    async with reading(server) as reader:
        await database.write(lambda tx: touch(tx, "contacts", "con_1"))
        event = await reader.next()
        while event is not None and event.data != {"topic": "contacts", "ref": "con_1"}:
            event = await reader.next()
        assert event is not None
        seen = event.id
    await database.write(lambda tx: touch(tx, "contacts", "con_2"))
    await database.write(lambda tx: touch(tx, "contacts", "con_3"))
    async with reading(server, last=seen) as reader:
        assert await reader.changes(2) == [("contacts", "con_2"), ("contacts", "con_3")]


async def test_an_id_that_is_forgotten_means_reload(server: Server) -> None:
    async with reading(server, last="0.123456") as reader:
        event = await reader.next()
        assert event is not None
        assert event.name == "reload"


async def test_a_quiet_stream_shows_that_it_is_alive(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    async with reading(server) as reader:
        event = await reader.next()
        while event is not None and event.comment is None:
            event = await reader.next()
        assert event is not None
        assert event.comment == "still here"


async def test_a_stream_ends_after_a_while_so_that_its_reader_shows_again_who_it_is(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "LONGEST", 0.0)
    async with reading(server) as reader:
        assert await reader.next() is None


async def test_eight_streams_at_once_beside_other_requests(server: Server) -> None:
    async with asyncio.timeout(WITHIN):
        readers = [reading(server) for _ in range(8)]
        opened = [await reader.__aenter__() for reader in readers]
        await server.ringline.database.write(lambda tx: touch(tx, "contacts", "con_1"))
        for reader in opened:
            while ("contacts", "con_1") not in await reader.changes(1):
                pass
        assert (await server.get("/api/v1/messages")).status == 200
        for reader in readers:
            await reader.__aexit__(None, None, None)


async def test_a_server_with_open_streams_stops_at_once(server: Server) -> None:
    listener = listen("127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    began = 0.0
    async with ClientSession() as session:
        async with serving(server.app, listener):
            headers = {"Authorization": f"Bearer {TOKEN}"}
            streams = [await session.get(f"{url}/live", headers=headers) for _ in range(8)]
            began = time.monotonic()
        assert time.monotonic() - began < 5
        for stream in streams:
            assert await stream.content.read() is not None
            stream.close()


async def test_a_reader_that_goes_away_is_forgotten(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "HEARTBEAT", 0.01)
    async with reading(server) as reader:
        await reader.next()
        assert server.ringline.changes.streams == 1
    async with asyncio.timeout(WITHIN):
        while server.ringline.changes.streams:  # noqa: ASYNC110 - the server notices at its next word
            await asyncio.sleep(0.01)


async def test_who_is_not_signed_in_hears_nothing(server: Server) -> None:
    assert (await server.ask("GET", "/live", token=None)).status == 401


@pytest.mark.parametrize(
    ("role", "heard"),
    [
        ("viewer", [("senders", ALL)]),
        ("operator", [("senders", "AC1/sms/+15550001111"), ("credentials", "crd_1")]),
        ("editor", [("senders", "AC1/sms/+15550001111"), ("credentials", "crd_1")]),
        (
            "admin",
            [
                ("senders", "AC1/sms/+15550001111"),
                ("users", "u"),
                ("keys", "k"),
                ("audit", "a"),
                ("credentials", "crd_1"),
            ],
        ),
    ],
)
def test_everybody_hears_what_is_for_them(role: str, heard: list[tuple[str, str]]) -> None:
    topics = [
        ("senders", "AC1/sms/+15550001111"),
        ("users", "u"),
        ("keys", "k"),
        ("audit", "a"),
        ("credentials", "crd_1"),
    ]
    changes = [Change(f"0.{number}", topic, ref) for number, (topic, ref) in enumerate(topics)]
    text = live._as_text(changes, role)
    said = [json.loads(line.removeprefix("data: ")) for line in text.splitlines() if line.startswith("data: ")]
    assert [(one["topic"], one["ref"]) for one in said] == heard
    # Whoever comes back goes on behind what was not for them.
    assert text.count("id: ") == len(changes)


def test_reload_carries_where_to_go_on() -> None:
    assert live._as_text([Reload("0.7")], "viewer") == "id: 0.7\nevent: reload\ndata: {}\n\n"
