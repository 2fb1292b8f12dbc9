"""Ids of our own: a prefix that says what they name, and a ULID that sorts by time."""

from __future__ import annotations

import os
import random
import threading

AFTER_EVERY_ID = "zzzz"
"""Sorts after every id, by bytes and by the rules of any language: those pass over signs such as `~`."""

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


def first_id(prefix: str, *, at: float) -> str:
    """What sorts before every id of `new_id` that was made at that moment or later."""
    number = max(0, int(at * 1000)) << _RANDOM_BITS
    return f"{prefix}_{''.join([_PAIRS[(number >> shift) & 1023] for shift in range(120, -1, -10)])}"


# 2020-01-01; 41 bits of milliseconds from there last until 2089.
_NUMBER_EPOCH = 1_577_836_800_000
_COUNT_BITS = 22
_number_lock = threading.Lock()
_last_number = 0
# These numbers need not be secret, so they do without a system call each.
_random = random.Random(os.urandom(16))  # noqa: S311
os.register_at_fork(after_in_child=lambda: _random.seed(os.urandom(16)))


def new_number(*, at: float) -> int:
    """A fresh id of eight bytes for rows of which there are millions; ids made later in this process are greater.

    Two processes may make the same one, so whoever writes it has to try again then.
    """
    global _last_number
    milliseconds = max(0, int(at * 1000) - _NUMBER_EPOCH)
    # The top bit of what is random stays free, so that counting up within a millisecond cannot overflow soon.
    number = milliseconds << _COUNT_BITS | _random.getrandbits(_COUNT_BITS - 1)
    with _number_lock:
        if number >> _COUNT_BITS <= _last_number >> _COUNT_BITS:
            number = _last_number + 1
        _last_number = number
    return number


def first_number(*, at: float) -> int:
    """What is no greater than every number of `new_number` that was made at that moment or later."""
    return min(max(0, int(at * 1000) - _NUMBER_EPOCH) << _COUNT_BITS, (1 << 63) - 1)


_NAME_DIGITS = 13
_TO_PYTHONS = str.maketrans(_ALPHABET, "0123456789abcdefghijklmnopqrstuv")
_ALL_DIGITS = frozenset(_ALPHABET)


def name_of_number(prefix: str, number: int) -> str:
    """The number as people see it, such as ``run_01KE…``; names sort as their numbers do."""
    digits = "".join([_PAIRS[(number >> shift) & 1023] for shift in (50, 40, 30, 20, 10, 0)])
    return f"{prefix}_{_ALPHABET[(number >> 60) & 31]}{digits}"


def number_of_name(prefix: str, name: str) -> int | None:
    """The number behind a name of `name_of_number`; None where it is none."""
    head, _, digits = name.partition("_")
    if head != prefix or len(digits) != _NAME_DIGITS or not _ALL_DIGITS.issuperset(digits):
        return None
    number = int(digits.translate(_TO_PYTHONS), 32)
    return number if number < 1 << 63 else None
