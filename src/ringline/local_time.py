"""Times of day in a zone: when a clock on the wall shows them, and when an office there is open."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
END_OF_DAY = "24:00"

_TIME = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_YEARLY = re.compile(r"(\d{1,2})-(\d{1,2})")
_LONGEST_SEARCH = 366 * 3
_DAY = timedelta(days=1)


def read_zone(name: str) -> ZoneInfo:
    """The zone of an IANA name; raises `ValueError` with a sentence that shows one."""
    try:
        return _zone(name)
    except (KeyError, ValueError, OSError):
        raise ValueError(f"`{name}` is not a time zone; write an IANA name such as America/New_York") from None


@lru_cache(maxsize=256)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def read_time_of_day(text: str) -> time | None:
    """The time that ``09:00`` or ``17:30:15`` says; None for anything else."""
    found = _TIME.fullmatch(text.strip())
    return time(int(found[1]), int(found[2]), int(found[3] or 0)) if found else None


def on_the_wall(day: date, of_day: time, zone: ZoneInfo) -> datetime:
    """The moment, in UTC, at which clocks in *zone* show that time of that day.

    Of a time that comes twice, when clocks are set back, it is the first; for a time that is skipped, when they are
    set forward, it is the first moment after the gap.
    """
    local = datetime.combine(day, of_day.replace(tzinfo=None, fold=0))
    before, after = local.replace(tzinfo=zone), local.replace(tzinfo=zone, fold=1)
    moment = before.astimezone(UTC)
    if moment.astimezone(zone).replace(tzinfo=None) == local:
        return moment
    return _end_of_gap(after.astimezone(UTC), moment, zone)


def _end_of_gap(early: datetime, late: datetime, zone: ZoneInfo) -> datetime:
    """The first second between the two at which the later offset holds."""
    offset = late.astimezone(zone).utcoffset()
    low, high = int(early.timestamp()), int(late.timestamp())
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return datetime.fromtimestamp(high, UTC)


def next_time_of_day(of_day: time, zone: ZoneInfo, *, after: datetime) -> datetime:
    """The first moment after *after* at which clocks in *zone* show that time."""
    day = after.astimezone(zone).date()
    # A gap may move yesterday's time behind midnight, so that day counts too.
    for candidate in (day - _DAY, day, day + _DAY, day + 2 * _DAY):
        moment = on_the_wall(candidate, of_day, zone)
        if moment > after:
            return moment
    raise AssertionError("no day has this time")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A day off: of one year, or of every year."""

    month: int
    day: int
    year: int | None = None

    def is_on(self, day: date) -> bool:
        """Whether it falls on *day*."""
        return (day.month, day.day) == (self.month, self.day) and self.year in (None, day.year)


def read_holiday(text: str) -> Holiday:
    """``2026-12-25``, or ``12-25`` for every year; raises `ValueError` with a sentence."""
    found = _YEARLY.fullmatch(text.strip())
    try:
        if found:
            date(2024, int(found[1]), int(found[2]))  # a leap year, so that 29 February is a day
            return Holiday(int(found[1]), int(found[2]))
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"`{text}` is not a day; write 2026-12-25, or 12-25 for every year") from None
    return Holiday(day.month, day.day, day.year)


@dataclass(frozen=True, slots=True)
class Hours:
    """When somebody may be reached: from *opens* to before *closes*, on *days*, except on *holidays*.

    *closes* None is the end of the day. Hours that close earlier than they open go on into the next day and belong to
    the day they begin on.
    """

    opens: time = time(0)
    closes: time | None = None
    days: frozenset[int] = frozenset(range(7))
    """0 is Monday."""
    holidays: tuple[Holiday, ...] = ()

    def first_open(self, moment: datetime, zone: ZoneInfo) -> datetime | None:
        """The first moment at or after *moment* that lies within; None where the next three years have none."""
        day = moment.astimezone(zone).date() - _DAY
        for _ in range(_LONGEST_SEARCH):
            if self._has(day):
                opens, closes = self._span(day, zone)
                if moment < closes and opens < closes:
                    return max(moment, opens)
            day += _DAY
        return None

    def _has(self, day: date) -> bool:
        return day.weekday() in self.days and not any(holiday.is_on(day) for holiday in self.holidays)

    def _span(self, day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
        if self.closes is None:
            return on_the_wall(day, self.opens, zone), on_the_wall(day + _DAY, time(0), zone)
        last = day if self.closes > self.opens else day + _DAY
        return on_the_wall(day, self.opens, zone), on_the_wall(last, self.closes, zone)


def read_days(names: Iterable[str]) -> frozenset[int]:
    """Weekdays by name (``mon``, ``Monday``) or range (``mon-fri``); raises `ValueError` with a sentence."""
    found: set[int] = set()
    for name in names:
        first, dash, last = str(name).strip().lower().partition("-")
        start = _weekday(first, name)
        end = _weekday(last, name) if dash else start
        found.update((start + step) % 7 for step in range((end - start) % 7 + 1))
    return frozenset(found)


def _weekday(text: str, written: str) -> int:
    short = text.strip()[:3]
    names = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
    if short in DAYS and names[DAYS.index(short)].startswith(text.strip()):
        return DAYS.index(short)
    raise ValueError(f"`{written}` is not a day of the week; write mon, tue, wed, thu, fri, sat, sun, or mon-fri")


def read_hours(opens: str, closes: str) -> tuple[time, time | None]:
    """Opening and closing time as `Hours` takes them; raises `ValueError` with a sentence."""
    first = read_time_of_day(opens)
    if first is None:
        raise ValueError(f"`{opens}` is not a time of day; write 09:00")
    if closes.strip() == END_OF_DAY:
        return first, None
    last = read_time_of_day(closes)
    if last is None:
        raise ValueError(f"`{closes}` is not a time of day; write 17:00, or 24:00 for the end of the day")
    if last == first:
        raise ValueError(f"both times are `{opens}`, which leaves no time at all; write 00:00 and 24:00 for all day")
    return first, last
