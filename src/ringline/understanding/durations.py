"""A length of time, however it is said, in seconds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.understanding.figures import in_figures
from ringline.understanding.interpretation import EXACT, PHRASE, WEAK, Interpretation, no_match, ok
from ringline.understanding.lexicons.calendar import HALF, QUARTER, THREE_QUARTERS, calendar_of, one_of
from ringline.understanding.lexicons.caveats import caveats_of
from ringline.understanding.settling import bounded, is_negated, one_or_several, settle

if TYPE_CHECKING:
    from ringline.understanding.lexicons.calendar import Calendar
    from ringline.understanding.said import Said

_PARTS = {HALF: 0.5, QUARTER: 0.25, THREE_QUARTERS: 0.75}
_HOUR, _MINUTE = 3600, 60


@dataclass(frozen=True, slots=True)
class Length:
    """A length of time and where it was said."""

    seconds: int
    start: int
    end: int
    other: int | None = None
    """The other of two that were named together: two or three hours."""


def lengths_in(text: str, calendar: Calendar) -> list[Length]:
    """The lengths of time in a text in figures."""
    units = one_of(calendar.units)
    sign = f"[{HALF}{QUARTER}{THREE_QUARTERS}]"
    joined = rf"(?:[\s,]*(?:\b(?:{calendar.and_})\b\s*)?)"
    number = r"(?<![\d.,:/º])\d+(?:[.,]\d+)?"
    pattern = re.compile(
        rf"(?:(?P<first>{number}) ?(?:-|\b(?:{calendar.or_})\b|,)? ?(?=\d))?"
        rf"(?:(?P<number>{number})(?:{joined}(?P<part>{sign}))?|(?P<alone>{sign})(?: (?:{calendar.of_unit}))?"
        rf"|\b(?P<article>an?|1)\b) ?(?P<unit>{units})\b(?:{joined}(?P<more>{sign})(?! ?(?:(?:{calendar.of_unit}) )?"
        rf"(?:{units})\b))?(?:{joined}(?P<rest>[0-5]?\d)(?![\d.,:/º]| ?(?:{units})\b| ?(?:{calendar.or_})\b))?"
        rf"(?: (?:{calendar.either}) (?P<others>\d+)\b(?! ?(?:{units})\b))?"
        rf"|\b(?P<bare_unit>{units}) (?:{calendar.and_}) (?P<bare_part>{sign})"
        rf"|(?<![\d:])(?P<hours>\d{{1,2}})h(?P<minutes>[0-5]\d)\b"
    )
    found: list[Length] = []
    for match in pattern.finditer(text):
        length = _length(match, calendar)
        if length is None:
            continue
        last = found[-1] if found else None
        if last is not None and re.fullmatch(joined, text[last.end : length.start]) and length.seconds < last.seconds:
            found[-1] = Length(last.seconds + length.seconds, last.start, length.end, last.other)
        else:
            found.append(length)
    return found


def _length(match: re.Match[str], calendar: Calendar) -> Length | None:
    span = match.span()
    if match["hours"]:
        return Length(int(match["hours"]) * _HOUR + int(match["minutes"]) * _MINUTE, *span)
    if match["bare_unit"]:
        return Length(_whole(1 + _PARTS[match["bare_part"]], calendar.units[match["bare_unit"]]), *span)
    unit = calendar.units[match["unit"]]
    if match["number"]:
        count = float(match["number"].replace(",", ".")) + _PARTS.get(match["part"] or "", 0)
    else:
        count = _PARTS[match["alone"]] if match["alone"] else 1.0
    count += _PARTS.get(match["more"] or "", 0)
    seconds = _whole(count, unit)
    if match["rest"]:
        if unit not in (_HOUR, _MINUTE):
            return None
        seconds += int(match["rest"]) * unit // 60
    second = match["first"] or match["others"]
    other = _whole(float(second.replace(",", ".")), unit) if second else None
    return Length(seconds, *span, other)


def _whole(count: float, unit: int) -> int:
    return round(count * unit)


def understand_duration(
    said: Said, language: str, *, minimum: float | None = None, maximum: float | None = None
) -> Interpretation:
    """The length in seconds, within its bounds."""
    calendar, whole = calendar_of(language), said

    def decide(said: Said) -> Interpretation:
        return _decide(said, whole, calendar)

    def counts(said: Said) -> bool:
        return bool(re.search(r"\d", in_figures(said, calendar, keep=calendar.units.keys())))

    return bounded(settle(said, decide, counts), minimum, maximum)


def _decide(said: Said, whole: Said, calendar: Calendar) -> Interpretation:
    text = in_figures(said, calendar, keep=calendar.units.keys())
    if said is not whole and re.fullmatch(r"\W*\d+(?:[.,]\d+)?\W*", text):
        # "twenty minutes, no, thirty": what corrects a number is of its unit.
        units = set(re.findall(rf"\b(?:{one_of(calendar.units)})\b", whole.folded))
        text = f"{text.rstrip()} {units.pop()}" if len(units) == 1 else text
    named = lengths_in(text, calendar)
    rest = text
    for length in named:
        rest = rest[: length.start] + " " * (length.end - length.start) + rest[length.end :]
    lengths = [length for length in named if not is_negated(text, length.start, said)]
    if lengths and re.search(r"\d", rest):
        return no_match("more numbers were named than lengths of time")
    if any(said.lexicon.open_ended.search(text[: length.start]) for length in lengths):
        return no_match("only a bound was named")
    caveats = caveats_of(said.lexicon.numbers)
    if caveats.every.search(text):
        return no_match("how often, and not how long")
    is_bound = any(caveats.bound_behind.match(text[length.end :]) for length in lengths)
    values: list[int] = []
    for length in lengths:
        values += [length.seconds] if length.other is None else [length.other, length.seconds]
    evidence = [f"“{text[length.start : length.end].strip()}” is {length.seconds} s" for length in lengths]
    return one_or_several(values, WEAK if is_bound else PHRASE, evidence)


def keyed_duration(digits: str) -> Interpretation:
    """Minutes by keys."""
    if digits.isascii() and digits.isdigit() and len(digits) <= 6:
        return ok(int(digits) * _MINUTE, EXACT, f"keys {digits} are minutes")
    return no_match(f"keys {digits} are no minutes")
