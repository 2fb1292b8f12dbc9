"""Digits, spoken one by one, in pairs or in groups, as text: a code, an account, a part of a card."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from ringline.understanding.figures import ORDINAL, in_figures
from ringline.understanding.interpretation import EXACT, HEDGED, PHRASE, TOKEN, Interpretation, no_match, ok
from ringline.understanding.lexicons.calendar import calendar_of
from ringline.understanding.lexicons.spelling import SPELLINGS
from ringline.understanding.said import words_of
from ringline.understanding.settling import settle

if TYPE_CHECKING:
    from ringline.understanding.said import Said

_RUN = re.compile(r"\d+(?:[\s.,/()–-]*\d+)*")
SOUNDS_LIKE = re.compile(r"(?:^|\d )(?:for|to|too|ate|won) (?=\d)")
"""English words that stand where a digit was said."""
_SURELY_DIGITS = 3
_GROUP = re.compile(r"\d+")


def dialled(said: Said, language: str, *, hundreds_apart: bool = False) -> str:
    """The answer with every digit in figures: doubled ones written out, other words left."""
    calendar, spelling = calendar_of(language), SPELLINGS[language]
    text = in_figures(
        said, calendar, rewrites=(), hundreds_apart=hundreds_apart
    )  # "a couple" and "a half" are no digits
    text = re.sub(rf"\b(?:{spelling.sixes})\b", "6", text)
    text = re.sub(rf"(?<=\d) (?:{spelling.dash}|{spelling.slash}) (?=\d)", " - ", text)
    for words, times in ((spelling.twice, 2), (spelling.thrice, 3)):
        text = re.sub(rf"\b(?:{words})[\s-]+(\d)(?=\d*(?!{ORDINAL}))", r"\g<1>" * times, text)
    return text


def understand_digits(
    said: Said, language: str, *, minimum: float | None = None, maximum: float | None = None
) -> Interpretation:
    """The digits in their order; *minimum* and *maximum* bound how many there are."""

    def decide(said: Said) -> Interpretation:
        return _decide(said, language)

    def counts(said: Said) -> bool:
        return bool(_GROUP.search(dialled(said, language)))

    return counted(settle(said, decide, counts), minimum, maximum)


def _decide(said: Said, language: str) -> Interpretation:
    text = dialled(said, language)
    if re.search(rf"\d{ORDINAL}|\d[a-z]|[a-z]\d", text):
        return no_match("letters or ordinals among the digits")
    if _has_letters(said, text):
        return no_match("letters among the digits")
    if SOUNDS_LIKE.search(text) or re.search(r"(?<![.,\d])\d+[.,]\d+(?![.,]?\d)", text):
        return no_match("a word that sounds like a digit, or a fraction")
    runs = [re.sub(r"\D", "", run[0]) for run in _RUN.finditer(text)]
    if not runs:
        return no_match("no digits in it")
    if len(set(runs)) > 1:
        evidence = (f"{' and '.join(f'“{run}”' for run in runs)} stand apart",)
        return Interpretation("ambiguous", None, HEDGED, evidence, tuple(dict.fromkeys(runs)))
    if len(runs[0]) < _SURELY_DIGITS and _goes_on(said, text):
        return no_match("a number of something")
    is_typed = bool(re.fullmatch(r"[\d\s.,/()–-]+", said.folded.strip()))
    sure = EXACT if is_typed else PHRASE if len(runs[0]) > 1 else TOKEN
    return ok(runs[0], sure, f"“{text.strip()}” has the digits {runs[0]}")


def _has_letters(said: Said, text: str) -> bool:
    """Whether a letter that is no word was said beside a digit: `b 1 2 3`."""
    beside = re.findall(r"(?<![^\W\d_])([a-z]) (?=\d)|(?<=\d) ([a-z])(?![^\W\d_])", text)
    if not beside:
        return False
    passed = said.lexicon.stopwords | said.lexicon.silence | said.lexicon.conjunctions | said.lexicon.alternatives
    return any((before or after) not in passed for before, after in beside)


def _goes_on(said: Said, text: str) -> bool:
    """Whether a thing follows the last digit in its clause, as behind the number of something: `three blind mice`."""
    following = re.split(r"[,.;:!?…]", _RUN.split(text)[-1])[0]
    words = words_of(following)
    return bool(words) and words[0] not in said.lexicon.politeness | said.lexicon.stopwords


def counted(found: Interpretation, minimum: float | None, maximum: float | None) -> Interpretation:
    """Digits, held against how many there may be."""
    if found.status != "ok":
        return found
    wrong = None
    if minimum is not None and len(found.value) < minimum:
        wrong = f"fewer than {minimum:g} digits"
    elif maximum is not None and len(found.value) > maximum:
        wrong = f"more than {maximum:g} digits"
    return replace(found, status="out_of_range", evidence=(*found.evidence, wrong)) if wrong else found


def keyed_digits(digits: str) -> Interpretation:
    """The digits that were keyed in."""
    figures = re.sub(r"\D", "", digits)
    return ok(figures, EXACT, f"keys {figures}") if figures else no_match(f"keys {digits} are no digits")
