"""What a condition compares with: its value cut into items, each read as an answer to the question it is about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.understanding import is_known, understand

if TYPE_CHECKING:
    from ringline.interview.flow import Choice, Question

UNSURE = "unsure"
"""The third answer to yes or no, as a value and as an item."""

_SURE = 0.9
_NUMBER = r"-?\d+(?:\.\d+)?"
_COMPARED = re.compile(rf"(>=|<=|≥|≤|>|<)\s*({_NUMBER})")
_FROM_TO = re.compile(rf"({_NUMBER})\s*(?:-|–|—|\.\.|to)\s*({_NUMBER})")
_MEANT = {"yes": True, "true": True, "no": False, "false": False, "unsure": UNSURE, "maybe": UNSURE}
_QUOTED = {'"': '"', "“": "”"}
_ACCENTS = re.compile("[\u0300-\u036f]")
_WORD = "word:"


@dataclass(frozen=True, slots=True)
class Range:
    """Numbers from *low* to *high*; an open end does not belong to it."""

    low: float | None = None
    high: float | None = None
    is_low_open: bool = False
    is_high_open: bool = False

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.low is not None and (value < self.low or (self.is_low_open and value == self.low)):
            return False
        return self.high is None or not (value > self.high or (self.is_high_open and value == self.high))

    @property
    def is_inverted(self) -> bool:
        """Whether no number lies in it, because its ends are the wrong way round."""
        return self.low is not None and self.high is not None and self.low > self.high


@dataclass(frozen=True, slots=True)
class Item:
    """One of the answers that a condition means.

    *value* is what it means as an answer, ``None`` where it means none; it is then compared as *text*.
    """

    text: str
    value: Any = None
    range: Range | None = None
    is_word: bool = False
    """Whether only whole words count (`word:senior`)."""

    @property
    def is_typed(self) -> bool:
        """Whether it is compared by what it means."""
        return self.value is not None or self.range is not None


def folded(text: str) -> str:
    """*text* in lower case, without accents, apostrophes and punctuation, with single blanks."""
    decomposed = unicodedata.normalize("NFKD", text.replace("ß", "ss")).casefold()
    bare = re.sub(r"['’‘`´ʼ]", "", _ACCENTS.sub("", decomposed))
    # Symbols stay: `c++` is not `c`.
    kept = "".join(" " if unicodedata.category(letter)[0] in "PZC" else letter for letter in bare)
    return unicodedata.normalize("NFC", " ".join(kept.split()))


def parts_of(value: Any) -> list[Any]:
    """The items as written: of a list, and of a text with commas that stand outside quotes."""
    if value is None:
        return []
    if isinstance(value, str):
        return _split(value)
    if isinstance(value, Sequence):
        return list(value)
    return [value]


def items_of(question: Question, value: Any, language: str) -> tuple[Item, ...]:
    """The items of a condition's value, read as answers to *question*."""
    return tuple(_item(question, part, language) for part in parts_of(value))


def _split(text: str) -> list[str]:
    parts, start, closing, quoted = [], 0, "", False
    for position, letter in enumerate(text):
        if closing:
            closing = "" if letter == closing else closing
        elif letter in _QUOTED and not text[start:position].strip() and _QUOTED[letter] in text[position + 1 :]:
            closing, quoted = _QUOTED[letter], True
        elif letter == ",":
            parts.append(_unquoted(text[start:position], is_quoted=quoted))
            start, quoted = position + 1, False
    parts.append(_unquoted(text[start:], is_quoted=quoted))
    return [part for part in parts if part] or [""]


def _unquoted(part: str, *, is_quoted: bool) -> str:
    text = part.strip()
    whole = is_quoted and len(text) > 1 and text[-1] == _QUOTED.get(text[0])
    return text[1:-1] if whole else text


def _item(question: Question, part: Any, language: str) -> Item:
    text = as_text(part)
    if text.lower().startswith(_WORD):
        return Item(text[len(_WORD) :].strip(), is_word=True)
    if question.type == "number":
        if isinstance(part, int | float) and not isinstance(part, bool):
            return Item(text, part)
        if (found := range_of(text)) is not None:
            return Item(text, range=found)
    elif question.type == "yes_no":
        meant = part if isinstance(part, bool) else _MEANT.get(text.casefold())
        if meant is not None:
            return Item(text, meant)
    elif question.type == "multiple_choice":
        choice = choice_named(question, text)
        if choice is not None:
            return Item(text, value_of(choice))
    elif question.type == "digits":
        bare = re.sub(r"[\s.-]", "", text)
        return Item(text, bare if bare.isascii() and bare.isdigit() else None)
    return Item(text, _understood(question, text, language))


def as_text(part: Any) -> str:
    """A part of a condition's value as a text: `9`, not `9.0`; `yes`, not `True`."""
    if isinstance(part, bool):
        return "yes" if part else "no"
    return f"{part:g}" if isinstance(part, float) else str(part).strip()


def range_of(text: str) -> Range | None:
    """`>=9`, `<3`, `1-5`: the numbers that are meant."""
    if compared := _COMPARED.fullmatch(text.strip()):
        bound = float(compared[2])
        is_open = compared[1] in "<>"
        return (
            Range(low=bound, is_low_open=is_open)
            if compared[1] in (">", ">=", "≥")
            else Range(None, bound, False, is_open)
        )
    if between := _FROM_TO.fullmatch(text.strip()):
        return Range(float(between[1]), float(between[2]))
    return None


def choice_named(question: Question, text: str) -> Choice | None:
    """The choice with this id, label or synonym."""
    wanted = folded(text)
    return next(
        (choice for choice in question.choices if wanted in map(folded, names_of(choice))),
        None,
    )


def names_of(choice: Choice) -> tuple[str, ...]:
    """Everything a choice is called by."""
    return (choice.label, *((choice.id,) if choice.id else ()), *choice.synonyms)


def value_of(choice: Choice) -> str:
    """The value of an answer that is this choice."""
    return choice.id or choice.label


def choices_for_understanding(question: Question) -> list[dict[str, Any]]:
    """The choices in the form that `understand` takes."""
    return [
        {"label": choice.label, "synonyms": list(choice.synonyms)}
        | ({"id": choice.id} if choice.id else {})
        | ({"keys": [choice.keys]} if choice.keys else {})
        for choice in question.choices
    ]


def _understood(question: Question, text: str, language: str) -> Any:
    """What *text* means as an answer; also in English, in which authors write conditions for any language."""
    if question.type == "text" or not text:
        return None
    choices = choices_for_understanding(question) if question.type == "multiple_choice" else None
    if question.type == "multiple_choice" and not choices:
        return None
    for code in dict.fromkeys((language, "en")):
        if not is_known(code):
            continue
        try:
            found = understand(question.type, text, language=code, choices=choices, country=question.country)
        except RequestError:
            return None
        if question.type == "yes_no" and found.status == "dont_know":
            return UNSURE
        if found.status == "ok" and found.confidence >= (_SURE if choices else 0.5):
            return found.value
    return None
