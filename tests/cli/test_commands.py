"""Commands that work without a server of their own: through one that runs, or one started for them alone."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import RunningServer, announce, running_server, withdraw
from ringline.settings import load_settings
from ringline.simulator import Simulator

SECRET = "0123456789abcdef0123456789abcdef"
GREET = """\
version: "1.0"
name: greet
inputs:
  - {type: WorkflowParameter, name: phone, kind: [string]}
steps:
  - {type: twilio/sms@v1, name: hello, to: $inputs.phone, message: "Hello"}
outputs:
  - {type: JsonField, name: outcome, selector: $steps.hello.outcome}
"""
ADD_UP = """\
version: "1.0"
inputs:
  - {type: WorkflowParameter, name: n, kind: [integer]}
steps: []
outputs:
  - {type: JsonField, name: n, selector: $inputs.n}
"""


@pytest.fixture
def simulator(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A simulated Twilio that the commands take for Twilio."""
    with Simulator() as running:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", running.base_url)
        yield running


def add_account(monkeypatch: pytest.MonkeyPatch, simulator: Simulator, token: str, *more: str) -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(token + "\n"))
    return run(["credentials", "add", "main", "--account-sid", simulator.account_sid, "--token-stdin", *more])


def test_account_is_added_tested_listed_and_removed(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    assert add_account(monkeypatch, simulator, simulator.auth_token) == ExitCode.OK
    assert "It works" in capsys.readouterr().out
    [listed] = json_of("credentials", "list")
    assert listed["account_sid"] == simulator.account_sid
    assert listed["server"] == simulator.base_url
    assert simulator.auth_token not in str(listed)
    assert json_of("credentials", "test", "main")["ok"]
    assert run(["credentials", "remove", "main", "--yes"]) == ExitCode.OK
    assert json_of("credentials", "list") == []


def test_wrong_token_ends_with_a_reason_and_is_shown_nowhere(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], own_home: Path
) -> None:
    assert add_account(monkeypatch, simulator, SECRET) == ExitCode.CONFIGURATION

    captured = capsys.readouterr()
    assert "does not accept this auth token" in captured.err
    assert "ringline credentials rotate main" in captured.out
    assert SECRET not in captured.out + captured.err
    for file in own_home.iterdir():
        assert SECRET.encode() not in file.read_bytes()


def test_credential_that_nobody_answers_about_is_not_called_wrong(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, json_of: Say
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token, "--no-test")
    monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", "http://127.0.0.1:1")
    result = json_of("credentials", "test", "main", code=ExitCode.UNREACHABLE)
    assert (result["ok"], result["unreachable"]) == (False, True)
    assert "cannot be reached" in result["detail"]


def test_token_can_be_replaced_and_everything_encrypted_anew(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, json_of: Say, own_home: Path
) -> None:
    add_account(monkeypatch, simulator, SECRET, "--no-test")
    assert not json_of("credentials", "test", "main", code=ExitCode.CONFIGURATION)["ok"]
    monkeypatch.setattr("sys.stdin", io.StringIO(simulator.auth_token))
    assert run(["credentials", "rotate", "main", "--token-stdin"]) == ExitCode.OK
    key = (own_home / "master.key").read_text()

    assert run(["credentials", "rotate-key"]) == ExitCode.OK

    assert (own_home / "master.key").read_text() != key
    assert json_of("credentials", "test", "main")["ok"]


def test_message_is_sent_through_the_base_url_that_is_set(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token, "--from", "+15550001111")
    capsys.readouterr()

    assert run(["send", "--to", "+14155550123", "hi there", "--wait", "10"]) == ExitCode.OK

    said = capsys.readouterr().out
    assert "From      +15550001111" in said
    assert "Segments  1 (GSM-7)" in said
    assert "Price     about 0.0083 USD" in said
    assert said.index("Price") < said.index("delivered")
    [message] = json_of("messages", "list")
    assert message["message"] == "hi there"
    assert json_of("messages", "show", message["id"])["status"] == "delivered"


def test_messages_that_lie_far_apart_are_all_listed(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token, "--from", "+15550001111")
    for text in ("one", "two", "three"):
        assert run(["send", "--to", "+14155550123", text]) == ExitCode.OK
    # As if each lay behind as many others as one page looks at.
    monkeypatch.setattr("ringline.outbox.store.listing.LOOKED_AT", 1)
    monkeypatch.setattr("ringline.outbox.store.listing.LOOKED_UP", 1)
    capsys.readouterr()
    stages = {one["stage"] for one in json_of("messages", "list")}

    listed = [one["message"] for stage in stages for one in json_of("messages", "list", "--stage", stage)]
    assert sorted(listed) == ["one", "three", "two"]
    assert len(json_of("messages", "list", "--stage", stages.pop(), "--limit", "1")) == 1


