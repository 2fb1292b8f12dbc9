"""When schedules fire, around the nights in which clocks are set, in zones that do it differently."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.workflow.schedules import Schedule, as_utc, check_cron, read_moment


def moment(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def following(schedule: Schedule, after: str, count: int) -> list[str]:
    """The next times after a moment, by the clock of the schedule's zone."""
    times, at = [], moment(after)
    for _ in range(count):
        found = schedule.next_after(at)
        assert found is not None
        times.append(datetime.fromtimestamp(found, ZoneInfo(schedule.timezone)).isoformat())
        at = found
    return times


NIGHTS = [
    # what happens; line; zone; from; the times that follow
    ("New York loses 02:30", "30 2 * * *", "America/New_York", "2026-03-07T12:00-05:00",
     ["2026-03-08T03:00:00-04:00", "2026-03-09T02:30:00-04:00"]),
    ("New York has 01:30 twice", "30 1 * * *", "America/New_York", "2026-10-31T12:00-04:00",
     ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]),
    ("from within the second 01:xx", "30 1 * * *", "America/New_York", "2026-11-01T01:10-05:00",
     ["2026-11-02T01:30:00-05:00"]),
    ("from within the first 01:xx", "30 1 * * *", "America/New_York", "2026-11-01T01:10-04:00",
     ["2026-11-01T01:30:00-04:00", "2026-11-02T01:30:00-05:00"]),
    ("Berlin loses 02:30", "30 2 * * *", "Europe/Berlin", "2026-03-28T12:00+01:00",
     ["2026-03-29T03:00:00+02:00", "2026-03-30T02:30:00+02:00"]),
    ("Berlin loses 02:00, and 03:00 is one's own", "0 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00+01:00",
     ["2026-03-29T03:00:00+02:00", "2026-03-30T02:00:00+02:00", "2026-03-30T03:00:00+02:00"]),
    ("Berlin has 02:30 twice", "30 2 * * *", "Europe/Berlin", "2026-10-24T12:00+02:00",
     ["2026-10-25T02:30:00+02:00", "2026-10-26T02:30:00+01:00"]),
    ("every hour goes on through a gap", "0 * * * *", "Europe/Berlin", "2026-03-29T00:30+01:00",
     ["2026-03-29T01:00:00+01:00", "2026-03-29T03:00:00+02:00", "2026-03-29T04:00:00+02:00"]),
    ("every hour goes on through a doubled hour", "0 * * * *", "Europe/Berlin", "2026-10-25T01:30+02:00",
     ["2026-10-25T02:00:00+02:00", "2026-10-25T02:00:00+01:00", "2026-10-25T03:00:00+01:00"]),
    ("Lord Howe loses half an hour", "15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00+10:30",
     ["2026-10-04T02:30:00+11:00", "2026-10-05T02:15:00+11:00"]),
    ("Lord Howe has half an hour twice", "45 1 * * *", "Australia/Lord_Howe", "2026-04-04T12:00+11:00",
     ["2026-04-05T01:45:00+11:00", "2026-04-06T01:45:00+10:30"]),
    ("quarters go on through the doubled half hour", "*/15 * * * *", "Australia/Lord_Howe", "2026-04-05T01:30+11:00",
     ["2026-04-05T01:45:00+11:00", "2026-04-05T01:30:00+10:30", "2026-04-05T01:45:00+10:30",
      "2026-04-05T02:00:00+10:30"]),
    ("Cairo has no midnight", "0 0 * * *", "Africa/Cairo", "2026-04-23T12:00+02:00",
     ["2026-04-24T01:00:00+03:00", "2026-04-25T00:00:00+03:00"]),
    ("Santiago has no midnight", "0 0 * * *", "America/Santiago", "2026-09-05T12:00-04:00",
     ["2026-09-06T01:00:00-03:00", "2026-09-07T00:00:00-03:00"]),
    ("Beirut has no midnight", "0 0 * * *", "Asia/Beirut", "2026-03-28T12:00+02:00",
     ["2026-03-29T01:00:00+03:00", "2026-03-30T00:00:00+03:00"]),
    ("Havana has no midnight", "0 0 * * *", "America/Havana", "2026-03-07T12:00-05:00",
     ["2026-03-08T01:00:00-04:00", "2026-03-09T00:00:00-04:00"]),
    ("Samoa has no 30 December 2011", "0 9 * * *", "Pacific/Apia", "2011-12-29T12:00-10:00",
     ["2011-12-31T00:00:00+14:00", "2011-12-31T09:00:00+14:00"]),
    ("a leap day", "0 0 29 2 *", "UTC", "2026-01-01T00:00+00:00", ["2028-02-29T00:00:00+00:00"]),
    ("the last day of a month", "0 9 L * *", "UTC", "2026-02-01T00:00+00:00",
     ["2026-02-28T09:00:00+00:00", "2026-03-31T09:00:00+00:00"]),
    ("just fired", "0 9 * * *", "UTC", "2026-01-01T09:00+00:00", ["2026-01-02T09:00:00+00:00"]),
    ("half a second before", "0 9 * * *", "UTC", "2026-01-01T08:59:59.5+00:00", ["2026-01-01T09:00:00+00:00"]),
    ("half a second after", "0 9 * * *", "UTC", "2026-01-01T09:00:00.5+00:00", ["2026-01-02T09:00:00+00:00"]),
]  # fmt: skip


