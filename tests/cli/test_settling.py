"""`ringline messages unresolved|settle|redact`, and what `show` tells of a message nobody answered for."""

from __future__ import annotations

import getpass
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import typer

from cli.conftest import Say
from cli.test_commands import add_account, run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Simulator

PHONE = "+14155550123"


@pytest.fixture
def given_up(own_home: Path, monkeypatch: pytest.MonkeyPatch, json_of: Say) -> Any:
    """A message that went out and is known to nobody, as half an hour without an answer and a list leaves it."""
    with Simulator() as simulator:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", simulator.base_url)
        add_account(monkeypatch, simulator, simulator.auth_token, "--from", "+15550001111")
        assert run(["send", "--to", PHONE, "Where are you?", "--wait", "10"]) == ExitCode.OK
        [message] = json_of("messages", "list")
        with sqlite3.connect(own_home / "ringline.db") as database:
            database.execute("UPDATE messages SET stage = 'unresolved', status = 'unresolved', sid = NULL")
            database.execute(
                "UPDATE attempts SET outcome = 'abandoned', sid = NULL, checks = 7, checked_at = opened_at + 1800, "
                """check_note = '{"pages": 1, "listed": 3, "strong": [], "weak": ["SM1"]}'"""
            )
        yield message["id"], simulator


def test_what_waits_for_a_person_is_shown_with_its_evidence(
    given_up: tuple[str, Simulator], capsys: pytest.CaptureFixture[str]
) -> None:
    message_id, _ = given_up
    capsys.readouterr()
    assert run(["messages", "unresolved"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert message_id in said
    assert "ringline messages settle ID --send-again" in said
    assert run(["messages", "show", message_id]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "attempt 1" in said
    assert "abandoned" in said
    assert "list read 7 times" in said
    assert "3 messages on 1 page, like it: SM1 (perhaps)" in said


def test_the_sid_from_twilios_log_settles_it(given_up: tuple[str, Simulator], json_of: Say) -> None:
    message_id, simulator = given_up
    [message] = simulator.messages
    settled = json_of("messages", "settle", message_id, "--sid", message.sid, "--note", "seen")
    assert (settled["stage"], settled["sid"]) == ("accepted", message.sid)
    [entry] = json_of("messages", "show", message_id)["evidence"]["settlements"]
    assert (entry["by"], entry["action"], entry["note"]) == (getpass.getuser(), "bound", "seen")
    assert json_of("messages", "unresolved") == []


def test_before_it_is_sent_again_somebody_is_asked(
    given_up: tuple[str, Simulator], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    message_id, _ = given_up
    asked: list[str] = []

    def no(question: str, **_: Any) -> bool:
        asked.append(question)
        raise typer.Abort

    monkeypatch.setattr("typer.confirm", no)
    assert run(["messages", "settle", message_id, "--send-again"]) != ExitCode.OK
    assert "gets it twice" in asked[0]
    assert json_of("messages", "show", message_id)["stage"] == "unresolved"
    assert run(["messages", "settle", message_id, "--send-again", "--yes"]) == ExitCode.OK
    assert json_of("messages", "show", message_id)["stage"] != "unresolved"


def test_one_word_is_needed_and_only_one(given_up: tuple[str, Simulator]) -> None:
    message_id, _ = given_up
    assert run(["messages", "settle", message_id]) == ExitCode.USAGE
    assert run(["messages", "settle", message_id, "--close", "--send-again"]) == ExitCode.USAGE


def test_a_text_is_erased(given_up: tuple[str, Simulator], json_of: Say) -> None:
    message_id, simulator = given_up
    [message] = simulator.messages
    json_of("messages", "settle", message_id, "--sid", message.sid)
    assert json_of("messages", "redact", message_id)["message"] is None
    assert [each.body for each in simulator.messages] == [""]
