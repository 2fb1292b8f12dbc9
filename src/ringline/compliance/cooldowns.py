"""At most one message per key within a span of time: reserved, then confirmed or released by who reserved it.

``now`` is any clock's seconds as long as one key always meets the same clock. A cooldown of zero throttles nobody and
stamps the key, so that a later send that has a cooldown waits for it. A span that has passed exactly is over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.compliance import store
from ringline.compliance.process_cooldowns import FORGET_AFTER

if TYPE_CHECKING:
    from ringline.database import Transaction


def reserve(tx: Transaction, key: str, seconds: float, *, holder: str, now: float) -> bool:
    """Take the key for *holder* (a message id) if it is free; True if it was.

    Call it in the transaction that writes the message: a reservation without a message would silence the next alarm.
    """
    # A cooldown of zero is free at any time, also when the clock was set back behind the last stamp.
    span = seconds if seconds > 0 else float("-inf")
    values = {"key": key, "now": now, "until": now + max(seconds, 0.0), "holder": holder, "seconds": span}
    return tx.one(store.RESERVE, values) is not None


def is_active(tx: Transaction, key: str, seconds: float, *, now: float) -> bool:
    """Whether `reserve` would fail now."""
    row = tx.one(store.COOLDOWN_SINCE, {"key": key}) if seconds > 0 else None
    return row is not None and now - row["since"] < seconds


def confirm(tx: Transaction, key: str, *, holder: str) -> None:
    """The message went out; the span still counts from the reservation."""
    tx.run(store.CONFIRM, {"of": key, "by": holder})


def release(tx: Transaction, key: str, *, holder: str) -> None:
    """The message will certainly not go out: free the key, unless somebody else has it by now."""
    tx.run(store.RELEASE, {"of": key, "by": holder})


def forget(tx: Transaction, *, now: float) -> int:
    """Drop what nobody asks about any more; returns how many."""
    return tx.run(store.FORGET_COOLDOWNS, {"before": now - FORGET_AFTER, "now": now})
