"""Operations that choose among detections, or put them in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Literal

from ringline.errors import OperationError
from ringline.query.columns import vectorised
from ringline.query.condition import DETECTION, Decide, StatementGroup
from ringline.query.detection_properties import BOTTOM, LEFT, RIGHT, TOP, box_areas, box_centers
from ringline.query.failures import UNEXPECTED, undecidable, wrong_type
from ringline.query.operation import Operation, Step, Variables
from ringline.query.reading_detections import DETECTIONS
from ringline.query.vision import is_detections, load


class DetectionsFilter(Operation):
    """The detections for which the condition holds; in it, a name left out (``_``) is the detection."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["DetectionsFilter"] = "DetectionsFilter"
    filter_operation: StatementGroup

    def apply(self, value: Any, variables: Variables) -> Any:
        return self.bind("")(value, variables)

    def bind(self, place: str) -> Step:
        decide = self.filter_operation.bind(f"{place}.filter_operation")
        by_columns = vectorised(self.filter_operation)

        def choose(value: Any, variables: Variables) -> Any:
            if not is_detections(value):
                raise wrong_type("DetectionsFilter", "detections", value)
            kept = None if by_columns is None else by_columns(value, variables)
            return value[by_rows(decide, value, variables) if kept is None else kept]

        return choose


def by_rows(decide: Decide, detections: Any, variables: Variables) -> Any:
    """Which rows *decide* keeps, asked one by one."""
    kept = [decide({**variables, DETECTION: row}) for row in detections]
    return load("numpy", purpose="Reading detections").array(kept, dtype=bool)


class DetectionsSelection(Operation):
    """The one detection that stands out; of equals the first. Nothing of nothing."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["DetectionsSelection"] = "DetectionsSelection"
    mode: Literal["left_most", "right_most", "top_confidence", "first", "last"]

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("DetectionsSelection", "detections", value)
        if len(value) == 0:
            return value[[]]
        return value[[self._row(value)]]

    def _row(self, detections: Any) -> int:
        if self.mode == "first":
            return 0
        if self.mode == "last":
            return len(detections) - 1
        if self.mode == "left_most":
            return int(box_centers(detections.xyxy)[:, 0].argmin())
        if self.mode == "right_most":
            return int(box_centers(detections.xyxy)[:, 0].argmax())
        if detections.confidence is None:
            raise undecidable(OperationError("DetectionsSelection: these detections have no confidence to compare"))
        return int(detections.confidence.argmax())


_SORT_KEYS: Mapping[str, Callable[[Any], Any]] = {
    "confidence": lambda detections: detections.confidence,
    "x_min": lambda detections: detections.xyxy[:, LEFT],
    "x_max": lambda detections: detections.xyxy[:, RIGHT],
    "y_min": lambda detections: detections.xyxy[:, TOP],
    "y_max": lambda detections: detections.xyxy[:, BOTTOM],
    "size": lambda detections: box_areas(detections.xyxy),
    "center_x": lambda detections: box_centers(detections.xyxy)[:, 0],
    "center_y": lambda detections: box_centers(detections.xyxy)[:, 1],
}


class SortDetections(Operation):
    """The detections in order of a property; descending is ascending reversed, equals included.

    Without confidences, sorting by confidence leaves the order as it is.
    """

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["SortDetections"] = "SortDetections"
    mode: Literal["confidence", "x_min", "x_max", "y_min", "y_max", "size", "center_x", "center_y"]
    ascending: bool = True

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("SortDetections", "detections", value)
        key = _SORT_KEYS[self.mode](value)
        if key is None or len(value) == 0:
            return value
        # Stable, where the reference leaves the order of equals open for more than sixteen.
        order = key.argsort(kind="stable")
        return value[order if self.ascending else order[::-1]]


class PickDetectionsByParentClass(Operation):
    """The detections of a class, then those whose centre lies in the box of one of them (borders count)."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = DETECTIONS

    type: Literal["PickDetectionsByParentClass"] = "PickDetectionsByParentClass"
    parent_class: str

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_detections(value):
            raise wrong_type("PickDetectionsByParentClass", "detections", value)
        try:
            return value[self._rows(value)]
        except UNEXPECTED as error:
            raise OperationError(f"PickDetectionsByParentClass: {error}", inner_error=error) from error

    def _rows(self, detections: Any) -> Any:
        numpy = load("numpy", purpose="Reading detections")
        names = detections.data.get("class_name")
        if names is None or len(detections) == 0:
            return []
        is_parent = numpy.array([str(name) == self.parent_class for name in names], dtype=bool)
        parents = numpy.flatnonzero(is_parent)
        if len(parents) == 0:
            return []
        others = numpy.flatnonzero(~is_parent)
        boxes = detections.xyxy[parents]
        centers = box_centers(detections.xyxy[others])
        x, y = centers[:, 0, None], centers[:, 1, None]
        inside = (boxes[:, LEFT] <= x) & (x <= boxes[:, RIGHT]) & (boxes[:, TOP] <= y) & (y <= boxes[:, BOTTOM])
        return numpy.concatenate([parents, others[inside.any(axis=1)]])
