"""Ranges of time as people ask for them, in the days of a zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal

from ringline.analytics.measures import HOUR, hour_of
from ringline.errors import RequestError
from ringline.local_time import on_the_wall, read_zone

Span = Literal["today", "7d", "30d", "custom"]

LONGEST_DAYS = 400
HOURLY_DAYS = 2
"""Ranges of so many days are shown by the hour, longer ones by the day."""
_DAY = timedelta(days=1)
_DAYS: dict[str, int] = {"today": 1, "7d": 7, "30d": 30}


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bar of a chart: the hours from *first* to before *last*, named by when it begins."""

    start: datetime
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Range:
    """Whole days of a zone, *since* to *until* inclusive, as hours from *first* to before *last*.

    Figures are kept by the hour of UTC: where a zone is off by a part of an hour, its days begin with the hour in which
    its midnight lies.
    """

    since: date
    until: date
    zone: str
    by: Literal["hour", "day"]
    buckets: tuple[Bucket, ...]

    @property
    def first(self) -> int:
        return self.buckets[0].first

    @property
    def last(self) -> int:
        return self.buckets[-1].last

    def before(self) -> Range:
        """The range of as many days that comes before it."""
        days = (self.until - self.since).days + 1
        return _of_days(self.since - timedelta(days=days), self.since - _DAY, self.zone)


def range_of(span: str, *, now: float, zone: str, since: date | None = None, until: date | None = None) -> Range:
    """The range that a name stands for; ``custom`` needs its days. Raises `RequestError`."""
    try:
        today = datetime.fromtimestamp(now, read_zone(zone)).date()
    except ValueError as error:
        raise RequestError(str(error), field="zone", fix="use an IANA name such as Europe/Berlin") from None
    if span in _DAYS:
        return _of_days(today - timedelta(days=_DAYS[span] - 1), today, zone)
    if span != "custom":
        raise RequestError(f"there is no range {span!r}", field="range", fix="use today, 7d, 30d or custom")
    if since is None:
        raise RequestError("a custom range has a first day", field="from", fix="give `from`, such as 2026-01-31")
    until = min(until or today, today)
    if until < since:
        raise RequestError("the range ends before it begins", field="to", fix="give a last day on or after the first")
    if (until - since).days >= LONGEST_DAYS:
        raise RequestError(
            f"the range is longer than {LONGEST_DAYS} days", field="from", fix="ask for a part of it at a time"
        )
    return _of_days(since, until, zone)


def _of_days(since: date, until: date, zone: str) -> Range:
    days = (until - since).days + 1
    starts = [_begin(since + timedelta(days=n), zone) for n in range(days + 1)]
    if days <= HOURLY_DAYS:
        buckets = tuple(
            Bucket(datetime.fromtimestamp(hour * HOUR, UTC), hour, hour + 1) for hour in range(starts[0], starts[-1])
        )
        return Range(since, until, zone, "hour", buckets)
    buckets = tuple(Bucket(datetime.fromtimestamp(first * HOUR, UTC), first, last) for first, last in pairwise(starts))
    return Range(since, until, zone, "day", buckets)


def _begin(day: date, zone: str) -> int:
    return hour_of(on_the_wall(day, time(0), read_zone(zone)).timestamp())
