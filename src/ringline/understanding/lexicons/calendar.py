"""What a calendar file holds: a language's words for days, times of day, lengths of time, and how it writes numbers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import import_module
from typing import Literal

Period = Literal["am", "pm", "early", "morning", "noon", "afternoon", "evening", "night"]

HALF, QUARTER, THREE_QUARTERS = "◐", "◔", "◕"
"""Half, a quarter and three quarters, as they stand in a text whose numbers are in figures."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """One language. Words are as `said.fold` leaves them; patterns meet a text in figures."""

    rewrites: tuple[tuple[str, str], ...]
    """Patterns for fractions and words that count ("a couple of"), and what they become, before numbers are read."""
    spellings: Mapping[str, str]
    """Number words as they are also written, and how the number parser knows them."""
    zeros: frozenset[str]
    suffixes: str
    """Letters after figures that make an ordinal of them."""
    months: Mapping[str, int]
    weekdays: Mapping[str, int]
    """Monday is 0."""
    short_weekdays: Mapping[str, int]
    """Those that mean something else in a longer sentence."""
    days: Mapping[str, int]
    """Days by name, counted from today."""
    holidays: Mapping[str, tuple[int, int]]
    the: str
    """What stands before a day of the month that is named alone."""
    of: str
    or_: str
    """What stands between two of which either may be meant, and between the ends of a range."""
    either: str
    """The first of these alone."""
    next_before: str
    next_after: str
    this_before: str
    last_before: str
    last_after: str
    weeks_after: Mapping[str, int]
    """What, after a weekday, puts it off by so many weeks."""
    spans: Mapping[str, int]
    """Units of days."""
    months_unit: str
    years_unit: str
    in_before: str
    in_after: str
    from_: str
    ago_before: str
    ago_after: str
    not_exactly: str
    """Words before a day or time that mean another one: before, after, except."""
    this_month: str
    next_month: str
    next_week: str
    weekday_after_week: str
    """What stands between "next week" and a weekday, on either side."""
    at: str
    """What stands before an hour."""
    clock: tuple[str, ...]
    """Patterns of spoken times with groups among hour, minute, less, to, half, quarter, three, before, after."""
    noon: str
    midnight: str
    periods: tuple[tuple[str, Period], ...]
    now: str
    units: Mapping[str, int]
    """Seconds in each unit of a duration."""
    and_: str
    of_unit: str
    fillers: frozenset[str]
    """Words around a time that change nothing."""
    day_parts: str = r"(?!)"
    """Phrases that hold the word for a day and mean a part of one: `por la mañana`."""
    not_numbers: frozenset[str] = frozenset()
    """Words that the number parser takes for numbers, and that are weekdays or units here."""
    letter_zeros: frozenset[str] = frozenset()
    """Letters that are said for zero beside other digits."""
    compiled: dict[str, re.Pattern[str]] = field(default_factory=dict, compare=False, repr=False)


@cache
def calendar_of(language: str) -> Calendar:
    """The words of a language that `ringline.understanding` knows, by its two letters."""
    calendar: Calendar = import_module(f"ringline.understanding.lexicons.calendar_{language}").CALENDAR
    return calendar


def listed(text: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(text.split())


def numbered(text: str, first: int = 1) -> dict[str, int]:
    """Lines of names, counted from *first*."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    return {name.strip(): first + index for index, line in enumerate(lines) for name in line.split(",") if name.strip()}


def one_of(words: Mapping[str, object]) -> str:
    """A pattern for any of these words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) or r"(?!)"
