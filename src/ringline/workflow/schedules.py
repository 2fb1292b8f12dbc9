"""When a schedule fires: cron lines read by the clock of a time zone, single moments, and fixed intervals.

Where clocks are set forward, a time that is left out counts at the first moment after the gap; where they are set back,
a time that comes twice counts the first time only. Lines whose minute or hour is ``*`` mean "every so often" instead:
they follow real time through both, as Debian's cron does.
"""

from __future__ import annotations

import difflib
import math
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from ringline.clock import utc

_SHORTHANDS = {
    "@hourly": "0 * * * *",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@weekly": "0 0 * * 0",
    "@monthly": "0 0 1 * *",
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
}
_FIELDS = {
    "minute": "a minute is 0 to 59",
    "hour": "an hour is 0 to 23",
    "day-of-month": "a day of the month is 1 to 31, or L for the last, and must exist in one of the months",
    "month": "a month is 1 to 12 or JAN to DEC",
    "day-of-week": "a day of the week is 0 to 7 (0 and 7 are Sunday) or SUN to SAT",
}
_DAY = 86_400.0
_MOST_MISSED = 10_000
"""Missed times that are counted; of more, those of the last day are looked at."""


@dataclass(frozen=True, slots=True)
class Schedule:
    """One of a cron line, a moment, or an interval counted from *anchor* (seconds since the epoch)."""

    cron: str | None = None
    timezone: str = "UTC"
    at: float | None = None
    every: float | None = None
    anchor: float = 0.0

    def next_after(self, moment: float) -> float | None:
        """The first time later than *moment*, or None when there is none any more."""
        if self.cron is not None:
            return _next_by_cron(self.cron, self.timezone, moment)
        if self.every is not None:
            turns = math.floor((moment - self.anchor) / self.every + 1e-9) + 1
            return self.anchor + max(turns, 1) * self.every
        return self.at if self.at is not None and self.at > moment else None

    def missed(self, due: float, now: float) -> tuple[float, int]:
        """The last time from *due* up to *now*, and how many there are in between, both counted."""
        if self.every is not None:
            turns = math.floor((now - due) / self.every + 1e-9)
            return due + turns * self.every, turns + 1
        last, count = due, 1
        following = self.next_after(due)
        while following is not None and following <= now:
            last, count = following, count + 1
            if count == _MOST_MISSED:
                last = max(last, now - _DAY)
            following = self.next_after(last)
        return last, count


def check_cron(text: str) -> str:
    """The line as it is kept, five fields; raises `ValueError` with a sentence that says which field is wrong."""
    line = " ".join(text.split())
    if line.startswith("@"):
        known = _SHORTHANDS.get(line.lower())
        if known is None:
            raise ValueError(f"`{text}` is no cron line; write five fields, or one of {', '.join(_SHORTHANDS)}")
        return known
    if len(line.split(" ")) != 5:
        raise ValueError(
            f"`{text}` has {len(line.split())} fields; write five: minute, hour, day of month, month, day of week, "
            "as in `0 9 * * MON-FRI`"
        )
    from cronsim import CronSim, CronSimError

    try:
        next(CronSim(line, datetime(2026, 1, 1, tzinfo=UTC)))
    except CronSimError as error:
        name = str(error).removeprefix("Bad ")
        raise ValueError(f"the {name.replace('-', ' ')} of `{text}` cannot be; write it so: {_why(name)}") from None
    except StopIteration:
        raise ValueError(f"`{text}` names a day that never comes; write one that exists") from None
    return line


def check_zone(name: str) -> str:
    """The zone's name; raises `ValueError` with the one that was probably meant."""
    known = _zones()
    if name in known:
        return name
    folded = {zone.lower(): zone for zone in known}
    wanted = name.strip().lower().replace(" ", "_")
    city = {zone.rpartition("/")[2].lower(): zone for zone in sorted(known, reverse=True)}
    close = difflib.get_close_matches(wanted, [*folded, *city], n=1, cutoff=0.75)
    meant = (folded | city).get(close[0]) if close else None
    raise ValueError(
        f"there is no time zone `{name}`; write {f'`{meant}`' if meant else 'one such as `Europe/Berlin`'}"
    )


def read_moment(text: str, zone: str) -> float:
    """A date and time as seconds since the epoch, read by the clock of *zone* where it names no offset of its own.

    Raises `ValueError` for what is no moment, or one that the clocks of the zone leave out.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"`{text}` is no date and time; write it as in `2026-11-21T09:00`") from None
    if len(text.strip()) <= 10:
        raise ValueError(f"`{text}` has no time of day; write it as in `{text.strip()}T09:00`")
    if moment.tzinfo is None:
        local = moment.replace(tzinfo=ZoneInfo(zone))
        back = local.astimezone(UTC).astimezone(local.tzinfo)
        if back.replace(tzinfo=None) != moment:
            raise ValueError(
                f"`{text}` does not exist in {zone}, where clocks are set forward then; "
                f"write `{back.strftime('%Y-%m-%dT%H:%M')}`"
            )
        moment = local
    return moment.timestamp()


def _next_by_cron(line: str, zone: str, moment: float) -> float | None:
    from cronsim import CronSim

    start = datetime.fromtimestamp(moment, ZoneInfo(zone))
    # In an hour that comes twice CronSim may begin with its first coming, which is over.
    for found in CronSim(line, start.replace(microsecond=0)):
        if found.timestamp() > moment:
            return float(found.timestamp())
    return None


def _why(name: str) -> str:
    return _FIELDS.get(name, "five fields such as `0 9 * * MON-FRI`")


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())


def as_utc(moment: float) -> str:
    """A moment as ISO 8601 text in UTC, to the second unless it has parts of one."""
    written = utc(moment)
    whole = written.microsecond == 0
    return written.isoformat(timespec="seconds" if whole else "microseconds").replace("+00:00", "Z")
