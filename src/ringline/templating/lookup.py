"""What a template may see of a value: keys, items and plain attributes; never methods, never what begins with ``_``."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from numbers import Integral, Real
from typing import Any, NoReturn

from ringline.errors import TemplateError

Scope = Mapping[str, Any] | Callable[[str], Any]
"""Names to values; a function raises `LookupError` for a name that is not set."""


class Unset:
    """The value of a name that is not set: false in a condition, an error anywhere else."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def error(self) -> TemplateError:
        """The error that names what is missing."""
        return TemplateError(
            f"`{self.name}` has no value.",
            fix=f"Set it before this step runs, or say what to write without it: {{{{default({self.name}, '…')}}}}.",
        )

    def refuse(self) -> NoReturn:
        """Raise `error`."""
        raise self.error()

    def __bool__(self) -> bool:
        return False

    def _refuse(self, *_: Any) -> NoReturn:
        self.refuse()

    __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __contains__ = __iter__ = __len__ = _refuse
    __add__ = __radd__ = __neg__ = __pos__ = _refuse
    __hash__ = None  # type: ignore[assignment]  # what has no value cannot be a key either


def find(scope: Scope, name: str) -> Any:
    """The value of *name*, or an `Unset`."""
    if callable(scope):
        try:
            return scope(name)
        except LookupError:
            return Unset(name)
    return scope[name] if name in scope else Unset(name)


def step_into(value: Any, key: Any, path: str) -> Any:
    """The part of *value* under *key*; keys go before attributes. *path* is how the author wrote it so far."""
    if isinstance(value, Unset):
        return value
    if value is None:
        return Unset(path)
    if isinstance(key, Unset):
        key.refuse()
    written = f"{path}.{key}"
    if isinstance(value, Mapping):
        try:
            if key in value:
                return value[key]
        except TypeError:
            raise TemplateError(f"A list cannot be a key of `{path}`.", fix="Use a text or a number.") from None
        return value[str(key)] if str(key) in value else Unset(written)
    if isinstance(value, Sequence):
        return _item(value, key, written)
    if isinstance(key, str) and not key.startswith("_"):
        attribute = getattr(value, key, None)
        if attribute is not None and not callable(attribute):
            return attribute
    return Unset(written)


def _item(value: Sequence[Any], key: Any, written: str) -> Any:
    if key == "length":
        return len(value)
    if isinstance(key, str) and key.isascii() and key.isdigit():
        key = int(key[:9])
    if isinstance(key, Integral) and key is not True and key is not False and -len(value) <= int(key) < len(value):
        return value[int(key)]
    return Unset(written)


def as_text(value: Any, shown: str) -> str:
    """*value* as it stands in a message; *shown* is what an error calls it.

    Whole numbers carry no ``.0``, truth is ``true`` or ``false``, times are ISO 8601, a list of plain values is joined
    by ``, `` and anything deeper is JSON.
    """
    if isinstance(value, str):
        return str(value)
    plain = _plain_text(value)
    if plain is not None:
        return plain
    if isinstance(value, Unset):
        value.refuse()
    if value is None:
        raise TemplateError(
            f"{shown} is empty (null).", fix="Give it a value, or say what to write without it: `default(…, '…')`."
        )
    if isinstance(value, (list, tuple)):
        parts = [part if isinstance(part, str) else _plain_text(part) for part in value]
        if None not in parts:
            return ", ".join(str(part) for part in parts)
    if isinstance(value, (Mapping, list, tuple)):
        return _as_json(value, shown)
    raise TemplateError(
        f"{shown} is of type {type(value).__name__}, which cannot be written as text.",
        fix="Write one of its fields, or turn it into text in a step before.",
    )


def _plain_text(value: Any) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Integral):
        return _digits(int(value))
    if isinstance(value, Decimal):
        return format(value, "f") if value.is_finite() else str(value)
    if isinstance(value, Real):
        return repr(float(value)).removesuffix(".0")
    if isinstance(value, (datetime, date, time)):
        return value.isoformat()
    return None


def _digits(value: int) -> str:
    if value.bit_length() > 8_192:
        raise TemplateError("A number is too large to be written.", fix="Use smaller numbers.")
    return str(value)


def _as_json(value: Any, shown: str) -> str:
    try:
        return json.dumps(value, ensure_ascii=False, default=_for_json)
    except (TypeError, ValueError, RecursionError):
        raise TemplateError(
            f"{shown} holds something that cannot be written as text.", fix="Write one of its fields."
        ) from None


def _for_json(value: Any) -> Any:
    text = _plain_text(value)
    if text is None:
        raise TypeError(type(value).__name__)
    return text if isinstance(value, (Decimal, date, time)) else json.loads(text)


def kind_of(value: Any) -> str:
    """What *value* is, in a word for a sentence."""
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, (Real, Decimal)):
        return "a number"
    names: tuple[tuple[type | tuple[type, ...], str], ...] = (
        (str, "text"), ((datetime, date), "a date"), (time, "a time"), (Mapping, "a mapping"),
        ((list, tuple), "a list"), (type(None), "empty"),
    )  # fmt: skip
    return next((name for types, name in names if isinstance(value, types)), f"a {type(value).__name__}")
