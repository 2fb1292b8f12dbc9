"""The numbers in a text, in digits and in words, with where they stand."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from ringline.understanding.lexicons.caveats import caveats_of
from ringline.understanding.said import words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ringline.understanding.lexicons.lexicon import Lexicon

_DIGITS = {
    ".": r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?|\.\d+",
    ",": r"\d{1,3}(?:[. ]\d{3})+(?:,\d+)?(?!\d)|\d+(?:[.,]\d+)?|[.,]\d+",
}
_CLOCK = re.compile(r"\d{1,2}:\d{2}")
_SCALES = (100, 1000, 1_000_000, 1_000_000_000)
_WITH_HALVES = 1_000_000
_MOST_DIGITS = 15
_SCALE_JOINTS = ("", "-", "a", "de")
_BARRIER = "·"
_QUARTER = 0.25
_LETTER = re.compile(r" ?(?<=[\d ])([a-z])\b")
_FRACTIONS = {"1/2": 0.5, "1/4": 0.25, "3/4": 0.75}
_FRACTION = re.compile(r"(?<![\d/.,])(?:(?P<whole>\d+) )?(?P<part>[123]/[234])(?![\d/])")


@cache
def _token(decimal: str, ordinal_suffix: str) -> re.Pattern[str]:
    return re.compile(rf"(?P<digits>{_DIGITS[decimal]})(?P<ordinal>(?:{ordinal_suffix})\b)?|(?P<word>[^\W\d_]+)")


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

    def __init__(self, match: re.Match[str], lexicon: Lexicon) -> None:
        self.match = match
        self.word = lexicon.spelled(match[0])
        self.is_scale = match[0] in lexicon.scales

    def text(self) -> str:
        return self.word

    def nt_separated(self, previous: _Word) -> bool:
        # Other words between two are words in the list too; what is left is punctuation.
        between = self.match.string[previous.match.end() : self.match.start()]
        # `one thousand, one hundred`
        return bool(between.strip(" -")) and not (previous.is_scale and between.strip() == ",")

    def not_a_number_part(self) -> bool:
        return False


def numerals_in(text: str, lexicon: Lexicon) -> list[Numeral]:
    """Every number in a folded text, those that belong together as one."""
    blanked = text
    caveats = caveats_of(lexicon.numbers)
    for pattern in (_CLOCK, lexicon.not_counted, lexicon.idioms, caveats.told_already, caveats.every):
        blanked = pattern.sub(lambda match: _BARRIER * len(match[0]), blanked)
    tokens = list(_token(lexicon.decimal, lexicon.ordinal_suffix).finditer(blanked))
    found = _found(tokens, lexicon)
    if lexicon.between.intersection(token[0] for token in tokens):
        found = _ends_of_range(tokens, lexicon) or found
    found = _with_fractions(found, blanked, caveats.fraction) if found else found
    for join in (_halves, _scaled, _years):
        found = join(found, blanked, lexicon)
    return [
        _signed(numeral, blanked, lexicon)
        for numeral in found
        if (word := blanked[numeral.start : numeral.end]) not in lexicon.multiples or word in lexicon.amounts
    ]


def _found(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> list[Numeral]:
    both = [*_in_digits(tokens, lexicon), *_in_words(tokens, lexicon)]
    return sorted(both, key=lambda numeral: numeral.start)


def _ends_of_range(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> list[Numeral] | None:
    """`between five and twenty`, where the parser would hear one number of them."""
    for position, token in enumerate(tokens):
        if token[0] in lexicon.conjunctions:
            low, high = _found(tokens[:position], lexicon), _found(tokens[position + 1 :], lexicon)
            if len(low) == len(high) == 1 and low[0].value < high[0].value and low[0].end == tokens[position - 1].end():
                return [*low, *high]
    return None


def _in_digits(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> Iterator[Numeral]:
    for token in tokens:
        digits = token["digits"]
        if digits and len(digits) <= _MOST_DIGITS:
            yield Numeral(_value(digits, lexicon), token.start(), token.end(), True, token["ordinal"] is not None)


def _value(digits: str, lexicon: Lexicon) -> float:
    if lexicon.decimal == ".":
        return float(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(?:[. ]\d{3})+(?:,\d+)?", digits):
        digits = digits.replace(".", "").replace(" ", "")
    return float(digits.replace(",", "."))


def _in_words(tokens: Sequence[re.Match[str]], lexicon: Lexicon) -> Iterator[Numeral]:
    from text_to_num import find_numbers  # compiled; only answers need it

    run: list[_Word] = []
    for token in [*tokens, None]:
        if token is not None and token["word"]:
            run.append(_Word(token, lexicon))
            continue
        if run:
            for found in find_numbers(run, lexicon.numbers, threshold=0):
                said = run[found.start : found.end]
                if len(said) > 1 or said[0].match[0] not in lexicon.not_numbers:
                    span = said[0].match.start(), said[-1].match.end()
                    yield Numeral(float(found.value), *span, is_ordinal=found.is_ordinal)
        run = []
    for token in tokens:
        value = _part(token[0], lexicon) or lexicon.amounts.get(token[0], lexicon.multiples.get(token[0]))
        if value is not None:
            yield Numeral(float(value), token.start(), token.end())


def _with_fractions(found: list[Numeral], text: str, spoken: re.Pattern[str]) -> list[Numeral]:
    """`1 1/2` as one number; `1/2` alone may as well be one of two, or one or two, and is none."""
    for match in (*_FRACTION.finditer(text), *spoken.finditer(text)):
        found = [one for one in found if one.end <= match.start() or one.start >= match.end()]
        if match.re is spoken:
            continue
        if match["whole"] and (part := _FRACTIONS.get(match["part"])):
            found.append(Numeral(int(match["whole"]) + part, match.start(), match.end(), is_digits=True))
    return sorted(found, key=lambda numeral: numeral.start)


def _part(word: str, lexicon: Lexicon) -> float | None:
    """What a half or a quarter is of one."""
    return 0.5 if word in lexicon.half else _QUARTER if word in lexicon.quarter else None


def _scaled(found: list[Numeral], text: str, lexicon: Lexicon) -> list[Numeral]:
    """`3 thousand`, `two dozen`, `half a dozen`, `2k` as one number each."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        between = text[last.end : numeral.start].strip() if last is not None else ""
        word = text[numeral.start : numeral.end]
        is_scale = word in lexicon.multiples or (numeral.value in _SCALES and word in lexicon.scales)
        if last is not None and is_scale and between in _SCALE_JOINTS and last.value < _WITH_HALVES:
            joined[-1] = replace(last, value=last.value * numeral.value, end=numeral.end)
        else:
            joined.append(numeral)
    return [_with_letter(numeral, text, lexicon) for numeral in joined]


