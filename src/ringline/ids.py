"""Ids of our own: a prefix that says what they name, and a ULID that sorts by time."""

from __future__ import annotations

import os
import threading

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, as the ULID specification has it
_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_RANDOM_BITS = 80
_lock = threading.Lock()
_last = (0, 0)


def new_id(prefix: str, *, at: float) -> str:
    """A fresh id such as ``msg_01J…``; ids made later sort later, also within one millisecond.

    *at* is seconds since the epoch, from the caller's clock.
    """
    global _last
    milliseconds = max(0, int(at * 1000))
    with _lock:
        if milliseconds == _last[0]:
            random = _last[1] + 1
        else:
            # The top bit stays free, so that counting up within a millisecond cannot overflow.
            random = int.from_bytes(os.urandom(10), "big") >> 1
        _last = (milliseconds, random)
    number = (milliseconds << _RANDOM_BITS) | random
    digits = "".join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])
    return f"{prefix}_{digits}"
