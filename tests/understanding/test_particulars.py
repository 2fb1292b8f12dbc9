"""Dates, times, durations, telephone numbers, addresses and digits: what holds beside the tables of phrases."""

from __future__ import annotations

import time
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import RequestError
from ringline.understanding import LANGUAGES, understand
from ringline.understanding.particulars import PARTICULARS

NOW = datetime(2026, 11, 20, 10, 0)  # noqa: DTZ001 the person's own time; a Friday
DAYS = st.dates(date(1900, 1, 1), date(2099, 12, 31))


@given(day=DAYS, language=st.sampled_from(LANGUAGES))
def test_a_day_as_the_country_writes_it_is_that_day(day: date, language: str) -> None:
    assert understand("date", day.isoformat(), language=language).value == day.isoformat()
    assert understand("date", f"{day:%d/%m/%Y}", language=language, country="GB").value == day.isoformat()
    assert understand("date", f"{day:%m/%d/%Y}", language=language, country="US").value == day.isoformat()
    assert understand("date", f"{day:%m%d%Y}", language=language, country="US", keys=True).value == day.isoformat()


@given(day=DAYS)
def test_where_either_may_come_first_only_the_plain_ones_are_understood(day: date) -> None:
    found = understand("date", f"{day:%d/%m/%Y}", language="en")

    assert found.value == day.isoformat() or day.isoformat() in found.alternatives


@given(today=DAYS, number=st.integers(1, 6))
def test_days_are_counted_from_today(today: date, number: int) -> None:
    now = datetime.combine(today, NOW.time())
    wanted = today + timedelta(number)

    assert understand("date", f"in {number} days", now=now).value == wanted.isoformat()
    assert understand("date", f"{wanted:%A}", now=now).value == wanted.isoformat()


