"""Values of the recorded cases that JSON cannot hold: built from their written form, and compared with results."""

from __future__ import annotations

import ast
import json
import math
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from ringline import errors
from ringline.query.image_data import VideoMetadata, WorkflowImage
from ringline.query.vision import load

FOLDER = Path(__file__).parent
MOMENT_OF_THE_FRAME = datetime(2026, 1, 2, 3, 4, 5, 678_000)  # noqa: DTZ001 - the recording used naive local time
LEAKED_PYTHON_ERRORS = frozenset({"KeyError", "AttributeError", "OverflowError", "IndexError", "TypeError", "error"})

# Columns that the recording dropped from its inputs, by the label of the case.
_EXTRA_COLUMNS: dict[str, dict[str, list[Any]]] = {
    "each tracker in data": {"tracker_id": [1, 2, 3, 4]},
    "extract tracker in data": {"tracker_id": [1, 2, 3, 4]},
    "extract time_in_zone present": {"time_in_zone": [0.0, 1.5, 2.0, 3.0]},
    "each time_in_zone present": {"time_in_zone": [0.0, 1.5, 2.0, 3.0]},
}


def cases(file: str) -> list[dict[str, Any]]:
    """The cases of one recorded file, in file order."""
    loaded: list[dict[str, Any]] = json.loads((FOLDER / file).read_text(encoding="utf-8"))
    return loaded


def case_id(case: Mapping[str, Any]) -> str:
    """The label, as pytest shows it."""
    return str(case["label"]).replace(" ", "-")


def decode(value: Any, *, label: str = "") -> Any:
    """The Python value that *value* stands for."""
    if isinstance(value, list):
        return [decode(element, label=label) for element in value]
    if not isinstance(value, dict):
        return value
    if "__detections__" in value:
        return _detections(value["__detections__"], label)
    if "__numpy_scalar__" in value:
        return load("numpy", purpose="Decoding").dtype(value["__numpy_scalar__"]).type(value["value"])
    if "__ndarray__" in value:
        return load("numpy", purpose="Decoding").array(value["__ndarray__"])
    if "__tuple__" in value:
        return tuple(decode(element, label=label) for element in value["__tuple__"])
    if "__set__" in value:
        return {decode(element, label=label) for element in value["__set__"]}
    if "__float__" in value:
        return float(value["__float__"])
    if "__bytes__" in value:
        head = bytes.fromhex(value["head"])
        assert len(head) == value["__bytes__"], "only a beginning was recorded, the value cannot be rebuilt"
        return head
    if "__row__" in value:
        return _row(value["__row__"])
    if "__image__" in value:
        return _image(**value["__image__"])
    if "__repr__" in value:
        return _from_repr(value["__repr__"], label)
    return {key: decode(element, label=label) for key, element in value.items()}


def difference(actual: Any, expected: Any, path: str = "result") -> str | None:
    """Where and how *actual* differs from the recorded (still written) *expected*; None when it does not."""
    if isinstance(expected, dict) and "__detections__" in expected:
        return _detections_difference(actual, expected["__detections__"], path)
    if isinstance(expected, dict) and "__bytes__" in expected:
        matches = (
            isinstance(actual, bytes)
            and len(actual) == expected["__bytes__"]
            and actual.hex().startswith(expected["head"])
        )
        return None if matches else f"{path}: {actual!r} is not {expected!r}"
    if isinstance(expected, dict) and "__starts_with__" in expected:
        matches = isinstance(actual, bytes) and actual.hex().startswith(expected["__starts_with__"])
        return None if matches else f"{path}: {actual!r} does not start with {expected['__starts_with__']}"
    if isinstance(expected, dict) and not any(key.startswith("__") for key in expected):
        if type(actual) is not dict or list(actual) != list(expected):
            return f"{path}: {actual!r} is not {expected!r}"
        return _first(difference(actual[key], expected[key], f"{path}.{key}") for key in expected)
    if isinstance(expected, list) or (isinstance(expected, dict) and "__tuple__" in expected):
        elements, container = (expected, list) if isinstance(expected, list) else (expected["__tuple__"], tuple)
        if type(actual) is not container or len(actual) != len(elements):
            return f"{path}: {actual!r} is not {expected!r}"
        return _first(
            difference(one, other, f"{path}[{index}]")
            for index, (one, other) in enumerate(zip(actual, elements, strict=True))
        )
    wanted = decode(expected)
    if type(actual) is not type(wanted):
        return f"{path}: {actual!r} is {type(actual).__name__}, expected {wanted!r} ({type(wanted).__name__})"
    if hasattr(wanted, "dtype") and hasattr(wanted, "shape") and wanted.shape:
        return None if wanted.tolist() == actual.tolist() else f"{path}: {actual!r} is not {wanted!r}"
    if isinstance(wanted, float) and math.isnan(wanted):
        return None if math.isnan(actual) else f"{path}: {actual!r} is not nan"
    return None if actual == wanted else f"{path}: {actual!r} is not {wanted!r}"


