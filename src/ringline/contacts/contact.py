"""What a person is, as rooms above see one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache

from ringline.errors import RequestError
from ringline.phone_numbers import check_recipient

CHANNELS = ("sms", "whatsapp", "voice")
MAX_FIELDS = 100
MAX_TEXT = 10_000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}([-_][A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Address:
    """Where somebody can be reached: a number in E.164 on a channel."""

    address: str
    channel: str = "sms"


@dataclass(frozen=True, slots=True)
class OptOut:
    """What somebody does not want, since when, and how we know."""

    scope: str
    since: datetime
    source: str
    evidence: str | None
    number: str
    id: str
    ref: str | None
    """The message or the conversation that says so, by its id."""


@dataclass(frozen=True, slots=True)
class Contact:
    """A person. *fields* are free; *lists* are the names of the lists they are on."""

    id: str
    addresses: tuple[Address, ...]
    name: str | None
    language: str | None
    time_zone: str | None
    country: str | None
    fields: Mapping[str, str]
    lists: tuple[str, ...]
    opt_outs: tuple[OptOut, ...]
    created_at: datetime
    updated_at: datetime

    @property
    def phone(self) -> str | None:
        """The first number, which is the one that gets texts."""
        return next((one.address for one in self.addresses if one.channel == "sms"), None) or (
            self.addresses[0].address if self.addresses else None
        )

    @property
    def is_opted_out(self) -> bool:
        return bool(self.opt_outs)


@dataclass(frozen=True, slots=True)
class Person:
    """The little that a send needs to know of its recipient."""

    id: str
    name: str | None
    language: str | None
    time_zone: str | None
    country: str | None


@dataclass(frozen=True, slots=True)
class ContactList:
    """A list and how many people are on it."""

    name: str
    count: int
    created_at: datetime


@dataclass(slots=True)
class Draft:
    """A person as handed in, checked but not yet written; ``None`` says nothing about what is known already."""

    addresses: list[Address]
    name: str | None = None
    language: str | None = None
    time_zone: str | None = None
    country: str | None = None
    fields: dict[str, str] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    line: int = 0


def checked_address(text: str, channel: str = "sms", *, country: str | None = None, field: str = "phone") -> Address:
    """The address in its one written form, or `PhoneNumberError`; *country* reads numbers without a country code."""
    if channel not in CHANNELS:
        raise RequestError(f"there is no channel `{channel}`", field="channel", fix=f"use one of {', '.join(CHANNELS)}")
    return Address(check_recipient(text, field=field, default_country=country), channel)


def checked_language(text: str) -> str:
    """A language tag such as ``en`` or ``pt-BR``."""
    if not _LANGUAGE.fullmatch(text):
        raise RequestError(
            f"`language` is `{text[:40]}`, which is no language tag.", field="language", fix="Write en, es or pt-BR."
        )
    return text.replace("_", "-")


def checked_time_zone(text: str) -> str:
    """An IANA zone such as ``America/New_York``."""
    if text not in _zones():
        raise RequestError(
            f"`time_zone` is `{text[:60]}`, which is no time zone.",
            field="time_zone",
            fix="Use a name such as America/New_York or Europe/Berlin.",
        )
    return text


def checked_country(text: str) -> str:
    """A country as two letters."""
    country = text.strip().upper()
    if country not in _countries():
        raise RequestError(
            f"`country` is `{text[:40]}`, which is not a country.",
            field="country",
            fix="Give it as two letters, such as US, GB or DE.",
        )
    return country


def checked_fields(fields: Mapping[str, object]) -> dict[str, str]:
    """Free fields as texts."""
    if len(fields) > MAX_FIELDS:
        raise RequestError(f"`fields` has {len(fields)} entries; a person has at most {MAX_FIELDS}.", field="fields")
    texts = {str(name).strip(): "" if value is None else str(value) for name, value in fields.items()}
    too_long = next((name for name, value in texts.items() if len(value) > MAX_TEXT), None)
    if too_long is not None:
        raise RequestError(f"The field `{too_long}` is longer than {MAX_TEXT:,} characters.", field="fields")
    return {name: value for name, value in texts.items() if name}


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


@cache
def _countries() -> frozenset[str]:
    import phonenumbers

    return frozenset(phonenumbers.SUPPORTED_REGIONS)
