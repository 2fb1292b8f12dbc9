"""Fields of triggers: numbers, keywords, statuses, cron lines and zones, each with a sentence for what is wrong."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from ringline.errors import PhoneNumberError
from ringline.phone_numbers import check_recipient, check_sender
from ringline.twilio.statuses import MESSAGE_STATUSES
from ringline.workflow.durations import parse_duration
from ringline.workflow.schedules import check_cron, check_zone

MESSAGE_EVENTS = frozenset(
    (MESSAGE_STATUSES - {"receiving", "received", "partially_delivered"}) | {"refused", "unresolved"}
)
"""What may become of a message: Twilio's statuses, and our own words for what Twilio has none for."""


def listed(value: Any) -> Any:
    """One is a list of one."""
    return [value] if isinstance(value, str | int) and not isinstance(value, bool) else value


def _sender(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"a number is text, not {value!r}; write it in quotes")
    try:
        return check_sender(value.removeprefix("whatsapp:"))
    except PhoneNumberError as error:
        raise ValueError(_sentence(error)) from None


def _person(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"a number is text, not {value!r}; write it in quotes")
    try:
        return check_recipient(value.removeprefix("whatsapp:"))
    except PhoneNumberError as error:
        raise ValueError(_sentence(error)) from None


def _sentence(error: PhoneNumberError) -> str:
    return f"{error.message.rstrip('.')}; write {error.fix[:1].lower()}{error.fix[1:].removeprefix('write ')}"


def _keyword(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        raise ValueError("A keyword is a word or a few; write for example `JOIN`")
    return value.strip()


def _status(value: Any) -> Any:
    word = value.strip().lower() if isinstance(value, str) else value
    if word not in MESSAGE_EVENTS:
        raise ValueError(f"`{value}` is no status of a message; write one of {', '.join(sorted(MESSAGE_EVENTS))}")
    return word


def _cron(value: Any) -> Any:
    if not isinstance(value, str):
        raise ValueError(f"a cron line is text, not {value!r}; write it in quotes: `0 9 * * MON-FRI`")
    return check_cron(value)


def _zone(value: Any) -> Any:
    return check_zone(value) if isinstance(value, str) else value


def as_duration(seconds: float) -> str:
    """Seconds as a written duration."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


Span = Annotated[
    float,
    BeforeValidator(parse_duration),
    PlainSerializer(as_duration),
    WithJsonSchema({"type": "string", "examples": ["30s", "5m", "24h", "3d", "PT10S"]}),
]
"""A written duration that is written again as one."""

_ONE_OR_MORE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}, "minItems": 1}]}
Keywords = Annotated[
    list[Annotated[str, BeforeValidator(_keyword)]], BeforeValidator(listed), WithJsonSchema(_ONE_OR_MORE)
]
Senders = Annotated[
    list[Annotated[str, BeforeValidator(_sender)]], BeforeValidator(listed), WithJsonSchema(_ONE_OR_MORE)
]
People = Annotated[
    list[Annotated[str, BeforeValidator(_person)]], BeforeValidator(listed), WithJsonSchema(_ONE_OR_MORE)
]
Statuses = Annotated[
    list[Annotated[str, BeforeValidator(_status)]], BeforeValidator(listed), WithJsonSchema(_ONE_OR_MORE)
]
Texts = Annotated[list[str], BeforeValidator(listed), WithJsonSchema(_ONE_OR_MORE)]
Method = Literal["GET", "POST", "PUT", "PATCH", "DELETE"]

Cron = Annotated[str, BeforeValidator(_cron), WithJsonSchema({"type": "string", "examples": ["0 9 * * MON-FRI"]})]
Zone = Annotated[str, BeforeValidator(_zone)]