@pytest.mark.parametrize("language", LANGUAGES)
@given(hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_a_written_time_is_never_another_one(language: str, hour: int, minute: int) -> None:
    written = f"{hour}:{minute:02}"
    found = understand("time", written, language=language)

    assert found.value == f"{hour:02}:{minute:02}" or f"{hour:02}:{minute:02}" in found.alternatives
    assert found.status == "ok" or 1 <= hour <= 12


@given(digits=st.text("0123456789", min_size=1, max_size=20), language=st.sampled_from(LANGUAGES))
def test_digits_stay_as_they_are(digits: str, language: str) -> None:
    assert understand("digits", digits, language=language).value == digits
    assert understand("digits", " ".join(digits), language=language).value == digits
    assert understand("digits", digits + "#", language=language, keys=True).value == digits


@pytest.mark.parametrize(
    ("type", "text", "arguments", "wanted"),
    [
        ("date", "05151984", {"country": "US"}, ("ok", "1984-05-15")),
        ("date", "15051984", {"country": "DE"}, ("ok", "1984-05-15")),
        ("date", "1512", {"country": "DE"}, ("ok", "2026-12-15")),
        ("date", "3102", {"country": "DE"}, ("no_match", None)),
        ("date", "123", {}, ("no_match", None)),
        ("time", "1530", {"country": "US"}, ("ok", "15:30")),
        ("time", "930", {"country": "DE"}, ("ok", "09:30")),
        ("time", "930", {"country": "US"}, ("ambiguous", None)),
        ("time", "2575", {}, ("no_match", None)),
        ("duration", "90", {}, ("ok", 5400)),
        ("phone", "4155550134", {"country": "US"}, ("ok", "+14155550134")),
        ("phone", "12", {"country": "US"}, ("no_match", None)),
        ("email", "555", {}, ("no_match", None)),
        ("digits", "0712#", {}, ("ok", "0712")),
        ("digits", "#", {}, ("silence", None)),
    ],
)
def test_what_is_keyed_in(type: str, text: str, arguments: dict[str, Any], wanted: tuple[str, Any]) -> None:
    found = understand(type, text, keys=True, now=NOW, **arguments)

    assert (found.status, found.value) == wanted


@pytest.mark.parametrize(
    ("type", "text", "arguments", "wanted"),
    [
        ("date", "yesterday", {"minimum": "2026-11-20"}, ("out_of_range", "2026-11-19")),
        ("date", "may fifteenth", {"maximum": "2026-11-20"}, ("ok", "2026-05-15")),
        ("date", "next saturday", {"maximum": "2026-11-25"}, ("ok", "2026-11-21")),
        ("time", "at three", {"minimum": "09:00", "maximum": "17:00"}, ("ok", "15:00")),
        ("time", "8 pm", {"maximum": "17:00"}, ("out_of_range", "20:00")),
        ("duration", "three hours", {"maximum": 7200}, ("out_of_range", 10800)),
        ("digits", "one two three", {"minimum": 4, "maximum": 4}, ("out_of_range", "123")),
    ],
)
def test_what_is_out_of_range_is_said_and_what_is_within_is_meant(
    type: str, text: str, arguments: dict[str, Any], wanted: tuple[str, Any]
) -> None:
    found = understand(type, text, now=NOW, **arguments)

    assert (found.status, found.value) == wanted


@pytest.mark.parametrize(
    ("language", "type", "text"),
    [
        ("en", "date", "any day but monday"),
        ("en", "date", "before the fifth"),
        ("en", "date", "i sat down"),
        ("en", "date", "tomorrow or whenever"),
        ("en", "time", "after five"),
        ("en", "time", "i have two kids"),
        ("en", "phone", "it ends in 0134"),
        ("en", "email", "meet me at noon dot"),
        ("de", "date", "guten morgen"),
        ("es", "time", "tengo dos hijos"),
        ("pt", "date", "toda segunda"),
        ("fr", "date", "à partir de lundi"),
        ("it", "date", "ogni lunedì"),
        ("en", "date", "three point five"),
        ("en", "date", "5-7"),
        ("en", "time", "somewhere between twenty and thirty"),
        ("de", "date", "so um die dreißig"),
        ("de", "phone", "24.12.2026"),
        ("it", "date", "all'una del pomeriggio"),
        ("it", "time", "mezz'ora"),
    ],
)
def test_what_is_not_plain_is_not_taken_for_an_answer(language: str, type: str, text: str) -> None:
    assert understand(type, text, language=language, now=NOW, country="US").status == "no_match"


def test_without_a_moment_nothing_is_counted_from_today() -> None:
    assert understand("date", "tomorrow").status == "no_match"
    assert understand("date", "december 24 2026").value == "2026-12-24"


def test_a_correction_of_the_day_keeps_the_month() -> None:
    found = understand("date", "march fifth, no, sixth", now=NOW)

    assert (found.value, found.confidence) == ("2027-03-06", 0.75)


def test_the_region_of_a_language_is_a_country() -> None:
    assert understand("date", "5/12/2026", language="en-GB").value == "2026-12-05"
    assert understand("phone", "020 7946 0018", language="en-GB").value == "+442079460018"


@pytest.mark.parametrize("type", PARTICULARS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_long_answer_is_understood_in_a_moment(type: str, language: str) -> None:
    texts = ["1 2 3 / 4 : 5 " * 140, "at dot a b c 5 " * 130, "monday or " * 200, "and a half hour " * 120]
    understand(type, "warm", language=language, now=NOW)
    for text in texts:
        began = time.process_time()
        understand(type, text, language=language, now=NOW, country="US")
        assert time.process_time() - began < 1.0


@pytest.mark.parametrize(
    ("type", "bound", "sentence"),
    [
        ("date", "soon", "`minimum` is 'soon', and an answer of type `date` is held against a date."),
        ("time", 25, "`minimum` is 25, and an answer of type `time` is held against a time."),
        ("duration", "long", "`minimum` is 'long', and an answer of type `duration` is held against a number."),
    ],
)
def test_a_bound_of_another_type_is_refused(type: str, bound: Any, sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence) as caught:
        understand(type, "x", minimum=bound)

    assert caught.value.field == "minimum"
    assert caught.value.fix
