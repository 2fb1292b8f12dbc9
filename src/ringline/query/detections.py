"""Detections as dictionaries of plain values, and back: the JSON form of Roboflow's predictions.

``{"image": {"width", "height"}, "predictions": [{"x", "y", "width", "height", "confidence", "class", …}]}`` with the
centre of each box, as `DetectionsToDictionary` gives and runtime inputs take.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.errors import OperationError
from ringline.query.failures import kind_of, refused_input
from ringline.query.vision import is_detections, load

if TYPE_CHECKING:
    from supervision import Detections

_CORNERS_OF_A_POLYGON = 3
_ROTATED_BOX = ("angle", "rect", "height", "width")
_KEYPOINTS = ("keypoints_class_id", "keypoints_class_name", "keypoints_confidence", "keypoints_xy")


def _plain(value: Any) -> Any:
    return value.tolist() if hasattr(value, "tolist") else value


def _whole_pixels(value: Any) -> Any:
    numpy = load("numpy", purpose="Reading detections")
    return numpy.asarray(value, dtype=float).round().astype(int).tolist()


# Columns that are written where they are present, in this order.
_OPTIONAL: Mapping[str, Callable[[Any], Any]] = {
    "path_deviation": _plain,
    "time_in_zone": _plain,
    "polygon": _whole_pixels,
}
_OPTIONAL_LAST: Mapping[str, Callable[[Any], Any]] = {
    "data": _plain,
    "velocity": _plain,
    "speed": float,
    "smoothed_velocity": _plain,
    "smoothed_speed": float,
    "area_px": float,
    "area_converted": float,
    "nearest_target_distance": _plain,
}


def to_dictionary(detections: Detections) -> dict[str, Any]:
    """The detections in plain values; raises `OperationError` naming a column that every detection must have."""
    data = detections.data
    rows = len(detections)
    if rows == 0:
        return {"image": {"width": None, "height": None}, "predictions": []}
    boxes = detections.xyxy.astype(float).tolist()
    confidences = [float(value) for value in _needed(detections.confidence, "confidence")]
    class_ids = [int(value) for value in _needed(detections.class_id, "class_id")]
    names = _needed(data.get("class_name"), "class_name")
    ids = _needed(data.get("detection_id"), "detection_id")
    trackers = detections.tracker_id
    predictions = []
    for row in range(rows):
        left, top, right, bottom = boxes[row]
        width, height = abs(right - left), abs(bottom - top)
        prediction: dict[str, Any] = {
            "width": width,
            "height": height,
            "x": left + width / 2,
            "y": top + height / 2,
            "confidence": confidences[row],
            "class_id": class_ids[row],
        }
        if detections.mask is not None:
            outline = _outline(detections, row)
            if outline is None:
                continue  # a mask without a pixel shows nothing
            prediction["points"] = outline
        if trackers is not None:
            prediction["tracker_id"] = int(trackers[row])
        prediction["class"] = str(names[row])
        prediction["detection_id"] = str(ids[row])
        _add_columns(prediction, data, row)
        predictions.append(prediction)
    return {"image": _image_size(data, rows), "predictions": predictions}


def _needed(column: Any, name: str) -> Any:
    if column is None:
        raise OperationError(f"detections without `{name}` cannot be written as a dictionary")
    return column


def _image_size(data: Mapping[str, Any], rows: int) -> dict[str, Any]:
    sizes = data.get("image_dimensions")
    if sizes is None or rows == 0:
        return {"width": None, "height": None}
    height, width = (_plain(side) for side in sizes[rows - 1])
    return {"width": width, "height": height}


def _outline(detections: Detections, row: int) -> list[dict[str, float]] | None:
    """The corners of the detection's shape; None for a mask without a pixel."""
    drawn = detections.data.get("polygon")
    if drawn is not None and drawn[row] is not None and len(drawn[row]) >= _CORNERS_OF_A_POLYGON:
        corners = drawn[row]
    else:
        supervision = load("supervision", purpose="Reading masks")
        mask = detections.mask[row]  # type: ignore[index]
        polygons = supervision.mask_to_polygons(mask)
        corners = max(polygons, key=len) if polygons else _corners_of_pixels(mask)
    return None if corners is None else [{"x": float(x), "y": float(y)} for x, y in corners]


