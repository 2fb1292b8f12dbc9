"""Kinds: the types on the wires between steps, how values of them are read at the input and written at the output."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from ringline.errors import RuntimeInputError, WorkflowError
from ringline.query.detections import from_dictionary, to_dictionary
from ringline.query.image_data import image_from_value, is_image
from ringline.query.vision import is_detections

ANY = "*"
CONTEXT = "workflow_execution | runtime_input_validation"

DETECTIONS = (
    "object_detection_prediction",
    "instance_segmentation_prediction",
    "rle_instance_segmentation_prediction",
    "keypoint_detection_prediction",
    "qr_code_detection",
    "bar_code_detection",
)

KINDS: tuple[str, ...] = (
    ANY, "image", "timestamp", "video_metadata", "string", "boolean", "integer", "float", "float_zero_to_one",
    "list_of_values", "dictionary", "bytes", "secret", "zone", "point", "rgb_color", "top_class", "prediction_type",
    "parent_id", "inference_id", "numpy_array", "embedding", "image_keypoints", "contours", "serialised_payloads",
    "language_model_output", "detection", "classification_prediction", *DETECTIONS,
    "semantic_segmentation_prediction", "roboflow_model_id", "roboflow_project", "roboflow_solution",
    "roboflow_api_key", "image_metadata", "roboflow_managed_key", "phone_number", "duration",
)  # fmt: skip
"""Kinds in use; a definition may name others, which then meet only themselves and ``*``."""


def kinds_meet(source: Iterable[str], target: Iterable[str]) -> bool:
    """Whether a value of one of the *source* kinds may be what a field of the *target* kinds takes."""
    one, other = set(source), set(target)
    return ANY in one or ANY in other or bool(one & other)


def read_value(value: Any, kinds: Sequence[str], *, name: str, now: datetime | None = None) -> Any:
    """A batch element as its input's kinds read it: the first kind that succeeds. Kinds without a reader say nothing.

    Raises:
        RuntimeInputError: No kind takes it; the sentence says what was expected of *name*, the input or one of its
            elements. Images and detections that do not say where they come from take it as their parent's id.
    """
    if value is None:
        return None
    refusals: list[str] = []
    for kind in kinds:
        if kind not in _READERS and kind not in DETECTIONS and kind != "image":
            continue
        try:
            if kind == "image":
                return image_from_value(value, name=name, received_at=now)
            return from_dictionary(value, parameter=name) if kind in DETECTIONS else _READERS[kind](value)
        except ValueError as error:
            refusals.append(str(error))
        except WorkflowError as error:
            refusals.append(error.public_message.rstrip("."))
    if not refusals:
        return value
    raise RuntimeInputError(f"The input `{name}` cannot be read: {'; '.join(refusals)}.", CONTEXT)


def written(value: Any, kinds: Sequence[str] = (ANY,)) -> Any:
    """A value in the form JSON has for it; one of kind ``secret`` comes out masked, whatever its type."""
    if "secret" in kinds and value is not None:
        return mask_secret(str(value))
    return _plain(value)


def mask_secret(secret: str) -> str:
    """The first and last two characters, or none of a short secret."""
    return "********" if len(secret) < 8 else f"{secret[:2]}********{secret[-2:]}"


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, Mapping):
        return {key if isinstance(key, str) else str(key): _plain(element) for key, element in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_plain(element) for element in value]
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, bytes):
        return base64.b64encode(value).decode("ascii")
    if isinstance(value, Decimal):
        return str(value)  # a price, to the last digit
    if is_detections(value):
        return to_dictionary(value)
    if is_image(value):
        if hasattr(value, "as_dictionary"):
            return value.as_dictionary()
        return {"type": "base64", "value": value.base64_image}
    tolist = getattr(value, "tolist", None)
    if callable(tolist):  # numpy's scalars and arrays
        return tolist()
    return value


def _typed(wanted: type, words: str) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if not isinstance(value, wanted) or (wanted is int and isinstance(value, bool)):
            raise ValueError(f"{words} is expected, not {type(value).__name__}")
        return value

    return read


def _read_float(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"a number is expected, not {type(value).__name__}")
    return float(value)


def _read_share(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1 is expected")
    return float(value)


def _read_list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"a list is expected, not {type(value).__name__}")
    return list(value)


def _read_timestamp(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str):
        raise ValueError(f"a time in ISO 8601 is expected, not {type(value).__name__}")
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value!r} is no time in ISO 8601, such as 2026-01-31T18:00:00Z") from None


def _read_bytes(value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    if not isinstance(value, str):
        raise ValueError(f"base64 text is expected, not {type(value).__name__}")
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        raise ValueError("base64 text is expected") from None


def _read_classification(value: Any) -> Any:
    if not isinstance(value, Mapping) or "image" not in value or "predictions" not in value:
        raise ValueError("a classification is expected: a mapping with `image` and `predictions`")
    if "predicted_classes" not in value and not ("top" in value and "confidence" in value):
        raise ValueError("a classification needs `top` and `confidence`, or `predicted_classes`")
    return value


def _read_zone(value: Any) -> Any:
    if not isinstance(value, list) or len(value) < 3 or not all(map(_is_point, value)):
        raise ValueError("a zone is expected: a list of at least three [x, y] points")
    return value


def _is_point(value: Any) -> bool:
    return (
        isinstance(value, list | tuple)
        and len(value) == 2
        and all(isinstance(part, int | float) and not isinstance(part, bool) for part in value)
    )


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "string": _typed(str, "text"),
    "integer": _typed(int, "a whole number"),
    "float": _read_float,
    "float_zero_to_one": _read_share,
    "boolean": _typed(bool, "true or false"),
    "list_of_values": _read_list,
    "dictionary": _typed(dict, "a mapping"),
    "timestamp": _read_timestamp,
    "bytes": _read_bytes,
    "zone": _read_zone,
    "classification_prediction": _read_classification,
}
