"""Days in a text in figures: by date, weekday, name, or counted from another day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from ringline.understanding.date_grammar import pattern_of
from ringline.understanding.figures import in_figures
from ringline.understanding.lexicons.calendar import calendar_of
from ringline.understanding.lexicons.caveats import caveats_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ringline.understanding.lexicons.calendar import Calendar
    from ringline.understanding.said import Said

MONTH_FIRST = frozenset({"US", "PH", "FM", "GU", "PR", "VI"})
EITHER_FIRST = frozenset({"CA"})
_CENTURY_AHEAD = 10


@dataclass(frozen=True, slots=True)
class Found:
    """What may be meant by a part of the text, and of which kind it is."""

    start: int
    end: int
    days: tuple[date, ...]
    kind: str


class Reader:
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

    def found_in(self, text: str, *, is_short: bool) -> list[Found]:
        """What is found, in order; where two overlap the longer one."""
        text = re.sub(self.calendar.day_parts, lambda match: " " * len(match[0]), text)
        hits: list[Found] = []
        for name, (kind, read) in _RULES.items():
            if name == "short_weekday" and not is_short:
                continue
            for match in pattern_of(self.calendar, name).finditer(text):
                days = read(self, match)
                if days is not None:
                    hits.append(Found(match.start(), match.end(), tuple(dict.fromkeys(days)), kind))
        hits.sort(key=lambda hit: (hit.start - hit.end, hit.kind))
        chosen: list[Found] = []
        for hit in hits:
            if all(hit.end <= other.start or other.end <= hit.start for other in chosen):
                chosen.append(hit)
        return self._joined(sorted(chosen, key=lambda hit: hit.start), text)

    def _joined(self, found: Sequence[Found], text: str) -> list[Found]:
        """A weekday beside a date says the same day twice: `Monday the 23rd`."""
        joined: list[Found] = []
        for hit in found:
            last = joined[-1] if joined else None
            between = text[last.end : hit.start] if last is not None else "x"
            beside = re.fullmatch(rf"[\s,.]*(?:{self.calendar.the}|on)?[\s,]*", between) is not None
            if last is not None and beside and (last.kind == "weekday") != (hit.kind == "weekday"):
                weekday, other = (last, hit) if last.kind == "weekday" else (hit, last)
                joined[-1] = Found(last.start, hit.end, self._agreed(weekday, other), other.kind)
            else:
                joined.append(hit)
        return joined

    def _agreed(self, weekday: Found, other: Found) -> tuple[date, ...]:
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
            return only(day_of(first, second, int(third or 0)))
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
            return only(_day_in(self.today, 1, day))
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
        return only(self._moved(base, sign * int(number), match["unit"]))

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
            return tuple(only(day_of(self._year(year), month, day)))
        if self.today is None:
            return ()
        coming = [day_of(self.today.year + ahead, month, day) for ahead in range(9)]
        ahead = next((one for one in coming if one is not None and one >= self.today), None)
        before = next((one for one in (coming[0], day_of(self.today.year - 1, month, day)) if one), None)
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


_RULES: dict[str, tuple[str, Callable[[Reader, re.Match[str]], Iterable[date] | None]]] = {
    "numeric": ("numeric", Reader.numeric),
    "compact": ("numeric", Reader.numeric),
    "spoken_numeric": ("numeric", Reader.numeric),
    "day_of_number": ("numeric", Reader.day_of_number),
    "ordinal_pair": ("numeric", Reader.ordinal_pair),
    "day_month": ("month_day", Reader.month_day),
    "month_day": ("month_day", Reader.month_day),
    "weekday": ("weekday", Reader.weekday),
    "nth_weekday": ("month_day", Reader.nth_weekday),
    "weekday_day": ("day", Reader.weekday_day),
    "short_weekday": ("weekday", Reader.short_weekday),
    "named": ("named", Reader.named),
    "holiday": ("named", Reader.holiday),
    "day": ("day", Reader.day),
    "day_alone": ("day", Reader.day),
    "counted": ("counted", Reader.counted),
    "counted_after": ("counted", Reader.counted),
    "counted_from": ("counted", Reader.counted),
    "ago_before": ("counted", Reader.counted),
    "ago_after": ("counted", Reader.counted),
}
"""For each pattern the kind of date it finds, and what the match means."""


def _figure(said: str) -> int:
    return int(re.sub(r"\D", "", said))


def day_of(year: int, month: int, day: int) -> date | None:
    """The day, if there is one."""
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day_in(base: date, months: int, day: int) -> date | None:
    """The *day* of the month so many months from *base*."""
    ahead = base.year * 12 + base.month - 1 + months
    return day_of(ahead // 12, ahead % 12 + 1, day)


def only(found: date | None) -> Iterator[date]:
    """The day alone, or nothing."""
    if found is not None:
        yield found
