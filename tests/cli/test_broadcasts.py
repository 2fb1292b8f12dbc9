"""`ringline broadcasts`: one that lies in the home's own database is looked at, held and stopped."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Simulator

PEOPLE = "phone,name\n" + "".join(f"+1415555{number:04d},P{number}\n" for number in range(100, 103))


@pytest.fixture(autouse=True)
def account(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Simulator]:
    """A credential for a simulated account, and a file of people."""
    with Simulator() as simulator:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", simulator.base_url)
        monkeypatch.setattr("sys.stdin", io.StringIO(simulator.auth_token + "\n"))
        add = ["credentials", "add", "main", "--account-sid", simulator.account_sid, "--token-stdin"]
        assert run([*add, "--from", "+15550001111"]) == ExitCode.OK
        Path("people.csv").write_text(PEOPLE)
        yield simulator


@pytest.mark.parametrize("key", [None, "5 o'clock? #1"])
def test_a_broadcast_is_called_by_its_key(key: str | None, json_of: Say, capsys: pytest.CaptureFixture[str]) -> None:
    options = () if key is None else ("--key", key)
    made = json_of("broadcast", "Hi {{name}}", "--to", "people.csv", "--dry-run", *options)

    for name in (made["id"], made["key"]):
        assert json_of("broadcasts", "show", name)["id"] == made["id"]
    assert run(["broadcasts", "pause", made["key"]]) == ExitCode.USAGE
    assert "A broadcast that is ready cannot be paused." in capsys.readouterr().err
    assert run(["broadcasts", "results", made["key"], "--to", "out.csv"]) == ExitCode.OK
    assert Path("out.csv").read_text().count("\n") == 4
    assert json_of("broadcasts", "cancel", made["key"], "--yes")["stage"] == "canceled"
