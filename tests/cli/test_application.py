from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path

import pytest

from ringline import errors
from ringline.cli.application import exit_code_of, run
from ringline.cli.exit_codes import ExitCode


def test_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["version", "--json"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["ringline"]


@pytest.mark.parametrize("group", [[], ["credentials"]])
def test_no_command_shows_the_help_and_nothing_else(capsys: pytest.CaptureFixture[str], group: list[str]) -> None:
    assert run(group) == ExitCode.USAGE

    captured = capsys.readouterr()
    assert "Usage: ringline" in captured.out
    assert captured.err == ""


@pytest.mark.parametrize("command", [["messages", "list"], ["dev"], ["demo", "--no-stay"], ["serve", "--port", "0"]])
def test_home_that_cannot_be_used_is_told_with_the_setting(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, command: list[str]
) -> None:
    home = tmp_path / "home"
    home.write_text("not a folder")
    monkeypatch.setenv("RINGLINE_HOME", str(home))

    assert run(command) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == (
        f"error: The home {home} cannot be used: a file of that name is in the way. "
        "Set RINGLINE_HOME to a folder of your own.\n"
    )


def test_file_that_cannot_be_read_is_named(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    add = ["credentials", "add", "--account-sid", "AC1", "--token-file", str(tmp_path)]
    assert run(add) == ExitCode.USAGE
    assert capsys.readouterr().err == (
        f"error: `{tmp_path}` cannot be used: Is a directory.\n  fix: Name another file.\n"
    )


def test_a_question_that_nobody_can_answer_names_the_option(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(""))

    assert run(["credentials", "remove", "main"]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith("error: Nobody can answer here, so nothing was done.\n  fix: Say it on")


def test_reader_that_has_seen_enough_ends_a_command_quietly() -> None:
    code = (
        "import sys\n"
        "from ringline.cli import application, terminal, version\n"
        "version.say = lambda text: [terminal.say(text) for _ in range(10_000)]\n"
        "sys.exit(application.run(['version']))\n"
    )
    shown = subprocess.run(
        ["bash", "-c", 'set -o pipefail; "$0" -c "$1" | head -1 > /dev/null', sys.executable, code],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (shown.returncode, shown.stderr) == (ExitCode.OK, "")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["frob"], "error: No such command 'frob'.\n  fix: ringline -h\n"),
        (["run"], "error: Missing argument 'file'.\n  fix: ringline run -h\n"),
        (
            ["serve", "--prot", "1"],
            "error: No such option: --prot (Possible options: --host, --port).\n  fix: ringline serve -h\n",
        ),
        (
            ["dev", "--port", "99999"],
            "error: Invalid value for '--port': Input should be less than or equal to 65535.\n  fix: ringline dev -h\n",
        ),
        (["run", "nowhere.yaml"], "error: There is no file `nowhere.yaml`.\n  fix: Check the path and its spelling.\n"),
    ],
)
def test_wrong_use_is_one_sentence_and_a_fix(
    capsys: pytest.CaptureFixture[str], arguments: list[str], sentence: str
) -> None:
    assert run(arguments) == ExitCode.USAGE
    assert capsys.readouterr().err == sentence


def test_wrong_setting_ends_with_the_code_for_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGLINE_PROT", "1")

    assert run(["settings"]) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == "error: There is no setting RINGLINE_PROT; did you mean RINGLINE_PORT?\n"


def test_errors_come_as_json_where_json_was_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", "nowhere.yaml", "--json"]) == ExitCode.USAGE

    answer = json.loads(capsys.readouterr().out)
    assert answer["error"]["detail"] == "There is no file `nowhere.yaml`."
    assert answer["error"]["fix"] == "Check the path and its spelling."


def test_settings_show_value_and_origin(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RINGLINE_HOME", "elsewhere")
    monkeypatch.setenv("RINGLINE_API_TOKEN", "hunter2")

    assert run(["settings", "--json"]) == ExitCode.OK

    rows = {row["name"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["home"]["origin"] == "RINGLINE_HOME"
    assert rows["port"] == {
        "name": "port",
        "variable": "RINGLINE_PORT",
        "value": "7464",
        "origin": "default",
        "description": "Port the server listens on; 0 takes any free one.",
    }
    assert rows["api_token"]["value"] == "********"


def test_settings_table_never_shows_a_password(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RINGLINE_DATABASE_URL", "postgresql://ringline:hunter2@db/ringline")

    assert run(["settings"]) == ExitCode.OK

    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (errors.ConfigurationError("x"), 3),
        (errors.CredentialError("x"), 3),
        (errors.TwilioUnavailableError("x"), 4),
        (errors.StoreError("x"), 4),
        (errors.TwilioRejectedError("x"), 1),
        (errors.StepExecutionError("x"), 1),
        (errors.PhoneNumberError("x"), 2),
        (errors.DefinitionError("x"), 2),
        (errors.NotFoundError("x"), 2),
    ],
)
def test_exit_code_says_who_must_act(error: Exception, code: int) -> None:
    assert exit_code_of(error) == code


def test_help_loads_nothing_heavy() -> None:
    """What `--help` costs is felt at every use of the command."""
    code = (
        "import sys; from ringline.cli.application import run; run(['--help']);"
        "print(' '.join(m for m in sys.modules if '.' not in m), file=sys.stderr)"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stderr.split()

    heavy = {"fastapi", "sqlalchemy", "twilio", "aiohttp", "pgqueuer", "pydantic", "numpy", "uvicorn", "structlog"}
    assert sorted(heavy & set(loaded)) == []
