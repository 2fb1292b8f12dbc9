"""Slips on the command line: names with signs in them, inputs left out, purposes misspelt, phones without `dev`."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Simulator

GREET = """version: "1.0"
name: greet
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
steps:
  - {type: twilio/sms@v1, name: hello, to: $inputs.phone, message: "Hello"}
outputs: []
"""


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Iterator[Simulator]:
    """A simulated Twilio that the commands take for Twilio."""
    with Simulator() as running:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", running.base_url)
        yield running


def test_a_key_is_revoked_by_any_name(json_of: Say, capsys: pytest.CaptureFixture[str]) -> None:
    json_of("keys", "add", "orders / EU? #1", "--expires", "1y")
    capsys.readouterr()
    assert run(["keys", "list"]) == ExitCode.OK
    assert f" {datetime.now(UTC).year + 1}-" in capsys.readouterr().out
    assert run(["keys", "revoke", "nothing"]) == ExitCode.USAGE
    assert "There is no key `nothing`." in capsys.readouterr().err
    assert run(["keys", "revoke", "orders / EU? #1", "--yes"]) == ExitCode.OK
    assert json_of("keys", "list") == []


def test_a_phone_of_a_simulator_that_stands_alone_is_looked_at(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["phone"]) == ExitCode.OK
    assert "Nothing has arrived on +14155550123." in capsys.readouterr().out
    monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", "https://api.twilio.com")
    assert run(["phone"]) == ExitCode.USAGE


def test_an_input_that_a_later_step_will_lack_is_named_at_the_start(capsys: pytest.CaptureFixture[str]) -> None:
    Path("later.yaml").write_text(
        GREET.replace("inputs:", "inputs:\n  - {type: WorkflowParameter, name: who}").replace("Hello", "Hello {{who}}")
    )
    assert run(["run", "later.yaml", "-i", "phone=+14155550123"]) == ExitCode.FAILED
    said = capsys.readouterr()
    assert said.err.startswith("note: not given: who; a step that needs it fails when its turn comes\n")
    assert "`who` is empty" in said.out


def test_a_slip_in_a_purpose_is_remarked_on(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(simulator.auth_token + "\n"))
    assert run(["credentials", "add", "main", "--account-sid", simulator.account_sid, "--token-stdin"]) == ExitCode.OK
    send = ["send", "Hi", "--to", "+14155550123", "--from", "+15550001111", "--json"]
    capsys.readouterr()
    for purpose, said in (("marketting", "did you mean `marketing`?"), ("ward_rounds", "")):
        assert run([*send, "--purpose", purpose]) == ExitCode.OK
        assert said in (err := capsys.readouterr().err)
        assert bool(err) == bool(said)


def test_what_a_budget_holds_back_says_so_and_until_when(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(simulator.auth_token + "\n"))
    assert run(["credentials", "add", "main", "--account-sid", simulator.account_sid, "--token-stdin"]) == ExitCode.OK
    assert run(["budgets", "set", "1", "--unit", "messages", "--zone", "Asia/Kolkata"]) == ExitCode.OK
    assert "1 message a day for everything; 0 messages used today" in capsys.readouterr().out
    assert run(["budgets", "list"]) == ExitCode.OK
    assert " 00:00 (Asia/Kolkata)" in capsys.readouterr().out
    send = ["send", "--to", "+14155550123", "--from", "+15550001111", "--wait", "20"]
    assert run([*send, "One"]) == ExitCode.OK
    capsys.readouterr()

    assert run([*send, "Two"]) == ExitCode.OK
    assert "The budget of everything is reached: 1 message a day. It waits until" in capsys.readouterr().out
    assert run(["messages", "list"]) == ExitCode.OK
    assert "The budget of everything is reached" in capsys.readouterr().out
