"""The numbers in a text, in digits and in words, with where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ringline.understanding.lexicons.lexicon import Lexicon

_TOKEN = re.compile(
    r"(?P<digits>\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?|\.\d+)(?P<ordinal>(?:st|nd|rd|th)\b)?|(?P<word>[^\W\d_]+)"
)
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_SCALES = (100, 1000, 1_000_000, 1_000_000_000)
_MOST_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number and where it was said: from *start* to *end* of the folded text."""

    value: float
    start: int
    end: int
    is_digits: bool = False
    is_ordinal: bool = False


class _Word:
    """A word as the number parser wants it."""

    def __init__(self, match: re.Match[str]) -> None:
        self.match = match
        self.word = match[0]

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Word) -> bool:
        # Other words between two are words in the list too; what is left is punctuation.
        between = self.match.string[previous.match.end() : self.match.start()]
        return bool(between.strip(" -"))

    def not_a_number_part(self) -> bool:
        return False


def numerals_in(text: str, lexicon: Lexicon) -> list[Numeral]:
    """Every number in a folded text, those that belong together as one."""
    blanked = _CLOCK.sub(lambda match: "·" * len(match[0]), text)
    tokens = list(_TOKEN.finditer(blanked))
    found = sorted([*_in_digits(tokens), *_in_words(tokens, lexicon)], key=lambda numeral: numeral.start)
    for join in (_scaled, _years, _halves):
        found = join(found, blanked, lexicon)
    return [_signed(numeral, blanked, lexicon) for numeral in found]


def _in_digits(tokens: Sequence[re.Match[str]]) -> Iterator[Numeral]:
    for token in tokens:
        digits = token["digits"]
        if digits and len(digits) <= _MOST_DIGITS:
            value = float(digits.replace(",", ""))
            yield Numeral(value, token.start(), token.end(), True, token["ordinal"] is not None)


def _in_words(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> Iterator[Numeral]:
    from text_to_num import find_numbers  # compiled; only answers need it

    run: list[_Word] = []
    for token in [*tokens, None]:
        if token is not None and token["word"]:
            run.append(_Word(token))
            continue
        if run:
            for found in find_numbers(run, lexicon.numbers, threshold=0):
                said = run[found.start : found.end]
                if len(said) > 1 or said[0].word not in lexicon.not_numbers:
                    span = said[0].match.start(), said[-1].match.end()
                    yield Numeral(float(found.value), *span, is_ordinal=found.is_ordinal)
        run = []
    yield from _dozens(tokens, lexicon)


def _dozens(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> Iterator[Numeral]:
    for token in tokens:
        if token[0] in lexicon.dozen:
            yield Numeral(12.0, token.start(), token.end())
        elif token[0] in lexicon.couple:
            yield Numeral(2.0, token.start(), token.end())
        elif token[0] in lexicon.half:
            yield Numeral(0.5, token.start(), token.end())


def _scaled(found: list[Numeral], text: str, lexicon: Lexicon) -> list[Numeral]:
    """`3 thousand`, `two dozen`, `half a dozen`, `2k` as one number each."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        between = text[last.end : numeral.start].strip() if last is not None else ""
        word = text[numeral.start : numeral.end]
        is_scale = word in lexicon.dozen or (numeral.value in _SCALES and word in lexicon.scales)
        if last is not None and is_scale and between in ("", "a"):
            joined[-1] = replace(last, value=last.value * numeral.value, end=numeral.end)
        else:
            joined.append(numeral)
    return [_with_letter(numeral, text, lexicon) for numeral in joined]


def _with_letter(numeral: Numeral, text: str, lexicon: Lexicon) -> Numeral:
    letter = re.compile(r"([a-z])\b").match(text, numeral.end)
    if numeral.is_digits and letter and letter[1] in lexicon.scales:
        return replace(numeral, value=numeral.value * lexicon.scales[letter[1]], end=letter.end())
    return numeral


def _years(found: list[Numeral], text: str, _lexicon: Lexicon) -> list[Numeral]:
    """`nineteen eighty four` and `twenty twenty five` as one number each."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        if (
            last is not None
            and not (last.is_digits or numeral.is_digits or numeral.is_ordinal)
            and 13 <= last.value <= 21
            and 10 <= numeral.value <= 99
            and text[last.end : numeral.start].strip(" -") == ""
        ):
            joined[-1] = replace(last, value=last.value * 100 + numeral.value, end=numeral.end)
        else:
            joined.append(numeral)
    return joined


def _halves(found: list[Numeral], text: str, lexicon: Lexicon) -> list[Numeral]:
    """`two and a half` as one number."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        is_half = numeral.value == 0.5 and text[numeral.start : numeral.end] in lexicon.half
        if last is not None and is_half and text[last.end : numeral.start].split() in (["and", "a"], ["and"], ["a"]):
            joined[-1] = replace(last, value=last.value + 0.5, end=numeral.end)
        else:
            joined.append(numeral)
    return joined


def _signed(numeral: Numeral, text: str, lexicon: Lexicon) -> Numeral:
    before = text[: numeral.start]
    word = before.split()[-1] if before.split() else ""
    is_minus = word in lexicon.minus or re.search(r"(?:^|[\s(])-\s?$", before) is not None
    # `5 - 7` is a range.
    if not is_minus or (word == "-" and re.search(r"\d\s+-\s?$", before)):
        return numeral
    return replace(numeral, value=-numeral.value)