def _corners_of_pixels(mask: Any) -> list[tuple[int, int]] | None:
    """A rectangle around a shape too small to have an outline."""
    rows, columns = mask.nonzero()
    if len(rows) == 0:
        return None
    left, right, top, bottom = columns.min(), columns.max(), rows.min(), rows.max()
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def _add_columns(prediction: dict[str, Any], data: Mapping[str, Any], row: int) -> None:
    for name, convert in _OPTIONAL.items():
        if name in data:
            prediction[name] = convert(data[name][row])
    if all(name in data for name in _ROTATED_BOX):
        prediction.update({name: _plain(data[name][row]) for name in _ROTATED_BOX})
    if "parent_id" in data:
        prediction["parent_id"] = str(data["parent_id"][row])
        if "root_parent_id" in data and str(data["root_parent_id"][row]) != prediction["parent_id"]:
            prediction["root_parent_id"] = str(data["root_parent_id"][row])
            for whose in ("parent", "root_parent"):
                origin = _origin(data, whose, row)
                if origin is not None:
                    prediction[f"{whose}_origin"] = origin
    if all(name in data for name in _KEYPOINTS):
        prediction["keypoints"] = [
            {"class_id": int(number), "class": str(name), "confidence": float(sure), "x": float(x), "y": float(y)}
            for number, name, sure, (x, y) in zip(*(data[column][row] for column in _KEYPOINTS), strict=True)
        ]
    for name, convert in _OPTIONAL_LAST.items():
        if name in data:
            prediction[name] = convert(data[name][row])


def _origin(data: Mapping[str, Any], whose: str, row: int) -> dict[str, int] | None:
    """Where on the picture it was cut from a crop lies."""
    corner, size = data.get(f"{whose}_coordinates"), data.get(f"{whose}_dimensions")
    if corner is None or size is None:
        return None
    (x, y, *_), (height, width, *_) = _whole_pixels(corner[row]), _whole_pixels(size[row])
    return {"offset_x": x, "offset_y": y, "width": width, "height": height}


def from_dictionary(value: Any, *, parameter: str = "predictions") -> Detections:
    """The detections a dictionary of predictions describes; a Detections object is given back as it is.

    *parameter* is the input's name, for errors and for the parent id of detections that name none. Raises
    `RuntimeInputError` naming the prediction and key that cannot be read.
    """
    if is_detections(value):
        return value
    predictions, size = _checked(value, parameter)
    numpy = load("numpy", purpose="Reading detections")
    supervision = load("supervision", purpose="Reading detections")
    if not predictions:
        empty: Detections = supervision.Detections.empty()
        return empty
    boxes, confidences, class_ids = [], [], []
    for index, prediction in enumerate(predictions):
        x, y, width, height, confidence = (
            _number(prediction, key, index, parameter) for key in ("x", "y", "width", "height", "confidence")
        )
        boxes.append((x - width / 2, y - height / 2, x + width / 2, y + height / 2))
        confidences.append(confidence)
        class_ids.append(int(_number(prediction, "class_id", index, parameter)))
    data: dict[str, Any] = {
        "class_name": numpy.array([_class(prediction, n, parameter) for n, prediction in enumerate(predictions)]),
        "detection_id": numpy.array([str(one.get("detection_id") or uuid.uuid4()) for one in predictions]),
        "parent_id": numpy.array([str(one.get("parent_id", parameter)) for one in predictions]),
        "root_parent_id": numpy.array([str(one.get("root_parent_id", parameter)) for one in predictions]),
        "image_dimensions": numpy.array([size] * len(predictions)),
    }
    _read_columns(data, predictions, parameter)
    trackers = [one.get("tracker_id") for one in predictions]
    detections: Detections = supervision.Detections(
        xyxy=numpy.array(boxes, dtype=numpy.float32),
        confidence=numpy.array(confidences, dtype=numpy.float32),
        class_id=numpy.array(class_ids, dtype=int),
        tracker_id=None if None in trackers else numpy.array(trackers, dtype=int),
        mask=_masks(predictions, size, parameter),
        data=data,
    )
    return detections


