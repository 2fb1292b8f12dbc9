"""What one message, call or conversation adds to the figures, as a pure function of its row.

So what has been added can be taken back when the row has changed, and a recount from the rows gives the same figures.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from ringline.outbox.changes import Standing

HOUR = 3600.0
MICROS = 1_000_000
"""Money is counted in millionths, so that sums are exact."""

SENT, DELIVERED, UNDELIVERED, FAILED = "messages.sent", "messages.delivered", "messages.undelivered", "messages.failed"
REFUSED, CANCELED, UNRESOLVED = "messages.refused", "messages.canceled", "messages.unresolved"
MESSAGE_OUTCOMES = (DELIVERED, SENT, UNDELIVERED, FAILED, REFUSED, CANCELED, UNRESOLVED)
"""``sent`` are those that Twilio has taken and of which no receipt has come."""
SEGMENTS = "segments"
DELIVERY_MS, DELIVERY_COUNT = "delivery.ms", "delivery.count"
COST = "cost."
"""Followed by the currency; in millionths of it."""
RECEIVED, REPLIES, OPT_OUTS = "inbound.received", "inbound.replies", "inbound.opt_outs"
CALLS, CALL_SECONDS, CALLS_IN = "calls.", "calls.seconds", "calls.inbound"
"""``calls.`` is followed by the outcome."""
INTERVIEWS, INTERVIEWS_STARTED = "interviews.", "interviews.started"
"""``interviews.`` is followed by the outcome; started are those in which a question was come to."""
RUNS, RUNS_STARTED = "runs.", "runs.started"
"""``runs.`` is followed by how they ended."""

VOICE = "voice"
_UNDECIDED = frozenset({"held", "ready", "posting", "unknown"})
_OF_STATUS = {
    "delivered": DELIVERED,
    "read": DELIVERED,
    "undelivered": UNDELIVERED,
    "failed": FAILED,
    "canceled": CANCELED,
}
_OF_STAGE = {"failed": FAILED, "refused": REFUSED, "canceled": CANCELED, "unresolved": UNRESOLVED}

Amounts = Mapping[str, int]
Key = TypeVar("Key")


def hour_of(moment: float) -> int:
    """The hour it lies in, counted from the epoch."""
    return int(moment // HOUR)


def of_message(state: Standing) -> tuple[int, dict[str, int]] | None:
    """The hour of a message and what it adds there; ``None`` while it is open whether it goes out.

    Its hour is that in which it was sent, or was to be.
    """
    if state.stage in _UNDECIDED or not state.stage:
        return None
    sent_at = state.sent_at
    hour = hour_of(sent_at if sent_at is not None else state.send_at or 0.0)
    if state.stage != "accepted":
        return hour, {_OF_STAGE.get(state.stage, FAILED): 1}
    outcome = _OF_STATUS.get(state.status, SENT)
    amounts = {outcome: 1, SEGMENTS: state.segments or 1}
    if outcome == DELIVERED and state.delivered_at is not None and sent_at is not None:
        amounts[DELIVERY_COUNT] = 1
        amounts[DELIVERY_MS] = max(0, round((state.delivered_at - sent_at) * 1000))
    add_cost(amounts, state.price, state.price_unit)
    return hour, amounts


def of_call(
    outcome: str, *, seconds: int | None, is_inbound: bool, price: str | None, unit: str | None
) -> dict[str, int]:
    """What a call that is over adds."""
    amounts = {f"{CALLS}{outcome}": 1, CALL_SECONDS: seconds or 0}
    if is_inbound:
        amounts[CALLS_IN] = 1
    add_cost(amounts, price, unit)
    return amounts


def add_cost(amounts: dict[str, int], price: str | None, unit: str | None) -> None:
    """What Twilio charged; its prices are negative."""
    micros = micros_of(price)
    if micros:
        amounts[f"{COST}{(unit or 'USD').upper()}"] = micros


def micros_of(price: str | None) -> int:
    """What a price of Twilio's takes from the account, in millionths."""
    if not price:
        return 0
    try:
        return -round(Decimal(price) * MICROS)
    except (InvalidOperation, ValueError):
        return 0


def money(micros: int) -> str:
    """Millionths as a decimal text, without needless zeros but with cents."""
    text = f"{Decimal(micros) / MICROS:.6f}".rstrip("0")
    whole, _, part = text.partition(".")
    return f"{whole}.{part:0<2}"


def difference(before: Mapping[Key, int], after: Mapping[Key, int]) -> dict[Key, int]:
    """What has to be added to go from one to the other."""
    names = dict.fromkeys([*before, *after])
    found = {name: after.get(name, 0) - before.get(name, 0) for name in names}
    return {name: amount for name, amount in found.items() if amount}
