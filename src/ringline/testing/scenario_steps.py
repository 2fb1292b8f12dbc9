"""The words of scenarios: a step each, with its keys.

Every step is a mapping with one word that says what it does (``start``, ``reply``, ``wait``, ``expect`` …) and the
further keys of that word beside it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from ringline.testing.call_steps import CALL_STEPS
from ringline.testing.forms import Form, Step
from ringline.testing.moments import moment_text
from ringline.workflow.durations import Duration


class Start(Step):
    """Start a run."""

    word: ClassVar[str] = "start"
    start: str | None = Field(description="The workflow's name; empty where the file names only one.")
    inputs: dict[str, Any] = Field(default_factory=dict, description="Its inputs; `{{ana.number}}` is filled in.")
    key: str | None = Field(default=None, description="Idempotency key: the same again starts nothing.")

    @field_validator("start", mode="before")
    @classmethod
    def _name_only(cls, value: Any) -> Any:
        if isinstance(value, Mapping):
            raise ValueError(
                "`start` names the workflow, and its inputs stand beside it; write {start: NAME, inputs: {…}}"
            )
        return value


class Webhook(Step):
    """Call a workflow's webhook trigger."""

    word: ClassVar[str] = "webhook"
    webhook: str = Field(description="The trigger's path.")
    workflow: str | None = Field(default=None, description="The workflow's name; empty where there is only one.")
    body: Any = Field(default=None, description="What is posted, as JSON.")
    headers: dict[str, str] = Field(
        default_factory=dict,
        description="Headers of the request. It is signed, or bears the token, by itself where they do not.",
    )


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
        return moment_text(value)


class Text(Form):
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
        return None if value is None else moment_text(value)

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


class RunState(Form):
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


class Sent(Form):
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
    *CALL_STEPS,
    Restart,
)
