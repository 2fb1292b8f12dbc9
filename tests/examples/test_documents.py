"""What README and guides show, done as they show it: commands parsed, definitions checked, Python run."""

from __future__ import annotations

import ast
import inspect
import io
import re
import shlex
from pathlib import Path
from typing import Any

import pytest
from typer.main import get_command

from ringline import Workflow
from ringline.app import block_registry
from ringline.cli.application import build, run
from ringline.simulator import Simulator
from ringline.templating import compile_template
from ringline.testing import run_scenarios
from ringline.workflow import BlockRegistry, check_definition, load_document

ROOT = Path(__file__).parents[2]
GUIDES = (ROOT / "README.md", ROOT / "docs" / "workflows.md")
SCENARIOS = ROOT / "docs" / "scenarios.md"
CALLS = ROOT / "docs" / "calls.md"
INTERVIEWS = ROOT / "docs" / "interviews.md"
QUESTIONS = ROOT / "docs" / "question-flows.md"
UNDERSTANDING = ROOT / "docs" / "understanding.md"
VOICE = (CALLS, INTERVIEWS, QUESTIONS, UNDERSTANDING, ROOT / "docs" / "simulated-calls.md")
ALONE = ("check", "talk", "understand")
"""Commands that need nothing but what is shown beside them."""


