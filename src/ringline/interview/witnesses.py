"""Answers that stand for all others: one of each that some condition tells apart, with the words and keys for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.interview.conditions import field_of
from ringline.interview.operands import UNSURE, Item, as_text, choices_for_understanding, items_of, value_of
from ringline.interview.scales import bounds_of
from ringline.interview.state import Answer
from ringline.understanding import Interpretation, is_known, understand

if TYPE_CHECKING:
    from ringline.interview.flow import Question, QuestionFlow

OWN_WORDS = "I will say it in my own words"

_MOST_VALUES = 101
_YES_NO_UNSURE = {
    "en": ("yes", "no", "maybe"),
    "es": ("sí", "no", "quizás"),
    "fr": ("oui", "non", "peut-être"),
    "de": ("ja", "nein", "vielleicht"),
    "pt": ("sim", "não", "talvez"),
    "it": ("sì", "no", "forse"),
}
_EXAMPLES = {
    "date": "2030-05-17",
    "time": "15:30",
    "duration": "20 minutes",
    "phone": "+14155552671",
    "email": "jo@example.com",
}


@dataclass(frozen=True, slots=True)
class Witness:
    """An answer: what is said, what is keyed in where that gives the same, and what it was taken for."""

    text: str
    answer: Answer
    keys: str | None = None
    is_words: bool = False
    """Whether it is no answer of the type, and only a condition on its words knows it."""


def yes_in(language: str) -> str:
    """How somebody says yes."""
    return _YES_NO_UNSURE.get(language.replace("_", "-").partition("-")[0].lower(), _YES_NO_UNSURE["en"])[0]


def domain_of(question: Question, language: str = "en") -> list[Witness] | None:
    """Every answer there is, where they can be counted: yes and no, the choices, the numbers of a scale."""
    if question.type == "yes_no":
        yes, no, unsure = _YES_NO_UNSURE.get(_code(question, language), _YES_NO_UNSURE["en"])
        values: list[tuple[str, Any]] = [(yes, True), (no, False)]
        return _known(question, [*values, (unsure, UNSURE)] if question.allow_unsure else values, language)
    if question.type == "multiple_choice":
        return _known(question, [(choice.label, value_of(choice)) for choice in question.choices], language)
    low, high = bounds_of(question)
    if question.type == "number" and low is not None and high is not None and high - low < _MOST_VALUES:
        whole = range(-int(-low // 1), int(high // 1) + 1)
        return _known(question, [(str(value), value) for value in whole], language)
    return None


def witnesses_of(flow: QuestionFlow, question: Question, language: str = "en") -> list[Witness]:
    """Answers that stand for all: of each set of answers that the flow's conditions treat alike at least one."""
    items = list(_items_about(flow, question, language))
    found = domain_of(question, language)
    if found is None:
        texts = list(dict.fromkeys(_texts(question, items)))
        found = [one for text in texts if (one := _understood(question, text, language)) is not None]
    if question.type != "text":
        found += [_words(item.text) for item in items if not item.is_typed and _is_sayable(item)]
    return list({(one.text, one.is_words): one for one in found}.values())


def _known(question: Question, values: Iterable[tuple[str, Any]], language: str) -> list[Witness]:
    return [_witness(question, text, value, language) for text, value in values]


def _witness(question: Question, text: str, value: Any, language: str) -> Witness:
    status, kept = ("dont_know", None) if value == UNSURE else ("ok", value)
    answer = Answer(status, kept, text, text, confidence=1.0)  # type: ignore[arg-type]
    return Witness(text, answer, _keys(question, value, language))


def _words(text: str) -> Witness:
    return Witness(text, Answer("ok", None, text, text, confidence=1.0), is_words=True)


def _is_sayable(item: Item) -> bool:
    return any(letter.isalnum() for letter in item.text)


def _items_about(flow: QuestionFlow, question: Question, language: str) -> Iterator[Item]:
    """What the conditions of the whole flow compare the answers to this question with."""
    for asking in flow.questions:
        for action in asking.actions:
            condition = action.condition
            if condition.operator != "any_other" and field_of(flow, asking, condition) is question:
                yield from items_of(question, condition.value, question.language or language)


def _texts(question: Question, items: list[Item]) -> Iterator[str]:
    if question.type == "number":
        yield from _numbers(question, items)
    elif question.type == "text":
        yield OWN_WORDS
        yield from (item.text for item in items if _is_sayable(item))
    elif question.type == "digits":
        yield "1234567890"[: question.length or 4]
        yield from (item.text for item in items if item.is_typed)
    else:
        yield _EXAMPLES[question.type]
        yield from (item.text for item in items if item.is_typed)


def _numbers(question: Question, items: list[Item]) -> Iterator[str]:
    """Every number that is named, as it was written; and one between any two, and beyond both ends."""
    low, high = bounds_of(question)
    named = {low, high} | {end for item in items if item.range for end in (item.range.low, item.range.high)}
    named |= {item.value for item in items if item.value is not None}
    ends = sorted(float(value) for value in named if value is not None)
    yield from (item.text for item in items if item.value is not None)
    yield from (as_text(value) for value in ends)
    beside = [end + 1 for end in ends] + [end - 1 for end in ends[:1]] if ends else [5.0]
    for value in [*beside, *((one + other) / 2 for one, other in pairwise(ends))]:
        is_within = (low is None or value >= low) and (high is None or value <= high)
        # Nobody has minus one year: below zero only where something says so.
        is_usual = value >= 0 or (low is not None and low < 0)
        if is_within and is_usual and (value == int(value) or not question.integer):
            yield as_text(value)


def _understood(question: Question, text: str, language: str) -> Witness | None:
    found = interpret(question, text, language)
    if found is None or found.status not in ("ok", "meta"):
        return None
    value = found.value if found.status == "ok" else text
    return Witness(text, Answer("ok", value, text, text, confidence=1.0), _keys(question, value, language))


def _keys(question: Question, value: Any, language: str) -> str | None:
    """The keys that give the same answer; nothing where there are none."""
    if not question.keypad:
        return None
    tried: list[str] = []
    if question.type == "yes_no":
        tried = ["1", "2"]
    elif question.type == "multiple_choice":
        index = next((i for i, choice in enumerate(question.choices) if value_of(choice) == value), None)
        if index is not None:
            tried = [question.choices[index].keys or str(index + 1)]
    elif question.type in ("number", "digits", "phone"):
        tried = [as_text(value).lstrip("+")]
    for keys in tried:
        found = interpret(question, keys, language, keys=True)
        if found is not None and found.status == "ok" and found.value == value:
            return keys
    return None


def interpret(question: Question, text: str, language: str, *, keys: bool = False) -> Interpretation | None:
    """What *text* means as an answer; nothing where such answers are not understood."""
    code = _code(question, language)
    low, high = bounds_of(question)
    try:
        return understand(
            question.type,
            text,
            language=code,
            choices=choices_for_understanding(question) or None,
            minimum=low if question.type == "number" else None,
            maximum=high if question.type == "number" else None,
            integer=question.integer,
            keys=keys,
            country=question.country,
        )
    except RequestError:
        return None


def _code(question: Question, language: str) -> str:
    code = (question.language or language).replace("_", "-").partition("-")[0].lower()
    return code if is_known(code) else "en"
