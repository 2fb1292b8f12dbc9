"""What a question can have wrong by itself: its name, its numbers, its choices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ringline.interview.faults import FlowFault, listed
from ringline.interview.operands import as_text, folded, items_of, names_of
from ringline.understanding import LANGUAGES, is_known

if TYPE_CHECKING:
    from ringline.interview.flow import Question, QuestionFlow

MOST_RETRIES = 10

_COUNTED = ("number", "yes_no", "multiple_choice")
_GOES_WITH = {
    "choices": ("multiple_choice",),
    "minimum": ("number",),
    "maximum": ("number",),
    "integer": ("number",),
    "length": ("digits",),
    "allow_unsure": ("yes_no",),
}


def question_faults(flow: QuestionFlow, language: str) -> Iterator[FlowFault]:
    """Everything of this kind."""
    seen: dict[str, int] = {}
    for index, question in enumerate(flow.questions):
        at = f"questions.{index}"
        if question.id in seen:
            yield FlowFault(
                "error",
                f"{at}.id",
                f"Two questions are called `{question.id}`: number {seen[question.id] + 1} and number {index + 1}.",
                "Rename one of them; answers, conditions and targets go by this name.",
            )
        seen.setdefault(question.id, index)
        yield from _numbers(question, at)
        yield from _belonging(question, at)
        yield from _choices(question, at)
        spoken = question.language or language
        if question.type != "text" and not is_known(spoken):
            yield FlowFault(
                "error",
                f"{at}.type",
                f"Answers of type `{question.type}` are not understood in `{spoken}`.",
                f"There is: {', '.join(LANGUAGES)}. In another language, ask for `text`.",
            )


def _numbers(question: Question, at: str) -> Iterator[FlowFault]:
    name = f"question `{question.id}`"
    if not 0 <= question.retries <= MOST_RETRIES:
        yield FlowFault(
            "error",
            f"{at}.retries",
            f"`retries` of {name} is {question.retries}, and a question is asked again 0 to {MOST_RETRIES} times.",
            "Write `retries: 3`, or remove it.",
        )
    for key in ("timeout", "speech_timeout"):
        seconds = getattr(question, key)
        if seconds is not None and seconds <= 0:
            yield FlowFault(
                "error",
                f"{at}.{key}",
                f"`{key}` of {name} is {seconds:g} seconds, in which nobody can answer.",
                f"Write `{key}: 5s`, or remove it.",
            )
    if question.max_visits < 1:
        yield FlowFault(
            "error",
            f"{at}.max_visits",
            f"`max_visits` of {name} is {question.max_visits}, so it could never be asked.",
            "Write `max_visits: 3`, or remove it.",
        )
    low, high = question.minimum, question.maximum
    if low is not None and high is not None and low > high:
        yield FlowFault(
            "error", f"{at}.minimum", f"No answer to {name} is at least {low:g} and at most {high:g}.", "Swap the two."
        )
    if question.length is not None and question.length < 1:
        yield FlowFault(
            "error",
            f"{at}.length",
            f"`length` of {name} is {question.length}, and an answer has at least one digit.",
            "Write how many digits it has, or remove it.",
        )
    if question.on_exhausted == "default" and question.default is None:
        yield FlowFault(
            "error",
            f"{at}.on_exhausted",
            f"{name.capitalize()} takes its default when nobody answers, and has none.",
            "Write `default:` and the answer to take.",
        )
    elif question.default is not None and question.type in _COUNTED and not _is_answer(question):
        yield FlowFault(
            "error",
            f"{at}.default",
            f"The default of {name} is `{as_text(question.default)}`, which is no answer of type `{question.type}`.",
            "Write an answer that a person could give.",
        )


def _is_answer(question: Question) -> bool:
    item = items_of(question, [question.default], question.language or "en")[0]
    return item.value is not None


def _belonging(question: Question, at: str) -> Iterator[FlowFault]:
    for key, types in _GOES_WITH.items():
        if getattr(question, key) not in (None, False, ()) and question.type not in types:
            yield FlowFault(
                "error",
                f"{at}.{key}",
                f"`{key}` goes with the type `{types[0]}`, and question `{question.id}` is of type `{question.type}`.",
                f"Write `type: {types[0]}`, or remove `{key}`.",
            )
    if question.keys_only and not question.keypad:
        yield FlowFault(
            "error",
            f"{at}.keys_only",
            f"Question `{question.id}` takes keys only and has no keypad.",
            "Remove one of `keys_only: true` and `keypad: false`.",
        )


def _choices(question: Question, at: str) -> Iterator[FlowFault]:
    if question.type != "multiple_choice":
        return
    if not question.choices:
        yield FlowFault(
            "error",
            f"{at}.choices",
            f"Question `{question.id}` is of type `multiple_choice` and has no choices.",
            "Write `choices: [one, another]`.",
        )
    names: dict[str, int] = {}
    keys: dict[str, int] = {}
    for index, choice in enumerate(question.choices):
        for name in {folded(name): name for name in names_of(choice)}.values():
            first = names.setdefault(folded(name), index)
            if first != index:
                both = listed((question.choices[first].label, choice.label))
                yield FlowFault(
                    "error",
                    f"{at}.choices.{index}",
                    f"“{name}” stands for two choices of question `{question.id}`: {both}.",
                    "Give each choice words of its own.",
                )
        if choice.keys is not None:
            first = keys.setdefault(choice.keys, index)
            if first != index:
                both = listed((question.choices[first].label, choice.label))
                yield FlowFault(
                    "error",
                    f"{at}.choices.{index}.keys",
                    f"The keys {choice.keys} stand for two choices of question `{question.id}`: {both}.",
                    "Give each choice keys of its own.",
                )
