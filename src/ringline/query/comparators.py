"""What statements compare with: two values by a comparator, or one value by a test.

Names are Roboflow's. Functions may raise whatever Python raises; the statement turns that into
`EvaluationEngineError`.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any

from ringline.query.vision import load

Compare = Callable[[Any, Any], Any]
Test = Callable[[Any], Any]

IN_ZONE = "(Detection) in zone"


def _in_range(value: Any, bounds: Any) -> bool:
    lowest, highest = bounds[0], bounds[1]
    return bool(lowest <= value <= highest)


def _starts_with(text: Any, start: Any) -> bool:
    return _text(text).startswith(start)


def _ends_with(text: Any, end: Any) -> bool:
    return _text(text).endswith(end)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"expected text on the left, not {type(value).__name__}")
    return value


def _contains(container: Any, element: Any) -> bool:
    return element in container


def _is_in(element: Any, container: Any) -> bool:
    return element in container


def _any_in(elements: Any, container: Any) -> bool:
    return any(element in container for element in elements)


def _all_in(elements: Any, container: Any) -> bool:
    return all(element in container for element in elements)


def polygon(zone: Any) -> Any:
    """The polygon whose corners are *zone*, ready for `points_inside`; raises ValueError for fewer than three."""
    shapely = load("shapely", purpose="Looking for points in a zone")
    shape = shapely.Polygon([(float(x), float(y)) for x, y in zone])
    shapely.prepare(shape)
    return shape


def points_inside(shape: Any, x: Any, y: Any) -> Any:
    """Which of the points lie strictly inside: one answer for two numbers, an array for two arrays."""
    return load("shapely", purpose="Looking for points in a zone").contains_xy(shape, x, y)


def _in_zone(point: Any, zone: Any) -> bool:
    x, y = point
    return bool(points_inside(polygon(zone), float(x), float(y)))


COMPARATORS: Mapping[str, Compare] = {
    "==": operator.eq,
    "!=": operator.ne,
    "(Number) ==": operator.eq,
    "(Number) !=": operator.ne,
    "(Number) >": operator.gt,
    "(Number) >=": operator.ge,
    "(Number) <": operator.lt,
    "(Number) <=": operator.le,
    "(Number) in range": _in_range,
    "(String) startsWith": _starts_with,
    "(String) endsWith": _ends_with,
    "(String) contains": _contains,
    "in (Sequence)": _is_in,
    "any in (Sequence)": _any_in,
    "all in (Sequence)": _all_in,
    IN_ZONE: _in_zone,
}

TESTS: Mapping[str, Test] = {
    "Exists": lambda value: value is not None,
    "DoesNotExist": lambda value: value is None,
    # Exactly the two booleans: 1 and numpy's booleans are neither, as in Roboflow's engine.
    "(Boolean) is True": lambda value: value is True,
    "(Boolean) is False": lambda value: value is False,
    "(Sequence) is empty": lambda value: len(value) == 0,
    "(Sequence) is not empty": lambda value: len(value) > 0,
}
