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


# 2020-01-01; 41 bits of milliseconds from there last until 2089.
_NUMBER_EPOCH = 1_577_836_800_000
_COUNT_BITS = 22
_number_lock = threading.Lock()
_last_number = 0


def new_number(*, at: float) -> int:
    """A fresh id of eight bytes for rows of which there are millions; ids made later in this process are greater.

    Two processes may make the same one, so whoever writes it has to try again then.
    """
    global _last_number
    milliseconds = max(0, int(at * 1000) - _NUMBER_EPOCH)
    # The top bit of what is random stays free, so that counting up within a millisecond cannot overflow soon.
    number = milliseconds << _COUNT_BITS | int.from_bytes(os.urandom(4), "big") >> (33 - _COUNT_BITS)
    with _number_lock:
        if number >> _COUNT_BITS <= _last_number >> _COUNT_BITS:
            number = _last_number + 1
        _last_number = number
    return number


_NUMBER_SHIFTS = range(60, -1, -5)
_DIGITS = {digit: value for value, digit in enumerate(_ALPHABET)}


def name_of_number(prefix: str, number: int) -> str:
    """The number as people see it, such as ``run_01KE…``; names sort as their numbers do."""
    return f"{prefix}_{''.join([_ALPHABET[(number >> shift) & 31] for shift in _NUMBER_SHIFTS])}"


def number_of_name(prefix: str, name: str) -> int | None:
    """The number behind a name of `name_of_number`; None where it is none."""
    head, _, digits = name.partition("_")
    if head != prefix or len(digits) != len(_NUMBER_SHIFTS):
        return None
    number = 0
    for digit in digits:
        value = _DIGITS.get(digit)
        if value is None:
            return None
        number = number << 5 | value
    return number if number < 1 << 63 else None
