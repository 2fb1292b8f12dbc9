"""`ringline run` of what waits, and `ringline runs`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Simulator

WAITS = """\
version: "1.0"
name: waits
inputs: []
steps:
  - {type: flow/delay@v1, name: pause, for: 1h}
outputs:
  - {type: JsonField, name: outcome, selector: $steps.pause.outcome}
"""


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A simulated Twilio that the commands take for Twilio, so that runs are in the home's own database."""
    with Simulator() as running:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", running.base_url)
        yield running


@pytest.fixture
def waiting(simulator: Simulator, json_of: Say) -> str:
    """A run that was started and left."""
    Path("waits.yaml").write_text(WAITS)
    started: dict[str, Any] = json_of("run", "waits.yaml", "--detach")
    return str(started["id"])


def test_a_run_that_was_left_is_looked_at_paused_and_canceled(
    waiting: str, json_of: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    assert json_of("runs", "pause", waiting)["status"] == "paused"
    assert [one["id"] for one in json_of("runs", "list", "--status", "paused")] == [waiting]
    run(["runs", "list", "--status", "failed"])
    assert "No run fits." in capsys.readouterr().out
    assert json_of("runs", "resume", waiting)["status"] == "waiting"
    shown = json_of("runs", "cancel", waiting)
    assert shown["status"] == "canceled"

    capsys.readouterr()
    assert run(["runs", "show", waiting]) == ExitCode.FAILED
    said = capsys.readouterr().out
    assert f"waits version 1   canceled   {waiting}" in said
    assert [line.split()[-1] for line in said.splitlines()[1:5]] == ["started", "paused", "resumed", "canceled"]


def test_sending_again_asks_first(waiting: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["runs", "retry", waiting, "--resend"]) != ExitCode.OK
    assert "--resend asks first, and nobody can answer here" in capsys.readouterr().err
    assert run(["runs", "retry", waiting, "--resend", "--yes"]) != ExitCode.OK
    assert "only one that has failed can be tried again" in capsys.readouterr().err


def test_a_simulator_of_ones_own_cannot_be_left(capsys: pytest.CaptureFixture[str]) -> None:
    Path("waits.yaml").write_text(WAITS)
    assert run(["run", "waits.yaml", "--detach"]) != ExitCode.OK
    assert "its simulator ends with this command" in capsys.readouterr().err


def test_in_memory_nothing_waits(capsys: pytest.CaptureFixture[str]) -> None:
    Path("waits.yaml").write_text(WAITS)
    assert run(["run", "waits.yaml", "--bare"]) != ExitCode.OK
    assert "a bare Workflow cannot" in capsys.readouterr().err
