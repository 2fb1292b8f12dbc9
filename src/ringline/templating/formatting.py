"""The registered helpers: what a template may call to write numbers, dates, money and links for its reader."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time, tzinfo
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ringline.errors import TemplateError
from ringline.templating.filters import number
from ringline.templating.lookup import as_text, kind_of

if TYPE_CHECKING:
    from babel import Locale

STANDARD_HELPERS = frozenset((
    "formatCurrency", "formatDate", "formatNumber", "formatPhoneNumber", "formatTime", "now", "pluralize", "shortenUrl",
))  # fmt: skip
"""Names of the helpers that `standard_helpers` gives, for those who check without a reader."""

_WIDTHS = ("short", "medium", "long", "full")
_PLURAL_FORMS = frozenset(("zero", "one", "two", "few", "many", "other"))
_QUOTED = re.compile(r"'[^']*'")
_MAX_DECIMALS = 20


def standard_helpers(
    *,
    country: str | None = None,
    language: str = "en",
    timezone: str = "UTC",
    shorten: Callable[[str], str] | None = None,
    now: datetime | Callable[[], datetime] | None = None,
) -> dict[str, Callable[..., Any]]:
    """The helpers of a template, for a reader in *country* (two letters), *language* and *timezone* (an IANA name).

    *shorten* turns a web address into a short one; *now* is the present moment, aware. Language, zone and country
    are looked at only when a helper needs them, and each call may name others (``language='es'``).
    """
    writer = _Writer(country, language, timezone, shorten, now)
    return {
        "formatPhoneNumber": writer.phone_number,
        "shortenUrl": writer.shorten_url,
        "formatDate": writer.date,
        "formatTime": writer.time,
        "formatNumber": writer.number,
        "formatCurrency": writer.currency,
        "pluralize": writer.pluralize,
        "now": writer.now,
    }


class _Writer:
    def __init__(
        self,
        country: str | None,
        language: str,
        timezone: str,
        shorten: Callable[[str], str] | None,
        now: datetime | Callable[[], datetime] | None,
    ) -> None:
        self._country = country
        self._language = language
        self._timezone = timezone
        self._shorten = shorten
        self._now = now

    def phone_number(self, value: Any, country: str | None = None) -> str:
        """A number as people write it, as E.164."""
        from ringline.phone_numbers import format_number

        return format_number(as_text(value, "The phone number"), country or self._country)

    def shorten_url(self, url: Any) -> str:
        """A short link of this server that leads to *url*."""
        address = as_text(url, "The address").strip()
        if not re.match(r"https?://[^\s/]", address):
            raise TemplateError(
                f"`{address[:60]}` is not a web address.", fix="It must begin with https:// or http://."
            )
        if self._shorten is None:
            raise TemplateError(
                "Links can be shortened only by a server with a public address.",
                fix="Run it under `ringline serve` with RINGLINE_PUBLIC_URL set, or send the long link.",
            )
        return self._shorten(address)

    def now(self) -> datetime:
        """The present moment, in the reader's zone."""
        moment = self._now() if callable(self._now) else self._now
        if moment is None:
            raise TemplateError("`now()` is not known here.", fix="Pass the moment in as an input.")
        return moment.astimezone(_zone(self._timezone))

    def date(self, value: Any, format: str = "medium", language: str | None = None, timezone: str | None = None) -> str:
        """A day: ``short``, ``medium``, ``long``, ``full``, or a pattern such as ``EEEE d MMMM``.

        Takes dates, times, ISO 8601 text and seconds since 1970. A moment is told in the reader's zone; a text
        without a zone is taken to be in it already.
        """
        from babel.dates import format_date, format_datetime

        zone = _zone(timezone or self._timezone)
        moment = _moment(value, zone)
        if isinstance(moment, time):
            raise TemplateError(f"`{value}` is a time without a date.", fix="Write {{formatTime(…)}}.")
        locale = _locale(language or self._language)
        if format in _WIDTHS:
            return format_date(moment, format=format, locale=locale)
        pattern = _pattern(format)
        if isinstance(moment, datetime):
            return format_datetime(moment, pattern, tzinfo=zone, locale=locale)
        return format_date(moment, pattern, locale=locale)

    def time(self, value: Any, format: str = "short", language: str | None = None, timezone: str | None = None) -> str:
        """A time of day: ``short``, ``medium``, ``long``, ``full``, or a pattern such as ``HH:mm``."""
        from babel.dates import format_time

        zone = _zone(timezone or self._timezone)
        moment = _moment(value, zone)
        if not isinstance(moment, (datetime, time)):
            raise TemplateError(f"`{value}` is a date without a time.", fix="Write {{formatDate(…)}}.")
        pattern = format if format in _WIDTHS else _pattern(format)
        # Unicode's data put a narrow no-break space before AM and PM, which alone would turn an SMS into UCS-2.
        written = format_time(moment, pattern, tzinfo=zone, locale=_locale(language or self._language))
        return written.replace("\u202f", " ")

    def number(self, value: Any, decimals: int | None = None, language: str | None = None) -> str:
        """A number with the separators of the language; *decimals* fixes how many digits follow."""
        from babel.numbers import format_decimal

        pattern = None
        if decimals is not None:
            if isinstance(decimals, bool) or not isinstance(decimals, int) or not 0 <= decimals <= _MAX_DECIMALS:
                raise TemplateError(
                    f"The number of decimals must be between 0 and {_MAX_DECIMALS}.",
                    fix="Write formatNumber(total, 2).",
                )
            pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        written: str = format_decimal(_exact(value), format=pattern, locale=_locale(language or self._language))
        return _plain_blanks(written)

    def currency(self, value: Any, currency: str | None = None, language: str | None = None) -> str:
        """An amount of money; *currency* is its three letters, else that of the reader's country."""
        from babel.numbers import format_currency

        code = currency or self._currency_of_country()
        if not isinstance(code, str) or not re.fullmatch("[A-Za-z]{3}", code):
            raise TemplateError(f"`{code}` is not a currency.", fix="Write its three letters, such as USD or EUR.")
        written: str = format_currency(_exact(value), code.upper(), locale=_locale(language or self._language))
        return _plain_blanks(written)

    def pluralize(
        self,
        count: Any,
        singular: str | None = None,
        plural: str | None = None,
        language: str | None = None,
        **forms: str,
    ) -> str:
        """The count with the word in the right form: ``pluralize(3, 'item')`` gives ``3 items``.

        Without *plural* an English one is formed. Languages with more forms name them: ``one=``, ``few=``, ``many=``,
        ``other=``.
        """
        amount = _exact(count)
        locale = _locale(language or self._language)
        if unknown := sorted(set(forms) - _PLURAL_FORMS):
            raise TemplateError(
                f"`{unknown[0]}` is no form of a word.", fix="There are zero, one, two, few, many, other."
            )
        word = forms.get(_plural_form(amount, locale), forms.get("other"))
        if word is None:
            if singular is None:
                raise TemplateError("`pluralize` is not told the word.", fix="Write pluralize(count, 'item', 'items').")
            word = singular if _plural_form(amount, locale) == "one" else plural or _english_plural(singular)
        return f"{self.number(count, language=language)} {word}"

    def _currency_of_country(self) -> str:
        from babel.numbers import get_territory_currencies

        if self._country is not None and (found := get_territory_currencies(self._country.upper())):
            return str(found[0])
        raise TemplateError(
            "It is not said which currency this is.",
            fix="Write formatCurrency(amount, 'USD'), or set `defaults.country`.",
        )


