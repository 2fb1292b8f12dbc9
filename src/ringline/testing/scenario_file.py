"""Scenario files: what is given, what happens, and what is expected, in YAML."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, ValidationError, field_validator

from ringline.errors import DefinitionError, Fault, RequestError
from ringline.phone_numbers import check_recipient
from ringline.testing.forms import Form, Step
from ringline.testing.moments import moment, zone_name
from ringline.testing.scenario_steps import STEPS
from ringline.workflow.document import Document, load_document
from ringline.workflow.explanations import explain, listed, suggestion

_BY_WORD = {step.word: step for step in STEPS}


class Person(Form):
    """Somebody with a phone."""

    number: str = Field(description="The phone's number, with plus and country code.")
    name: str | None = Field(default=None, description="What the person is called.")
    language: str | None = Field(default=None, description="The person's language, such as en.")
    timezone: str | None = Field(default=None, description="The person's time zone; the scenario's, if left out.")
    lists: list[str] = Field(default_factory=list, description="Lists of contacts the person is on.")
    fields: dict[str, Any] = Field(default_factory=dict, description="Further fields of the contact.")

    @field_validator("number")
    @classmethod
    def _check_number(cls, value: str) -> str:
        try:
            return check_recipient(value, field="number")
        except RequestError as error:
            raise ValueError(str(error)) from None

    @field_validator("timezone")
    @classmethod
    def _check_zone(cls, value: str | None) -> str | None:
        return None if value is None else zone_name(value)


class Scenario(Form):
    """One story."""

    name: str = Field(description="What it shows, in a few words.")
    starts_at: str | None = Field(default=None, description="When it begins; the file's `starts_at`, if left out.")
    steps: list[dict[str, Any]] = Field(min_length=1, description="What happens, in order.")
    unexpected: Literal["fail", "ignore"] = Field(
        default="fail", description="What to do about messages no step expects."
    )


class ScenarioForm(Form):
    """A whole file."""

    workflow: str | None = Field(default=None, description="The workflow's file, beside this one.")
    workflows: list[str] = Field(default_factory=list, description="Or several.")
    definitions: dict[str, str] = Field(
        default_factory=dict, description="Or the definitions themselves, as text, by the workflows' names."
    )
    starts_at: str = Field(default="2026-05-04 09:00", description="When the stories begin, in `timezone`.")
    timezone: str = Field(default="America/New_York", description="The zone of all times that are not a person's.")
    people: dict[str, Person] = Field(default_factory=dict, description="Who has a phone, by short names.")
    environment: dict[str, str] = Field(
        default_factory=dict, description="Variables of the server's environment, such as the secrets of webhooks."
    )
    credentials: list[str] = Field(default_factory=list, description="Further names of credentials that exist.")
    scenarios: list[Scenario] = Field(min_length=1, description="The stories.")

    @field_validator("timezone")
    @classmethod
    def _check_zone(cls, value: str) -> str:
        return zone_name(value)

    @field_validator("starts_at")
    @classmethod
    def _check_start(cls, value: str) -> str:
        moment(value, ZoneInfo("UTC"))
        return value


class PlacedStep:
    """A step, and the line it stands in."""

    __slots__ = ("form", "line", "text")

    def __init__(self, form: Step, line: int | None, text: str) -> None:
        self.form = form
        self.line = line
        self.text = text


class ScenarioFile:
    """A file that has been read: what is given, and stories of checked steps."""

    def __init__(self, path: Path, form: ScenarioForm, stories: list[tuple[Scenario, list[PlacedStep]]]) -> None:
        self.path = path
        self.form = form
        self.stories = stories

    @property
    def workflows(self) -> list[Path]:
        """The definitions it is about."""
        names = ([self.form.workflow] if self.form.workflow else []) + self.form.workflows
        return [self.path.parent / name for name in names]


def read_scenarios(path: Path) -> ScenarioFile:
    """Read a scenario file. Raises `DefinitionError` with every fault, each with its line and its fix."""
    document = load_document(path)
    faults: list[Fault] = []
    try:
        form = ScenarioForm.model_validate(document.data)
    except ValidationError as error:
        known = list(ScenarioForm.model_fields)
        for one in explain(error, document.data, known=known, of="a scenario file"):
            faults.append(_fault(document, one.path, one.sentence, one.fix))
        raise DefinitionError(_summary(path, faults), "scenario", faults=faults) from None
    stories = []
    for number, scenario in enumerate(form.scenarios):
        steps = [
            _step(document, ("scenarios", number, "steps", index), data, form, faults)
            for index, data in enumerate(scenario.steps)
        ]
        stories.append((scenario, [step for step in steps if step is not None]))
    found = ScenarioFile(path, form, stories)
    for workflow in found.workflows:
        if not workflow.is_file():
            at = ("workflow",) if form.workflow and workflow.name == Path(form.workflow).name else ("workflows",)
            faults.append(_fault(document, at, f"There is no file {workflow}.", "Name the definition's file."))
    if not found.workflows and not form.definitions:
        faults.append(_fault(document, (), "It names no workflow.", "Add `workflow: FILE`."))
    if faults:
        raise DefinitionError(_summary(path, faults), "scenario", faults=faults)
    return found


def _step(
    document: Document, at: tuple[str | int, ...], data: Mapping[str, Any], form: ScenarioForm, faults: list[Fault]
) -> PlacedStep | None:
    words = [key for key in data if key in _BY_WORD]
    if len(words) > 1:
        # A word of one step may be a key of another: `expect` with `to`, `broadcast` with `workflow`.
        words = [word for word in words if set(data) <= _keys(_BY_WORD[word])]
    if len(words) != 1:
        known = listed(_BY_WORD)
        meant = next((word for key in data if (word := suggestion(key, _BY_WORD))), None)
        fix = f"Did you mean `{meant}`?" if meant and not words else f"Begin it with one of {known}."
        faults.append(_fault(document, at, "This step does not say what happens.", fix))
        return None
    model = _BY_WORD[words[0]]
    try:
        step = model.model_validate(dict(data))
    except ValidationError as error:
        for found in explain(error, data, known=sorted(_keys(model)), of=f"`{model.word}`"):
            faults.append(_fault(document, (*at, *found.path), found.sentence, found.fix))
        return None
    for key in model.people:
        who = getattr(step, key)
        if who is not None and who not in form.people:
            meant = suggestion(who, form.people)
            fix = f"Did you mean `{meant}`?" if meant else "Add the person under `people`."
            faults.append(_fault(document, (*at, key.rstrip("_")), f"There is nobody called `{who}`.", fix))
            return None
    place = document.position(at)
    return PlacedStep(step, place[0] if place else None, _told(data))


def _keys(model: type[Step]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def _told(data: Mapping[str, Any]) -> str:
    """The step on one line, as its author wrote it."""
    parts = []
    for key, value in data.items():
        text = str(value).replace("\n", " ⏎ ") if not isinstance(value, Mapping) else _told(value)
        parts.append(f"{key}: {text}" if not isinstance(value, Mapping) else f"{key}: {{{text}}}")
    line = ", ".join(parts)
    return line if len(line) <= 110 else line[:109] + "…"


def _fault(document: Document, at: tuple[str | int, ...], sentence: str, fix: str) -> Fault:
    place = document.position(at)
    return Fault(
        severity="error",
        code="scenario",
        message=sentence,
        fix=fix,
        step=None,
        field=".".join(map(str, at)) or None,
        line=place[0] if place else None,
        column=place[1] if place else None,
    )


def _summary(path: Path, faults: list[Fault]) -> str:
    return f"{path} is not a scenario file: {' '.join(fault.message for fault in faults[:3])}"
