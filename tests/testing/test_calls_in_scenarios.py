"""Calls in scenarios: phones that pick up, do not, or call us; and what did not come true of a call."""

from __future__ import annotations

from pathlib import Path

import pytest

from ringline.testing import Result, run_scenarios

HERE = Path(__file__).parent
HEAD = """\
workflow: reminder.yaml
people:
  ana: {number: "+14155550123", timezone: Europe/Berlin}
scenarios:
  - name: A call
    steps:
"""
START = '      - {start: reminder, inputs: {phone: "{{ana.number}}"}}\n'
CONFIRMS = '      - {answer: ana, with: [{press: "1"}]}\n'


def played(folder: Path, steps: str) -> Result:
    (folder / "reminder.yaml").write_text((HERE / "reminder.yaml").read_text())
    path = folder / "reminder.scenarios.yaml"
    path.write_text(HEAD + steps)
    (result,) = run_scenarios(path)
    return result


@pytest.mark.parametrize(
    ("before", "status", "outcome"),
    [
        (CONFIRMS, "completed", "confirmed"),
        ("      - {answer: ana, with: [silent]}\n", "completed", "answered"),
        ("      - {answer: ana, with: [hang_up], after: 9s}\n", "completed", "answered"),
        ("      - {line: busy, to: ana}\n", "busy", "busy"),
        ("      - {line: declines, to: ana}\n", "busy", "busy"),
        ("      - {line: rings, to: ana}\n", "no-answer", "no_answer"),
        ("      - {line: fails, to: ana}\n", "failed", "failed"),
    ],
)
def test_a_call_ends_as_the_phone_has_it(tmp_path: Path, before: str, status: str, outcome: str) -> None:
    result = played(
        tmp_path,
        f"{before}{START}      - {{expect_call: {status}, to: ana}}\n"
        f"      - {{expect_run: {{outputs: {{outcome: {outcome}}}}}}}\n",
    )
    assert result.is_ok, result.explain()


UNMET = [
    (CONFIRMS + START + "      - {expect_call: busy, to: ana}\n", "ended completed, not busy"),
    (CONFIRMS + START + "      - {expect_call: {heard: Goodbye}, to: ana}\n", "did not say “Goodbye” but “"),
    (CONFIRMS + START + "      - {expect_call: {not_heard: tomorrow}, to: ana}\n", "said “tomorrow”"),
    (CONFIRMS + START + "      - {expect_call: {seconds: 1}, to: ana}\n", "s, not at most 1"),
    (CONFIRMS + START + "      - {wait: 5m}\n", "a call with ana"),
    ("      - {expect_call: completed, to: ana, within: 5m}\n", "there was no call with ana"),
    (
        "      - {line: rings, to: ana}\n" + START + "      - {expect_call: no-answer, to: ana, within: 10s}\n",
        "is still ringing",
    ),
]


@pytest.mark.parametrize(("steps", "reason"), UNMET, ids=[reason for _, reason in UNMET])
def test_what_did_not_come_true_of_a_call_is_told(tmp_path: Path, steps: str, reason: str) -> None:
    result = played(tmp_path, steps)
    assert result.failure is not None
    assert reason in result.failure.reason


def test_what_was_said_is_shown(tmp_path: Path) -> None:
    result = played(tmp_path, CONFIRMS + START + "      - {expect_call: completed, to: ana}\n")
    told = "\n".join(result.timeline)
    assert "ana hears: “See you tomorrow 1 4 1 5" in told
    assert "ana presses: “1”" in told
