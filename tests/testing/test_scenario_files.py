"""What is wrong with a scenario file is said with its line and its fix, all at once."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from ringline.errors import DefinitionError
from ringline.testing.scenario_file import read_scenarios
from ringline.testing.scenario_steps import Expect

HERE = Path(__file__).parent

GOOD = """\
workflow: greeting.yaml
people:
  ana: {number: "+14155550123"}
scenarios:
  - name: A greeting
    steps:
"""

WRONG_STEPS = [
    ("- {wait: 3}", "line 7", "3 has no unit", "3d"),
    ("- {wait: soon}", "line 7", "`soon` is no duration", "3d"),
    ("- {wait_until: noon}", "line 7", "`noon` is no moment", "09:00"),
    ("- {wait_until: '25:00'}", "line 7", "`25:00` is no time of day", "09:00"),
    ("- {expect: Hello}", "line 7", "to", "to"),
    ("- {start: {name: Ana}}", "line 7", "its inputs stand beside it", "{start: NAME, inputs: {…}}"),
    ("- {expect: Hello, to: bob}", "line 7", "nobody called `bob`", "people"),
    ("- {expect: Hello, to: anna}", "line 7", "nobody called `anna`", "Did you mean `ana`"),
    ("- {expect: Hello, to: ana, at: '09:00', within: 2h}", "line 7", "`at` and `within`", "keep one"),
    ("- {expect: {matches: '('}, to: ana}", "line 7", "no regular expression", "("),
    ("- {expct: Hello, to: ana}", "line 7", "does not say what happens", "Did you mean `expect`"),
    ("- {reply: YES, form: ana}", "line 7", "form", "from"),
    ("- {restart: false}", "line 7", "restart", "True"),
    ("- {carrier: eats, to: ana}", "line 7", "carrier", "delivers"),
    ("- {expect_run: {status: done}}", "line 7", "status", "completed"),
    ("- {answer: ana, with: [{dance: true}]}", "line 7", "is no step of a script", "hang_up"),
    ("- {answer: ana, with: [{press: X}]}", "line 7", "is no step of a script", "press"),
    ("- {line: dead, to: ana}", "line 7", "line", "busy"),
    ("- {call: '+15550001111'}", "line 7", "from", "from"),
    ("- {expect_call: hung_up, to: ana}", "line 7", "expect_call", "no-answer"),
]


@pytest.mark.parametrize(("step", "line", "sentence", "fix"), WRONG_STEPS, ids=[case[0] for case in WRONG_STEPS])
def test_a_wrong_step_is_named_with_its_line_and_fix(
    tmp_path: Path, step: str, line: str, sentence: str, fix: str
) -> None:
    (tmp_path / "greeting.yaml").write_text((HERE / "greeting.yaml").read_text())
    path = tmp_path / "wrong.scenarios.yaml"
    path.write_text(f"{GOOD}      {step}\n")
    with pytest.raises(DefinitionError) as raised:
        read_scenarios(path)
    told = "\n".join(fault.as_text() for fault in raised.value.faults)
    assert line in told
    assert sentence in told
    assert fix in told


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    path = tmp_path / "wrong.scenarios.yaml"
    path.write_text(
        dedent("""\
        workflow: missing.yaml
        people:
          ana: {number: "+14155550123"}
        scenarios:
          - name: Two slips and a file that is not there
            steps:
              - {expect: Hello, to: bob}
              - {wait: 3}
        """)
    )
    with pytest.raises(DefinitionError) as raised:
        read_scenarios(path)
    assert [fault.line for fault in raised.value.faults] == [7, 8, 1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("people: {}\nscenarios: []\n", "scenarios"),
        (
            "workflow: greeting.yaml\npeople: {ana: {number: '12'}}\nscenarios: [{name: a, steps: [{restart: true}]}]",
            "12",
        ),
        ("workflow: greeting.yaml\ntimezone: Mars/Base\nscenarios: [{name: a, steps: [{restart: true}]}]", "time zone"),
        ("workflow: greeting.yaml\nstarts_at: soon\nscenarios: [{name: a, steps: [{restart: true}]}]", "no moment"),
        ("scenarios: [{name: a, steps: [{restart: true}]}]", "names no workflow"),
    ],
)
def test_the_head_of_a_file_is_checked(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "wrong.scenarios.yaml"
    path.write_text(text)
    with pytest.raises(DefinitionError) as raised:
        read_scenarios(path)
    assert sentence in "\n".join(fault.as_text() for fault in raised.value.faults)


def test_steps_keep_what_their_author_wrote(tmp_path: Path) -> None:
    (tmp_path / "greeting.yaml").write_text((HERE / "greeting.yaml").read_text())
    path = tmp_path / "good.scenarios.yaml"
    path.write_text(GOOD + "      - {expect: {contains: [Hello, '+1415']}, to: ana, at: '2026-05-19 09:00'}\n")
    ((scenario, steps),) = read_scenarios(path).stories
    assert scenario.name == "A greeting"
    assert steps[0].line == 7
    form = steps[0].form
    assert isinstance(form, Expect)
    assert form.at == "2026-05-19 09:00"
