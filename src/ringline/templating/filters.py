"""Functions every template may use, as ``{{upper(name)}}`` or ``{{name | upper}}``.

They need no language, no clock and no server; those that do are the helpers of `formatting`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any
from urllib.parse import quote

from ringline.errors import TemplateError
from ringline.templating.lookup import Unset, as_text, kind_of
from ringline.templating.sandbox import calculate

MAX_TEXT = 100_000
MAX_DIGITS = 20


def default(value: Any, fallback: Any) -> Any:
    """*value*, or *fallback* where it is not set or null. Zero, false and an empty text are values."""
    if isinstance(value, Unset) or value is None:
        return fallback
    return value


def upper(value: Any) -> str:
    """In capital letters."""
    return _text(value).upper()


def lower(value: Any) -> str:
    """In small letters."""
    return _text(value).lower()


def capitalize(value: Any) -> str:
    """With a capital first letter; the others stay as they are."""
    text = _text(value)
    return text[:1].upper() + text[1:]


def title(value: Any) -> str:
    """With every word's first letter capital; the others stay as they are."""
    return " ".join(word[:1].upper() + word[1:] for word in _text(value).split(" "))


def trim(value: Any) -> str:
    """Without blanks around it."""
    return _text(value).strip()


def truncate(value: Any, length: int, end: str = "…") -> str:
    """At most *length* characters, ending in *end* where something is cut."""
    text = _text(value)
    limit = max(0, _whole(length))
    return text if len(text) <= limit else text[: max(0, limit - len(end))] + end[:limit]


def replace(value: Any, old: str, new: str) -> str:
    """With every *old* replaced by *new*."""
    text, pattern, substitute = _text(value), _text(old), _text(new)
    if len(text) + text.count(pattern) * len(substitute) > MAX_TEXT:
        raise TemplateError(f"A text grows beyond {MAX_TEXT:,} characters.", fix="Replace less.")
    return text.replace(pattern, substitute)


def split(value: Any, separator: str = ",") -> list[str]:
    """The parts of a text between separators, without blanks around them."""
    return [part.strip() for part in _text(value).split(_text(separator))]


def urlencode(value: Any) -> str:
    """As a part of a web address."""
    return quote(_text(value), safe="")


def text(value: Any) -> str:
    """As it is written in a message."""
    return _text(value)


def number(value: Any) -> int | float | Decimal:
    """A text as a number; a decimal comma is not understood, because elsewhere it separates thousands."""
    if isinstance(value, bool) or not isinstance(value, str):
        if isinstance(value, (int, float, Decimal)):
            return value
        raise TypeError
    written = value.strip()
    try:
        parsed = Decimal(written) if len(written) <= 100 else Decimal("nan")
    except InvalidOperation:
        parsed = Decimal("nan")
    if not parsed.is_finite() or not -300 < parsed.adjusted() < 300:
        raise TemplateError(f"`{written[:40]}` is not a number.", fix="Write digits, with a point for decimals.")
    return int(parsed) if parsed == parsed.to_integral_value() else float(parsed)


def round_(value: Any, digits: int = 0) -> int | float:
    """Rounded half up, as people do: 2.5 gives 3, and 1.005 to two digits 1.01."""
    amount = number(value)
    if isinstance(amount, int):
        return amount
    if not math.isfinite(amount):
        raise ValueError
    places = _whole(digits)
    if not 0 <= places <= MAX_DIGITS:
        raise ValueError
    exact = Decimal(repr(amount)) if isinstance(amount, float) else amount
    rounded = exact.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return int(rounded) if places == 0 else float(rounded)


def floor(value: Any) -> int:
    """The next whole number below."""
    return math.floor(number(value))


def ceil(value: Any) -> int:
    """The next whole number above."""
    return math.ceil(number(value))


def absolute(value: Any) -> int | float | Decimal:
    """Without its sign."""
    amount = number(value)
    return -amount if amount < 0 else amount


def length(value: Any) -> int:
    """How many characters, items or keys."""
    if isinstance(value, (str, Sequence, Mapping)):
        return len(value)
    raise TypeError


def join(values: Any, separator: str = ", ") -> str:
    """The items of a list in one text."""
    parts = [_text(item) for item in _list(values)]
    between = _text(separator)
    if sum(map(len, parts)) + len(parts) * len(between) > MAX_TEXT:
        raise TemplateError(f"A text grows beyond {MAX_TEXT:,} characters.", fix="Join less.")
    return between.join(parts)


def first(values: Any) -> Any:
    """The first item; an empty list has none."""
    items = _list(values)
    return items[0] if items else Unset("first(…)")


def last(values: Any) -> Any:
    """The last item; an empty list has none."""
    items = _list(values)
    return items[-1] if items else Unset("last(…)")


def least(values: Any) -> Any:
    """The smallest item."""
    return min(_list(values))


def greatest(values: Any) -> Any:
    """The largest item."""
    return max(_list(values))


def total(values: Any) -> int | float | Decimal:
    """The items added up."""
    result: int | float | Decimal = 0
    for item in _list(values):
        result = calculate("+", result, number(item))
    return result


def sort(values: Any) -> list[Any]:
    """In order, smallest first."""
    return sorted(_list(values))


def reverse(values: Any) -> list[Any]:
    """In the opposite order."""
    return _list(values)[::-1]


def unique(values: Any) -> list[Any]:
    """Without repetitions, in order of first appearance."""
    items = _list(values)
    return [item for index, item in enumerate(items) if item not in items[:index]]


def _text(value: Any) -> str:
    return as_text(value, "The value")


def _whole(value: Any) -> int:
    if isinstance(value, int):
        return value
    raise TypeError


def _list(value: Any) -> list[Any]:
    if isinstance(value, (list, tuple)):
        return list(value)
    raise TemplateError(f"A list is needed, and this is {kind_of(value)}.", fix="Name a list, or use `split`.")


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": absolute, "capitalize": capitalize, "ceil": ceil, "default": default, "first": first, "floor": floor,
    "join": join, "last": last, "length": length, "lower": lower, "max": greatest, "min": least, "number": number,
    "replace": replace, "reverse": reverse, "round": round_, "sort": sort, "split": split, "sum": total, "text": text,
    "title": title, "trim": trim, "truncate": truncate, "unique": unique, "upper": upper, "urlencode": urlencode,
}  # fmt: skip
