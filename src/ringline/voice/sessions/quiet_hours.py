"""When people may be reminded: by day, where they are."""

from __future__ import annotations

from datetime import UTC, datetime, time

from ringline.local_time import Hours, read_zone
from ringline.phone_numbers import time_zones_of

DAY = Hours(time(8), time(21))
_MOST_STEPS = 8


def first_moment_for(number: str, zone: str | None, now: float) -> float:
    """The first moment from *now* on at which it is day for the person; seconds since the epoch.

    Where only the number tells and it may be in several zones, it is day in all of them; where they never share one,
    in the first.
    """
    zones = [read_zone(name) for name in ((zone,) if zone else time_zones_of(number))]
    asked = moment = datetime.fromtimestamp(now, UTC)
    for _ in range(_MOST_STEPS):
        openings = [DAY.first_open(moment, one) or moment for one in zones]
        latest = max(openings, default=moment)
        if latest == moment:
            return now if moment == asked else moment.timestamp()
        moment = latest
    return (DAY.first_open(asked, zones[0]) or asked).timestamp()
