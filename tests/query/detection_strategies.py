"""Random detections and random conditions on them."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from ringline.query.vision import load

numpy = load("numpy", purpose="Testing")
supervision = load("supervision", purpose="Testing")

NAMES = ["car", "cat", "person", "", "Ärger"]
NUMERIC = ["x_min", "y_min", "x_max", "y_max", "size", "confidence", "class_id"]
POINTS = ["center", "top_left", "top_right", "bottom_left", "bottom_right"]
COLUMNS = ["class_name", "tracker_id", "time_in_zone", "speed", "in_out", "velocity", "image_dimensions"]
ORDERED = ["(Number) >", "(Number) >=", "(Number) <", "(Number) <=", "==", "!=", "(Number) ==", "(Number) !="]
OTHER = [
    "(Number) in range",
    "(String) startsWith",
    "(String) endsWith",
    "(String) contains",
    "in (Sequence)",
    "any in (Sequence)",
    "all in (Sequence)",
    "(Detection) in zone",
]
TESTS = [
    "Exists",
    "DoesNotExist",
    "(Boolean) is True",
    "(Boolean) is False",
    "(Sequence) is empty",
    "(Sequence) is not empty",
]

coordinates = st.floats(-50, 700, width=32) | st.integers(0, 20).map(float)
confidences = st.floats(0, 1, width=32) | st.sampled_from([0.9, 0.5, 0.25]) | st.just(float("nan"))


@st.composite
def detections(draw: st.DrawFn) -> Any:
    """Detections of 0 to 8 boxes; any column may be missing, hold None, or be of an unusual type."""
    rows = draw(st.integers(0, 8))

    def column(values: st.SearchStrategy[Any]) -> list[Any]:
        return draw(st.lists(values, min_size=rows, max_size=rows))

    data: dict[str, Any] = {}
    if draw(st.booleans()):
        names = column(st.sampled_from(NAMES))
        data["class_name"] = numpy.array(names, dtype=draw(st.sampled_from([object, "<U8"])))
    elif draw(st.booleans()):
        data["class_name"] = objects(column(st.sampled_from([*NAMES, None])))
    if draw(st.booleans()):
        data["time_in_zone"] = objects(column(st.none() | st.floats(0, 9) | st.integers(0, 9)))
    if draw(st.booleans()):
        data["speed"] = numpy.array(column(st.floats(0, 9, width=32)), dtype=draw(st.sampled_from(["f4", "f8"])))
    if draw(st.booleans()):
        data["in_out"] = numpy.array(column(st.booleans()), dtype=draw(st.sampled_from([bool, object])))
    if draw(st.booleans()):
        data["tracker_id"] = objects(column(st.none() | st.integers(0, 5)))
    if draw(st.booleans()):
        data["velocity"] = numpy.array([[1.0, 2.0]] * rows).reshape(rows, 2)
    return supervision.Detections(
        xyxy=numpy.array(
            column(st.tuples(*[coordinates] * 4)), dtype=draw(st.sampled_from(["f4", "f4", "f8", "i8"]))
        ).reshape(rows, 4),
        confidence=draw(st.none() | st.just(numpy.array(column(confidences), dtype=numpy.float32))),
        class_id=draw(
            st.none() | st.just(numpy.array(column(st.integers(0, 4) | st.just(2**53 + 1)), dtype=numpy.int64))
        ),
        tracker_id=draw(st.none() | st.just(numpy.array(column(st.integers(0, 5)), dtype=numpy.int64))),
        data=data,
    )


def objects(values: list[Any]) -> Any:
    column = numpy.empty(len(values), dtype=object)
    column[:] = values
    return column


scalars = (
    st.none()
    | st.booleans()
    | st.integers(-5, 700)
    | st.sampled_from([2**53 + 1, float(2**53), -(10**30), 0.9, 0.5, 1e300, float("inf"), float("nan")])
    | st.floats(-50, 700)
    | st.sampled_from(NAMES)
)
zones = st.lists(st.tuples(st.integers(-10, 700), st.integers(-10, 700)).map(list), min_size=1, max_size=5)
constants = scalars | st.lists(scalars, max_size=3) | zones | st.just({"car": 1})


def static(value: Any) -> dict[str, Any]:
    return {"type": "StaticOperand", "value": value}


def of_detection(name: str) -> dict[str, Any]:
    return {
        "type": "DynamicOperand",
        "operations": [{"type": "ExtractDetectionProperty", "property_name": name}],
    }


parameters = st.sampled_from(["limit", "nobody"]).map(lambda name: {"type": "DynamicOperand", "operand_name": name})
properties = st.sampled_from([*NUMERIC, *NUMERIC, *POINTS, *COLUMNS, "class_name", "class_name"]).map(of_detection)
fixed = constants.map(static) | constants.map(static) | parameters


@st.composite
def likely(draw: st.DrawFn) -> dict[str, Any]:
    """A comparison that people write: a property and a constant that go together."""
    name, comparator, constant = draw(
        st.tuples(st.sampled_from(NUMERIC), st.sampled_from(ORDERED), st.integers(-5, 700) | st.floats(-5, 700))
        | st.tuples(st.just("class_name"), st.sampled_from(["==", "!=", *OTHER[1:4]]), st.sampled_from(NAMES))
        | st.tuples(st.just("class_name"), st.just("in (Sequence)"), st.lists(st.sampled_from(NAMES), max_size=3))
        | st.tuples(
            st.sampled_from(NUMERIC),
            st.just("(Number) in range"),
            st.lists(st.integers(0, 700), min_size=2, max_size=2),
        )
        | st.tuples(st.sampled_from(POINTS), st.just("(Detection) in zone"), zones)
    )
    return _binary(of_detection(name), comparator, static(constant), negate=draw(st.booleans()))


def _binary(left: Any, comparator: str, right: Any, *, negate: bool) -> dict[str, Any]:
    return {
        "type": "BinaryStatement",
        "left_operand": left,
        "comparator": {"type": comparator},
        "right_operand": right,
        "negate": negate,
    }


anything = st.builds(
    _binary, properties | fixed, st.sampled_from([*ORDERED, *OTHER]), fixed | properties, negate=st.booleans()
)
unary = st.builds(
    lambda operand, test, negate: {
        "type": "UnaryStatement",
        "operand": operand,
        "operator": {"type": test},
        "negate": negate,
    },
    properties | parameters,
    st.sampled_from(TESTS),
    st.booleans(),
)


def _group(statements: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.builds(
        lambda several, operator: {"type": "StatementGroup", "statements": several, "operator": operator},
        st.lists(statements, min_size=1, max_size=3),
        st.sampled_from(["and", "or"]),
    )


conditions = _group(st.recursive(likely() | likely() | anything | unary, _group, max_leaves=4))
likely_conditions = _group(likely())
