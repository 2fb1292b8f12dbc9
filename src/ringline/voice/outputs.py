"""What became of a call, under the names a definition may map to variables."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline.voice.call import CallRow

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("string",),
    "sid": ("string",),
    "status": ("string",),
    "stage": ("string",),
    "to": ("string",),
    "from": ("string",),
    "duration": ("integer",),
    "answered_by": ("string",),
    "pressed": ("string",),
    "started_at": ("string",),
    "ended_at": ("string",),
    "calls": ("integer",),
    "price": ("float",),
    "currency": ("string",),
    "recording_url": ("string",),
    "recording_duration": ("integer",),
    "error_code": ("integer",),
    "error_message": ("string",),
    "refusal_reason": ("string",),
}
"""Every name and the kinds of its value; ``calls`` is how many were placed."""


def view(call: CallRow, public_url: str | None = None) -> dict[str, Any]:
    """The call as plain values under the names of `FIELDS`, but for ``calls``.

    Dates are ISO 8601 in UTC, the price is a decimal, negative for what was charged; ``None`` where it is not known.
    Price and recording come after the call. The recording's address asks for the API's token.
    """
    return {
        "id": call.id,
        "sid": call.sid,
        "status": call.status,
        "stage": call.stage,
        "to": call.to,
        "from": call.from_,
        "duration": call.duration,
        "answered_by": call.answered_by,
        "pressed": call.pressed,
        "started_at": _iso(call.started_at),
        "ended_at": _iso(call.ended_at),
        "price": None if call.price is None else Decimal(call.price),
        "currency": call.price_unit,
        "recording_url": None if call.recording is None else f"{public_url or ''}/api/v1/recordings/{call.recording}",
        "recording_duration": call.recording_duration,
        "error_code": call.error.code if call.error else None,
        "error_message": call.error.message if call.error else None,
        "refusal_reason": call.refusal_reason,
    }


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
