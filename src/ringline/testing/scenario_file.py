"""Scenario files: what is given, what happens, and what is expected, in YAML.

Every step is a mapping with one word that says what it does (``start``, ``reply``, ``wait``, ``expect`` …) and the
further keys of that word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ringline.errors import DefinitionError, Fault, RequestError
from ringline.phone_numbers import check_recipient
from ringline.workflow.document import Document, load_document
from ringline.workflow.durations import Duration
from ringline.workflow.explanations import explain, listed, suggestion

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_MOMENT_HINT = "write a time of day as `09:00`, or a moment as `2026-05-19 09:00`"


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", populate_by_name=True)


class Person(_Form):
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
        return None if value is None else _zone_name(value)


class Step(_Form):
    """What all steps share."""

    word: ClassVar[str]
    people: ClassVar[tuple[str, ...]] = ()
    """Fields that name somebody under `people`."""


class Start(Step):
    """Start a run."""

    word: ClassVar[str] = "start"
    start: str | None = Field(description="The workflow's name; empty where the file names only one.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="Its inputs; `{{ana.number}}` is filled in.")
    key: str | None = Field(default=None, description="Idempotency key: the same again starts nothing.")


class Webhook(Step):
    """Call a workflow's webhook trigger."""

    word: ClassVar[str] = "webhook"
    webhook: str = Field(description="The trigger's path.")
    workflow: str | None = Field(default=None, description="The workflow's name; empty where there is only one.")
    body: Any = Field(default=None, description="What is posted, as JSON.")
    headers: dict[str, str] = Field(default_factory=dict, description="Headers of the request.")


class Reply(Step):
    """Somebody writes a message."""

    word: ClassVar[str] = "reply"
    people: ClassVar[tuple[str, ...]] = ("from_",)
    reply: str = Field(description="The text.")
    from_: str = Field(alias="from", description="Who writes.")
    to: str | None = Field(default=None, description="The number written to; that of the last message, if left out.")


class Read(Step):
    """Somebody opens the last WhatsApp message."""

    word: ClassVar[str] = "read"
    people: ClassVar[tuple[str, ...]] = ("read",)
    read: str = Field(description="Who opens it.")


class Click(Step):
    """Somebody opens a link of the last message and presses the button there, if there is one."""

    word: ClassVar[str] = "click"
    people: ClassVar[tuple[str, ...]] = ("click",)
    click: str = Field(description="Who opens it.")
    link: str | None = Field(default=None, description="Part of the link; the first one, if left out.")


class WaitFor(Step):
    """Time passes."""

    word: ClassVar[str] = "wait"
    wait: Duration = Field(description="How long, such as 3d.")


class WaitUntil(Step):
    """Time passes until a moment."""

    word: ClassVar[str] = "wait_until"
    wait_until: str = Field(description="A time of day such as 09:00, or a moment such as 2026-05-19 09:00.")

    @field_validator("wait_until")
    @classmethod
    def _check(cls, value: str) -> str:
        return _moment_text(value)


