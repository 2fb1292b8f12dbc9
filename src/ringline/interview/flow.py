"""What an interview asks: questions, their conditions and where they lead. The form in which everything works on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

QuestionType = Literal[
    "text", "number", "yes_no", "multiple_choice", "date", "time", "duration", "phone", "email", "digits"
]
Operator = Literal["equals", "contains", "contains_word", "not_equals", "any_other"]
Step = Literal["continue_flow", "end_call", "transfer"]
OnExhausted = Literal["next", "skip", "default", "transfer", "end"]
Confirm = Literal["auto", "always", "never"]

END = "end"
"""As `next`, ends the interview."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the answers to choose from; *id* is its value where it has one, else *label* is."""

    label: str
    id: str | None = None
    synonyms: tuple[str, ...] = ()
    keys: str | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """What an answer is compared with. *field* is a question's id, the question's own where it is left out.

    *value* is as it was written: text (top-level commas mean any of), a number, true or false, or a list of them.
    """

    operator: Operator
    field: str | None = None
    value: Any = None


@dataclass(frozen=True, slots=True)
class ConditionalAction:
    """What follows where its condition holds. *next* is a question's id, ``end``, or nothing for the next in order."""

    condition: Condition
    action: Step = "continue_flow"
    next: str | None = None
    message: str | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """One question. Times are seconds; *timeout* is how long silence may last before the caller is asked again.

    *retries* is how often it is asked again after the first time. *prompts* are words for the second, third … asking;
    *translations* the question in other languages. *default* is taken where *on_exhausted* says so.
    """

    id: str
    question: str
    type: QuestionType = "text"
    retries: int = 3
    timeout: float = 5.0
    choices: tuple[Choice, ...] = ()
    actions: tuple[ConditionalAction, ...] = ()
    next: str | None = None
    optional: bool = False
    minimum: float | None = None
    maximum: float | None = None
    integer: bool = False
    scale: bool = True
    """Whether "on a scale of 1 to 10" in the question bounds its answers."""
    confirm: Confirm = "auto"
    sensitive: bool = False
    on_exhausted: OnExhausted = "next"
    default: Any = None
    max_visits: int = 3
    allow_unsure: bool = False
    keypad: bool = True
    keys_only: bool = False
    length: int | None = None
    """How many digits a `digits` answer has."""
    country: str | None = None
    help: str | None = None
    prompts: tuple[str, ...] = ()
    translations: tuple[tuple[str, str], ...] = ()
    language: str | None = None
    hints: tuple[str, ...] = ()
    speech_model: str | None = None
    speech_timeout: float | None = None
    enhanced: bool = False
    profanity_filter: bool = True
    media: str | None = None
    """Address of a recording played instead of the spoken question."""


@dataclass(frozen=True, slots=True)
class QuestionFlow:
    """All questions in their order. With *linear* what nothing leads away from goes on in plain list order."""

    questions: tuple[Question, ...]
    linear: bool = False

    def __getitem__(self, id: str) -> Question:
        return next(question for question in self.questions if question.id == id)

    def __contains__(self, id: object) -> bool:
        return any(question.id == id for question in self.questions)

    @property
    def ids(self) -> tuple[str, ...]:
        return tuple(question.id for question in self.questions)