def blocks(path: Path, language: str) -> list[str]:
    """The fenced blocks of *language* in a Markdown file; an empty one is a block that names none."""
    found = re.findall(r"^```([^\n]*)\n(.*?)^```$", path.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    return [text for name, text in found if name == language]


def commands(paths: tuple[Path, ...] = (*GUIDES, SCENARIOS, *VOICE)) -> list[str]:
    """Every `ringline …` that a guide or an example tells the reader to type, without comments."""
    lines = [line.removeprefix("$ ") for path in paths for text in blocks(path, "console") for line in text.split("\n")]
    for path in sorted((ROOT / "examples").glob("*.yaml")):
        comments = [line.removeprefix("#").strip() for line in path.read_text(encoding="utf-8").splitlines()]
        lines += "\n".join(comments).replace("\\\n", " ").splitlines()
    return [line.partition(" #")[0].strip() for line in lines if line.startswith("ringline ")]


@pytest.mark.parametrize("line", commands())
def test_a_command_that_is_shown_exists_with_these_options_and_files(line: str) -> None:
    command: Any = get_command(build())
    arguments = shlex.split(line)[1:]
    context = command.make_context("ringline", [], resilient_parsing=True)
    while hasattr(command, "commands"):
        name, *arguments = arguments
        assert name in command.commands, line
        command = command.commands[name]
    command.make_context(command.name, list(arguments), parent=context, resilient_parsing=False)

    for argument in arguments:
        if argument.startswith("examples/"):
            assert (ROOT / argument).is_file(), argument


@pytest.mark.parametrize("path", GUIDES, ids=lambda path: path.stem)
def test_a_definition_that_is_shown_is_in_order(path: Path) -> None:
    shown = blocks(path, "yaml")
    assert shown
    for text in shown:
        assert [fault.as_text() for fault in check_definition(load_document(text), block_registry())] == []


def around(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """A definition around steps that are shown alone: what they read is given, and where they lead there is a step."""
    written = str(steps)
    there = {step["name"] for step in steps} | {
        question["id"] for step in steps for question in step.get("questions", [])
    }
    read = {*re.findall(r"\{\{ *(\w+)", written), "phone"} - there
    led_to = {*re.findall(r"\$steps\.(\w+)", written)} - there
    stubs = [{"type": "twilio/sms@v1", "name": name, "to": "$inputs.phone", "message": "x"} for name in sorted(led_to)]
    return {
        "version": "1.0",
        "name": "shown",
        "defaults": {"from": "+15550001111"},
        "inputs": [{"type": "WorkflowParameter", "name": name} for name in sorted(read)],
        "steps": [*steps, *stubs],
        "outputs": [],
    }


@pytest.mark.parametrize("path", [CALLS, INTERVIEWS], ids=lambda path: path.stem)
def test_a_step_that_is_shown_is_in_order(path: Path) -> None:
    shown = blocks(path, "yaml")
    assert shown
    for text in shown:
        definition = around(load_document(f"steps:\n{text}" if text.startswith("- ") else text).data["steps"])
        faults = [fault for fault in check_definition(definition, block_registry()) if fault.severity == "error"]
        assert [fault.as_text() for fault in faults] == []


@pytest.mark.parametrize(
    "line", [line for line in commands(VOICE) if shlex.split(line)[1] in ALONE], ids=lambda line: line[9:40]
)
def test_a_command_about_voice_does_what_it_says(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("RINGLINE_HOME", str(tmp_path / "home"))
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    (tmp_path / "survey.yaml").write_text(blocks(QUESTIONS, "yaml")[0], encoding="utf-8")
    (tmp_path / "answers.txt").write_text("10\n#1\n", encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.StringIO("ten\nyes\n"))
    assert run(shlex.split(line)[1:]) == 0
    said = capsys.readouterr()
    assert said.out
    assert "error:" not in said.err


def test_the_scenario_that_is_shown_comes_true(tmp_path: Path) -> None:
    (shown,) = blocks(SCENARIOS, "yaml scenarios")
    (tmp_path / "appointment.yaml").write_text((ROOT / "examples" / "appointment.yaml").read_text())
    (tmp_path / "shown.scenarios.yaml").write_text(shown)
    assert [result.explain() for result in run_scenarios(tmp_path / "shown.scenarios.yaml") if not result.is_ok] == []


@pytest.fixture
def folder_with_the_reminder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty folder to work in, holding the definition the README begins with."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "reminder.yaml").write_text(blocks(GUIDES[0], "yaml")[0], encoding="utf-8")


@pytest.mark.parametrize("path", [*GUIDES, UNDERSTANDING], ids=lambda path: path.stem)
@pytest.mark.usefixtures("folder_with_the_reminder")
async def test_python_that_is_shown_runs_as_it_stands(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shown = blocks(path, "python")
    assert shown
    async with Simulator() as simulator:
        monkeypatch.setenv("RINGLINE_TWILIO_BASE_URL", simulator.base_url)
        for text in shown:
            names = {"account_sid": simulator.account_sid, "auth_token": simulator.auth_token}
            left = await run_shown(text, names)
            if (workflow := left.get("workflow")) is not None:
                assert isinstance(workflow, Workflow)
                assert [fault for fault in workflow.check() if fault.severity == "error"] == []
            if "ringline" in left:
                assert left["message"].stage == "accepted"


async def run_shown(text: str, names: dict[str, Any]) -> dict[str, Any]:
    """Run Python with `await` at its top level, as a notebook would; gives the names it leaves."""
    code = compile(text, "<shown>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
    result = eval(code, names)  # what the project's own guides hold
    if inspect.iscoroutine(result):
        await result
    return names


async def test_the_block_that_is_shown_is_one_and_does_its_step() -> None:
    shown = next(text for text in blocks(ROOT / "docs" / "workflows.md", "python") if "class Shout(" in text)
    block = (await run_shown(shown, {}))["Shout"]
    definition = """
version: "1.0"
inputs: [{type: WorkflowParameter, name: text}]
steps: [{type: my/shout@v1, name: loud, text: $inputs.text, marks: 3}]
outputs: [{type: JsonField, name: text, selector: $steps.loud.text}]
"""
    assert check_definition(load_document(definition), BlockRegistry([block])) == []
    assert block().run(text="hi", marks=3) == {"text": "HI!!!"}


def test_every_template_that_is_shown_can_be_read() -> None:
    lines = [line for text in blocks(ROOT / "docs" / "workflows.md", "") for line in text.splitlines()]
    assert lines
    for line in lines:
        compile_template(re.split(r" {3,}", line)[0])


@pytest.mark.parametrize("path", sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/*.md")]))
def test_a_file_that_is_linked_is_there(path: Path) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8"))
    assert [link for link in links if not (path.parent / link).exists()] == []