def test_without_live_a_message_goes_to_a_simulator_and_leaves_nothing(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["send", "--to", "+14155550123", "--message", "hi"]) == ExitCode.OK

    assert "a simulated Twilio, started for this command alone" in capsys.readouterr().out
    assert not own_home.exists()


def test_live_send_asks_and_is_refused_where_nobody_can_answer(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", "--to", "+14155550123", "--message", "hi", "--live"]) == ExitCode.USAGE
    assert capsys.readouterr().err == "error: A live send asks first, and nobody can answer here.\n  fix: Add --yes.\n"


def test_text_is_given_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", "--to", "+14155550123", "--message", "hi", "hi"]) == ExitCode.USAGE
    assert capsys.readouterr().err == "error: The text is given twice.\n  fix: Leave --message out.\n"


def test_wrong_number_is_told_in_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", "--to", "4155550123", "--message", "hi"]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("error: `to` is '4155550123', which has no + and country code in front.")


def test_workflow_that_sends_nothing_runs_in_memory(own_home: Path, json_of: Say) -> None:
    Path("add.yaml").write_text(ADD_UP)

    assert json_of("run", "add.yaml", "--input", "n=4") == [{"n": 4}]
    assert not own_home.exists()


def test_workflow_that_sends_runs_on_a_simulator_of_its_own(capsys: pytest.CaptureFixture[str], own_home: Path) -> None:
    Path("greet.yaml").write_text(GREET)

    assert run(["run", "greet.yaml", "--input", "phone=+14155550123"]) == ExitCode.OK

    said = capsys.readouterr().out
    assert "delivered" in said
    assert "outcome  sent" in said
    assert not own_home.exists()


def test_roboflow_step_sends_from_memory_where_that_is_asked_for(
    simulator: Simulator, json_of: Say, own_home: Path
) -> None:
    alert = Path(__file__).parents[2] / "examples" / "detection-alert.yaml"
    inputs = [
        "--inputs", str(alert.with_name("frames.json")),
        "--input", f"twilio_account_sid={simulator.account_sid}",
        "--input", f"twilio_auth_token={simulator.auth_token}",
    ]  # fmt: skip

    outputs = json_of("run", str(alert), "--bare", *inputs)

    assert outputs[0]["failed"] is False
    assert len(simulator.messages) == 1
    assert not own_home.exists()


def test_nothing_is_sent_for_real_from_memory_unless_that_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    Path("greet.yaml").write_text(GREET)

    assert run(["run", "greet.yaml", "--bare", "--input", "phone=+14155550123"]) == ExitCode.USAGE

    assert "would send through Twilio" in capsys.readouterr().err


def test_empty_text_is_refused_before_a_price_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", "--to", "+14155550123", ""]) == ExitCode.USAGE

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: The message is empty")


def test_message_that_twilio_refuses_shows_its_status_and_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["send", "--to", "+15005550001", "hi"]) == ExitCode.FAILED

    lines = capsys.readouterr().out.splitlines()
    position = lines.index("  failed   [1 segment GSM-7]")
    assert lines[position - 1] == "    hi"
    assert lines[position + 1].startswith("  21211: The 'To' number +15005550001 is not a valid phone number.")


@pytest.mark.parametrize("mode", ["--durable", "--bare"])
def test_inputs_that_were_forgotten_are_named(
    simulator: Simulator, capsys: pytest.CaptureFixture[str], mode: str
) -> None:
    Path("greet.yaml").write_text(GREET)

    assert run(["run", "greet.yaml", mode]) == ExitCode.USAGE

    assert capsys.readouterr().err == (
        "error: The input `phone` has no value, and `to` of the step `hello` needs one.\n"
        "  fix: Not given: phone; add --input phone=…, or --inputs FILE.json.\n"
    )


def test_definition_with_faults_is_not_run_and_every_fault_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("greet.yaml").write_text(GREET.replace("$inputs.phone, message", "$inputs.phon, mesage"))

    assert run(["run", "greet.yaml"]) == ExitCode.USAGE

    assert capsys.readouterr().err.count("error: Line 6") == 2


def test_check_names_the_steps_that_need_the_internet(capsys: pytest.CaptureFixture[str], json_of: Say) -> None:
    Path("greet.yaml").write_text(GREET)

    assert run(["check", "greet.yaml", "--offline"]) == ExitCode.OK

    assert "Steps that need the internet: hello" in capsys.readouterr().out
    assert json_of("check", "greet.yaml", "--offline")["online_steps"] == ["hello"]


def test_schema_describes_every_block(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["schema"]) == ExitCode.OK
    assert "twilio/sms@v1" in capsys.readouterr().out


