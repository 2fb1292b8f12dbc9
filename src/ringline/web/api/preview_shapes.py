"""What is asked of previews, and what they give."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_MOST_CHARACTERS = 20_000


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class MessagePreviewIn(_In):
    """A text as its author wrote it, and values to show it with."""

    text: str = Field(max_length=_MOST_CHARACTERS)
    channel: Literal["sms", "whatsapp", "voice"] = "sms"
    samples: dict[str, Any] = Field(default={}, description="Values by dotted name; made up for names left out.")
    to: str | None = Field(default=None, description="The recipient, for the price; a number of `country` if left out.")
    country: str | None = Field(default=None, min_length=2, max_length=2)
    language: str = "en"
    timezone: str = "UTC"
    media: int = Field(default=0, ge=0, le=10)
    placeholders: bool = Field(default=False, description="Whether its gaps are Roboflow's `{{ $parameters.name }}`.")


class SamplePreviewOut(BaseModel):
    """A name the text reads, and the value it is shown with."""

    name: str
    value: Any
    required: bool = Field(description="Whether the text fails where the name has no value.")


class DearCharacterOut(BaseModel):
    """A character that GSM-7 has not, and what could stand in its place; empty where nothing can."""

    character: str
    name: str
    replacement: str | None


class CountedTextOut(BaseModel):
    """A text as it goes over the air."""

    text: str
    encoding: str
    segments: int
    units: list[int] = Field(description="Septets, or 16-bit units, of each segment.")
    capacity: int = Field(description="How many units a segment of this message holds.")
    characters: int


class PricePreviewOut(BaseModel):
    """About what it costs; the amount is empty where no price is on file."""

    amount: Decimal | None
    unit: str
    as_of: str
    note: str
    country: str | None


class TemplateFaultOut(BaseModel):
    """Why the text cannot be shown."""

    message: str
    fix: str
    position: int | None


class MessagePreviewOut(BaseModel):
    """The text as somebody would get it. `plain` is the same without what makes it UCS-2, where that helps."""

    message: CountedTextOut | None
    samples: list[SamplePreviewOut]
    fault: TemplateFaultOut | None
    beyond_gsm7: list[DearCharacterOut]
    plain: CountedTextOut | None
    plain_source: str | None = Field(description="What its author would write for `plain`.")
    price: PricePreviewOut | None


class NumberPreviewOut(BaseModel):
    """What is known of a number from its digits."""

    valid: bool
    country: str | None
    international: str | None
    sentence: str


class AnswerPreviewIn(_In):
    """What a person might say to a question, as its author wrote the question."""

    question: dict[str, Any]
    text: str = Field(max_length=2000)
    keys: bool = Field(default=False, description="Whether it is keyed in.")
    language: str = "en"
    country: str | None = Field(default=None, min_length=2, max_length=2)
    questions: list[Any] = Field(default=[], description="All questions, to say where the answer leads.")
    id: str = Field(default="", description="The question's own id among them.")
    flow: str | None = None


class LeadsOut(BaseModel):
    """What comes next: a question, or how it ends; `why` is the condition that holds."""

    kind: str
    question: str | None
    message: str | None
    why: str


class AnswerPreviewOut(BaseModel):
    """What it is taken to mean, how sure that is, and why. `words_match`: a condition looks for these very words."""

    status: str
    value: Any
    confidence: float
    evidence: list[str]
    alternatives: list[Any]
    words_match: bool
    sentence: str
    leads_to: LeadsOut | None = Field(description="Empty where it is asked again, or the questions have faults.")


class QuestionsPreviewIn(_In):
    """Questions as their author wrote them."""

    questions: list[Any]
    flow: str | None = None
    language: str = "en"
    has_goodbye: bool = True
    calls: bool = Field(default=True, description="Whether to work out the calls that try every way through.")
    play: bool = Field(default=False, description="Whether to play them too, in virtual time.")


class QuestionFaultOut(BaseModel):
    """Something wrong with the questions, at `questions.0.choices`."""

    severity: str
    path: str
    message: str
    fix: str


class PathAnswerOut(BaseModel):
    """One answer of a test call."""

    question: str
    say: str
    keys: str | None


class PlayedOut(BaseModel):
    """A test call that was played: what was asked, how it ended, and about how long it takes."""

    asked: list[str]
    outcome: str
    seconds: float
    as_planned: bool
    told: list[str]


class PathPreviewOut(BaseModel):
    """A way through: what to answer, and how it ends. `played` is empty where it was not."""

    answers: list[PathAnswerOut]
    questions: list[str]
    end: str
    message: str | None
    played: PlayedOut | None


class QuestionsPreviewOut(BaseModel):
    """The interview as a graph, with its faults and the calls that try every way."""

    faults: list[QuestionFaultOut]
    graph: dict[str, Any] | None
    calls: list[PathPreviewOut]
