"""Operations that read detections: a property of all, of one, and the whole as a dictionary."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ringline.errors import OperationError
from ringline.query.detection_properties import PropertyName, is_row, of_all, of_one
from ringline.query.detections import to_dictionary
from ringline.query.failures import UNEXPECTED, wrong_type
from ringline.query.operation import Operation, Variables
from ringline.query.vision import is_detections

DETECTIONS: tuple[str, ...] = (
    "object_detection_prediction",
    "instance_segmentation_prediction",
    "keypoint_detection_prediction",
)


class DetectionsPropertyExtract(Operation):
    """A property of every detection as a list; corners and centres in whole pixels."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = ("list_of_values",)

    type: Literal["DetectionsPropertyExtract"] = "DetectionsPropertyExtract"
    property_name: PropertyName

    def apply(self, value: Any, variables: Variables) -> list[Any]:
        if not is_detections(value):
            raise wrong_type("DetectionsPropertyExtract", "detections", value)
        return of_all(value, self.property_name)


class ExtractDetectionProperty(Operation):
    """A property of one detection, exact; None where it does not carry it. Used inside filters and SequenceApply."""

    takes: ClassVar = ("detection",)

    type: Literal["ExtractDetectionProperty"] = "ExtractDetectionProperty"
    property_name: PropertyName

    def apply(self, value: Any, variables: Variables) -> Any:
        if not is_row(value):
            raise wrong_type("ExtractDetectionProperty", "one detection", value)
        return of_one(value, self.property_name)


class DetectionsToDictionary(Operation):
    """The detections as a dictionary of plain values, which JSON can hold."""

    takes: ClassVar = DETECTIONS
    gives: ClassVar = ("dictionary",)

    type: Literal["DetectionsToDictionary"] = "DetectionsToDictionary"

    def apply(self, value: Any, variables: Variables) -> dict[str, Any]:
        if not is_detections(value):
            raise wrong_type("DetectionsToDictionary", "detections", value)
        try:
            return to_dictionary(value)
        except UNEXPECTED as error:
            raise OperationError(f"DetectionsToDictionary: {error}", inner_error=error) from error
