"""The scale that a question names: "on a scale of 1 to 10" bounds its answers, unless `scale: none` says otherwise."""

from __future__ import annotations

import re
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from ringline.understanding.lexicons import LANGUAGES, lexicon_of
from ringline.understanding.numerals import Numeral, numerals_in
from ringline.understanding.said import fold

if TYPE_CHECKING:
    from ringline.interview.flow import Question

_BETWEEN = re.compile(r"\s*(?:to|through|-|–|—|a|al|hasta|à|bis|até|ao|fino a)\s*")
_RATING = re.compile(
    r"\b(?:scale|rat(?:e|ing)|score|how likely|how satisfied|"
    r"escala|puntu\w*|calific\w*|valor\w*|échelle|echelle|note[rz]|évalue\w*|evalue\w*|"
    r"skala|bewert\w*|schulnote\w*|punkte\w*|avalie|avalia\w*|classific\w*|scala|punteggio|valut\w*|voto)\b"
)
_FROM = re.compile(r"\b(?:from|de|del|desde|von|da|dal)\s+$")
_AMID = re.compile(r"\b(?:between|entre|zwischen|tra|fra)\s+$")
_MAY_BE_ONE = re.compile(
    r"\b(?:del|desde|entre|von|zwischen|dal?|tra|fra|de)\s+\w+\s+(?:al?|ao|hasta|y|à|et|bis|und|e)\s"
)
_AND = ("and", "y", "et", "und", "e")
_USUAL_LOWEST = (0, 1)
_USUAL_HIGHEST = (3, 4, 5, 6, 7, 10, 100)


def bounds_of(question: Question) -> tuple[float | None, float | None]:
    """The lowest and the highest number that count as an answer; those it states win over those its words name."""
    if question.minimum is not None or question.maximum is not None:
        return question.minimum, question.maximum
    return inferred_scale(question) or (None, None)


def inferred_scale(question: Question) -> tuple[float, float] | None:
    """The scale that the words of a number question name; nothing where it states bounds or wants none."""
    if question.type != "number" or not question.scale:
        return None
    if question.minimum is not None or question.maximum is not None:
        return None
    return scale_in(question.question)


@cache
def scale_in(text: str) -> tuple[float, float] | None:
    """The only scale in a text, in digits or in words of a language there is; nothing where there are two."""
    folded = fold(text)
    for language in LANGUAGES:
        numbers = numerals_in(folded, lexicon_of(language))
        found = {(low.value, high.value) for low, high in pairwise(numbers) if _is_scale(low, high, folded)}
        if found:
            return found.pop() if len(found) == 1 else None
        # Digits are the same everywhere; number words of other languages are looked for where a scale may be meant.
        if not _RATING.search(folded) and not _MAY_BE_ONE.search(folded):
            return None
    return None


def _is_scale(low: Numeral, high: Numeral, text: str) -> bool:
    if low.value not in _USUAL_LOWEST or low.value >= high.value or low.is_ordinal or high.is_ordinal:
        return False
    between = text[low.end : high.start]
    before, after = text[: low.start], text[high.end :]
    is_amid = _AMID.search(before) is not None
    if not _BETWEEN.fullmatch(between) and not (is_amid and between.strip() in _AND):
        return False
    if _RATING.search(text):
        return True
    # "1 to 10 users" counts users; "from 1 to 10, …" and "… 1 to 10?" are a scale.
    ends_there = re.match(r"\s*(?:[,.;:?!)]|$)", after) is not None
    is_told = is_amid or _FROM.search(before) is not None or not after.strip(" .?!")
    return high.value in _USUAL_HIGHEST and ends_there and is_told
