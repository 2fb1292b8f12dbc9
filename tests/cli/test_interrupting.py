"""Ctrl-C in commands that show how something goes on: what becomes of it is said, and is true."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Process, Say
from ringline.cli.destination import Destination
from ringline.cli.exit_codes import ExitCode

WAITS = """version: "1.0"
name: patient
inputs: []
steps: [{type: flow/delay@v1, name: rest, for: 3d}]
outputs: []
"""


@pytest.fixture(autouse=True)
def unbuffered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", "1")


def test_a_run_of_a_simulator_for_itself_alone_is_said_to_have_ended(start: Callable[..., Process]) -> None:
    Path("patient.yaml").write_text(WAITS)
    running = start("run", "patient.yaml")
    running.wait_for("`rest` waits until")

    code, said = running.stop()

    assert code == ExitCode.INTERRUPTED
    assert "ended with this command, as its simulator did. To keep it, start `ringline dev` first." in said
    assert "goes on" not in said


def test_a_run_in_the_home_s_own_database_goes_on_when_a_server_runs(
    start: Callable[..., Process], json_of: Say
) -> None:
    Path("patient.yaml").write_text(WAITS)
    running = start("run", "patient.yaml", "--live")
    running.wait_for("`rest` waits until")

    code, said = running.stop()

    [run] = json_of("runs", "list")
    assert code == ExitCode.INTERRUPTED
    assert f"{run['id']} goes on when a server runs here: start `ringline serve`" in said
    assert run["status"] == "waiting"


def test_what_a_server_has_goes_on_without_the_command() -> None:
    where = Destination(None, "", has_server=True)  # type: ignore[arg-type]
    assert where.left_to("bro_1", "look") == "bro_1 goes on without this command: look"