@pytest.mark.parametrize(("line", "zone", "after", "expected"), [n[1:] for n in NIGHTS], ids=[n[0] for n in NIGHTS])
def test_the_times_of_a_cron_line(line: str, zone: str, after: str, expected: list[str]) -> None:
    assert following(Schedule(cron=line, timezone=zone), after, len(expected)) == expected


@settings(max_examples=150, deadline=None)
@given(
    line=st.sampled_from(["30 2 * * *", "0 0 * * *", "*/20 * * * *", "15 1 * * SUN", "0 * 1-7 * *"]),
    zone=st.sampled_from(["America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "Asia/Beirut", "UTC"]),
    start=st.floats(1_767_225_600, 1_830_297_600),
)
def test_times_only_ever_go_forward(line: str, zone: str, start: float) -> None:
    schedule = Schedule(cron=line, timezone=zone)
    times = [start]
    for _ in range(30):
        found = schedule.next_after(times[-1])
        assert found is not None
        times.append(found)

    assert all(earlier < later for earlier, later in pairwise(times))


@pytest.mark.parametrize(("zone", "days"), [("America/New_York", 365), ("Africa/Cairo", 365), ("Asia/Beirut", 365)])
def test_a_daily_line_fires_once_on_every_day_of_a_year(zone: str, days: int) -> None:
    schedule = Schedule(cron="30 0 * * *", timezone=zone)
    at, dates = moment("2026-01-01T00:00+00:00") - 43_200, []
    for _ in range(days):
        found = schedule.next_after(at)
        assert found is not None
        dates.append(datetime.fromtimestamp(found, ZoneInfo(zone)).date())
        at = found

    assert len(set(dates)) == days
    assert (dates[-1] - dates[0]).days == days - 1


def test_an_interval_is_counted_from_its_anchor() -> None:
    schedule = Schedule(every=3600, anchor=1000.0)

    assert schedule.next_after(1000.0) == 4600.0
    assert schedule.next_after(4600.0) == 8200.0
    assert schedule.next_after(8199.9) == 8200.0
    assert schedule.next_after(0.0) == 4600.0


def test_a_single_moment_comes_once() -> None:
    schedule = Schedule(at=500.0)

    assert schedule.next_after(499.0) == 500.0
    assert schedule.next_after(500.0) is None


@pytest.mark.parametrize(
    ("schedule", "due", "now", "expected"),
    [
        (Schedule(cron="0 * * * *"), "2026-01-01T01:00Z", "2026-01-01T01:00Z", ("2026-01-01T01:00:00Z", 1)),
        (Schedule(cron="0 * * * *"), "2026-01-01T01:00Z", "2026-01-01T04:59Z", ("2026-01-01T04:00:00Z", 4)),
        (Schedule(cron="* * * * *"), "2026-01-01T00:00Z", "2026-02-01T00:00:30Z", ("2026-02-01T00:00:00Z", 11440)),
        (Schedule(every=60), "2026-01-01T00:00Z", "2026-02-01T00:00:30Z", ("2026-02-01T00:00:00Z", 44641)),
        (Schedule(at=1.0), "2026-01-01T00:00Z", "2026-02-01T00:00Z", ("2026-01-01T00:00:00Z", 1)),
    ],
)
def test_missed_times_are_counted_up_to_the_last(
    schedule: Schedule, due: str, now: str, expected: tuple[str, int]
) -> None:
    last, count = schedule.missed(moment(due), moment(now))

    assert (as_utc(last), count) == expected


def test_a_moment_is_read_by_the_clock_of_its_zone_unless_it_names_an_offset() -> None:
    assert as_utc(read_moment("2026-07-01T09:00", "Europe/Berlin")) == "2026-07-01T07:00:00Z"
    assert as_utc(read_moment("2026-07-01T09:00+05:00", "Europe/Berlin")) == "2026-07-01T04:00:00Z"
    assert as_utc(read_moment("2026-10-25T02:30", "Europe/Berlin")) == "2026-10-25T00:30:00Z"


@pytest.mark.parametrize(("written", "kept"), [("@daily", "0 0 * * *"), ("  0  9 * *  mon ", "0 9 * * mon")])
def test_a_line_is_kept_in_five_fields(written: str, kept: str) -> None:
    assert check_cron(written) == kept
    assert Schedule(cron=kept).next_after(datetime(2026, 1, 1, tzinfo=UTC).timestamp())
