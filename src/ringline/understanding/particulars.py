"""The particulars of a person or an appointment: dates, times, durations, telephone numbers, addresses, digits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.errors import RequestError
from ringline.understanding.interpretation import Interpretation, no_match

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.understanding.said import Said

PARTICULARS = ("date", "time", "duration", "phone", "email", "digits")
"""The types of answers that are understood here."""

_IN_TEXT = ("date", "time")


def understand_particular(
    type: str,
    said: Said,
    language: str,
    *,
    minimum: Any = None,
    maximum: Any = None,
    now: datetime | None = None,
    country: str | None = None,
) -> Interpretation:
    """What was said, as one of `PARTICULARS`; where *country* is not named, the region of the language counts."""
    code, country = said.lexicon.numbers, _country(country, language)
    if type == "date":
        from ringline.understanding.dates import understand_date

        return understand_date(said, code, now=now, country=country, minimum=minimum, maximum=maximum)
    if type == "time":
        from ringline.understanding.times import understand_time

        return understand_time(said, code, now=now, minimum=minimum, maximum=maximum)
    if type == "duration":
        from ringline.understanding.durations import understand_duration

        return understand_duration(said, code, minimum=minimum, maximum=maximum)
    if type == "phone":
        from ringline.understanding.phones import understand_phone

        return understand_phone(said, code, country=country)
    if type == "email":
        from ringline.understanding.emails import understand_email

        return understand_email(said, code)
    from ringline.understanding.digits import understand_digits

    return understand_digits(said, code, minimum=minimum, maximum=maximum)


def keyed_particular(
    type: str,
    digits: str,
    language: str,
    *,
    minimum: Any = None,
    maximum: Any = None,
    now: datetime | None = None,
    country: str | None = None,
) -> Interpretation:
    """What was keyed in, as one of `PARTICULARS`."""
    from ringline.understanding import dates, durations, phones, times
    from ringline.understanding import digits as by_digits
    from ringline.understanding.settling import bounded

    code, country = language.replace("_", "-").partition("-")[0].lower(), _country(country, language)
    if type == "date":
        return bounded(dates.keyed_date(digits, code, now=now, country=country), minimum, maximum)
    if type == "time":
        return bounded(times.keyed_time(digits, country=country), minimum, maximum)
    if type == "duration":
        return bounded(durations.keyed_duration(digits), minimum, maximum)
    if type == "phone":
        return phones.keyed_phone(digits, country=country)
    if type == "digits":
        return by_digits.counted(by_digits.keyed_digits(digits), minimum, maximum)
    return no_match("an e-mail address has letters, and keys are digits")


def _country(country: str | None, language: str) -> str | None:
    """The country, or the region of the language (`en-GB`), in capitals."""
    region = country or language.replace("_", "-").partition("-")[2]
    return region.upper() if len(region) == 2 else None


def checked_bounds(type: str, minimum: Any, maximum: Any) -> tuple[Any, Any]:
    """The bounds as this type compares them: ISO texts for dates and times, numbers for all others."""
    return _bound(type, minimum, "minimum"), _bound(type, maximum, "maximum")


def _bound(type: str, bound: Any, name: str) -> Any:
    if bound is None:
        return None
    if type in _IN_TEXT:
        return _moment(type, bound, name)
    try:
        return float(bound)
    except (TypeError, ValueError):
        raise RequestError(
            f"`{name}` is {bound!r}, and an answer of type `{type}` is held against a number.",
            field=name,
            fix="Write a number.",
        ) from None


def _moment(type: str, bound: Any, name: str) -> str:
    from datetime import date, time

    try:
        if type == "date":
            return date.fromisoformat(str(bound)[:10]).isoformat()
        return time.fromisoformat(str(bound)).strftime("%H:%M")
    except ValueError:
        example = "2026-12-31" if type == "date" else "18:30"
        raise RequestError(
            f"`{name}` is {bound!r}, and an answer of type `{type}` is held against a {type}.",
            field=name,
            fix=f"Write it as {example}.",
        ) from None
