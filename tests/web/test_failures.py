"""What callers see, and what they do not, when something breaks on our side."""

from __future__ import annotations

import asyncio

import pytest

from ringline.errors import ConfigurationError, StoreError, TwilioRejectedError, TwilioUnavailableError
from ringline.web.problems import from_error
from web.conftest import Server


async def test_unforeseen_error_tells_callers_nothing_and_the_log_everything(
    server: Server, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("the token is hunter2")

    monkeypatch.setattr(server.ringline.messages, "page", break_down)

    answer = await server.get("/api/v1/messages")

    assert answer.status == 500
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert "hunter2" not in answer.text
    assert "RuntimeError: the token is hunter2" in caplog.text


async def test_server_goes_on_after_clients_that_leave(server: Server) -> None:
    host, _, port = server.url.removeprefix("http://").partition(":")
    for sent in (
        b"",
        b"POST /api/v1/messages HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc",
        b"\x16\x03",
    ):
        _, writer = await asyncio.open_connection(host, int(port))
        writer.write(sent)
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    assert (await server.ask("GET", "/health", token=None)).status == 200


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [
        (TwilioUnavailableError("busy", retry_after=2.4), 503, "twilio_unavailable"),
        (TwilioRejectedError("no", code=20003), 502, "twilio_rejected"),
        (StoreError("x"), 503, "database"),
        (ConfigurationError("set this"), 503, "configuration"),
    ],
)
def test_error_becomes_the_status_of_who_must_act(error: Exception, status: int, code: str) -> None:
    answer = from_error(error)

    assert answer.status_code == status
    assert f'"code":"{code}"'.encode() in answer.body
    if isinstance(error, TwilioUnavailableError):
        assert answer.headers["Retry-After"] == "2"
