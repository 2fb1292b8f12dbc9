"""`ringline dev` as a newcomer meets it: an empty folder, one command, a message, a reply."""

from __future__ import annotations

import socket
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from cli.conftest import Process, Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.cli.opening import announce
from ringline.settings import load_settings


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_first_five_minutes(
    start: Callable[..., Process], json_of: Say, own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """From nothing to a delivered message and its reply; a second start finds everything again."""
    port = str(free_port())
    dev = start("dev", "--port", port)
    dev.wait_for("Stop with Ctrl-C")

    assert Path("workflows/first_message.yaml").is_file()
    assert json_of("run", "workflows/first_message.yaml")[0]["message"].startswith("msg_")
    dev.wait_for("delivered")
    run(["phone", "+14155550123", "--reply", "YES"])
    assert "YES" in dev.wait_for("received")
    [reply] = json_of("messages", "inbound")
    assert (reply["from"], reply["message"]) == ("+14155550123", "YES")
    code, said = dev.stop()
    assert code == 0
    assert "Traceback" not in said
    assert str(own_home) in said

    again = start("dev", "--port", port, "--quiet")
    again.wait_for("Stop with Ctrl-C")
    assert [message["status"] for message in json_of("messages", "list")] == ["delivered"]
    assert again.stop()[0] == 0

    for _ in range(2):  # the second time there is a database to look at
        capsys.readouterr()
        assert run(["messages", "list"]) == ExitCode.OK
        assert "`ringline dev` is not running" in capsys.readouterr().err


def test_serve_beside_dev_is_refused_since_commands_would_reach_the_wrong_one(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings()
    settings.home.mkdir(parents=True)
    announce(settings, "dev", "http://127.0.0.1:1")

    assert run(["serve", "--port", "0"]) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == (
        "error: `ringline dev` runs in this home, at http://127.0.0.1:1, and commands in it talk to that one. Stop it, "
        "or give `ringline serve` a home of its own: RINGLINE_HOME.\n"
    )


@pytest.mark.parametrize("command", ["dev", "demo"])
def test_second_playground_in_a_home_is_refused_and_told_where_the_first_is(
    own_home: Path, capsys: pytest.CaptureFixture[str], command: str
) -> None:
    settings = load_settings()
    if command == "demo":
        settings = settings.with_changes("a test", home=settings.home / "demo")
    settings.home.mkdir(parents=True)
    announce(settings, "dev", "http://127.0.0.1:1")

    assert run([command]) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == (
        "error: A server runs in this home already, at http://127.0.0.1:1. Use that one, stop it, "
        f"or give `ringline {command}` a home of its own: RINGLINE_HOME.\n"
    )


def test_folder_without_workflows_in_which_none_can_be_made_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    Path("workflows").write_text("in the way")

    assert run(["dev"]) == ExitCode.CONFIGURATION
    assert capsys.readouterr().err == (
        f"error: There are no workflows here, and the folder {Path('workflows').absolute()} for a first one cannot be "
        "made: file exists. Go to a folder of your own, or name one with --workflows.\n"
    )


def test_sample_to_begin_with_is_in_order(json_of: Say) -> None:
    assert json_of("check", str(files("ringline.cli").joinpath("samples", "first_message.yaml")))["faults"] == []


def test_taken_port_is_replaced_and_told(start: Callable[..., Process]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        dev = start("dev", "--port", str(port))

        dev.wait_for(f"Port {port} is taken; using a free one.")

        assert str(port) not in dev.wait_for("Ringline ")
        dev.wait_for("Stop with Ctrl-C")
        assert dev.stop()[0] == 0
