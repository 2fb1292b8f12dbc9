"""A call held in the terminal, and one played from a file."""

from __future__ import annotations

import asyncio
import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator

from http_server import Asked, HttpServer
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

ASK = (
    '<Response><Gather input="speech dtmf" timeout="3" speechTimeout="1" action="/next">'
    "<Say>Ready</Say></Gather></Response>"
)
END = "<Response><Enqueue>x</Enqueue><Say>Goodbye</Say></Response>"


@pytest.fixture
def application() -> Iterator[HttpServer]:
    """An application of somebody's, on a loop of its own."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    xml = {"Content-Type": "text/xml"}
    server = HttpServer(answers={"/voice": (200, ASK, xml), "/next": (200, END, xml)})
    asyncio.run_coroutine_threadsafe(server.__aenter__(), loop).result()
    yield server
    asyncio.run_coroutine_threadsafe(server.__aexit__(), loop).result()
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def form_of(asked: Asked) -> dict[str, str]:
    """The fields of a request."""
    from urllib.parse import parse_qsl

    return dict(parse_qsl(asked.body, keep_blank_values=True))


@pytest.mark.parametrize("inbound", [False, True])
def test_a_call_is_played_from_a_file(
    application: HttpServer, tmp_path: Path, json_of: Callable[..., Any], inbound: bool
) -> None:
    script = tmp_path / "person.txt"
    script.write_text("// what the person does\nYes I am\n", encoding="utf-8")
    more = ["--inbound"] if inbound else []
    shown = json_of(
        *("simulator", "call", "+14155550123", "--url", f"{application.url}/voice", "--script", str(script)),
        *("--auth-token", "12345", *more),
    )
    assert [(line["who"], line["text"]) for line in shown["transcript"]] == [
        ("us", "Ready"),
        ("them", "Yes I am"),
        ("us", "Goodbye"),
    ]
    assert (shown["status"], [note["code"] for note in shown["notifications"]]) == ("completed", [12200])
    first = form_of(application.asked[0])
    assert first["Direction"] == ("inbound" if inbound else "outbound-api")
    assert RequestValidator("12345").validate(
        f"{application.url}/voice", first, application.asked[0].headers["x-twilio-signature"]
    )
    assert form_of(application.asked[1])["SpeechResult"] == "Yes I am"


def test_a_call_is_held_in_the_terminal(
    application: HttpServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked, over = threading.Event(), threading.Event()

    async def answer(_: web.Request) -> web.Response:
        asked.set()
        return web.Response(text=ASK, content_type="text/xml")

    class Terminal(io.StringIO):
        def __iter__(self) -> Iterator[str]:  # type: ignore[override]
            assert asked.wait(20)
            yield "#12#\n"
            # The person says nothing more, and the read is left behind when the call is over.
            over.wait(30)

    application.answers["/voice"] = answer
    monkeypatch.setattr("sys.stdin", Terminal())
    ended = run(["simulator", "call", "+14155550123", "--url", f"{application.url}/voice"])
    over.set()
    printed = capsys.readouterr().out
    assert ended == ExitCode.OK
    assert form_of(application.asked[1])["Digits"] == "12"
    for line in ("[ringing]", "app  Ready", "you  [keys 12#]", "app  Goodbye", "[completed]", "1 warnings"):
        assert line in printed


def test_an_application_that_does_not_answer_is_an_apology(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "person.txt"
    script.write_text("Yes\n", encoding="utf-8")
    run(["simulator", "call", "+14155550123", "--url", "http://127.0.0.1:1/voice", "--script", str(script)])
    printed = capsys.readouterr().out
    assert "11202 http://127.0.0.1:1/voice refused the connection." in printed
    assert "An application error has occurred." in printed
    assert run(["simulator", "call", "12", "--url", "http://127.0.0.1:1/voice", "--script", str(script)]) != ExitCode.OK
