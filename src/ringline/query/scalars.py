"""Operations on text, numbers, booleans and times."""

from __future__ import annotations

import math
import random
import re
from collections.abc import Callable
from datetime import datetime
from typing import Any, ClassVar, Literal

from ringline.errors import InvalidInputTypeError, OperationError
from ringline.query.failures import UNEXPECTED, kind_of, undecidable, wrong_type
from ringline.query.operation import Operation, Step, Variables

# A pattern that backtracks without end would hold the whole process; no honest match takes this long.
MATCH_SECONDS = 1.0
# Text and lists times a number are repeated, as Python does it; this much is more than any message needs.
MAX_REPEATED_LENGTH = 1_000_000


class StringToLowerCase(Operation):
    """The text in lower case."""

    takes: ClassVar = ("string",)
    gives: ClassVar = ("string",)

    type: Literal["StringToLowerCase"] = "StringToLowerCase"

    def apply(self, value: Any, variables: Variables) -> str:
        if not isinstance(value, str):
            raise wrong_type("StringToLowerCase", "text", value)
        return value.lower()


class StringToUpperCase(Operation):
    """The text in upper case."""

    takes: ClassVar = ("string",)
    gives: ClassVar = ("string",)

    type: Literal["StringToUpperCase"] = "StringToUpperCase"

    def apply(self, value: Any, variables: Variables) -> str:
        if not isinstance(value, str):
            raise wrong_type("StringToUpperCase", "text", value)
        return value.upper()


class StringSubSequence(Operation):
    """The characters from *start* up to, without, *end*; negative positions count from the end."""

    takes: ClassVar = ("string",)
    gives: ClassVar = ("string",)

    type: Literal["StringSubSequence"] = "StringSubSequence"
    start: int = 0
    # Without the last character: Roboflow's default, which definitions rely on.
    end: int = -1

    def apply(self, value: Any, variables: Variables) -> str:
        if not isinstance(value, str):
            raise wrong_type("StringSubSequence", "text", value)
        return value[self.start : self.end]


class StringMatches(Operation):
    """Whether the regular expression matches anywhere in the text (case-sensitive).

    Python's syntax. A match that takes longer than a second is given up as `OperationError`.
    """

    takes: ClassVar = ("string",)
    gives: ClassVar = ("boolean",)

    type: Literal["StringMatches"] = "StringMatches"
    regex: str

    def apply(self, value: Any, variables: Variables) -> bool:
        return bool(self.bind("")(value, variables))

    def bind(self, place: str) -> Step:
        search: Callable[[str], bool] | None = None

        def matches(value: Any, _variables: Variables) -> bool:
            nonlocal search
            if not isinstance(value, str):
                raise wrong_type("StringMatches", "text", value)
            if search is None:
                search = _searcher(self.regex)
            return search(value)

        return matches


def _searcher(pattern: str) -> Callable[[str], bool]:
    import regex

    try:
        re.compile(pattern)  # `regex` can stop in time, and takes more than Python's syntax: `re` decides what is one
        compiled = regex.compile(pattern)
    except (re.error, regex.error, OverflowError, RecursionError) as error:
        raise undecidable(
            OperationError(f"StringMatches: `regex` is no regular expression: {error}", inner_error=error)
        ) from error

    def search(text: str) -> bool:
        try:
            return compiled.search(text, timeout=MATCH_SECONDS) is not None
        except TimeoutError as error:
            raise OperationError(
                f"StringMatches gave up after {MATCH_SECONDS:g} s: `regex` backtracks without end on this text. "
                "Avoid a repetition inside a repetition, as in (a+)+",
                inner_error=error,
            ) from error

    return search


class ToString(Operation):
    """The value as text, as Python writes it."""

    gives: ClassVar = ("string",)

    type: Literal["ToString"] = "ToString"

    def apply(self, value: Any, variables: Variables) -> str:
        try:
            return str(value)
        except UNEXPECTED as error:
            raise wrong_type("ToString", "a value that can be written as text", value, error) from error


class ToBoolean(Operation):
    """Whether the value is true in Python's sense: zero, empty and none are false, the text "False" is true."""

    gives: ClassVar = ("boolean",)

    type: Literal["ToBoolean"] = "ToBoolean"

    def apply(self, value: Any, variables: Variables) -> bool:
        try:
            return bool(value)
        except (TypeError, ValueError) as error:
            raise wrong_type("ToBoolean", "a value that is either true or false", value, error) from error


