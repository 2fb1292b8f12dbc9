"""`ringline twiml check`, on files and on a server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest

from cli.conftest import Say
from http_server import HttpServer
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

GOOD = "<Response><Say>Hello</Say></Response>"
XML = {"Content-Type": "text/xml; charset=utf-8"}


@pytest.fixture
async def server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[HttpServer]:
    monkeypatch.setenv("RINGLINE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    async with HttpServer() as running:
        yield running


async def ended(*arguments: str) -> int:
    """The exit code of a command that has a loop of its own."""
    return await asyncio.to_thread(run, arguments)


def test_a_file_in_order_is_said_to_be(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "hello.xml"
    file.write_text("\ufeff" + GOOD, encoding="utf-8")
    assert run(["twiml", "check", str(file)]) == ExitCode.OK
    assert "is in order." in capsys.readouterr().out


def test_warnings_are_shown_with_line_code_and_fix_and_do_not_fail(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "menu.xml"
    file.write_text('<Response>\n<Gather action="/a" numdigits="1"/>\n<Redirect>/b</Redirect></Response>')
    assert run(["twiml", "check", str(file)]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "line 2: <Gather> has no attribute `numdigits`; it is passed over. (12200) Write it `numDigits`." in out
    assert "no errors, 1 warning." in out


def test_errors_end_with_2_and_json_has_them_all(tmp_path: Path, json_of: Say) -> None:
    file = tmp_path / "live.xml"
    file.write_text('<Response><say/><Gather action="/a"/><Redirect>https://example.com/b</Redirect></Response>')
    assert json_of("twiml", "check", str(file))["ok"] is True
    found = json_of("twiml", "check", str(file), "--inline", code=ExitCode.USAGE)
    assert found["ok"] is False
    assert [(fault["code"], fault["severity"]) for fault in found["faults"]] == [(12200, "warning"), (15004, "error")]


def test_a_file_that_is_not_there_or_not_text_is_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["twiml", "check", str(tmp_path / "none.xml")]) == ExitCode.USAGE
    binary = tmp_path / "binary.xml"
    binary.write_bytes(b"\xff\xfe\x00")
    assert run(["twiml", "check", str(binary)]) == ExitCode.USAGE
    err = capsys.readouterr().err
    assert f"error: There is no file or folder for `{tmp_path / 'none.xml'}`.\n  fix: Check the path." in err
    assert "not UTF-8" in err


async def test_an_address_is_asked_as_for_an_inbound_call(
    server: HttpServer, capsys: pytest.CaptureFixture[str]
) -> None:
    server.answers["/voice"] = (200, GOOD, XML)
    assert await ended("twiml", "check", f"{server.url}/voice?x=1#rc=5") == ExitCode.OK
    assert "in order" in capsys.readouterr().out
    [asked] = server.asked
    form = parse_qs(asked.body)
    assert (asked.method, asked.query) == ("POST", {"x": "1"})
    assert (form["CallStatus"], form["Direction"]) == (["ringing"], ["inbound"])
    assert form["CallSid"][0].startswith("CA")


@pytest.mark.parametrize(
    ("answer", "code", "words"),
    [
        ((500, "oops", XML), ExitCode.USAGE, "(11200)"),
        ((200, GOOD, {"Content-Type": "application/json"}), ExitCode.USAGE, "(12300)"),
        ((200, "<Response>", XML), ExitCode.USAGE, "(12100)"),
        ((200, GOOD, {"Content-Type": "text/plain"}), ExitCode.OK, "in order"),
        ((200, "Hello you", {"Content-Type": "text/plain"}), ExitCode.OK, "reads it aloud"),
        ((200, "RIFF", {"Content-Type": "audio/wav"}), ExitCode.OK, "plays it"),
        ((200, f"<Response><!--{'x' * 70_000}--></Response>", XML), ExitCode.USAGE, "(11750)"),
    ],
)
async def test_how_a_document_is_served_counts(
    server: HttpServer, capsys: pytest.CaptureFixture[str], answer: object, code: ExitCode, words: str
) -> None:
    server.answers["/voice"] = answer
    assert await ended("twiml", "check", f"{server.url}/voice") == code
    assert words in capsys.readouterr().out


async def test_an_address_of_this_machine_is_asked_and_where_it_leads_on_to_is_not(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with HttpServer() as running:
        running.answers["/voice"] = (200, GOOD, XML)
        running.answers["/away"] = (302, "", {"Location": "http://10.0.0.1/voice"})
        assert await ended("twiml", "check", f"{running.url}/voice") == ExitCode.OK
        assert await ended("twiml", "check", f"{running.url}/away") == ExitCode.FAILED
    assert "RINGLINE_ALLOWED_PRIVATE_HOSTS" in capsys.readouterr().err
