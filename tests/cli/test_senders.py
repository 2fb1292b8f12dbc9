"""`ringline senders` and `ringline pools`."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Simulator

ONE, TWO = "+14155550001", "+14155550002"


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Simulator]:
    """A credential for a simulated account."""
    with Simulator(any_sender=True) as simulator:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", simulator.base_url)
        monkeypatch.setattr("sys.stdin", io.StringIO(simulator.auth_token + "\n"))
        assert run(["credentials", "add", "main", "--account-sid", simulator.account_sid, "--token-stdin"]) == 0
        capsys.readouterr()
        yield simulator


def test_a_sender_is_set_paused_and_resumed(capsys: pytest.CaptureFixture[str], json_of: Say) -> None:
    assert run(["senders", "list"]) == ExitCode.OK
    assert "ringline senders set" in capsys.readouterr().out
    assert json_of("senders", "set", ONE, "--rate", "30/m")["rate"] == "30/m"
    assert run(["senders", "pause", ONE, "--for", "2h", "--reason", "holiday"]) == ExitCode.OK
    assert "holiday" in capsys.readouterr().out
    assert run(["senders", "list"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert ONE in shown
    assert "30/m" in shown
    assert json_of("senders", "resume", ONE)["is_paused"] is False
    assert run(["senders", "set", ONE, "--rate", "fast"]) == ExitCode.USAGE
    assert "10/s" in capsys.readouterr().err
    assert run(["senders", "pause", ONE, "--for", "soon"]) == ExitCode.USAGE


def test_a_pool_is_made_changed_used_and_removed(
    capsys: pytest.CaptureFixture[str], json_of: Say, account: Simulator
) -> None:
    made = json_of("pools", "create", "alerts", ONE, "--geo", "none")
    assert (made["name"], made["senders"]) == ("alerts", [ONE])
    assert json_of("pools", "add", "pool:alerts", TWO)["senders"] == [ONE, TWO]
    sent = ["send", "--to", "+14155550123", "--from", "pool:alerts", "Hello"]
    assert run(sent) == ExitCode.OK, capsys.readouterr()
    assert account.messages[0].from_ in (ONE, TWO)
    assert run(["pools", "remove", "alerts", ONE]) == ExitCode.OK
    capsys.readouterr()
    assert run(["pools", "list"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "pool:alerts" in shown
    assert ONE not in shown
    assert run(["pools", "remove", "alerts", "--yes"]) == ExitCode.OK
    assert json_of("pools", "list") == []