def _plural_form(amount: Decimal, locale: Locale) -> str:
    return str(locale.plural_form(amount))


def _english_plural(word: str) -> str:
    if re.search("(?:s|x|z|ch|sh)$", word):
        return word + "es"
    if re.search("[^aeiou]y$", word):
        return word[:-1] + "ies"
    return word + "s"


def _exact(value: Any) -> Decimal:
    amount = number(value)
    exact = amount if isinstance(amount, Decimal) else Decimal(repr(amount))
    if not exact.is_finite():
        raise TemplateError(f"`{value}` cannot be written as a number.", fix="Use an ordinary number.")
    return exact


def _plain_blanks(text: str) -> str:
    """With ordinary blanks: special ones would turn a GSM-7 message into UCS-2, at less than half the length."""
    return text.replace("\u00a0", " ").replace("\u202f", " ")


@lru_cache(maxsize=128)
def _locale(language: str) -> Locale:
    from babel import Locale, UnknownLocaleError

    tag = language.strip().replace("-", "_")
    for candidate in (tag, tag.partition("_")[0]):
        try:
            return Locale.parse(candidate)
        except (UnknownLocaleError, ValueError):
            continue
    raise TemplateError(f"`{language}` is not a known language.", fix="Write a tag such as en, es or pt-BR.")


def _zone(name: str) -> tzinfo:
    if name == "UTC":
        return UTC
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise TemplateError(
            f"`{name}` is not a time zone.", fix="Write an IANA name such as America/New_York."
        ) from None


def _moment(value: Any, zone: tzinfo) -> datetime | date | time:
    """A moment in *zone*, a day, or a time of day."""
    if isinstance(value, str):
        value = _parsed(value.strip())
    elif isinstance(value, (int, float)) and value is not True and value is not False:
        try:
            value = datetime.fromtimestamp(float(value), UTC)
        except (OverflowError, ValueError, OSError):
            raise TemplateError(
                f"{value} is not a moment.", fix="Seconds since 1970 are understood, milliseconds are not."
            ) from None
    if isinstance(value, datetime):
        return value.astimezone(zone) if value.tzinfo is not None else value.replace(tzinfo=zone)
    if isinstance(value, (date, time)):
        return value
    raise TemplateError(
        f"A date or time is needed, and this is {kind_of(value)}.", fix="Pass in a date or ISO 8601 text."
    )


def _parsed(text: str) -> datetime | date | time:
    for kind in (date, datetime, time):
        try:
            return kind.fromisoformat(text)
        except ValueError:
            continue
    raise TemplateError(
        f"`{text[:60]}` is not a date or time.", fix="Write it as ISO 8601, such as 2026-01-31 or 2026-01-31T14:30:00Z."
    )


def _pattern(format: Any) -> str:
    """A pattern of the Unicode letters, which differ from those of other libraries in two that look alike."""
    if not isinstance(format, str) or not format or len(format) > 100:
        raise TemplateError("The format must be a short text.", fix="Write 'long', or a pattern such as 'd MMMM'.")
    letters = _QUOTED.sub("", format)
    if "Y" in letters or "D" in letters:
        raise TemplateError(
            f"In `{format}`, Y and D count weeks and days of the year.",
            fix="Write yyyy for the year and dd for the day: yyyy-MM-dd.",
        )
    if not re.search("[A-Za-z]", letters):
        raise TemplateError(f"`{format}` holds no part of a date.", fix="Write a pattern such as 'd MMMM' or 'HH:mm'.")
    return format
