"""How fast a sender may send: what Twilio allows its kind, unless somebody has said otherwise."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from ringline.errors import RequestError
from ringline.phone_numbers import is_alphanumeric_sender

if TYPE_CHECKING:
    from ringline.database import Row
    from ringline.outbox.settings import OutboxSettings

LONG_CODE = 1.0
"""Numbers of the United States and Canada, in segments a second."""
TOLL_FREE = 3.0
ELSEWHERE = 10.0
"""Numbers of all other countries, and names."""
SHORT_CODE = 100.0
WHATSAPP = 80.0
"""Messages a second."""
FASTEST = 2_000.0
"""What Twilio takes of a whole account, in segments a second."""

POOL_PREFIX = "pool:"

_TOLL_FREE = re.compile(r"\+1(?:800|833|844|855|866|877|888)[0-9]{7}")
_MAGIC = re.compile(r"\+1500555[0-9]{4}")
_RATE = re.compile(r"([0-9]+(?:\.[0-9]+)?|[0-9]*\.[0-9]+)\s*(?:/\s*(s|sec|second|m|min|minute|h|hour))?")
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0}


class SenderId(NamedTuple):
    """What the id of a sender's row is made of. *address* is a number, a name, a service's SID or a pool."""

    account_id: str
    channel: str
    address: str

    @classmethod
    def of(cls, id: str) -> SenderId:
        account_id, channel, address = id.split("/", 2)
        return cls(account_id, channel, address)

    def __str__(self) -> str:
        return "/".join(self)


def rate_of_kind(channel: str, address: str) -> float | None:
    """Segments (WhatsApp: messages) a second that Twilio lets this sender send; ``None`` where Twilio paces itself.

    That is a messaging service, which spreads messages over its own senders, and the magic numbers of test credentials.
    """
    if address.startswith(("MG", POOL_PREFIX)) and not is_alphanumeric_sender(address):
        return None
    if channel == "whatsapp":
        return WHATSAPP
    if _MAGIC.fullmatch(address):
        return None
    if not address.startswith("+"):
        return SHORT_CODE if address.isdigit() else ELSEWHERE
    if _TOLL_FREE.fullmatch(address):
        return TOLL_FREE
    return LONG_CODE if address.startswith("+1") else ELSEWHERE


def interval_of(sender: Row, settings: OutboxSettings) -> float:
    """Seconds that one segment takes at the sender of this row; 0 where nothing paces it."""
    interval: float | None = sender["interval_s"]
    if interval is None:
        _, channel, address = SenderId.of(sender["id"])
        if channel == "voice":
            rate = settings.call_rate
        else:
            rate = rate_of_kind(channel, address) if settings.rate == "twilio" else settings.rate
        interval = 1 / rate if rate else 0.0
    return interval / settings.rate_factor


def units_of(channel: str, segments: int | None, has_media: bool) -> int:
    """How many intervals a message takes: its segments; one for what has none (MMS, WhatsApp, templates)."""
    return 1 if has_media or channel != "sms" else segments or 1


def parse_rate(text: str, *, field: str = "rate") -> float | None:
    """Segments a second of a written rate: ``10/s``, ``30/m``, ``unlimited`` (``None``). Raises `RequestError`."""
    plain = text.strip().lower()
    if plain in ("unlimited", "none"):
        return None
    found = _RATE.fullmatch(plain)
    rate = float(found[1]) / _SECONDS[(found[2] or "s")[0]] if found else 0.0
    if not 0 < rate <= FASTEST:
        raise RequestError(
            f"`{text}` is no rate",
            field=field,
            fix=f"write segments per second, minute or hour, such as `10/s` or `30/m` (at most {FASTEST:g}/s), "
            "or `unlimited`",
        )
    return rate


def show_rate(rate: float | None) -> str:
    """The rate as `parse_rate` takes it."""
    if rate is None:
        return "unlimited"
    if rate >= 1:
        return f"{rate:.4g}/s"
    return f"{rate * 60:.4g}/m" if rate * 60 >= 1 else f"{rate * 3600:.4g}/h"
