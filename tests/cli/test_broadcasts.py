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
    said = capsys.readouterr().err
    assert "A broadcast that is ready cannot be paused.\n  fix: Start it first, or cancel it." in said
    assert run(["broadcasts", "results", made["key"], "--to", "out.csv"]) == ExitCode.OK
    assert Path("out.csv").read_text().count("\n") == 4
    assert json_of("broadcasts", "cancel", made["key"], "--yes")["stage"] == "canceled"


FLOW = """version: "1.0"
name: hello
defaults: {from: "+15550001111"}
triggers: [{type: inbound_message, keyword: HELLO, inputs: {phone: "{{trigger.from}}"}}]
inputs: [{type: WorkflowParameter, name: phone}]
steps: [{type: twilio/sms@v1, name: say, to: $inputs.phone, message: Hello}]
outputs: []
"""


def test_a_workflow_s_file_is_tried_under_its_own_name_and_put_in_force_by_nobody(
    json_of: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("greeting.yaml").write_text(FLOW)
    broadcast = ("broadcast", "greeting.yaml", "--to", "people.csv", "--live")
    assert json_of(*broadcast, "--dry-run")["workflow"] == "hello"

    assert [(one["name"], one["published"]) for one in json_of("workflows", "list")] == [("hello", None)]
    assert json_of("triggers", "list") == []
    Path("greeting.yaml").write_text(FLOW.replace("to: $inputs.phone", "to: $inputs.fone"))
    assert run([*broadcast, "--dry-run"]) == ExitCode.USAGE
    assert "the input `fone`" in capsys.readouterr().err


def test_what_is_left_to_do_is_said_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    broadcast = ["broadcast", "Hi {{name}}", "--to", "people.csv", "--yes", "--live", "--purpose", "notification"]
    for said in ("What became of each is in people-results.csv.", "everybody who can be reached has it already."):
        assert run(broadcast) == ExitCode.OK
        assert said in capsys.readouterr().out
    Path("nobody.csv").write_text("phone,name\nx,X\n")
    assert run(["broadcast", "Hi {{name}}", "--to", "nobody.csv", "--yes"]) == ExitCode.FAILED
    assert "Nobody on the list can be sent to" in capsys.readouterr().err
    assert run(["broadcast", "--to", "people.csv", "--dry-run"]) == ExitCode.USAGE
    assert "Nothing says what to send." in capsys.readouterr().err


def test_why_messages_failed_is_said_at_the_end(capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--to", "people.csv", "--from", "+15559999999", "--purpose", "notification", "--yes", "--live")
    assert run(["broadcast", "Hi {{name}}", *options]) == ExitCode.FAILED
    assert "  3 × 21606 " in capsys.readouterr().out
