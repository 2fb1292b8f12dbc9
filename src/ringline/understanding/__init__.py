"""What people mean by what they answer: numbers, yes and no, choices, dates, addresses and more. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, get_args

from ringline.errors import RequestError
from ringline.understanding.choices import Choice, choices_of, understand_choice
from ringline.understanding.interpretation import AnswerType, Interpretation, Status
from ringline.understanding.keypad import digits_of, keyed_choice, keyed_number, keyed_yes_no
from ringline.understanding.lexicons import LANGUAGES, is_known, lexicon_of
from ringline.understanding.numbers import understand_number, within
from ringline.understanding.particulars import PARTICULARS, checked_bounds, keyed_particular, understand_particular
from ringline.understanding.said import Said
from ringline.understanding.words import understand_keyword, understand_text
from ringline.understanding.yes_no import understand_yes_no

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["LANGUAGES", "TYPES", "AnswerType", "Interpretation", "Status", "is_known", "understand"]

TYPES: tuple[str, ...] = get_args(AnswerType)
"""What can be asked for."""

_LISTED = ("multiple_choice", "keyword")
_LONGEST = 2000


def understand(
    type: str,
    text: str,
    *,
    language: str = "en",
    choices: Sequence[Any] | None = None,
    minimum: float | str | None = None,
    maximum: float | str | None = None,
    integer: bool = False,
    keys: bool = False,
    now: datetime | None = None,
    country: str | None = None,
) -> Interpretation:
    """What *text* means as an answer of this *type*, one of `TYPES`.

    *choices* are the labels of `multiple_choice`, or mappings with ``label`` and optionally ``id``, ``synonyms`` and
    ``keys``; for `keyword` the words of which one must be the whole message. *minimum*, *maximum* and *integer* bound a
    `number`; the two also a `duration` in seconds, a `date` or `time` as ISO text, and how many `digits` there are.
    With *keys* the text was keyed in on a telephone. *now*, in the person's own time, is what "tomorrow" is counted
    from, and *country* (two letters) tells how dates and telephone numbers are written; else the language's region.

    Raises `RequestError` for a type or language there is not, or a list that is missing.
    """
    if type not in TYPES:
        raise RequestError(f"There is no type of answer `{type}`.", field="type", fix=f"There are: {', '.join(TYPES)}.")
    listed = choices_of(choices or ())
    if type in _LISTED and not listed:
        raise RequestError(
            f"An answer of type `{type}` needs something to choose from.", field="choices", fix="Name the choices."
        )
    if type == "text" and not is_known(language):
        # Words that ask for something else are not known there, and any text counts.
        return (
            Interpretation("ok", text.strip(), 1.0, ("any text counts",)) if text.strip() else Interpretation("silence")
        )
    low, high = checked_bounds(type, minimum, maximum)
    said = Said(text[:_LONGEST], lexicon_of(language, country))
    if keys and type in PARTICULARS:
        typed = digits_of(text)
        if not typed:
            return Interpretation("silence")
        bounds = {"minimum": low, "maximum": high}
        return keyed_particular(type, typed, language, **bounds, now=now, country=country)
    if keys:
        return _keyed(type, digits_of(text), listed, low, high, integer=integer)
    if said.is_silence:
        return Interpretation("silence")
    if type in PARTICULARS:
        bounds = {"minimum": low, "maximum": high}
        return understand_particular(type, said, language, **bounds, now=now, country=country)
    if type == "number":
        return understand_number(said, minimum=low, maximum=high, integer=integer)
    if type == "yes_no":
        return understand_yes_no(said)
    if type == "multiple_choice":
        return understand_choice(said, listed)
    if type == "keyword":
        return understand_keyword(said, listed)
    found = understand_text(said)
    return replace(found, value=text.strip()) if found.status == "ok" else found


def _keyed(
    type: str,
    digits: str,
    choices: Sequence[Choice],
    minimum: float | None,
    maximum: float | None,
    *,
    integer: bool,
) -> Interpretation:
    if not digits:
        return Interpretation("silence")
    if type == "number":
        return within(keyed_number(digits), minimum, maximum, integer=integer)
    if type == "yes_no":
        return keyed_yes_no(digits)
    if type == "text":
        return Interpretation("ok", digits, 1.0, (f"keys {digits}",))
    return keyed_choice(digits, choices)
