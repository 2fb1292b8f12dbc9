from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import zlib
from collections.abc import Awaitable, Callable

import pytest
import uvloop

from ringline.twilio.client import TwilioClient, TwilioHttp
from ringline.twilio.http import NoAnswer, RequestHead
from ringline.twilio.messages import MessageForm
from twilio_wire import CREATED, SID, TOKEN, Wire, answer, wire

FORM = MessageForm(to="+15551234567", from_="+15005550006", body="hi")
CONTENT = json.dumps({"sid": "SM" + "1" * 32, "status": "queued"}).encode()
HEAD = b"HTTP/1.1 201 Created\r\nContent-Type: application/json\r\n"


def raw_deflate(content: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(content) + packer.flush()


def with_length(content: bytes, *more: bytes) -> bytes:
    lines = b"".join(line + b"\r\n" for line in (b"Content-Length: %d" % len(content), *more))
    return HEAD + lines + b"\r\n" + content


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(with_length(CONTENT), id="plain"),
        pytest.param(with_length(gzip.compress(CONTENT), b"Content-Encoding: gzip"), id="gzip"),
        pytest.param(with_length(zlib.compress(CONTENT), b"content-encoding: deflate"), id="deflate"),
        pytest.param(with_length(raw_deflate(CONTENT), b"Content-Encoding: deflate"), id="deflate without its header"),
        pytest.param(
            HEAD
            + b"Transfer-Encoding: chunked\r\n\r\n"
            + b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (CONTENT[:7], CONTENT[7:]))
            + b"0\r\n\r\n",
            id="in chunks",
        ),
        pytest.param(b"HTTP/1.1 100 Continue\r\n\r\n" + with_length(CONTENT), id="after 100 Continue"),
        pytest.param(HEAD + b"Connection: close\r\n\r\n" + CONTENT, id="ended by the end of the connection"),
    ],
)
async def test_an_answer_is_read_in_every_form_it_may_have(server: Wire, client: TwilioClient, reply: bytes) -> None:
    server.reply = lambda _: reply
    for _ in range(2):
        result = await client.create_message(FORM)
        assert (result.kind, result.sid) == ("accepted", "SM" + "1" * 32)


@pytest.mark.parametrize(
    "reply",
    [
        with_length(CONTENT, b"Content-Encoding: br"),
        with_length(gzip.compress(CONTENT)[:-9], b"Content-Encoding: gzip"),
        with_length(CONTENT, b"Content-Encoding: gzip"),
    ],
    ids=["packed in a way we do not know", "packed and broken off", "not packed at all"],
)
async def test_a_201_that_cannot_be_unpacked_is_never_sent_again(
    server: Wire, client: TwilioClient, reply: bytes
) -> None:
    server.reply = lambda _: reply
    result = await client.create_message(FORM)
    assert (result.kind, result.http_status, result.never_resend) == ("unknown", 201, True)


