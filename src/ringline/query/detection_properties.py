"""The properties of detections: of all at once, and of one.

Roboflow's engine computes the two differently (rounded and exact corners, where a tracker id is looked for), and
definitions rely on both; the tables here say how.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import OperationError
from ringline.query.failures import undecidable

if TYPE_CHECKING:
    from supervision import Detections

PropertyName = Literal[
    "confidence",
    "class_name",
    "x_min",
    "x_max",
    "y_min",
    "y_max",
    "size",
    "class_id",
    "center",
    "top_left",
    "top_right",
    "bottom_left",
    "bottom_right",
    "in_out",
    "path_deviation",
    "polygon",
    "time_in_zone",
    "tracker_id",
    "velocity",
    "speed",
    "smoothed_velocity",
    "smoothed_speed",
    "image_dimensions",
    "prediction_type",
    "keypoints_xy",
    "rect",
    "width",
    "height",
    "angle",
    "area_px",
    "area_converted",
]

# Columns of `xyxy`.
LEFT, TOP, RIGHT, BOTTOM = 0, 1, 2, 3


def box_areas(boxes: Any) -> Any:
    """The area of each box, in the precision of the boxes."""
    return (boxes[:, BOTTOM] - boxes[:, TOP]) * (boxes[:, RIGHT] - boxes[:, LEFT])


def box_centers(boxes: Any) -> Any:
    """The centre of each box as N rows of x and y."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _rounded(points: Any) -> list[Any]:
    """Points in whole pixels, halves to the even neighbour."""
    rounded: list[Any] = points.round().astype(int).tolist()
    return rounded


def _required(values: Any, name: str) -> Any:
    if values is None:
        raise undecidable(OperationError(f"these detections have no `{name}`"))
    return values


COMPUTED_OF_ALL: Mapping[str, Callable[[Any], list[Any]]] = {
    "confidence": lambda detections: _required(detections.confidence, "confidence").tolist(),
    "class_id": lambda detections: _required(detections.class_id, "class_id").tolist(),
    "class_name": lambda _detections: [],
    "x_min": lambda detections: detections.xyxy[:, LEFT].tolist(),
    "y_min": lambda detections: detections.xyxy[:, TOP].tolist(),
    "x_max": lambda detections: detections.xyxy[:, RIGHT].tolist(),
    "y_max": lambda detections: detections.xyxy[:, BOTTOM].tolist(),
    "size": lambda detections: box_areas(detections.xyxy).tolist(),
    "center": lambda detections: _rounded(box_centers(detections.xyxy)),
    "top_left": lambda detections: _rounded(detections.xyxy[:, [LEFT, TOP]]),
    "top_right": lambda detections: _rounded(detections.xyxy[:, [RIGHT, TOP]]),
    "bottom_left": lambda detections: _rounded(detections.xyxy[:, [LEFT, BOTTOM]]),
    "bottom_right": lambda detections: _rounded(detections.xyxy[:, [RIGHT, BOTTOM]]),
}


def of_all(detections: Detections, name: str) -> list[Any]:
    """The property of every detection, one entry each."""
    if len(detections.xyxy) == 0:
        return []
    if name == "tracker_id" and detections.tracker_id is not None:
        tracked: list[Any] = detections.tracker_id.tolist()
        return tracked
    column = detections.data.get(name)
    if column is not None:
        return list(column) if isinstance(column, list) else column.tolist()
    computed = COMPUTED_OF_ALL.get(name)
    if computed is None:
        raise OperationError(f"`{name}` is not available on these detections: no earlier step has put it there")
    return computed(detections)


Row = tuple[Any, Any, Any, Any, Any, Mapping[str, Any]]
"""One detection: box, mask, confidence, class id, tracker id, and its part of the data columns."""


def is_row(value: Any) -> bool:
    """Whether *value* is one detection, as going through detections gives them."""
    return isinstance(value, tuple) and len(value) == 6


def _item(value: Any, name: str) -> Any:
    return _required(value, name).item()


def _class_name(row: Row) -> Any:
    name = _required(row[5].get("class_name"), "class_name")
    # Rows of a text column are numpy's text; those of an object column are the objects.
    return name.item() if hasattr(name, "item") else name


def _center(row: Row) -> tuple[Any, Any]:
    left, top, right, bottom = row[0]
    return left + (right - left) / 2, top + (bottom - top) / 2


COMPUTED_OF_ONE: Mapping[str, Callable[[Row], Any]] = {
    "confidence": lambda row: _item(row[2], "confidence"),
    "class_id": lambda row: _item(row[3], "class_id"),
    "class_name": _class_name,
    "x_min": lambda row: row[0][LEFT].item(),
    "y_min": lambda row: row[0][TOP].item(),
    "x_max": lambda row: row[0][RIGHT].item(),
    "y_max": lambda row: row[0][BOTTOM].item(),
    "size": lambda row: ((row[0][BOTTOM] - row[0][TOP]) * (row[0][RIGHT] - row[0][LEFT])).item(),
    "center": _center,
    "top_left": lambda row: (row[0][LEFT].item(), row[0][TOP].item()),
    "top_right": lambda row: (row[0][RIGHT].item(), row[0][TOP].item()),
    "bottom_left": lambda row: (row[0][LEFT].item(), row[0][BOTTOM].item()),
    "bottom_right": lambda row: (row[0][RIGHT].item(), row[0][BOTTOM].item()),
}


def of_one(row: Row, name: str) -> Any:
    """The property of one detection; None where it does not carry it."""
    computed = COMPUTED_OF_ONE.get(name)
    return row[5].get(name) if computed is None else computed(row)