class ToNumber(Operation):
    """The value as a number; "int" cuts off what follows the point."""

    takes: ClassVar = ("string", "boolean", "integer", "float")
    gives: ClassVar = ("integer", "float")

    type: Literal["ToNumber"] = "ToNumber"
    cast_to: Literal["int", "float"]

    def apply(self, value: Any, variables: Variables) -> int | float:
        try:
            number = float(value)
        except (TypeError, ValueError) as error:
            raise wrong_type("ToNumber", "a number or text that is one", value, error) from error
        except OverflowError as error:
            raise undecidable(wrong_type("ToNumber", "a number below 1.8e308", value, error)) from error
        if self.cast_to == "float":
            return number
        if math.isnan(number):
            raise InvalidInputTypeError("ToNumber: nan is not a number that has a whole part")
        if math.isinf(number):
            raise undecidable(InvalidInputTypeError("ToNumber: an infinite number has no whole part"))
        return int(number)


class NumberRound(Operation):
    """The number rounded to so many digits; halves go to the even neighbour."""

    takes: ClassVar = ("integer", "float")
    gives: ClassVar = ("integer", "float")

    type: Literal["NumberRound"] = "NumberRound"
    decimal_digits: int

    def apply(self, value: Any, variables: Variables) -> Any:
        if isinstance(value, int) and -self.decimal_digits > value.bit_length():
            return 0  # what rounding would give, without raising ten to that power
        try:
            return round(value, self.decimal_digits)
        except (TypeError, ValueError, OverflowError) as error:
            raise wrong_type("NumberRound", "a number", value, error) from error


class Multiply(Operation):
    """The value times *other*."""

    takes: ClassVar = ("integer", "float")
    gives: ClassVar = ("integer", "float")

    type: Literal["Multiply"] = "Multiply"
    other: int | float

    def apply(self, value: Any, variables: Variables) -> Any:
        repeats = isinstance(value, str | bytes | list | tuple) and isinstance(self.other, int)
        if repeats and len(value) * self.other > MAX_REPEATED_LENGTH:
            raise OperationError(
                f"Multiply would repeat {kind_of(value)} to more than {MAX_REPEATED_LENGTH:,} elements"
            )
        try:
            return value * self.other
        except (TypeError, ValueError, OverflowError) as error:
            raise wrong_type("Multiply", "a number", value, error) from error


class Divide(Operation):
    """The value divided by *other*."""

    takes: ClassVar = ("integer", "float")
    gives: ClassVar = ("float",)

    type: Literal["Divide"] = "Divide"
    other: int | float

    def apply(self, value: Any, variables: Variables) -> Any:
        try:
            return value / self.other
        except ZeroDivisionError as error:
            raise InvalidInputTypeError(
                "Divide: `other` is 0, and nothing divides by zero", inner_error=error
            ) from error
        except (TypeError, ValueError, OverflowError) as error:
            raise wrong_type("Divide", "a number", value, error) from error


class LookupTable(Operation):
    """What the table says for the value; the number 1 and the key "1" are different."""

    type: Literal["LookupTable"] = "LookupTable"
    lookup_table: dict[Any, Any]

    def apply(self, value: Any, variables: Variables) -> Any:
        return look_up(self.lookup_table, value, "LookupTable")


def look_up(table: dict[Any, Any], value: Any, operation: str) -> Any:
    """The entry for *value*; raises `InvalidInputTypeError` where there is none."""
    try:
        return table[value]
    except KeyError as error:
        keys = ", ".join(repr(key) for key in list(table)[:5])
        rest = ", …" if len(table) > 5 else ""
        raise InvalidInputTypeError(
            f"{operation}: `lookup_table` has no entry for this {type(value).__name__}; it has {keys or 'none'}{rest}",
            inner_error=error,
        ) from error
    except TypeError as error:
        raise wrong_type(operation, "a value that can be a key of the table", value, error) from error


class RandomNumber(Operation):
    """A number from *min_value* up to *max_value*, whatever the value before."""

    gives: ClassVar = ("float",)

    type: Literal["RandomNumber"] = "RandomNumber"
    min_value: float = 0.0
    max_value: float = 1.0

    def apply(self, value: Any, variables: Variables) -> float:
        # Roboflow's rule: bounds the wrong way round give numbers above `min_value`, as wide as they are apart.
        return self.min_value + random.random() * abs(self.max_value - self.min_value)  # noqa: S311 - no secret


class TimestampToISOFormat(Operation):
    """The time as ISO 8601 text."""

    takes: ClassVar = ("timestamp",)
    gives: ClassVar = ("string",)

    type: Literal["TimestampToISOFormat"] = "TimestampToISOFormat"

    def apply(self, value: Any, variables: Variables) -> str:
        if not isinstance(value, datetime):
            raise wrong_type("TimestampToISOFormat", "a date with time", value)
        return value.isoformat()
