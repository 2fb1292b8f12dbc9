"""Operations on lists, texts and dictionaries: counting, choosing, mapping, joining."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any, ClassVar, Literal

from ringline.errors import InvalidInputTypeError, OperationError
from ringline.query.failures import UNEXPECTED, undecidable, wrong_type
from ringline.query.operation import NO_VARIABLES, Operation, OperationChain, Step, Variables
from ringline.query.scalars import look_up

MAX_COUNTED_KEY = 128
CUT_MARK = " [...]"
MAX_JOINED_LENGTH = 1_000_000


class SequenceLength(Operation):
    """How many elements there are: of a list, a text, a dictionary, or detections."""

    takes: ClassVar = ("list_of_values", "string", "dictionary", "object_detection_prediction")
    gives: ClassVar = ("integer",)

    type: Literal["SequenceLength"] = "SequenceLength"

    def apply(self, value: Any, variables: Variables) -> int:
        try:
            return len(value)
        except TypeError as error:
            raise wrong_type("SequenceLength", "something that has a length", value, error) from error


class SequenceElementsCount(Operation):
    """How often each element occurs, by its text, in the order of first appearance."""

    takes: ClassVar = ("list_of_values", "string", "dictionary")
    gives: ClassVar = ("dictionary",)

    type: Literal["SequenceElementsCount"] = "SequenceElementsCount"

    def apply(self, value: Any, variables: Variables) -> dict[str, int]:
        try:
            return dict(Counter(_counted_key(element) for element in value))
        except UNEXPECTED as error:
            raise wrong_type("SequenceElementsCount", "a list", value, error) from error


def _counted_key(element: Any) -> str:
    text = str(element)
    return text if len(text) <= MAX_COUNTED_KEY else text[:MAX_COUNTED_KEY] + CUT_MARK


class SequenceAggregate(Operation):
    """One element: the first, the last, the most or the least common.

    Equally common elements stand in the order of their first appearance; "most_common" is the first of all,
    "least_common" the last of all. A mapping is taken as counts by element, as in Roboflow's engine.
    """

    takes: ClassVar = ("list_of_values", "string", "dictionary")

    type: Literal["SequenceAggregate"] = "SequenceAggregate"
    mode: Literal["first", "last", "most_common", "least_common"]

    def apply(self, value: Any, variables: Variables) -> Any:
        try:
            empty = len(value) == 0
        except TypeError as error:
            raise wrong_type("SequenceAggregate", "a list", value, error) from error
        if empty:
            raise InvalidInputTypeError(f"SequenceAggregate: an empty list has no {self.mode} element")
        if self.mode in ("first", "last"):
            try:
                return value[0 if self.mode == "first" else -1]
            except TypeError as error:
                raise wrong_type("SequenceAggregate", "something in order", value, error) from error
            except LookupError as error:
                raise undecidable(wrong_type("SequenceAggregate", "a list, not a mapping", value, error)) from error
        try:
            by_count = Counter(value).most_common()
        except TypeError as error:
            raise wrong_type("SequenceAggregate", "a list whose elements can be counted", value, error) from error
        return by_count[0 if self.mode == "most_common" else -1][0]


class NumericSequenceAggregate(Operation):
    """The smallest, the largest, or the sum; *neutral_value* where there is nothing."""

    takes: ClassVar = ("list_of_values",)
    gives: ClassVar = ("integer", "float")

    type: Literal["NumericSequenceAggregate"] = "NumericSequenceAggregate"
    function: Literal["min", "max", "sum"]
    neutral_value: Any = None

    def apply(self, value: Any, variables: Variables) -> Any:
        try:
            if len(value) == 0:
                return self.neutral_value
            if self.function == "min":
                return min(value)
            return max(value) if self.function == "max" else sum(value)
        except (TypeError, ValueError, OverflowError) as error:
            raise wrong_type("NumericSequenceAggregate", "a list of numbers", value, error) from error


class SequenceMap(Operation):
    """Each element through the table; the number 1 and the key "1" are different."""

    takes: ClassVar = ("list_of_values",)
    gives: ClassVar = ("list_of_values",)

    type: Literal["SequenceMap"] = "SequenceMap"
    lookup_table: dict[Any, Any]

    def apply(self, value: Any, variables: Variables) -> list[Any]:
        try:
            elements = iter(value)
        except TypeError as error:
            raise wrong_type("SequenceMap", "a list", value, error) from error
        table = self.lookup_table
        return [look_up(table, element, "SequenceMap") for element in elements]


class SequenceApply(Operation):
    """Each element through a chain; the elements of detections are single detections."""

    takes: ClassVar = ("list_of_values", "string", "dictionary", "object_detection_prediction")
    gives: ClassVar = ("list_of_values",)

    type: Literal["SequenceApply"] = "SequenceApply"
    operations: OperationChain

    def apply(self, value: Any, variables: Variables) -> Any:
        return self.bind("")(value, variables)

    def bind(self, place: str) -> Step:
        chain = self.operations.bind(f"{place}.operations")

        def apply_to_each(value: Any, variables: Variables = NO_VARIABLES) -> list[Any]:
            try:
                elements = iter(value)
            except TypeError as error:
                raise wrong_type("SequenceApply", "a list", value, error) from error
            return [chain(element, variables) for element in elements]

        return apply_to_each


class SequenceJoin(Operation):
    """The texts of the elements, put together with *separator* in between; at most a million characters."""

    takes: ClassVar = ("list_of_values",)
    gives: ClassVar = ("string",)

    type: Literal["SequenceJoin"] = "SequenceJoin"
    separator: str = ", "

    def apply(self, value: Any, variables: Variables) -> str:
        texts: list[str] = []
        length = -len(self.separator)
        try:
            for element in value:
                text = str(element)
                length += len(text) + len(self.separator)
                if length > MAX_JOINED_LENGTH:
                    raise OperationError(
                        f"SequenceJoin: the text would be longer than {MAX_JOINED_LENGTH:,} characters"
                    )
                texts.append(text)
        except UNEXPECTED as error:
            raise wrong_type("SequenceJoin", "a list", value, error) from error
        return self.separator.join(texts)


class ConvertDictionaryToJSON(Operation):
    """The dictionary as JSON text in ASCII."""

    takes: ClassVar = ("dictionary",)
    gives: ClassVar = ("string",)

    type: Literal["ConvertDictionaryToJSON"] = "ConvertDictionaryToJSON"

    def apply(self, value: Any, variables: Variables) -> str:
        if not isinstance(value, dict):
            raise wrong_type("ConvertDictionaryToJSON", "a dictionary", value)
        try:
            return json.dumps(value)
        except (TypeError, ValueError, RecursionError) as error:
            raise OperationError(f"ConvertDictionaryToJSON: {error}", inner_error=error) from error