def test_numbers_need_a_public_url_to_be_connected(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token)
    capsys.readouterr()
    assert run(["numbers", "connect", "--yes"]) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == (
        "error: Twilio can only send replies to a public URL. Set RINGLINE_PUBLIC_URL to the address Twilio reaches "
        "this server at, then run `ringline numbers connect`.\n"
    )
    assert run(["messages", "inbound"]) == ExitCode.OK
    assert capsys.readouterr().out == (
        "Nobody has written yet.\nTwilio can only send replies to a public URL. Set RINGLINE_PUBLIC_URL to the address "
        "Twilio reaches this server at, then run `ringline numbers connect`.\n"
    )

    monkeypatch.setenv("RINGLINE_PUBLIC_URL", "https://ring.example.com")
    connected = json_of("numbers", "connect", "+15550001111")

    assert [one["webhook"] for one in connected] == ["https://ring.example.com/twilio/sms"]
    listed = {one["number"]: one["is_connected"] for one in json_of("numbers", "list")}
    assert listed["+15550001111"]
    assert not listed["+15550002222"]


def test_twilio_that_does_not_answer_is_told_apart_from_a_refusal(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token, "--base-url", "http://127.0.0.1:1", "--no-test")
    capsys.readouterr()

    assert run(["numbers", "list"]) == ExitCode.UNREACHABLE
    assert capsys.readouterr().err.startswith("error: No connection to 127.0.0.1:1 could be made")


def test_question_that_is_not_answered_with_yes_changes_nothing(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], json_of: Say
) -> None:
    add_account(monkeypatch, simulator, simulator.auth_token)
    monkeypatch.setattr("sys.stdin", io.StringIO("n\n"))

    assert run(["credentials", "remove", "main"]) == ExitCode.INTERRUPTED

    assert capsys.readouterr().err.endswith("error: Stopped; nothing was done.\n")
    assert len(json_of("credentials", "list")) == 1


def test_doctor_says_first_that_there_is_no_public_url(
    simulator: Simulator, monkeypatch: pytest.MonkeyPatch, json_of: Say
) -> None:
    findings = json_of("doctor", code=ExitCode.FAILED)

    assert findings[0]["topic"] == "public URL"
    assert findings[0]["detail"].startswith("No public URL is set")
    assert [one["detail"] for one in findings if one["level"] == "error"] == ["No Twilio account is stored."]


def test_worker_needs_a_database_that_several_processes_can_share(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["worker"]) == ExitCode.CONFIGURATION
    assert "RINGLINE_DATABASE_URL" in capsys.readouterr().err


def test_running_server_is_found_and_a_dead_one_is_not(own_home: Path) -> None:
    settings = load_settings()
    own_home.mkdir()
    announce(settings, "dev", "http://127.0.0.1:1", "http://127.0.0.1:2")

    assert running_server(settings) == RunningServer("dev", "http://127.0.0.1:1", os.getpid(), "http://127.0.0.1:2")
    withdraw(settings)
    assert running_server(settings) is None
    settings.server_file.write_text('{"kind": "dev", "url": "http://127.0.0.1:1", "pid": 999999999}')
    assert running_server(settings) is None
    settings.server_file.write_text("not json")
    assert running_server(settings) is None


def test_nothing_is_sent_live_while_dev_runs_here(own_home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own_home.mkdir()
    announce(load_settings(), "dev", "http://127.0.0.1:1")

    assert run(["send", "--to", "+14155550123", "--message", "hi", "--live", "--yes"]) == ExitCode.USAGE
    assert "nothing it does reaches Twilio" in capsys.readouterr().err


def test_an_answer_is_explained(capsys: pytest.CaptureFixture[str], json_of: Say) -> None:
    assert run(["understand", "--type", "number", "twenty five, no, thirty"]) == ExitCode.OK
    said = capsys.readouterr().out
    assert ["status", "ok"] in [line.split() for line in said.splitlines()]
    assert ["value", "30"] in [line.split() for line in said.splitlines()]
    assert "corrected to “thirty”" in said

    found = json_of(
        "understand", "--type", "multiple_choice", "--choice", "YES", "--choice", "RESCHEDULE", "the second"
    )
    assert (found["status"], found["value"]) == ("ok", "RESCHEDULE")
    assert run(["understand", "--type", "colour", "red"]) == ExitCode.USAGE

    day = json_of("understand", "--type", "date", "--country", "GB", "--now", "2026-11-20T10:00", "5/12")
    assert (day["status"], day["value"]) == ("ok", "2026-12-05")
    soon = json_of(
        *("understand", "--type", "date", "--language", "es", "--now", "2026-11-20T10:00"),
        *("--minimum", "2026-11-22", "mañana"),
    )
    assert (soon["status"], soon["value"]) == ("out_of_range", "2026-11-21")
    assert run(["understand", "--type", "date", "--now", "soon", "tomorrow"]) == ExitCode.USAGE