@pytest.mark.parametrize(
    "reply", [b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n"]
)
async def test_what_is_no_answer_in_http_leaves_it_unknown(server: Wire, client: TwilioClient, reply: bytes) -> None:
    server.reply = lambda _: reply
    result = await client.create_message(FORM)
    assert (result.kind, result.never_resend) == ("unknown", False)
    assert result.message is not None
    assert result.message.startswith(f"The connection to 127.0.0.1:{server.port} was lost before it answered (")


async def test_a_second_answer_is_not_taken_for_that_to_the_next_request(server: Wire, client: TwilioClient) -> None:
    stray = answer(201, {"sid": "SM" + "9" * 32, "status": "queued"})
    server.reply = lambda _: CREATED + stray
    for _ in range(3):
        assert (await client.create_message(FORM)).sid == "SM" + "0" * 32
    assert server.connections == 3


async def test_a_connection_that_speaks_unasked_is_not_used_again(server: Wire, client: TwilioClient) -> None:
    said = asyncio.Event()

    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.connections += 1
        await reader.readuntil(b"\r\n\r\n")
        writer.write(CREATED)
        await writer.drain()
        if server.connections == 1:
            await said.wait()
            writer.write(answer(201, {"sid": "SM" + "9" * 32}))
            await writer.drain()
        with contextlib.suppress(ConnectionResetError):
            await reader.read()
        writer.close()
        server.closes += 1
        server.changed.set()

    other = await asyncio.start_server(speak, "127.0.0.1", 0)
    http = TwilioHttp()
    twilio = TwilioClient(SID, TOKEN, base_url=f"http://127.0.0.1:{other.sockets[0].getsockname()[1]}", http=http)
    assert (await twilio.create_message(FORM)).kind == "accepted"
    said.set()
    await server.until(lambda: server.closes == 1)
    assert (await twilio.create_message(FORM)).sid == "SM" + "0" * 32
    assert server.connections == 2
    await http.close()
    other.close()


async def test_an_idle_connection_is_given_up_before_the_server_does(server: Wire) -> None:
    http = TwilioHttp(keep_alive=0.02)
    client = TwilioClient(SID, TOKEN, base_url=server.url, http=http)
    assert (await client.create_message(FORM)).kind == "accepted"
    await server.until(lambda: server.closes == 1)
    assert (await client.create_message(FORM)).kind == "accepted"
    assert server.connections == 2
    await http.close()


async def test_closing_ends_what_is_under_way_without_an_answer(server: Wire) -> None:
    server.reply = lambda _: None
    http = TwilioHttp()
    request = asyncio.create_task(http.exchange("GET", server.url + "/", headers={}, within=5.0))
    await server.until(lambda: bool(server.received))
    await http.close()
    with pytest.raises(NoAnswer, match="was lost before it answered"):
        await request


async def test_a_host_is_looked_up_once_for_all_who_connect_at_that_moment(
    server: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    look_up, names = loop.getaddrinfo, []

    async def counted(host: str, *arguments: object, **options: object) -> object:
        names.append(host)
        return await look_up(host, *arguments, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "getaddrinfo", counted)
    http = TwilioHttp()
    url = f"http://localhost:{server.port}/"
    await asyncio.gather(*(http.exchange("GET", url, headers={}, within=2.0) for _ in range(5)))
    await http.close()
    assert names == ["localhost"]


def test_no_header_can_smuggle_in_another() -> None:
    with pytest.raises(ValueError, match="line break"):
        RequestHead("GET", "http://x.com/", {"X-Name": "a\r\nAuthorization: b"})


async def _times_out(server: Wire) -> None:
    server.reply = lambda _: None
    client = TwilioClient(SID, TOKEN, base_url=server.url, timeout=0.05)
    assert (await client.create_message(FORM)).kind == "unknown"
    await server.until(lambda: server.resets + server.closes > 0)
    assert (server.resets, server.closes) == (1, 0)
    await client.close()


async def _is_lost(server: Wire) -> None:
    server.reply = lambda _: b""
    client = TwilioClient(SID, TOKEN, base_url=server.url)
    assert (await client.create_message(FORM)).kind == "unknown"
    await client.close()


async def _is_accepted(server: Wire) -> None:
    client = TwilioClient(SID, TOKEN, base_url=server.url)
    kinds = [(await client.create_message(FORM)).kind for _ in range(3)]
    assert (kinds, server.connections) == (["accepted"] * 3, 1)
    await client.close()


async def _is_refused(server: Wire) -> None:
    client = TwilioClient(SID, TOKEN, base_url="http://127.0.0.1:1")
    result = await client.create_message(FORM)
    assert result.kind == "not_sent"
    assert result.message == "No connection to 127.0.0.1:1 could be made (connection refused)."
    await client.close()


@pytest.mark.parametrize("check", [_times_out, _is_lost, _is_accepted, _is_refused])
def test_uvloop_gives_the_same_evidence(check: Callable[[Wire], Awaitable[None]]) -> None:
    async def main() -> None:
        async with wire() as server:
            await check(server)

    uvloop.run(main())
