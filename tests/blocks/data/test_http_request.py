"""`data/http_request@v1` against a server on loopback, in a bare workflow."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from http_server import HttpServer
from ringline import Workflow
from ringline.clock import VirtualClock
from ringline.errors import RinglineError


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpServer]:
    monkeypatch.setenv("RINGLINE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    async with HttpServer() as running:
        yield running


async def ask(server: HttpServer, clock: VirtualClock | None = None, /, **step: Any) -> dict[str, Any]:
    inputs = step.pop("inputs", {})
    definition = {
        "version": "1.0",
        "inputs": [{"type": "WorkflowParameter", "name": name} for name in inputs],
        "steps": [
            {"type": "data/http_request@v1", "name": "ask", **step, "url": f"{server.url}{step.get('url', '/')}"}
        ],
        "outputs": [{"type": "JsonField", "name": "ask", "selector": "$steps.ask.*"}],
    }
    [result] = await Workflow.from_dict(definition, clock=clock).arun(inputs)
    return dict(result["ask"])


async def test_an_answer_gives_status_headers_json_and_text(server: HttpServer) -> None:
    server.answers["/a"] = (200, '{"id": 7}', {"Content-Type": "application/json", "X-One": "1"})

    got = await ask(server, url="/a", query={"q": "a b", "n": 3, "flag": True})

    assert (got["outcome"], got["status"], got["json"], got["text"], got["error"]) == (
        "ok",
        200,
        {"id": 7},
        '{"id": 7}',
        None,
    )
    assert (got["headers"]["x-one"], got["url"], got["tries"]) == ("1", f"{server.url}/a?q=a+b&n=3&flag=true", 1)
    assert server.asked[0].query == {"q": "a b", "n": "3", "flag": "true"}


async def test_templates_reach_every_depth_of_json_and_keep_types(server: HttpServer) -> None:
    body = {"who": "{{name}}", "deep": [{"age": "{{age}}", "text": "is {{age}}"}], "whole": "$inputs.tags"}

    await ask(server, method="POST", json=body, inputs={"name": "Ann", "age": 7, "tags": ["a"]})

    [asked] = server.asked
    assert json.loads(asked.body) == {"who": "Ann", "deep": [{"age": 7, "text": "is 7"}], "whole": ["a"]}
    assert asked.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("fields", "body", "kind"),
    [
        ({"form": {"a": "1 2", "b": "ü"}}, "a=1+2&b=%C3%BC", "application/x-www-form-urlencoded"),
        ({"body": "Hi {{name}}"}, "Hi Ann", "text/plain; charset=utf-8"),
        ({"body": "<a/>", "headers": {"Content-Type": "text/xml"}}, "<a/>", "text/xml"),
        ({"json": ["{{name}}"]}, '["Ann"]', "application/json"),
    ],
)
async def test_bodies(server: HttpServer, fields: dict[str, Any], body: str, kind: str) -> None:
    await ask(server, method="PUT", inputs={"name": "Ann"}, **fields)

    [asked] = server.asked
    assert (asked.body, asked.headers["content-type"]) == (body, kind)


@pytest.mark.parametrize(
    ("fields", "header"),
    [
        ({"bearer_token": "$inputs.secret"}, "Bearer s3cret"),
        ({"username": "me", "password": "$inputs.secret"}, "Basic bWU6czNjcmV0"),
        ({"headers": {"Authorization": "Token {{secret}}"}}, "Token s3cret"),
    ],
)
async def test_signing_in(server: HttpServer, fields: dict[str, Any], header: str) -> None:
    await ask(server, inputs={"secret": "s3cret"}, **fields)

    assert server.asked[0].headers["authorization"] == header


async def test_a_status_that_is_not_expected_is_an_outcome(server: HttpServer) -> None:
    server.answers["/gone"] = (404, "no such thing", {})

    got = await ask(server, url="/gone")
    fine = await ask(server, url="/gone", expect=["2xx", 404])

    assert (got["outcome"], got["status"], got["text"]) == ("http_error", 404, "no such thing")
    assert got["error"]["message"] == "The server answered 404 Not Found."
    assert not got["error"]["retryable"]
    assert (fine["outcome"], fine["error"]) == ("ok", None)


async def test_an_address_inside_is_refused_unless_it_is_allowed(
    server: HttpServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("RINGLINE_ALLOWED_PRIVATE_HOSTS")

    got = await ask(server)

    assert (got["outcome"], got["status"], got["error"]["code"]) == ("failed", None, "address_refused")
    assert server.asked == []


async def answers(server: HttpServer, clock: VirtualClock, **step: Any) -> dict[str, Any]:
    """As `ask`, with the clock moved on whenever the step pauses."""
    import asyncio

    task = asyncio.create_task(ask(server, clock, **step))
    async with asyncio.timeout(10):
        while not task.done():
            if clock.next_due() is not None:
                await clock.advance(clock.next_due() or 0)
            await asyncio.sleep(0.001)
    return await task


async def test_what_may_be_repeated_is_tried_again(server: HttpServer, clock: VirtualClock) -> None:
    server.answers["/busy"] = [(503, "", {}), (429, "", {"Retry-After": "7"}), (200, "at last", {})]
    before = clock.time()

    got = await answers(server, clock, url="/busy")

    assert (got["outcome"], got["text"], got["tries"], clock.time() - before) == ("ok", "at last", 3, 8.0)


async def test_a_post_is_sent_once_unless_its_author_says_more(server: HttpServer, clock: VirtualClock) -> None:
    server.answers["/busy"] = (503, "", {})

    once = await answers(server, clock, url="/busy", method="POST")
    thrice = await answers(server, clock, url="/busy", method="POST", retries=2)

    assert (once["outcome"], once["tries"], thrice["tries"]) == ("http_error", 1, 3)
    keys = [asked.headers["idempotency-key"] for asked in server.asked]
    assert len(keys) == 4
    assert len(set(keys)) == 2
    assert keys[1] == keys[2] == keys[3]


async def test_a_server_that_is_not_there_is_an_outcome_after_all_tries(
    server: HttpServer, clock: VirtualClock
) -> None:
    await server._runner.cleanup()

    got = await answers(server, clock)

    assert (got["outcome"], got["tries"], got["error"]["code"]) == ("failed", 3, "connection_failed")
    assert got["error"]["retryable"]


async def test_a_header_of_two_lines_is_an_error(server: HttpServer) -> None:
    with pytest.raises(RinglineError, match="`X-Name` has more than one line"):
        await ask(server, headers={"X-Name": "{{name}}"}, inputs={"name": "a\r\nX-Evil: 1"})

    assert server.asked == []


async def test_a_value_that_json_has_no_form_for_is_an_error(server: HttpServer) -> None:
    with pytest.raises(RinglineError, match="JSON has no form for"):
        await ask(server, method="POST", json={"a": "$inputs.odd"}, inputs={"odd": object()})
