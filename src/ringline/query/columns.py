"""Conditions on detections decided for all of them at once, on whole columns.

The answer is that of asking row by row, or none: whatever is not certain to be the same (a comparison that would
raise, numbers beyond what a column holds exactly, values numpy compares otherwise than Python) is left to the rows.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from typing import Any

from ringline.errors import RoboflowQueryLanguageError
from ringline.query.comparators import COMPARATORS, IN_ZONE, TESTS, points_inside, polygon
from ringline.query.condition import (
    DETECTION,
    BinaryStatement,
    DynamicOperand,
    Read,
    StatementGroup,
    StaticOperand,
    UnaryStatement,
)
from ringline.query.detection_properties import BOTTOM, LEFT, RIGHT, TOP, box_areas
from ringline.query.failures import UNEXPECTED
from ringline.query.operation import Operation, OperationChain, Variables
from ringline.query.vision import load

Columns = Callable[[Any, Variables], Any]
"""Which rows to keep, as an array of booleans; None where the rows must be asked one by one."""


class _AskRowsError(Exception):
    """This column, or these values, cannot be decided as a whole."""


_UNDECIDED: tuple[type[Exception], ...] = (_AskRowsError, RoboflowQueryLanguageError, *UNEXPECTED)

# Up to here whole numbers and float64 are the same thing.
_EXACT = 2**53

_EDGES = {"x_min": LEFT, "y_min": TOP, "x_max": RIGHT, "y_max": BOTTOM}
_POINTS = {
    "top_left": (LEFT, TOP),
    "top_right": (RIGHT, TOP),
    "bottom_left": (LEFT, BOTTOM),
    "bottom_right": (RIGHT, BOTTOM),
}
_MIRRORED: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "(Number) ==": operator.eq,
    "(Number) !=": operator.ne,
    "(Number) >": operator.lt,
    "(Number) >=": operator.le,
    "(Number) <": operator.gt,
    "(Number) <=": operator.ge,
}
"""The plain comparisons, with their sides exchanged."""


def vectorised(group: StatementGroup) -> Columns | None:
    """*group* on whole columns, or None where its form does not allow it."""
    try:
        decide = _group(group)
    except _AskRowsError:
        return None

    def keep(detections: Any, variables: Variables) -> Any:
        if len(detections.xyxy) == 0:
            return []
        try:
            return decide(detections, variables)
        except _UNDECIDED:
            # Asked one by one, the rows give the answer, or the error that belongs to the first row in trouble.
            return None

    return keep


def _group(group: StatementGroup) -> Columns:
    decisions = [_statement(statement) for statement in group.statements]
    join = operator.or_ if group.operator == "or" else operator.and_
    return lambda detections, variables: reduce(join, [decide(detections, variables) for decide in decisions])


def _statement(statement: BinaryStatement | UnaryStatement | StatementGroup) -> Columns:
    if isinstance(statement, StatementGroup):
        return _group(statement)
    decide = _binary(statement) if isinstance(statement, BinaryStatement) else _unary(statement)
    return (lambda detections, variables: ~decide(detections, variables)) if statement.negate else decide


def _binary(statement: BinaryStatement) -> Columns:
    name = statement.comparator.type
    left, right = _property_of(statement.left_operand), _property_of(statement.right_operand)
    if left is not None and right is None:
        constant = _constant(statement.right_operand)
        if name == IN_ZONE:
            return _in_zone(left, constant)
        compare = COMPARATORS[name]
        return lambda detections, variables: _compare(compare, name, detections, left, constant(variables))
    if right is not None and left is None and name in _MIRRORED:
        constant, compare = _constant(statement.left_operand), _MIRRORED[name]
        return lambda detections, variables: _compare(compare, name, detections, right, constant(variables))
    raise _AskRowsError


def _unary(statement: UnaryStatement) -> Columns:
    name = _property_of(statement.operand)
    if name is None:
        raise _AskRowsError
    test = TESTS[statement.operator.type]
    return lambda detections, _variables: _booleans([test(value) for value in _values(detections, name)])


def _property_of(operand: StaticOperand | DynamicOperand) -> str | None:
    """The detection property an operand reads and nothing more, if that is what it does."""
    if not isinstance(operand, DynamicOperand) or operand.operand_name != DETECTION:
        return None
    operations = operand.operations.operations
    if len(operations) == 1 and operations[0].type == "ExtractDetectionProperty":
        name: str = operations[0].property_name  # type: ignore[attr-defined]
        return name
    raise _AskRowsError


def _constant(operand: StaticOperand | DynamicOperand) -> Read:
    """How to read an operand that is the same for every row."""
    if _varies(operand.operations):
        raise _AskRowsError
    return operand.bind("")


def _varies(chain: OperationChain) -> bool:
    """Whether the chain may give another value for each row, though its input is the same."""
    return any(_may_vary(operation) for operation in chain.operations)


def _may_vary(operation: Operation) -> bool:
    nested = getattr(operation, "operations", None)
    if isinstance(nested, OperationChain):
        return _varies(nested)
    # The last two read parameters by name, and one of those is the row.
    return operation.type in ("RandomNumber", "DetectionsFilter", "DetectionsRename")


def _compare(compare: Callable[[Any, Any], Any], name: str, detections: Any, column: str, constant: Any) -> Any:
    numbers = _numbers(detections, column)
    if numbers is None:
        return _booleans([compare(value, constant) for value in _values(detections, column)])
    if name == "(Number) in range":
        lowest, highest = constant[0], constant[1]
        _require_exact(lowest, numbers)
        _require_exact(highest, numbers)
        return (lowest <= numbers) & (numbers <= highest)
    if name in _MIRRORED:
        _require_exact(constant, numbers)
        return compare(numbers, constant)
    return _booleans([compare(value, constant) for value in numbers.tolist()])


def _require_exact(constant: Any, numbers: Any) -> None:
    """Leave to the rows what numpy could compare otherwise than Python."""
    if isinstance(constant, bool | int):
        if -_EXACT < constant < _EXACT:
            return
    elif type(constant) is float and (numbers.dtype.kind == "f" or not constant.is_integer() or abs(constant) < _EXACT):
        return
    raise _AskRowsError


def _numbers(detections: Any, name: str) -> Any:
    """The property as an array of numbers that compare as its rows do; None where it is not of that sort."""
    if name in _EDGES:
        column = detections.xyxy[:, _EDGES[name]]
    elif name == "size":
        column = box_areas(detections.xyxy)
    elif name == "confidence":
        column = detections.confidence
    elif name == "class_id":
        column = detections.class_id
    else:
        return None
    if column is None:
        raise _AskRowsError
    if column.dtype.kind == "f" and column.dtype.itemsize <= 8:
        # Rows are compared as Python's float, which holds every float32 as it is.
        return column.astype(float)
    if column.dtype.kind == "i":
        return column
    raise _AskRowsError


def _values(detections: Any, name: str) -> Sequence[Any]:
    """The property of every row as the row itself would give it."""
    numbers = _numbers(detections, name)
    if numbers is not None:
        listed: list[Any] = numbers.tolist()
        return listed
    if name == "center" or name in _POINTS:
        raise _AskRowsError
    column = detections.data.get(name)
    if column is None:
        if name == "class_name":
            raise _AskRowsError
        return [None] * len(detections.xyxy)
    kind = getattr(getattr(column, "dtype", None), "kind", None)
    # Rows of object columns are the objects; those of text columns are numpy's text, which compares as Python's does.
    if kind not in ("O", "U") or column.ndim != 1:
        raise _AskRowsError
    objects: list[Any] = column.tolist()
    if name == "class_name" and None in objects:
        raise _AskRowsError
    return objects


def _booleans(answers: Sequence[Any]) -> Any:
    # bool() of each: an answer that is an array is no answer, and leaves it to the rows to say so.
    return load("numpy", purpose="Reading detections").array([bool(answer) for answer in answers], dtype=bool)


def _in_zone(name: str, constant: Read) -> Columns:
    if name != "center" and name not in _POINTS:
        raise _AskRowsError

    def decide(detections: Any, variables: Variables) -> Any:
        boxes = detections.xyxy
        if boxes.dtype.kind != "f":
            raise _AskRowsError
        if name == "center":
            x = boxes[:, LEFT] + (boxes[:, RIGHT] - boxes[:, LEFT]) / 2
            y = boxes[:, TOP] + (boxes[:, BOTTOM] - boxes[:, TOP]) / 2
        else:
            across, down = _POINTS[name]
            x, y = boxes[:, across], boxes[:, down]
        return points_inside(polygon(constant(variables)), x.astype(float), y.astype(float))

    return decide
