"""`ringline call … --menu`: keys with a meaning, from a command that nothing else runs beside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode
from ringline.simulator import Press
from ringline.simulator.calls.telephone import Telephone

PHONE, OURS = "+14155550123", "+15550001111"
MENU = ("--menu", "1=coming", "--menu", "2=late")


@pytest.fixture
def presses_2(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the phone of the command press a key where it only listens."""
    real = Telephone.answer

    def answer(self: Telephone, script: Any = (), **more: Any) -> None:
        real(self, [Press("2")], **more)

    monkeypatch.setattr(Telephone, "answer", answer)


@pytest.mark.usefixtures("presses_2")
def test_the_key_that_is_pressed_is_the_outcome(json_of: Callable[..., Any]) -> None:
    found = json_of("call", PHONE, "Your table is ready.", "--from", OURS, *MENU)
    assert (found["outcome"], found["pressed"], found["status"]) == ("late", "late", "completed")


def test_a_call_with_a_menu_is_held_without_an_account(json_of: Callable[..., Any]) -> None:
    found = json_of("call", PHONE, "Your table is ready.", "--from", OURS, *MENU)
    # The phone of a trial presses nothing: the message is said twice, and the call counts as answered.
    assert (found["outcome"], found["status"], found["pressed"]) == ("answered", "completed", None)
    assert (found["to"], found["from"], found["message"]) == (PHONE, OURS, "Your table is ready.")


def test_what_was_heard_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["call", PHONE, "Your table is ready.", "--from", OURS, *MENU]) == ExitCode.OK
    printed = capsys.readouterr().out
    assert printed.count("heard            Your table is ready.") == 2
    assert "It is not over" not in printed


@pytest.mark.parametrize(
    ("menu", "named"),
    [("coming", "`coming`"), ("12=coming", "menu"), ("1=", "--menu 1=confirmed"), ("1=answered", "`answered`")],
)
def test_a_menu_that_makes_no_sense_calls_nobody(menu: str, named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["call", PHONE, "Hello", "--from", OURS, "--menu", menu]) == ExitCode.USAGE
    assert named in capsys.readouterr().err
