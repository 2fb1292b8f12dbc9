"""Moments and times of day as scenarios write them."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_HINT = "write a time of day as `09:00`, or a moment as `2026-05-19 09:00`"


def moment(text: str, zone: ZoneInfo) -> datetime:
    """The moment that *text* names; without an offset in *zone*. Raises `ValueError` in words."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is no moment; {_HINT}") from None
    return found if found.tzinfo is not None else found.replace(tzinfo=zone)


def is_time_of_day(text: str) -> bool:
    """Whether *text* is a time without a date."""
    return _TIME_OF_DAY.fullmatch(text) is not None


def moment_text(value: str) -> str:
    """*value*, which must be a time of day or a moment. Raises `ValueError` in words."""
    if is_time_of_day(value):
        hours, minutes = value.split(":")[:2]
        if int(hours) > 23 or int(minutes) > 59:
            raise ValueError(f"`{value}` is no time of day; {_HINT}")
        return value
    moment(value, ZoneInfo("UTC"))
    return value


def zone_name(value: str) -> str:
    """*value*, which must name a time zone. Raises `ValueError` in words."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError(f"`{value}` is no time zone; write a name such as America/New_York") from None
    return value
