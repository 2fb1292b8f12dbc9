"""The words of scenarios for calls."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field, field_validator

from ringline.testing.forms import Form, Step
from ringline.workflow.durations import Duration

FinalStatus = Literal["completed", "busy", "no-answer", "failed", "canceled"]


class _Talking(Step):
    """Shared by who picks up and who calls: what they do on the call."""

    with_: list[Any] = Field(
        default_factory=list,
        alias="with",
        description="What they do each time they are asked: a text to say, `silent`, `hang_up`, {say, confidence}, "
        "{press: KEYS} or {wait: SECONDS}. After the last one they stay silent.",
    )

    @field_validator("with_")
    @classmethod
    def _are_steps(cls, value: list[Any]) -> list[Any]:
        from ringline.errors import RequestError
        from ringline.simulator.calls.steps import step_from

        known = [{one: True} if one in ("silent", "hang_up") else one for one in value]
        try:
            for one in known:
                step_from(one)
        except RequestError as error:
            raise ValueError(f"{error.message}; {error.fix}") from None
        return known


class Answer(_Talking):
    """Somebody picks up the next time their phone rings."""

    word: ClassVar[str] = "answer"
    people: ClassVar[tuple[str, ...]] = ("answer",)
    answer: str = Field(description="Who picks up.")
    after: Duration = Field(default=2.0, description="After how much ringing.")


class Call(_Talking):
    """Somebody calls one of the account's numbers."""

    word: ClassVar[str] = "call"
    people: ClassVar[tuple[str, ...]] = ("from_",)
    call: str = Field(description="The number called.")
    from_: str = Field(alias="from", description="Who calls.")


class LineChange(Step):
    """What becomes of the next call to somebody who does not pick up."""

    word: ClassVar[str] = "line"
    people: ClassVar[tuple[str, ...]] = ("to",)
    line: Literal["busy", "declines", "rings", "machine", "fax", "fails"] = Field(
        description="Engaged, turned away, nobody picks up, a machine does, or the carrier fails."
    )
    to: str = Field(description="Whose phone.")


class CallState(Form):
    """How a call went."""

    status: FinalStatus | None = Field(default=None, description="How it ended, as Twilio says.")
    heard: str | list[str] | None = Field(default=None, description="A part of what was said to them, or several.")
    not_heard: str | None = Field(default=None, description="A part that must not have been said.")
    seconds: int | None = Field(default=None, ge=0, description="How long they talked, at most.")


class ExpectCall(Step):
    """A call with somebody is over, and went as described."""

    word: ClassVar[str] = "expect_call"
    people: ClassVar[tuple[str, ...]] = ("to",)
    expect_call: CallState = Field(description="How it went.")
    to: str = Field(description="With whom.")
    at: str | None = Field(default=None, description="When it was placed, to the minute: 09:00, or 2026-05-19 09:00.")
    within: Duration | None = Field(default=None, description="How soon it is over, at most; 15 minutes, if left out.")

    @field_validator("expect_call", mode="before")
    @classmethod
    def _status_alone(cls, value: Any) -> Any:
        return {"status": value} if isinstance(value, str) else value


CALL_STEPS: tuple[type[Step], ...] = (Answer, Call, LineChange, ExpectCall)
