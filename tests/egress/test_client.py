"""Requests to other servers: their limits, and the addresses they never go to."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import web

from http_server import HttpServer
from ringline.egress import HttpClient, PrivateHosts, RequestFailed

LOOPBACK = PrivateHosts.parse("127.0.0.1")


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


async def failure_of(client: HttpClient, url: str, **options: Any) -> RequestFailed:
    with pytest.raises(RequestFailed) as caught:
        await client.request("GET", url, **options)
    return caught.value


async def test_an_answer_is_read_whole(server: HttpServer) -> None:
    server.answers["/a"] = (201, "Grüße", {"X-One": "1", "Content-Type": "text/plain; charset=latin-1"})

    answer = await HttpClient(allowed=LOOPBACK).request(
        "POST", f"{server.url}/a?b=c", headers={"X-Two": "2"}, body=b"x"
    )

    assert (answer.status, answer.text, answer.headers["x-one"]) == (201, "Grüße", "1")
    [asked] = server.asked
    assert (asked.method, asked.query, asked.headers["x-two"], asked.body) == ("POST", {"b": "c"}, "2", "x")


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "[::1]", "localhost", "2130706433", "0x7f.1", "127.1", "0.0.0.0", "[::ffff:127.0.0.1]"]
)
async def test_our_own_machine_is_not_reached_under_any_of_its_names(server: HttpServer, host: str) -> None:
    async def resolve(name: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    failure = await failure_of(HttpClient(resolve=resolve), f"http://{host}:{server.port}/")

    # Numbers that only some systems read as addresses are no host names either.
    assert failure.code == ("invalid_request" if host in ("2130706433", "127.1") else "address_refused")
    assert not failure.retryable
    assert server.asked == []


async def test_a_refusal_says_which_setting_allows_it() -> None:
    failure = await failure_of(HttpClient(), "http://10.0.0.1/")

    assert failure.message == "`10.0.0.1` lies inside a private network, and workflows may not reach it."
    assert "RINGLINE_ALLOWED_PRIVATE_HOSTS" in failure.fix


async def test_a_name_that_changes_its_mind_gains_nothing(server: HttpServer) -> None:
    """What is looked up is what is connected to: there is no second look in between."""
    answers = iter([["8.8.8.8"], ["127.0.0.1"], ["127.0.0.1"]])
    looked_up: list[list[str]] = []

    async def resolve(name: str, port: int) -> list[str]:
        looked_up.append(next(answers))
        return looked_up[-1]

    client = HttpClient(resolve=resolve)
    with pytest.raises(AssertionError, match=r"tried to reach 8\.8\.8\.8"):
        await client.request("GET", f"http://changes.example:{server.port}/", timeout=5)

    assert looked_up == [["8.8.8.8"]]
    assert (await failure_of(client, f"http://changes.example:{server.port}/")).code == "address_refused"
    assert server.asked == []


async def test_of_several_addresses_only_public_ones_are_tried(server: HttpServer) -> None:
    async def resolve(name: str, port: int) -> list[str]:
        return ["10.0.0.1", "127.0.0.1"]

    answer = await HttpClient(allowed=LOOPBACK, resolve=resolve).request("GET", f"http://two.example:{server.port}/")

    assert answer.status == 200


@pytest.mark.parametrize(
    "target", ["http://169.254.169.254/latest/meta-data", "http://inside.example/", "file:///etc/passwd"]
)
async def test_redirects_lead_inside_no_more_than_addresses_do(server: HttpServer, target: str) -> None:
    async def resolve(name: str, port: int) -> list[str]:
        return ["10.0.0.1"]

    server.answers["/"] = (302, "", {"Location": target})

    failure = await failure_of(HttpClient(allowed=LOOPBACK, resolve=resolve), f"{server.url}/")

    assert failure.code in ("address_refused", "invalid_url")
    assert len(server.asked) == 1


async def test_redirects_are_followed_and_their_number_is_bounded(server: HttpServer) -> None:
    server.answers["/a"] = (302, "", {"Location": "/b"})
    server.answers["/b"] = (200, "there", {})
    server.answers["/round"] = (302, "", {"Location": "/round"})
    client = HttpClient(allowed=LOOPBACK)

    answer = await client.request("GET", f"{server.url}/a")
    stay = await client.request("GET", f"{server.url}/a", follow_redirects=False)

    assert (answer.text, answer.url, stay.status) == ("there", f"{server.url}/b", 302)
    assert (await failure_of(client, f"{server.url}/round")).code == "too_many_redirects"
    assert sum(asked.path == "/round" for asked in server.asked) == 6


@pytest.mark.parametrize(
    ("status", "method", "body"),
    [(301, "GET", ""), (302, "GET", ""), (303, "GET", ""), (307, "POST", "x"), (308, "POST", "x")],
)
async def test_a_redirected_post_is_what_browsers_make_of_it(
    server: HttpServer, status: int, method: str, body: str
) -> None:
    server.answers["/a"] = (status, "", {"Location": "/b"})

    await HttpClient(allowed=LOOPBACK).request("POST", f"{server.url}/a", headers={"Content-Type": "a/b"}, body=b"x")

    assert (server.asked[1].method, server.asked[1].body) == (method, body)


async def test_secrets_in_headers_do_not_follow_to_another_host(server: HttpServer) -> None:
    async with HttpServer() as other:
        server.answers["/here"] = (302, "", {"Location": "/still"})
        server.answers["/still"] = (302, "", {"Location": f"{other.url}/there"})

        await HttpClient(allowed=LOOPBACK).request(
            "GET", f"{server.url}/here", headers={"Authorization": "Bearer s3cret", "X-Api-Key": "s3cret"}
        )

        assert server.asked[1].headers["authorization"] == "Bearer s3cret"
        assert "s3cret" not in str(other.asked[0].headers)


async def test_an_answer_may_be_only_so_large_even_unpacked(server: HttpServer) -> None:
    async def bomb(request: web.Request) -> web.Response:
        return web.Response(body=gzip.compress(b"0" * 3_000_000), headers={"Content-Encoding": "gzip"})

    server.answers["/bomb"] = bomb

    failure = await failure_of(HttpClient(allowed=LOOPBACK), f"{server.url}/bomb", max_bytes=1_000_000)

    assert failure.code == "too_large"
    assert "1,000,000 bytes" in failure.message


async def test_a_server_that_says_nothing_is_given_up(server: HttpServer) -> None:
    async def silence(request: web.Request) -> web.Response:
        await asyncio.Event().wait()
        raise AssertionError("never")

    server.answers["/"] = silence

    failure = await failure_of(HttpClient(allowed=LOOPBACK), f"{server.url}/?token=s3cret", timeout=0.2)

    assert (failure.code, failure.retryable) == ("timeout", True)
    assert "s3cret" not in failure.message


async def test_a_server_that_is_not_there_is_said(server: HttpServer) -> None:
    await server._runner.cleanup()

    failure = await failure_of(HttpClient(allowed=LOOPBACK), f"{server.url}/?token=s3cret")

    assert (failure.code, failure.retryable) == ("connection_failed", True)
    assert "could not be reached" in failure.message
    assert "s3cret" not in failure.message


@pytest.mark.parametrize("url", ["ftp://example.com/", "example.com", "http://", "http://user:s3cret@example.com/"])
async def test_what_is_no_address_is_said(url: str) -> None:
    failure = await failure_of(HttpClient(), url)

    assert failure.code == "invalid_url"
    assert "s3cret" not in failure.message


async def test_pooled_connections_are_used_again(server: HttpServer) -> None:
    ports = set()

    async def note(request: web.Request) -> web.Response:
        assert request.transport is not None
        ports.add(request.transport.get_extra_info("peername")[1])
        return web.Response(text="")

    server.answers["/"] = note
    client = HttpClient(allowed=LOOPBACK, pooled=True)
    for _ in range(3):
        await client.request("GET", f"{server.url}/")
    await client.close()

    assert len(ports) == 1