def _checked(value: Any, parameter: str) -> tuple[Sequence[Mapping[str, Any]], tuple[Any, Any]]:
    if not isinstance(value, Mapping) or "predictions" not in value or "image" not in value:
        raise refused_input(
            f'`{parameter}` is {kind_of(value)}; expected {{"image": {{"width", "height"}}, "predictions": […]}} '
            "or a supervision.Detections"
        )
    predictions, image = value["predictions"], value["image"]
    if not isinstance(predictions, list) or not all(isinstance(one, Mapping) for one in predictions):
        raise refused_input(f"`predictions` of `{parameter}` must be a list of objects")
    if not isinstance(image, Mapping) or not {"width", "height"} <= set(image):
        raise refused_input(f"`image` of `{parameter}` must be an object with `width` and `height`")
    return predictions, (image["height"], image["width"])


def _number(prediction: Mapping[str, Any], key: str, index: int, parameter: str) -> float:
    value = prediction.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refused_input(f"prediction {index} of `{parameter}` needs the number `{key}`, and has {kind_of(value)}")
    return value


def _class(prediction: Mapping[str, Any], index: int, parameter: str) -> str:
    name = prediction.get("class")
    if not isinstance(name, str):
        raise refused_input(f"prediction {index} of `{parameter}` needs the text `class`, and has {kind_of(name)}")
    return name


def _read_columns(data: dict[str, Any], predictions: Sequence[Mapping[str, Any]], parameter: str) -> None:
    numpy = load("numpy", purpose="Reading detections")
    optional = [*_OPTIONAL, *_OPTIONAL_LAST, *(_ROTATED_BOX if "rect" in predictions[0] else ()), "rle_mask"]
    for name in optional:
        if name in predictions[0]:
            data[name] = _column([one.get(name) for one in predictions])
    for whose in ("parent", "root_parent"):
        origins: list[Any] = [one.get(f"{whose}_origin") for one in predictions]
        if all(isinstance(origin, Mapping) for origin in origins):
            data[f"{whose}_coordinates"] = numpy.array([[o["offset_x"], o["offset_y"]] for o in origins])
            data[f"{whose}_dimensions"] = numpy.array([[o["height"], o["width"]] for o in origins])
    if "keypoints" in predictions[0]:
        points = [one.get("keypoints") or [] for one in predictions]
        try:
            data["keypoints_class_id"] = _objects([numpy.array([p["class_id"] for p in row]) for row in points])
            data["keypoints_class_name"] = _objects([numpy.array([p["class"] for p in row]) for row in points])
            data["keypoints_confidence"] = _objects([numpy.array([p["confidence"] for p in row]) for row in points])
            data["keypoints_xy"] = _objects([numpy.array([[p["x"], p["y"]] for p in row]) for row in points])
        except (KeyError, TypeError) as error:
            raise refused_input(
                f"`keypoints` of `{parameter}` must be objects with class_id, class, confidence, x and y", error
            ) from error


def _column(values: list[Any]) -> Any:
    """One array with a row per value: of numbers where they all have one shape, else of objects."""
    numpy = load("numpy", purpose="Reading detections")
    try:
        column = numpy.array(values)
    except ValueError:
        return _objects(values)
    return column


def _objects(values: list[Any]) -> Any:
    numpy = load("numpy", purpose="Reading detections")
    column = numpy.empty(len(values), dtype=object)
    for index, value in enumerate(values):
        column[index] = value
    return column


def _masks(predictions: Sequence[Mapping[str, Any]], size: tuple[Any, Any], parameter: str) -> Any:
    """The shapes drawn as masks, where every prediction has one and the picture's size is known."""
    outlines: list[Any] = [one.get("points") for one in predictions]
    if any(outline is None for outline in outlines):
        return None
    height, width = size
    if not isinstance(height, int) or not isinstance(width, int):
        raise refused_input(
            f"`{parameter}` has shapes (`points`), which need whole numbers for the image's width and height"
        )
    numpy = load("numpy", purpose="Reading detections")
    supervision = load("supervision", purpose="Reading detections")
    try:
        drawn = [
            supervision.polygon_to_mask(numpy.array([[p["x"], p["y"]] for p in outline]).astype(int), (width, height))
            for outline in outlines
        ]
    except (KeyError, TypeError, ValueError) as error:
        raise refused_input(
            f"`points` of `{parameter}` must be lists of objects with the numbers x and y", error
        ) from error
    return numpy.array(drawn).astype(bool)
