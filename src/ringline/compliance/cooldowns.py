"""At most one message per key within a span of time: reserved, then confirmed or released by who reserved it.

``now`` is any clock's seconds as long as one key always meets the same clock. A cooldown of zero throttles nobody and
stamps the key, so that a later send that has a cooldown waits for it. A span that has passed exactly is over.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.compliance import store

if TYPE_CHECKING:
    from ringline.database import Transaction

FORGET_AFTER = 30 * 86_400.0
_PROCESS_KEYS_BEFORE_SWEEP = 10_000


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


@dataclass(slots=True)
class _Stamp:
    since: float
    until: float
    holder: str


class ProcessCooldowns:
    """The same verbs without a database, for one process; may be used from any thread."""

    def __init__(self) -> None:
        self._stamps: dict[str, _Stamp] = {}
        self._lock = threading.Lock()
        self._sweep_at = _PROCESS_KEYS_BEFORE_SWEEP

    def reserve(self, key: str, seconds: float, *, holder: str, now: float) -> bool:
        with self._lock:
            if self._is_active(key, seconds, now):
                return False
            self._stamps[key] = _Stamp(now, now + max(seconds, 0.0), holder)
            if len(self._stamps) >= self._sweep_at:
                self._forget(now)
            return True

    def is_active(self, key: str, seconds: float, *, now: float) -> bool:
        with self._lock:
            return self._is_active(key, seconds, now)

    def confirm(self, key: str, *, holder: str) -> None:
        """Nothing to do: in memory a reservation and a confirmed one behave alike."""

    def release(self, key: str, *, holder: str) -> None:
        with self._lock:
            stamp = self._stamps.get(key)
            if stamp is not None and stamp.holder == holder:
                del self._stamps[key]

    def _is_active(self, key: str, seconds: float, now: float) -> bool:
        stamp = self._stamps.get(key)
        return stamp is not None and seconds > 0 and now - stamp.since < seconds

    def _forget(self, now: float) -> None:
        self._stamps = {
            key: stamp for key, stamp in self._stamps.items() if stamp.until > now or stamp.since > now - FORGET_AFTER
        }
        self._sweep_at = max(_PROCESS_KEYS_BEFORE_SWEEP, 2 * len(self._stamps))
