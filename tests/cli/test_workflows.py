"""`ringline workflows` and `ringline triggers`: what is in force, and putting it there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

DAILY = """\
version: "1.0"
name: daily
defaults: {timezone: Europe/Berlin}
triggers:
  - {type: schedule, cron: "0 9 * * MON-FRI"}
  - {type: webhook, path: now, secret: DAILY_SECRET}
inputs: []
steps: []
outputs: []
"""


@pytest.fixture
def daily(tmp_path: Path) -> str:
    path = tmp_path / "daily.yaml"
    path.write_text(DAILY)
    return str(path)


def test_a_file_is_published_listed_shown_and_unpublished(
    daily: str, json_of: Say, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["workflows", "publish", daily]) == ExitCode.OK
    said = capsys.readouterr().out
    assert "daily version 1 is in force." in said
    assert "/hooks/daily/now" in said
    assert "The variable DAILY_SECRET is not set" in said

    [listed] = json_of("workflows", "list")
    assert (listed["name"], listed["version"], listed["published"]) == ("daily", 1, 1)
    shown = json_of("workflows", "show", "daily")
    assert shown["definition"] == DAILY
    schedule, hook = json_of("triggers", "list")
    assert (schedule["timezone"], schedule["label"]) == ("Europe/Berlin", "0 9 * * MON-FRI")
    assert schedule["next_at"] is not None
    assert json_of("triggers", "events", "daily", hook["key"]) == []

    assert run(["workflows", "unpublish", "daily"]) == ExitCode.OK
    assert "Nothing starts daily any more" in capsys.readouterr().out
    assert json_of("triggers", "list") == []
    assert json_of("workflows", "publish", "daily")["version"] == 1


def test_lists_are_readable(daily: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["triggers", "list"])
    assert "No trigger is in force" in capsys.readouterr().out
    run(["workflows", "publish", daily])
    capsys.readouterr()

    for command in (["workflows", "list"], ["workflows", "show", "daily"], ["triggers", "list"]):
        assert run(command) == ExitCode.OK
        assert "daily" in capsys.readouterr().out


def test_a_faulty_definition_is_not_published(tmp_path: Path, json_of: Say, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(DAILY.replace("0 9 * * MON-FRI", "0 25 * * *"))

    assert run(["workflows", "publish", str(path)]) == ExitCode.USAGE

    said = capsys.readouterr().err
    assert "Line 5, field `triggers[0].cron`" in said
    assert "an hour is 0 to 23" in said
    assert json_of("workflows", "list") == []


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["workflows", "publish", "nothing"], "there is no workflow 'nothing'"),
        (["workflows", "publish", "nothing.yaml"], "nothing.yaml"),
        (["workflows", "show", "nothing"], "there is no workflow 'nothing'"),
        (["workflows", "unpublish", "nothing"], "there is no workflow 'nothing'"),
    ],
)
def test_what_is_not_there_is_told(arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(arguments) == ExitCode.USAGE
    assert sentence in capsys.readouterr().err.replace("There is", "there is")


def test_serve_puts_a_folder_in_force_and_tells_faults(daily: str, tmp_path: Path, start: Any, json_of: Say) -> None:
    folder = tmp_path / "flows"
    folder.mkdir()
    Path(daily).rename(folder / "daily.yaml")
    (folder / "bad.yaml").write_text(DAILY.replace("0 9 * * MON-FRI", "0 25 * * *").replace("daily", "bad"))
    server = start("serve", "--port", "0", "--flows", str(folder))

    server.wait_for("daily v1")

    assert any("an hour is 0 to 23" in line for line in server.lines)
    assert [one["name"] for one in json_of("workflows", "list")] == ["daily"]
    assert len(json_of("triggers", "list")) == 2


def test_a_run_says_what_started_it(
    daily: str,
    tmp_path: Path,
    start: Any,
    json_of: Say,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DAILY_SECRET", "open sesame")
    folder = tmp_path / "flows"
    folder.mkdir()
    Path(daily).rename(folder / "daily.yaml")
    server = start("serve", "--port", "0", "--workflows", str(folder))
    server.wait_for("Stop with")
    [hook] = [one for one in json_of("triggers", "list") if one["type"] == "webhook"]
    address = next(line for line in server.lines if line.startswith("Ringline")).split()[-1]

    request = Request(address + hook["address"], method="POST", headers={"Authorization": "Bearer open sesame"})
    with urlopen(request) as answer:
        started = json.load(answer)["run"]

    assert run(["runs", "show", started]) == ExitCode.OK
    assert "started by webhook: POST now" in capsys.readouterr().out
    [_, listed] = json_of("triggers", "list")
    assert listed["last_run_id"] == started


def test_trying_a_file_changes_nothing_that_is_in_force(daily: str, json_of: Say) -> None:
    run(["workflows", "publish", daily])
    Path(daily).write_text(DAILY.replace("MON-FRI", "SUN"))

    assert run(["run", daily, "--durable", "--live", "--yes"]) == ExitCode.OK

    [listed] = json_of("workflows", "list")
    assert (listed["version"], listed["published"]) == (2, 1)


def test_a_credential_that_nobody_has_stored_is_named_at_publishing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "hello.yaml"
    step = '{type: twilio/sms@v1, name: say, to: "+14155550123", message: Hi, credential: shop}'
    path.write_text(DAILY.replace("steps: []", f"steps: [{step}]"))

    assert run(["workflows", "publish", str(path)]) == ExitCode.OK
    said = " ".join(capsys.readouterr().out.split())
    assert "the step `say` sends with the credential `shop`, which is not stored; add it with" in said
    assert run(["workflows", "show", "nope"]) == ExitCode.USAGE
    assert "See those there are with `ringline workflows list`" in capsys.readouterr().err
