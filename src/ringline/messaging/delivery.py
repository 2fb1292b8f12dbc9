"""What became of a message, under the names a definition may map to variables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.messaging.message import Message

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("string",),
    "sid": ("string",),
    "status": ("string",),
    "stage": ("string",),
    "channel": ("string",),
    "to": ("string",),
    "from": ("string",),
    "body": ("string",),
    "segments": ("integer",),
    "encoding": ("string",),
    "num_media": ("integer",),
    "price": ("float",),
    "currency": ("string",),
    "date_created": ("string",),
    "date_sent": ("string",),
    "date_updated": ("string",),
    "error_code": ("integer",),
    "error_message": ("string",),
    "refusal_reason": ("string",),
    "account_sid": ("string",),
    "messaging_service_sid": ("string",),
}
"""Every name and the kinds of its value."""

OTHER_NAMES: dict[str, str] = {"num_segments": "segments", "price_unit": "currency"}
"""Names of Twilio's for values that have another name here."""


def view(message: Message) -> dict[str, Any]:
    """The message as plain values under the names of `FIELDS`.

    Dates are ISO 8601 in UTC (Twilio's wire has RFC 2822), the price is a decimal, negative for what was charged;
    ``None`` where Twilio has not said yet. Price, dates and the final status come after the send.
    """
    return {
        "id": message.id,
        "sid": message.sid,
        "status": message.status,
        "stage": message.stage,
        "channel": message.channel,
        "to": message.to,
        "from": message.from_,
        "body": message.body,
        "segments": message.segments,
        "encoding": message.encoding,
        "num_media": len(message.media),
        "price": None if message.price is None else Decimal(message.price),
        "currency": message.price_unit,
        "date_created": _iso(message.created_at),
        "date_sent": _iso(message.sent_at),
        "date_updated": _iso(message.updated_at),
        "error_code": message.error.code if message.error else None,
        "error_message": message.error.message if message.error else None,
        "refusal_reason": message.refusal_reason,
        "account_sid": message.account_sid,
        "messaging_service_sid": message.messaging_service_sid,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
