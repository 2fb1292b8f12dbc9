"""Interviews held in the terminal, by script and by hand."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ringline.cli.application import run
from ringline.cli.exit_codes import ExitCode

SURVEY = str(Path(__file__).parents[2] / "examples" / "satisfaction-survey.yaml")
ALONE = """
questions:
  - id: rating
    question: On a scale of 1 to 10, how was it?
    type: number
    conditionalActions:
      - {condition: {operator: contains, value: "9,10"}, nextQuestionId: praise}
      - {condition: {operator: contains, value: "1,2,3,4,5,6,7,8"}, nextQuestionId: improvement}
  - {id: praise, question: May we quote you?, type: yes_no}
  - {id: improvement, question: What could be better?}
goodbye: Thank you, goodbye.
"""


@pytest.fixture
def script(tmp_path: Path) -> Callable[[str], str]:
    """Writes what somebody does on the phone, and gives the file's name."""

    def write(text: str) -> str:
        (tmp_path / "person.txt").write_text(text, encoding="utf-8")
        return str(tmp_path / "person.txt")

    return write


@pytest.fixture
def alone(tmp_path: Path) -> str:
    """An interview alone in its file."""
    (tmp_path / "alone.yaml").write_text(ALONE, encoding="utf-8")
    return str(tmp_path / "alone.yaml")


def test_what_is_said_the_answers_and_the_way_are_shown(
    script: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = script("// somebody content\nnine\n#1\n")
    assert run(["talk", SURVEY, "--script", told]) == ExitCode.OK
    said = capsys.readouterr().out
    lines = [line for line in said.splitlines() if line]
    assert lines[:2] == ["[ringing]", "[in-progress]"]
    assert "agent  On a scale of 1 to 10, how would you rate your recent experience with our service?" in lines
    assert "you    nine" in lines
    assert "you    [keys 1]" in lines
    assert "agent  Thank you for your time. Goodbye." in lines
    assert lines.index("agent  Thank you for your time. Goodbye.") < lines.index("[completed]")
    assert "satisfaction_rating  9" in said
    assert "  → testimonial_request  (contains 9 or 10)" in lines
    assert "testimonial_request  true  100% sure  keys 1" in said
    assert "  → completed  (the last question)" in lines


def test_an_interview_alone_takes_other_ways_by_other_answers(
    alone: str, script: Callable[[str], str], json_of: Callable[..., Any]
) -> None:
    found = json_of("talk", alone, "--script", script("two\nthe waiting\n"))
    assert [(one["question"], one["leads_to"]) for one in found["path"]] == [
        ("rating", "improvement"),
        ("improvement", "completed"),
    ]
    assert found["answers"]["improvement"]["value"] == "the waiting"
    assert ("us", "Thank you, goodbye.") in [(line["who"], line["text"]) for line in found["transcript"]]

    found = json_of("talk", alone, "--linear", "--script", script("nine\nyes\nnothing at all\n"))
    assert [one["question"] for one in found["path"]] == ["rating", "praise", "improvement"]


def test_silence_is_asked_again_and_hanging_up_is_no_good_end(
    alone: str, script: Callable[[str], str], json_of: Callable[..., Any]
) -> None:
    found = json_of("talk", alone, "--script", script("\n!\n"), code=ExitCode.FAILED)
    assert (found["outcome"], found["answers"]) == ("partial", {})
    asked = [line["text"] for line in found["transcript"] if line["who"] == "us"]
    assert len(asked) == 2
    assert asked[1] != asked[0]


def test_it_is_held_in_another_language(alone: str, script: Callable[[str], str], json_of: Callable[..., Any]) -> None:
    found = json_of("talk", alone, "--language", "es", "--script", script("nueve\nclaro que sí\n"))
    assert {name: answer["value"] for name, answer in found["answers"].items()} == {"rating": 9, "praise": True}


def test_what_is_not_in_that_language_is_said_before(
    alone: str, script: Callable[[str], str], capsys: pytest.CaptureFixture[str]
) -> None:
    told = script("nine\nyes\n")
    run(["talk", alone, "--language", "es", "--script", told])
    mixed = " ".join(capsys.readouterr().err.split())
    run(["talk", alone, "--language", "en-GB", "--script", told])

    assert "`rating`, `praise`, `improvement` have no `translations` with `es`" in mixed
    assert capsys.readouterr().err == ""


def test_what_the_workflow_hands_in_is_said(
    tmp_path: Path, script: Callable[[str], str], json_of: Callable[..., Any], capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "greeting.yaml"
    path.write_text(
        """
version: "1.0"
name: greeting
inputs: [{type: WorkflowParameter, name: phone}, {type: WorkflowParameter, name: patient}]
steps:
  - type: twilio/voice_agent@v1
    name: ask
    to: $inputs.phone
    greeting: "Hello {{patient}}."
    goodbye: Goodbye.
    on_drop: [{call: 2m}]
    outcomes: {completed: [$steps.thank]}
    questions: [{id: comes, question: "Will you come, {{patient}}?", type: yes_no}]
  - {type: twilio/sms@v1, name: thank, to: $inputs.phone, message: "Thank you, {{patient}}."}
outputs: []
""",
        encoding="utf-8",
    )
    found = json_of("talk", str(path), "--input", "patient=Ann", "--script", script("yes\n"))
    assert [line["text"] for line in found["transcript"] if line["who"] == "us"] == [
        "Hello Ann.",
        "Will you come, Ann?",
        "Goodbye.",
    ]
    assert run(["talk", str(path), "--script", script("yes\n")]) == ExitCode.USAGE
    assert "Not given: patient" in capsys.readouterr().err


def test_faults_are_named_with_their_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "faulty.yaml"
    path.write_text("questions:\n  - {id: reason, question: Why?}\n", encoding="utf-8")
    assert run(["talk", str(path)]) == ExitCode.USAGE
    assert "Line 2, field `questions.0.id`" in capsys.readouterr().err
    path.write_text("questions:\n  - {id: why, question: Why?, typ: number}\n", encoding="utf-8")
    assert run(["talk", str(path)]) == ExitCode.USAGE
    assert "typ" in capsys.readouterr().err
    path.write_text("greeting: Hello\n", encoding="utf-8")
    assert run(["talk", str(path)]) == ExitCode.USAGE
    assert "There is no interview in it" in capsys.readouterr().err
    assert run(["talk", SURVEY, "--step", "tell"]) == ExitCode.USAGE
    assert "survey" in capsys.readouterr().err


def test_it_is_held_by_hand(alone: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    over, asked = threading.Event(), {"rating": threading.Event(), "praise": threading.Event()}
    from ringline.cli import held_phone

    class Printer(held_phone.CallPrinter):
        def __call__(self, event: Any) -> None:
            super().__call__(event)
            if event.kind == "listening":
                (asked["praise"] if asked["rating"].is_set() else asked["rating"]).set()

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

        def __iter__(self) -> Iterator[str]:  # type: ignore[override]
            assert asked["rating"].wait(20)
            yield "ten\n"
            assert asked["praise"].wait(20)
            yield "#2\n"
            over.wait(30)

    monkeypatch.setattr("ringline.cli.talk.CallPrinter", Printer)
    monkeypatch.setattr("sys.stdin", Terminal())
    ended = run(["talk", alone])
    over.set()
    said = capsys.readouterr().out
    assert ended == ExitCode.OK, said
    assert "you    ten" in said
    assert "praise  false  100% sure  keys 2" in said
