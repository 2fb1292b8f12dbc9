"""Questions and answers in words: what is asked, what counts, and how a value sounds."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from babel import Locale, UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_decimal

from ringline.interview.operands import value_of
from ringline.interview.scales import bounds_of

if TYPE_CHECKING:
    from ringline.interview.flow import Question
    from ringline.interview.sentences import Sentences

KEYABLE = ("number", "yes_no", "multiple_choice", "phone", "digits")
"""Types whose answers can be keyed in on a telephone."""
_ONE_KEY = 9


_GROUP = 3
_SENTENCE = re.compile(r"(?<=[.,;:!?…])\s+")


def is_translated(question: Question, language: str) -> bool:
    """Whether the question is there in that language, or that of a region's."""
    known = dict(question.translations)
    return bool(known.get(language) or known.get(language.partition("-")[0]))


def slowly(text: str) -> str:
    """*text* with short pauses between groups of a few words, as a comma makes them."""
    if text.lstrip().startswith("<"):
        return text  # marked up: the author says where the pauses are
    return " ".join(", ".join(_groups(part.split())) for part in _SENTENCE.split(text.strip()))


def _groups(words: list[str]) -> list[str]:
    groups = [words[at : at + _GROUP] for at in range(0, len(words), _GROUP)]
    if len(groups) > 1 and len(groups[-1]) == 1:
        groups[-2:] = [groups[-2] + groups[-1]]
    return [" ".join(group) for group in groups]


def words_of(question: Question, language: str) -> str:
    """The question in the language, by its code or a region's."""
    known = dict(question.translations)
    return known.get(language) or known.get(language.partition("-")[0]) or question.question


def label_of(question: Question, value: Any) -> str:
    """What a recorded choice is called."""
    return next((choice.label for choice in question.choices if value_of(choice) == value), str(value))


def keyed_choices(question: Question) -> list[tuple[str, str]]:
    """The key and the label of each choice."""
    return [(choice.keys or str(number), choice.label) for number, choice in enumerate(question.choices, start=1)]


def how_many_keys(question: Question) -> int | None:
    """After how many keys the answer is there; ``None`` where that varies."""
    if question.type == "yes_no":
        return 1
    if question.type == "multiple_choice":
        return 1 if all(len(key) == 1 for key, _ in keyed_choices(question)) else None
    if question.type == "digits":
        return question.length
    if question.type == "number":
        low, high = bounds_of(question)
        return 1 if low is not None and high is not None and low >= 0 and high <= _ONE_KEY else None
    return None


def spoken(question: Question, value: Any, language: str, sentences: Sentences) -> str:
    """A value as a person would say it."""
    # The narrow blanks of some countries' formats would make a text message one of half as many letters.
    return " ".join(_spoken(question, value, language, sentences).split())


def _spoken(question: Question, value: Any, language: str, sentences: Sentences) -> str:
    if isinstance(value, bool):
        return sentences.yes if value else sentences.no
    if question.type == "multiple_choice":
        return label_of(question, value)
    if question.type in ("phone", "digits"):
        return spelled(str(value).removeprefix("+"))
    if isinstance(value, int | float):
        return _number(value, language) if question.type != "duration" else _duration(value, language)
    if question.type in ("date", "time"):
        return _moment(str(value), language)
    return str(value)


def spelled(digits: str) -> str:
    """Digits one by one, with a pause after three."""
    return ", ".join(" ".join(part) for part in _in_threes(digits))


def short(question: Question, sentences: Sentences) -> str:
    """What is wanted, in few words."""
    choices = [choice.label for choice in question.choices]
    listed = f" {sentences.or_} ".join(filter(None, [", ".join(choices[:-1]), *choices[-1:]]))
    return sentences.short[question.type].format(range=_range(question, sentences), choices=listed)


def example(question: Question, sentences: Sentences) -> str:
    """An answer that would do."""
    given = question.choices[0].label if question.choices else ""
    if question.type == "number":
        low, high = bounds_of(question)
        given = _plain(high if high is not None else low if low is not None else 7)
    return sentences.example[question.type].format(example=given)


def by_keys(question: Question, sentences: Sentences) -> str:
    """How to key it in; nothing where it cannot be."""
    if not question.keypad or question.type not in KEYABLE:
        return ""
    keys = ", ".join(sentences.key_for.format(key=key, label=label) for key, label in keyed_choices(question))
    return sentences.keys[question.type].format(keys=keys)


def by_keys_only(question: Question, sentences: Sentences) -> str:
    """The same where nothing else is listened to."""
    if question.type == "yes_no":
        pairs = [("1", sentences.yes), ("2", sentences.no)]
    else:
        pairs = keyed_choices(question)
    how = ", ".join(sentences.key_is.format(key=key, label=label) for key, label in pairs) or sentences.type_in
    return sentences.only_keys.format(how=how)


def by_reply(question: Question, sentences: Sentences) -> str:
    """Over text, what to reply for which choice."""
    if question.type != "multiple_choice":
        return ""
    replies = [sentences.reply_with.format(key=key, label=label) for key, label in keyed_choices(question)]
    listed = ", ".join(replies)
    return f"{listed[:1].upper()}{listed[1:]}."


def _range(question: Question, sentences: Sentences) -> str:
    low, high = bounds_of(question)
    if low is not None and high is not None:
        return sentences.between.format(low=_plain(low), high=_plain(high))
    if low is not None:
        return sentences.at_least.format(low=_plain(low))
    return sentences.at_most.format(high=_plain(high)) if high is not None else ""


def _plain(number: float) -> str:
    return f"{number:g}" if abs(number) < 1e6 else str(int(number))


def _in_threes(text: str) -> list[str]:
    return [text[at : at + 3] for at in range(0, len(text), 3)]


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language, sep="-")
    except (ValueError, UnknownLocaleError):
        return Locale("en")


def _number(value: float, language: str) -> str:
    return format_decimal(value, locale=_locale(language))


def _duration(seconds: float, language: str) -> str:
    from babel.units import format_unit

    locale = _locale(language)
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = [
        format_unit(count, f"duration-{unit}", locale=locale)
        for count, unit in ((days, "day"), (hours, "hour"), (minutes, "minute"), (rest, "second"))
        if count
    ]
    return " ".join(parts) or format_unit(0, "duration-second", locale=locale)


def _moment(value: str, language: str) -> str:
    locale = _locale(language)
    try:
        if len(value) > len("2026-01-01"):
            moment = datetime.fromisoformat(value)
            return f"{format_date(moment, 'long', locale=locale)}, {format_time(moment, 'short', locale=locale)}"
        if "-" in value:
            return format_date(date.fromisoformat(value), "long", locale=locale)
        return format_time(time.fromisoformat(value).replace(tzinfo=UTC), "short", tzinfo=UTC, locale=locale)
    except ValueError:
        return value
