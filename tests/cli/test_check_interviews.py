"""`ringline check --graph` and `--calls`: the interviews in a definition, drawn and walked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from cli.conftest import Say
from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

QUESTIONS = """\
questions:
  - id: again
    question: "Would you come again?"
    expectedAnswerType: yes_no
    conditionalActions:
      - condition: {operator: equals, value: "no"}
        action: end_call
        customMessage: "Thank you all the same."
  - id: why
    question: "What was best?"
"""
DRAWN = """\
flowchart TD
  start([start]) --> q0
  q0["again<br/>Would you come again?<br/>yes or no"]
  q1["why<br/>What was best?<br/>text"]
  q0x0(["end of the call<br/>“Thank you all the same.”"])
  done([end])
  q0 -->|"is no"| q0x0
  q0 -.->|"otherwise"| q1
  q1 -.-> done
"""


@pytest.fixture
def workflow(tmp_path: Path) -> Path:
    """A workflow with an interview deep in one of its steps."""
    indented = "".join(f"    {line}\n" for line in QUESTIONS.splitlines())
    text = (
        'version: "1.0"\ninputs: []\nsteps:\n'
        f'  - type: twilio/voice_agent@v1\n    name: survey\n    to: "+15551234567"\n{indented}outputs: []\n'
    )
    path = tmp_path / "survey.yaml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def interview(tmp_path: Path) -> Path:
    """An interview alone in its file."""
    path = tmp_path / "interview.yaml"
    path.write_text(QUESTIONS, encoding="utf-8")
    return path


def test_an_interview_alone_is_drawn_and_nothing_else_is_printed(
    interview: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(interview), "--graph"]) == ExitCode.OK
    printed = capsys.readouterr()

    assert printed.out == f"%% questions\n{DRAWN}\n"
    assert "yes matches no condition of `again`; it goes on to `why`." in printed.err


def test_the_interview_of_a_step_is_drawn_under_its_name(workflow: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["check", str(workflow), "--graph"])

    assert f"%% step survey\n{DRAWN}" in capsys.readouterr().out


def test_there_is_a_call_for_each_way(interview: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["check", str(interview), "--calls"]) == ExitCode.OK

    assert capsys.readouterr().out == (
        "questions, call 1 of 2\n"
        "  again: say “no” or key 2\n"
        "  → a rule ends the call: “Thank you all the same.”\n"
        "\n"
        "questions, call 2 of 2\n"
        "  again: say “yes” or key 1\n"
        "  why: say “I will say it in my own words”\n"
        "  → the interview is complete\n"
        "\n"
    )


def test_the_same_for_machines(interview: Path, json_of: Say) -> None:
    answer = json_of("check", str(interview), "--graph", "--calls")
    (flow,) = answer["flows"]

    assert answer["ok"] is True
    assert (flow["step"], flow["at"]) == (None, "questions")
    assert [edge["to"] for edge in flow["graph"]["edges"]] == [None, "why", None]
    assert [call["end"] for call in flow["calls"]] == ["end_call", "end"]
    assert flow["calls"][0]["answers"] == [{"question": "again", "say": "no", "keys": "2"}]


@pytest.mark.parametrize(
    ("wrong", "line", "message"),
    [
        ("nextQuestionId: gone", 10, "Question `why` leads to `gone`, which there is not."),
        ("maxRetries: many", 10, "`maxRetries` of question `why` must be a whole number, and it is “many”."),
    ],
)
def test_faults_have_their_line(interview: Path, json_of: Say, wrong: str, line: int, message: str) -> None:
    first, last = QUESTIONS.split('    question: "What')
    interview.write_text(f'{first}    {wrong}\n    question: "What{last}', encoding="utf-8")
    answer = json_of("check", str(interview), "--graph", code=ExitCode.USAGE)
    (fault,) = [fault for fault in answer["faults"] if fault["severity"] == "error"]

    assert (fault["line"], fault["message"]) == (line, message)


def test_a_file_without_an_interview_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "none.yaml"
    path.write_text('version: "1.0"\ninputs: []\nsteps: []\noutputs: []\n', encoding="utf-8")

    assert run(["check", str(path), "--graph"]) == ExitCode.OK
    assert "There is no interview in it." in capsys.readouterr().err


def test_questions_of_another_service_are_no_interview(tmp_path: Path, json_of: Say) -> None:
    path = tmp_path / "post.yaml"
    body: Any = '{questions: [{title: "A"}, "B"]}'
    path.write_text(
        'version: "1.0"\ninputs: []\nsteps:\n'
        f'  - {{type: data/http_request@v1, name: post, url: "https://example.com", method: POST, json: {body}}}\n'
        "outputs: []\n",
        encoding="utf-8",
    )

    assert run(["check", str(path), "--graph", "--json"]) in (ExitCode.OK, ExitCode.USAGE)
    assert json_of("check", str(path), "--graph", code=run(["check", str(path)]))["flows"] == []