def _with_letter(numeral: Numeral, text: str, lexicon: Lexicon) -> Numeral:
    letter = _LETTER.match(text, numeral.end)
    if letter and letter[1] in lexicon.scales and (numeral.is_digits or letter[0] == " k"):
        return replace(numeral, value=numeral.value * lexicon.scales[letter[1]], end=letter.end())
    return numeral


def _years(found: list[Numeral], text: str, lexicon: Lexicon) -> list[Numeral]:
    """`nineteen eighty four` and `twenty twenty five` as one number each."""
    if not lexicon.paired_years:
        return found
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
    """`two and a half` and `three quarters` as one number; behind a million the half is one of it."""
    joined: list[Numeral] = []
    for numeral in found:
        last = joined[-1] if joined else None
        part = _part(text[numeral.start : numeral.end], lexicon)
        between = text[last.end : numeral.start].strip() if last is not None else None
        if last is not None and part and between in lexicon.joints:
            scale = lexicon.scales.get(text[last.start : last.end].split()[-1], 1)
            joined[-1] = replace(
                last, value=last.value + part * (scale if scale >= _WITH_HALVES else 1), end=numeral.end
            )
        elif last is not None and part == _QUARTER and between in ("", "-") and last.value == 3:
            joined[-1] = replace(last, value=3 * part, end=numeral.end)
            if len(joined) > 1 and text[joined[-2].end : last.start].strip() in lexicon.joints:
                joined[-2:] = [replace(joined[-2], value=joined[-2].value + 3 * part, end=numeral.end)]
        else:
            joined.append(numeral)
    return joined


def _signed(numeral: Numeral, text: str, lexicon: Lexicon) -> Numeral:
    before = text[: numeral.start]
    words = before.split()[-2:]
    is_minus = bool(words) and words[-1] in lexicon.minus and words[0] not in lexicon.alternatives
    is_dash = re.search(r"(?:^|[\s(])-\s?$", before) is not None
    # `5 - 7` is a range.
    if not (is_minus or is_dash) or (is_dash and re.search(r"\d\s+-\s?$", before)):
        return numeral
    return replace(numeral, value=-numeral.value)


@lru_cache(maxsize=2048)
def words_with_figures(folded: str, lexicon: Lexicon) -> tuple[str, ...]:
    """The words, with numbers in digits."""
    text = folded
    for numeral in reversed(numerals_in(folded, lexicon)):
        if folded[numeral.start : numeral.end] in lexicon.articles - lexicon.pronoun:
            continue
        # A place is another thing than a count: `segunda` is Monday, too, and not two.
        text = f"{text[: numeral.start]} {numeral.value:g}{'th' * numeral.is_ordinal} {text[numeral.end :]}"
    return tuple(words_of(text))
