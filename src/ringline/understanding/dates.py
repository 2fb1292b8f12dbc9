"""A day, however it is said: by date, weekday, name, or counted from another day. The value is ISO text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING

from ringline.understanding.date_grammar import pattern_of
from ringline.understanding.figures import in_figures
from ringline.understanding.interpretation import EXACT, PHRASE, TOKEN, WEAK, Interpretation, no_match, ok
from ringline.understanding.lexicons.calendar import calendar_of
from ringline.understanding.lexicons.caveats import caveats_of
from ringline.understanding.refusals import is_turned_down
from ringline.understanding.settling import bounded, is_negated, one_or_several, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ringline.understanding.lexicons.calendar import Calendar
    from ringline.understanding.lexicons.lexicon import Lexicon
    from ringline.understanding.said import Said

MONTH_FIRST = frozenset({"US", "PH", "FM", "GU", "PR", "VI"})
EITHER_FIRST = frozenset({"CA"})
_CENTURY_AHEAD = 10
_SHORT_MESSAGE = 2


@dataclass(frozen=True, slots=True)
class _Found:
    start: int
    end: int
    days: tuple[date, ...]
    kind: str


class _Reader:
    """Dates in a text in figures, as they are meant today."""

    def __init__(
        self, calendar: Calendar, today: date | None, country: str | None, minimum: str | None, maximum: str | None
    ) -> None:
        self.calendar = calendar
        self.today = today
        self.country = country
        self.minimum, self.maximum = minimum, maximum

    def in_figures(self, said: Said) -> str:
        """The answer with its numbers in figures, and with the year in place of `last year`."""
        text, caveats = in_figures(said, self.calendar), caveats_of(said.lexicon.numbers)
        if self.today is None:
            return text
        for pattern, year in (
            (caveats.last_year, self.today.year - 1),
            (caveats.this_year, self.today.year),
            (caveats.next_year, self.today.year + 1),
        ):
            text = pattern.sub(str(year), text)
        return text

    def found_in(self, text: str, *, is_short: bool) -> list[_Found]:
        """What is found, in order; where two overlap the longer one."""
        text = re.sub(self.calendar.day_parts, lambda match: " " * len(match[0]), text)
        hits: list[_Found] = []
        for name, (kind, read) in _RULES.items():
            if name == "short_weekday" and not is_short:
                continue
            for match in pattern_of(self.calendar, name).finditer(text):
                days = read(self, match)
                if days is not None:
                    hits.append(_Found(match.start(), match.end(), tuple(dict.fromkeys(days)), kind))
        hits.sort(key=lambda hit: (hit.start - hit.end, hit.kind))
        chosen: list[_Found] = []
        for hit in hits:
            if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
                chosen.append(hit)
        return self._joined(sorted(chosen, key=lambda hit: hit.start), text)

    def _joined(self, found: Sequence[_Found], text: str) -> list[_Found]:
        """A weekday beside a date says the same day twice: `Monday the 23rd`."""
        joined: list[_Found] = []
        for hit in found:
            last = joined[-1] if joined else None
            between = text[last.end : hit.start] if last is not None else "x"
            beside = re.fullmatch(rf"[\s,.]*(?:{self.calendar.the}|on)?[\s,]*", between) is not None
            if last is not None and beside and (last.kind == "weekday") != (hit.kind == "weekday"):
                weekday, other = (last, hit) if last.kind == "weekday" else (hit, last)
                joined[-1] = _Found(last.start, hit.end, self._agreed(weekday, other), other.kind)
            else:
                joined.append(hit)
        return joined

    def _agreed(self, weekday: _Found, other: _Found) -> tuple[date, ...]:
        on = {day.weekday() for day in weekday.days}
        agreeing = tuple(day for day in other.days if day.weekday() in on)
        if agreeing or not other.days:
            return agreeing
        if other.kind == "day" and self.today is not None:
            months = (_day_in(self.today, ahead, other.days[0].day) for ahead in range(3))
            later = tuple(day for day in months if day and day >= self.today and day.weekday() in on)
            if later:
                return later[:1]
        return (*weekday.days, *other.days)

    def numeric(self, match: re.Match[str]) -> Iterable[date] | None:
        first, second, third = int(match["a"]), int(match["b"]), match["c"]
        if third is None and not self._may_lack_year(match[0]):
            return None
        if len(match["a"]) == 4:
            return _only(_date(first, second, int(third or 0)))
        in_either = self.country in EITHER_FIRST or (self.country is None and self.calendar is calendar_of("en"))
        if in_either:
            return (*self._with_year(first, second, third), *self._with_year(second, first, third))
        order = [(first, second), (second, first)]
        for month, day in order if self.country in MONTH_FIRST else order[::-1]:
            days = tuple(self._with_year(month, day, third))
            if days or (month <= 12 and day <= 31):
                return days
        return ()

    def _may_lack_year(self, written: str) -> bool:
        """Whether `3.12.` is a day here: `3.5` is a fraction where points begin those, and `5-7` is a range."""
        return "/" in written or ("." in written and self.calendar is calendar_of("de"))

    def day_of_number(self, match: re.Match[str]) -> Iterable[date] | None:
        """`el cinco del seis`: the month by its number."""
        month = _figure(match["a"])
        return self._with_year(month, _figure(match["b"]), match["year"]) if month <= 12 else None

    def ordinal_pair(self, match: re.Match[str]) -> Iterable[date] | None:
        """`dritter zwölfter`: only German names months so."""
        if self.calendar is not calendar_of("de"):
            return None
        return self._with_year(_figure(match["a"]), _figure(match["b"]), match["year"])

    def month_day(self, match: re.Match[str]) -> Iterable[date] | None:
        month = self.calendar.months[match["month"]]
        year = match["year"].strip() if match["year"] else None
        days = [_figure(one) for one in (match["day"], match["other"]) if one]
        return [found for day in days for found in self._with_year(month, day, year)]

    def weekday(self, match: re.Match[str]) -> Iterable[date] | None:
        on = self.calendar.weekdays[match["weekday"]]
        if self.today is None:
            return ()
        ahead = (on - self.today.weekday()) % 7
        following = self.today + timedelta(ahead or 7)
        groups = match.groupdict()
        if groups.get("later"):
            return (following + timedelta(weeks=self.calendar.weeks_after[groups["later"]]),)
        if groups.get("in_week1") or groups.get("in_week2"):
            return (self.today + timedelta(7 - self.today.weekday() + on),)
        if groups.get("last1") or groups.get("last2"):
            return (self.today - timedelta((self.today.weekday() - on) % 7 or 7),)
        if groups.get("this"):
            return (self.today + timedelta(ahead),)
        if (groups.get("next1") or groups.get("next2")) and on > self.today.weekday():
            return (following, following + timedelta(7))  # this week's or next week's: people mean either
        return (following,)

    def weekday_day(self, match: re.Match[str]) -> Iterable[date] | None:
        """`el sábado veinte`: the next day of that number that is such a weekday."""
        on, day = self.calendar.weekdays[match["weekday"]], _figure(match["day"])
        if self.today is None or not 1 <= day <= 31:
            return ()
        months = (_day_in(self.today, ahead, day) for ahead in range(2))
        return [one for one in months if one and one >= self.today and one.weekday() == on][:1]

    def nth_weekday(self, match: re.Match[str]) -> Iterable[date] | None:
        """`the third Monday in July`"""
        on, month = self.calendar.weekdays[match["weekday"]], self.calendar.months[match["month"]]
        if self.today is None and not match["year"]:
            return ()
        years = [self._year(match["year"])] if match["year"] else [self.today.year, self.today.year + 1]  # type: ignore[union-attr]
        firsts = [date(year, month, 1) for year in years]
        days = [first + timedelta((on - first.weekday()) % 7 + 7 * (int(match["nth"]) - 1)) for first in firsts]
        return [
            day for day in days if day.month == month and (match["year"] or self.today is None or day >= self.today)
        ][:1]

    def short_weekday(self, match: re.Match[str]) -> Iterable[date] | None:
        if self.today is None:
            return ()
        on = self.calendar.short_weekdays[match["weekday"]]
        return (self.today + timedelta((on - self.today.weekday()) % 7 or 7),)

    def named(self, match: re.Match[str]) -> Iterable[date] | None:
        if self.today is None:
            return ()
        weeks = self.calendar.weeks_after[match["later"]] if match["later"] else 0
        return (self.today + timedelta(self.calendar.days[match["name"]], weeks=weeks),)

    def holiday(self, match: re.Match[str]) -> Iterable[date] | None:
        month, day = self.calendar.holidays[match["holiday"]]
        return self._with_year(month, day, match["year"].strip() if match["year"] else None)

    def day(self, match: re.Match[str]) -> Iterable[date] | None:
        day = _figure(match["day"])
        if self.today is None or not 1 <= day <= 31:
            return ()
        if match["next"]:
            return _only(_day_in(self.today, 1, day))
        candidates = [_day_in(self.today, ahead, day) for ahead in range(1 if match["this"] else 3)]
        later = [one for one in candidates if one is not None and (one >= self.today or match["this"])]
        return later[:1]

    def counted(self, match: re.Match[str]) -> Iterable[date] | None:
        base = self._base(match)
        if base is None:
            return ()
        sign = -1 if match.groupdict().get("ago") else 1
        number = 1.0 if not match["count"] else float(match["count"])
        if number != int(number) or number > 10_000:
            return ()
        return _only(self._moved(base, sign * int(number), match["unit"]))

    def _base(self, match: re.Match[str]) -> date | None:
        groups = match.groupdict()
        if groups.get("from_weekday"):
            on = self.calendar.weekdays[groups["from_weekday"]]
            return self.today and self.today + timedelta((on - self.today.weekday()) % 7 or 7)
        if groups.get("from_name"):
            return self.today and self.today + timedelta(self.calendar.days[groups["from_name"]])
        return self.today

    def _moved(self, base: date, number: int, unit: str) -> date | None:
        try:
            if unit in self.calendar.spans:
                return base + timedelta(number * self.calendar.spans[unit])
            months = number * (12 if re.fullmatch(self.calendar.years_unit, unit) else 1)
            return _day_in(base, months, base.day)
        except OverflowError:
            return None

    def _with_year(self, month: int, day: int, year: str | None) -> tuple[date, ...]:
        """The day in the year that was said, else when it comes next, or came last where only that is asked for."""
        if year is not None:
            return tuple(_only(_date(self._year(year), month, day)))
        if self.today is None:
            return ()
        coming = [_date(self.today.year + ahead, month, day) for ahead in range(9)]
        ahead = next((one for one in coming if one is not None and one >= self.today), None)
        before = next((one for one in (coming[0], _date(self.today.year - 1, month, day)) if one), None)
        if ahead and self.maximum and ahead.isoformat() > self.maximum and before and before < self.today:
            return (before,)
        return (ahead,) if ahead else ()

    def _year(self, said: str) -> int:
        year = int("".join(re.findall(r"\d+", said)) or 0)
        parts = re.findall(r"\d+", said)
        if len(parts) == 2 and parts[0] == "0":
            year = int(parts[1])
        if year >= 100:
            return year
        this = self.today.year if self.today else 2000
        century = this - this % 100
        return century + year if century + year <= this + _CENTURY_AHEAD else century - 100 + year


_RULES: dict[str, tuple[str, Callable[[_Reader, re.Match[str]], Iterable[date] | None]]] = {
    "numeric": ("numeric", _Reader.numeric),
    "compact": ("numeric", _Reader.numeric),
    "spoken_numeric": ("numeric", _Reader.numeric),
    "day_of_number": ("numeric", _Reader.day_of_number),
    "ordinal_pair": ("numeric", _Reader.ordinal_pair),
    "day_month": ("month_day", _Reader.month_day),
    "month_day": ("month_day", _Reader.month_day),
    "weekday": ("weekday", _Reader.weekday),
    "nth_weekday": ("month_day", _Reader.nth_weekday),
    "weekday_day": ("day", _Reader.weekday_day),
    "short_weekday": ("weekday", _Reader.short_weekday),
    "named": ("named", _Reader.named),
    "holiday": ("named", _Reader.holiday),
    "day": ("day", _Reader.day),
    "day_alone": ("day", _Reader.day),
    "counted": ("counted", _Reader.counted),
    "counted_after": ("counted", _Reader.counted),
    "counted_from": ("counted", _Reader.counted),
    "ago_before": ("counted", _Reader.counted),
    "ago_after": ("counted", _Reader.counted),
}
"""For each pattern the kind of date it finds, and what the match means."""


def understand_date(
    said: Said,
    language: str,
    *,
    now: datetime | None = None,
    country: str | None = None,
    minimum: str | None = None,
    maximum: str | None = None,
) -> Interpretation:
    """The day in ISO text; those not before *minimum* nor after *maximum* count."""
    calendar = calendar_of(language)
    reader = _Reader(calendar, now.date() if now else None, country, minimum, maximum)

    text = reader.in_figures(said)
    whole = reader.found_in(text, is_short=False)

    def decide(said: Said) -> Interpretation:
        return _decide(said, calendar, reader, whole)

    def counts(said: Said) -> bool:
        return bool(pattern_of(calendar, "any_day").search(in_figures(said, calendar)))

    found = bounded(settle(said, decide, counts), minimum, maximum)
    if found.status in ("ok", "out_of_range") and len(whole) == 1 and is_turned_down(text[whole[0].end :], said):
        return no_match("the day that was named was turned down")
    return found


def _decide(said: Said, calendar: Calendar, reader: _Reader, whole: Sequence[_Found]) -> Interpretation:
    text = reader.in_figures(said)
    found = reader.found_in(text, is_short=len(said.bare) <= _SHORT_MESSAGE)
    months = {day.replace(day=1) for hit in whole if hit.kind == "month_day" for day in hit.days}
    if len(found) == 1 and found[0].kind == "day" and len(months) == 1:
        # "December fifth, no, sixth": what corrects a day is of its month.
        month = months.pop()
        same = tuple(one for day in found[0].days[:1] for one in _only(_date(month.year, month.month, day.day)))
        found = [_Found(found[0].start, found[0].end, same, "day")]
    meant = [hit for hit in found if not is_negated(text, hit.start, said)]
    if found and not meant:
        return no_match("the day that was named was negated")
    for hit in meant:
        around = text[: hit.start].rstrip()
        if re.search(rf"\b(?:{calendar.not_exactly})(?: (?:{calendar.the}))?$", around):
            return no_match("a day before, after or besides the one that was named")
        if not hit.days:
            return no_match(f"“{text[hit.start : hit.end].strip()}” is no day that can be told")
    rest = text
    for hit in meant:
        rest = rest[: hit.start] + " " * (hit.end - hit.start) + rest[hit.end :]
    if meant and re.search(rf"\dº|\b(?:{calendar.or_})\b[^\d]{{0,6}}\d", rest):
        return no_match("more was named than one day")
    if len(meant) == 1 and len(meant[0].days) == 1 and re.search(rf"\b(?:{calendar.either})\b", rest):
        return no_match("another day may be meant as well")
    evidence = [
        f"“{text[hit.start : hit.end].strip()}” is {' or '.join(day.isoformat() for day in hit.days)}" for hit in meant
    ]
    sure = TOKEN if len(meant) == 1 and meant[0].kind == "day" else PHRASE
    if len(meant) == 1 and meant[0].kind == "numeric" and text.strip() == text[meant[0].start : meant[0].end]:
        sure = EXACT
    if len(meant) == 1 and meant[0].kind == "weekday" and _names_something(text[meant[0].end :], said, calendar):
        sure = WEAK
    return one_or_several([day.isoformat() for hit in meant for day in hit.days], sure, evidence)


def _names_something(following: str, said: Said, calendar: Calendar) -> bool:
    """Whether the word behind a weekday may make a name or a thing of it (`Sunday roast`), and not an answer."""
    lexicon = said.lexicon
    word = re.match(r" *([^\W\d_]+)", following)
    if word is None:
        return False
    known = word[1] in lexicon.stopwords or word[1] in lexicon.politeness or word[1] in calendar.fillers
    if known or any(re.match(pattern, following.lstrip()) for pattern, _ in calendar.periods):
        return False
    return word[1] not in _words_of_consent(lexicon)


@cache
def _words_of_consent(lexicon: Lexicon) -> frozenset[str]:
    """The words people say yes and no with: `Tuesday works`, `Tuesday sounds great`."""
    return frozenset(word for phrase in lexicon.cues for word in phrase.split()) | lexicon.modifiers


def keyed_date(digits: str, language: str, *, now: datetime | None, country: str | None) -> Interpretation:
    """Day, month and year by keys, in the country's order: two digits, two digits, and four, two or none."""
    figures = re.sub(r"\D", "", digits)
    if len(figures) not in (4, 6, 8):
        return no_match(f"keys {digits} are no date")
    text = "/".join(part for part in (figures[:2], figures[2:4], figures[4:]) if part)
    calendar = calendar_of(language)
    reader = _Reader(calendar, now.date() if now else None, country, None, None)
    match = pattern_of(calendar, "numeric").fullmatch(text)
    days = list(dict.fromkeys(reader.numeric(match) or ())) if match else []
    if len(days) > 1:
        return Interpretation("ambiguous", None, 0.5, (f"keys {digits}",), tuple(day.isoformat() for day in days))
    return ok(days[0].isoformat(), EXACT, f"keys {digits}") if days else no_match(f"keys {digits} are no date")


def _figure(said: str) -> int:
    return int(re.sub(r"\D", "", said))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_in(base: date, months: int, day: int) -> date | None:
    """The *day* of the month so many months from *base*."""
    ahead = base.year * 12 + base.month - 1 + months
    return _date(ahead // 12, ahead % 12 + 1, day)


def _only(found: date | None) -> Iterator[date]:
    if found is not None:
        yield found