def error_classes(name: str) -> tuple[type[errors.WorkflowError], ...]:
    """The classes that count as the recorded error *name*."""
    if name in LEAKED_PYTHON_ERRORS:
        return (errors.InvalidInputTypeError, errors.OperationError)
    if name == "ValidationError":
        return (errors.WorkflowSyntaxError,)
    found = getattr(errors, name)
    assert issubclass(found, errors.WorkflowError)
    return (found,)


def is_error(error: BaseException, name: str) -> bool:
    """Whether *error* is of exactly a class that counts as the recorded *name*."""
    return type(error) in error_classes(name)


def _first(differences: Any) -> str | None:
    return next((found for found in differences if found is not None), None)


def _detections(written: Mapping[str, Any], label: str) -> Any:
    numpy, supervision = load("numpy", purpose="Decoding"), load("supervision", purpose="Decoding")
    rows = len(written["xyxy"])
    data: dict[str, Any] = {}
    if written["class_name"]:
        data["class_name"] = numpy.array(written["class_name"], dtype=object)
        data["detection_id"] = numpy.array([chr(ord("a") + row) for row in range(rows)])
        data["image_dimensions"] = numpy.array([[480, 640]] * rows)
        data["prediction_type"] = numpy.array(["object-detection"] * rows)
    for name, column in {**_EXTRA_COLUMNS.get(label, {}), **written.get("data", {})}.items():
        data[name] = numpy.array(column)

    def array_or_none(name: str, dtype: Any) -> Any:
        return None if written[name] is None else numpy.array(written[name], dtype=dtype)

    return supervision.Detections(
        xyxy=numpy.array(written["xyxy"], dtype=numpy.float32).reshape(rows, 4),
        confidence=array_or_none("confidence", numpy.float32),
        class_id=array_or_none("class_id", int),
        tracker_id=array_or_none("tracker_id", int),
        data=data,
    )


def _row(written: Mapping[str, Any]) -> tuple[Any, ...]:
    """One detection, as going through detections gives it."""
    numpy = load("numpy", purpose="Decoding")
    confidence, class_id = written["confidence"], written["class_id"]
    return (
        numpy.array(written["xyxy"], dtype=numpy.float32),
        None,
        None if confidence is None else numpy.float32(confidence),
        None if class_id is None else numpy.int64(class_id),
        None if written["tracker_id"] is None else numpy.int64(written["tracker_id"]),
        written["data"],
    )


def _detections_difference(actual: Any, written: Mapping[str, Any], path: str) -> str | None:
    expected = _detections(written, "")
    if type(actual) is not type(expected):
        return f"{path}: {type(actual).__name__} is not Detections"
    for name in ("xyxy", "confidence", "class_id", "tracker_id"):
        one, other = getattr(actual, name), getattr(expected, name)
        if (one is None) != (other is None) or (one is not None and one.tolist() != other.tolist()):
            return f"{path}.{name}: {one!r} is not {other!r}"
    for name, column in written.get("data", {}).items():
        if name not in actual.data or actual.data[name].tolist() != column:
            return f"{path}.data.{name}: {actual.data.get(name)!r} is not {column!r}"
    names = [str(name) for name in actual.data.get("class_name", ())]
    return None if names == written["class_name"] else f"{path}.class_name: {names} is not {written['class_name']}"


def _from_repr(text: str, label: str) -> Any:
    if "WorkflowImageData" in text:
        return _still_image() if "nometa" in label or not label.startswith("frame") else _video_frame()
    expression = ast.parse(text, mode="eval").body
    assert isinstance(expression, ast.Call)
    numbers = [ast.literal_eval(argument) for argument in expression.args]
    if text.startswith("datetime.date("):
        return date(*numbers)
    assert text.startswith("datetime.datetime(")
    zone = UTC if any(keyword.arg == "tzinfo" for keyword in expression.keywords) else None
    return datetime(*numbers, tzinfo=zone)


def _image(
    width: int,
    height: int,
    base64_image: str | None = None,
    moment: str | None = None,
    frame_number: int | None = None,
    fps: float | None = None,
) -> WorkflowImage:
    """A picture of one grey; a video frame where *frame_number* is given."""
    numpy = load("numpy", purpose="Decoding")
    taken = None if moment is None else datetime.fromisoformat(moment)
    video = None
    if frame_number is not None:
        video = VideoMetadata(video_identifier="video", frame_number=frame_number, frame_timestamp=taken, fps=fps)
    return WorkflowImage(
        numpy_image=numpy.full((height, width, 3), 128, dtype=numpy.uint8),
        base64_image=base64_image,
        video_metadata=video,
        received_at=taken,
    )


def _still_image() -> WorkflowImage:
    numpy = load("numpy", purpose="Decoding")
    return WorkflowImage(numpy_image=numpy.zeros((480, 640, 3), dtype=numpy.uint8), received_at=MOMENT_OF_THE_FRAME)


def _video_frame() -> WorkflowImage:
    """Frame 31 of a video of 30 frames a second: one second after its start."""
    numpy = load("numpy", purpose="Decoding")
    return WorkflowImage(
        numpy_image=numpy.zeros((480, 640, 3), dtype=numpy.uint8),
        video_metadata=VideoMetadata(
            video_identifier="video", frame_number=31, frame_timestamp=MOMENT_OF_THE_FRAME, fps=30
        ),
    )