class Text(_Form):
    """What a message must say."""

    is_: str | None = Field(default=None, alias="is", description="The whole text.")
    contains: str | list[str] | None = Field(default=None, description="A part of it, or several.")
    matches: str | None = Field(default=None, description="A regular expression that fits somewhere in it.")

    @field_validator("matches")
    @classmethod
    def _check_pattern(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                re.compile(value)
            except re.error as error:
                raise ValueError(f"`{value}` is no regular expression: {error}") from None
        return value


class Expect(Step):
    """A message reaches somebody's phone."""

    word: ClassVar[str] = "expect"
    people: ClassVar[tuple[str, ...]] = ("to",)
    expect: str | Text = Field(description="A part of the text, or {is, contains, matches}.")
    to: str = Field(description="Whose phone.")
    from_: str | None = Field(default=None, alias="from", description="The sender.")
    at: str | None = Field(default=None, description="When, to the minute: 09:00, or 2026-05-19 09:00.")
    within: Duration | None = Field(default=None, description="How soon, at most; a minute, if left out.")
    channel: Literal["sms", "whatsapp"] | None = Field(default=None, description="By what.")
    media: int | None = Field(default=None, ge=0, description="With how many pictures or files.")

    @field_validator("at")
    @classmethod
    def _check_at(cls, value: str | None) -> str | None:
        return None if value is None else _moment_text(value)

    @model_validator(mode="after")
    def _one_time(self) -> Expect:
        if self.at is not None and self.within is not None:
            raise ValueError("`at` and `within` are two answers to one question; keep one")
        return self


class ExpectNothing(Step):
    """No further message reaches a phone for a while."""

    word: ClassVar[str] = "expect_nothing"
    people: ClassVar[tuple[str, ...]] = ("to",)
    expect_nothing: Duration = Field(description="For how long, such as 2d.")
    to: str | None = Field(default=None, description="Whose phone; any, if left out.")


class RunState(_Form):
    """How a run stands."""

    workflow: str | None = Field(default=None, description="Of which workflow; of the one there is, if left out.")
    status: Literal["running", "waiting", "paused", "completed", "failed", "canceled"] | None = Field(
        default=None, description="Its status."
    )
    outputs: dict[str, Any] | None = Field(default=None, description="Outputs it must have; others do not matter.")
    has_failures: bool | None = Field(default=None, description="Whether a step failed that nothing handles.")
    error: str | None = Field(default=None, description="Part of the error's sentence.")
    count: int | None = Field(default=None, ge=0, description="How many runs of the workflow there are.")


class ExpectRun(Step):
    """The latest run of a workflow stands as described."""

    word: ClassVar[str] = "expect_run"
    expect_run: Annotated[RunState, Field(description="How it stands.")]

    @field_validator("expect_run", mode="before")
    @classmethod
    def _status_alone(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value


class Sent(_Form):
    """How a message that was to be sent stands."""

    stage: str | None = Field(default=None, description="Our stage, such as refused.")
    status: str | None = Field(default=None, description="The status, such as undelivered.")
    refusal: str | None = Field(default=None, description="Why it was refused, such as opted_out.")
    error: int | None = Field(default=None, description="Twilio's error code.")


class ExpectSent(Step):
    """The latest message to somebody stands as described, whether or not it reached the phone."""

    word: ClassVar[str] = "expect_sent"
    people: ClassVar[tuple[str, ...]] = ("to",)
    expect_sent: Sent = Field(description="How it stands.")
    to: str = Field(description="To whom.")

    @field_validator("expect_sent", mode="before")
    @classmethod
    def _status_alone(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value


class CarrierChange(Step):
    """From now on the network behaves so towards somebody."""

    word: ClassVar[str] = "carrier"
    people: ClassVar[tuple[str, ...]] = ("to",)
    carrier: Literal["delivers", "loses", "undelivered", "failed", "refuses", "slow"] = Field(
        description="What it does with messages."
    )
    to: str = Field(description="Towards whom.")
    error: int | None = Field(default=None, description="The error code that goes with it.")
    after: Duration | None = Field(default=None, description="With `slow`: how long delivery takes.")


class Restart(Step):
    """The process that runs everything ends, and another begins."""

    word: ClassVar[str] = "restart"
    restart: Literal[True] = Field(description="Write `restart: true`.")


class Broadcast(Step):
    """A message or a workflow goes to a list of people."""

    word: ClassVar[str] = "broadcast"
    broadcast: str = Field(description="A name for it; the same again sends nothing twice.")
    message: str | None = Field(default=None, description="The text; `{{name}}` and other fields are filled in.")
    workflow: str | None = Field(default=None, description="Or the workflow that each one gets.")
    inputs: dict[str, str] = Field(default_factory=dict, description="With `workflow`: which column fills which input.")
    to: str = Field(description="The list's name.")
    from_: str | None = Field(default=None, alias="from", description="The sender.")
    purpose: str = Field(default="notification", description="Why it is sent.")


STEPS: tuple[type[Step], ...] = (
    Start,
    Webhook,
    Reply,
    Read,
    Click,
    WaitFor,
    WaitUntil,
    Expect,
    ExpectNothing,
    ExpectRun,
    ExpectSent,
    CarrierChange,
    Broadcast,
    Restart,
)
_BY_WORD = {step.word: step for step in STEPS}


class Scenario(_Form):
    """One story."""

    name: str = Field(description="What it shows, in a few words.")
    starts_at: str | None = Field(default=None, description="When it begins; the file's `starts_at`, if left out.")
    steps: list[dict[str, Any]] = Field(min_length=1, description="What happens, in order.")
    unexpected: Literal["fail", "ignore"] = Field(
        default="fail", description="What to do about messages no step expects."
    )


class ScenarioForm(_Form):
    """A whole file."""

    workflow: str | None = Field(default=None, description="The workflow's file, beside this one.")
    workflows: list[str] = Field(default_factory=list, description="Or several.")
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
        return _zone_name(value)

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
    if not found.workflows:
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


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment that *text* names; without an offset in *zone*. Raises `ValueError` in words."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is no moment; {_MOMENT_HINT}") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def is_time_of_day(text: str) -> bool:
    """Whether *text* is a time without a date."""
    return _TIME_OF_DAY.fullmatch(text) is not None


def _moment_text(value: str) -> str:
    if is_time_of_day(value):
        hours, minutes = value.split(":")[:2]
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError(f"`{value}` is no time of day; {_MOMENT_HINT}")
        return value
    moment(value, ZoneInfo("UTC"))
    return value


def _zone_name(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"`{value}` is no time zone; write a name such as America/New_York") from None
    return value
