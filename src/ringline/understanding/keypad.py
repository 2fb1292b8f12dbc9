"""Answers by the keys of a telephone, which never go through rules for words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.understanding.interpretation import EXACT, Interpretation, no_match, ok

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.understanding.choices import Choice

_YES_NO = {"1": True, "2": False}


def digits_of(text: str) -> str:
    """What was keyed in, without the `#` that sends it."""
    return "".join(text.split()).removesuffix("#")


def keyed_yes_no(digits: str) -> Interpretation:
    """1 is yes, 2 is no."""
    if digits in _YES_NO:
        return ok(_YES_NO[digits], EXACT, f"key {digits}")
    return no_match(f"key {digits} is neither 1 nor 2")


def keyed_number(digits: str) -> Interpretation:
    """The number that the digits are."""
    if digits.isascii() and digits.isdigit():
        return ok(int(digits), EXACT, f"keys {digits}")
    return no_match(f"keys {digits} are no number")


def keyed_choice(digits: str, choices: Sequence[Choice]) -> Interpretation:
    """The choice that has these keys, else the one of that number."""
    for choice in choices:
        if digits in choice.keys:
            return ok(choice.value, EXACT, f"key {digits}")
    if digits.isascii() and digits.isdigit() and 1 <= int(digits) <= len(choices):
        return ok(choices[int(digits) - 1].value, EXACT, f"key {digits}")
    return no_match(f"key {digits} is none of {len(choices)} choices")
