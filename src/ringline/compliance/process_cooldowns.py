"""Cooldowns without a database, for one process; apart from the others so that bare workflows load no SQL."""

from __future__ import annotations

import threading
from dataclasses import dataclass

FORGET_AFTER = 30 * 86_400.0
_KEYS_BEFORE_SWEEP = 10_000


@dataclass(slots=True)
class _Stamp:
    since: float
    until: float
    holder: str


class ProcessCooldowns:
    """The verbs of `ringline.compliance.cooldowns` in memory; may be used from any thread."""

    def __init__(self) -> None:
        self._stamps: dict[str, _Stamp] = {}
        self._lock = threading.Lock()
        self._sweep_at = _KEYS_BEFORE_SWEEP

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
        self._sweep_at = max(_KEYS_BEFORE_SWEEP, 2 * len(self._stamps))
