"""When a reminder may come: by day, where the person is."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from ringline.phone_numbers import time_zones_of
from ringline.voice.sessions.quiet_hours import first_moment_for

CALIFORNIA, SEVERAL_ZONES, NOWHERE = "+14155550123", "+61491570156", "+80012345678"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("zone", "now", "first"),
    [
        (None, "2026-01-01T12:00", "2026-01-01T16:00"),  # four in the morning
        (None, "2026-01-01T16:00", "2026-01-01T16:00"),
        (None, "2026-01-02T04:59", "2026-01-02T04:59"),
        (None, "2026-01-02T05:00", "2026-01-02T16:00"),  # nine in the evening
        ("Europe/Berlin", "2026-01-01T12:00", "2026-01-01T12:00"),
        ("Europe/Berlin", "2026-01-01T21:00", "2026-01-02T07:00"),
    ],
)
def test_it_is_day_where_the_person_is(zone: str | None, now: str, first: str) -> None:
    assert first_moment_for(CALIFORNIA, zone, at(now)) == at(first)


@pytest.mark.parametrize("hour", range(0, 24, 3))
def test_it_is_day_in_every_zone_that_a_number_may_be_in(hour: int) -> None:
    zones = time_zones_of(SEVERAL_ZONES)
    assert len(zones) > 1
    moment = first_moment_for(SEVERAL_ZONES, None, at(f"2026-01-01T{hour:02}:30"))
    for zone in zones:
        assert 8 <= datetime.fromtimestamp(moment, ZoneInfo(zone)).hour < 21


def test_a_number_of_no_country_waits_for_nothing() -> None:
    assert first_moment_for(NOWHERE, None, at("2026-01-01T03:00")) == at("2026-01-01T03:00")
