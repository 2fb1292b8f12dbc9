"""The patterns of dates, written once for all languages over the words of one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ringline.understanding.lexicons.calendar import one_of

if TYPE_CHECKING:
    from ringline.understanding.lexicons.calendar import Calendar

_DAY = r"(?<![\d:.,/-])\d{1,2}(?:º|\.(?=\s))?(?![\d:/])"
_YEAR = r"(?:1[89]\d\d|20\d\d|2100|(?:19|20) \d\d|(?:19|20) 0 \d|0 \d|[3-9]\d)(?!\d|[:./]\d)"


def pattern_of(calendar: Calendar, kind: str) -> re.Pattern[str]:
    """The pattern of one kind of date in a language."""
    if not calendar.compiled:
        calendar.compiled.update({name: re.compile(text) for name, text in _patterns(calendar).items()})
    return calendar.compiled[kind]


def _patterns(c: Calendar) -> dict[str, str]:
    months, names = one_of(c.months), one_of(c.days)
    weekdays = one_of(c.weekdays)
    units = rf"{one_of(c.spans)}|{c.months_unit}|{c.years_unit}"
    year = rf"(?P<year>(?:[\s,]|\b(?:{c.of})\b)*{_YEAR})?"
    about = r"(?:(?:about|around|roughly|un[ao]s|um[ao]s|aproximadamente|environ|etwa|ungefaehr|circa|ca|cerca de) )?"
    count = rf"{about}(?:(?P<count>\d+(?:\.\d+)?) |\b(?:an?|one) )(?P<unit>{units})\b"
    within = rf"(?:{c.weekday_after_week})"
    other = rf"(?:\s*(?:{c.or_}|-|,)\s*(?:(?:{c.the}) )?(?P<other>{_DAY}))?"
    weekday = rf"(?P<from_weekday>{weekdays})|(?P<from_name>{names})"
    month_of = rf"(?:[\s,]*(?:{c.of} )?(?:(?P<next>{c.next_month})|(?P<this>{c.this_month}))\b)?"
    return {
        "numeric": r"(?<![\d:+./-])(?P<a>\d{4}|\d{1,2})\s?[/.-]\s?(?P<b>\d{1,2})"
        r"(?:\s?[/.-]\s?(?P<c>\d{4}|\d{2}))?\.?(?![\d:a-z]|[./-]\d)",
        "compact": r"^\W*(?P<a>(?:19|20)\d\d)(?P<b>\d\d)(?P<c>\d\d)\W*$",
        "spoken_numeric": r"(?<![\d:+./-])(?:0 )?(?P<a>\d{1,2}) (?:0 )?(?P<b>\d{1,2}) "
        r"(?P<c>1[89]\d\d|20\d\d|(?:19|20) \d\d)(?! ?\d)",
        "ordinal_pair": rf"(?P<b>{_DAY})[\s.]+(?P<a>\d{{1,2}}(?:º|\.)){year}",
        "day_of_number": rf"(?P<b>{_DAY}) (?:of the|del|do|du|dell) "
        rf"(?P<a>\d{{1,2}}º?)(?! ?(?:{units})\b)(?![\d:/.]){year}",
        "day_month": rf"(?P<day>{_DAY}){other}[\s,]*(?:\b(?:{c.of})\s)?\s*\b(?P<month>{months})\b\.?{year}",
        "month_day": rf"\b(?P<month>{months})\b\.?\s(?:(?:{c.the}) )?(?P<day>{_DAY}){other}{year}",
        "weekday": rf"(?:(?P<in_week1>\b(?:{c.next_week})\b{within})|(?P<next1>\b(?:{c.next_before}) )"
        rf"|(?P<last1>\b(?:{c.last_before}) )|(?P<this>\b(?:{c.this_before}) ))?"
        rf"\b(?P<weekday>{weekdays})\b"
        rf"(?:(?P<in_week2>{within}\b(?:{c.next_week})\b)|(?P<next2>[\s,]+(?:{c.next_after})\b)"
        rf"|(?P<last2>[\s,]+(?:{c.last_after})\b)|[\s,]+(?P<later>{one_of(c.weeks_after)})\b)?"
        rf"(?![\s,]*(?:{c.of}) (?:{months}|(?:{c.this_month})|(?:{c.next_month})"
        rf"|(?:the |el |du |do |del )?(?:{c.months_unit}))\b)",
        "any_day": rf"\d|\b(?:{one_of(c.spans)}|{weekdays})\b",
        "nth_weekday": rf"(?P<nth>[1-5])º (?P<weekday>{weekdays}),? (?:(?:{c.of}|im|i) )(?P<month>{months})\b{year}",
        "weekday_day": rf"\b(?P<weekday>{weekdays}),? (?P<day>\d{{1,2}}º?)(?=[\s.,;!?]*$|[,;])",
        "short_weekday": rf"\b(?P<weekday>{one_of(c.short_weekdays)})\b\.?",
        "named": rf"\b(?P<name>{names})\b(?:[\s,]+(?P<later>{one_of(c.weeks_after)})\b)?",
        "holiday": rf"\b(?P<holiday>{one_of(c.holidays)})\b{year}",
        "day": rf"\b(?:{c.the}) (?P<day>{_DAY})(?! ?\d| ones?\b){month_of}",
        "day_alone": rf"^\W*(?P<day>\d{{1,2}}º)\W*{month_of}\W*$",
        "counted": rf"(?:\b(?:{weekday}) )?\b(?:{c.in_before}) {count}",
        "counted_after": rf"{count} (?:{c.in_after})\b",
        "counted_from": rf"{count} (?:{c.from_}) (?:{weekday})\b",
        "ago_before": rf"\b(?P<ago>{c.ago_before}) {count}",
        "ago_after": rf"{count} (?P<ago>{c.ago_after})\b",
    }
