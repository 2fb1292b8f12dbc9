"""Reading classification results."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from ringline.errors import InvalidInputTypeError
from ringline.query.failures import UNEXPECTED, undecidable, wrong_type
from ringline.query.operation import Operation, Variables


class ClassificationPropertyExtract(Operation):
    """A property of a classification, single-label (``top``, ``confidence``) or multi-label (``predicted_classes``).

    Lists over all classes are in the order of the predictions for single-label, of the class ids for multi-label.
    """

    takes: ClassVar = ("classification_prediction",)
    gives: ClassVar = ("string", "float_zero_to_one", "list_of_values")

    type: Literal["ClassificationPropertyExtract"] = "ClassificationPropertyExtract"
    property_name: Literal[
        "top_class", "top_class_confidence", "top_class_confidence_single", "all_classes", "all_confidences"
    ]

    def apply(self, value: Any, variables: Variables) -> Any:
        if not isinstance(value, dict):
            raise wrong_type("ClassificationPropertyExtract", "a classification (a dictionary)", value)
        try:
            return self._read(value)
        except UNEXPECTED as error:
            raise undecidable(
                InvalidInputTypeError(
                    f"ClassificationPropertyExtract: the dictionary has no {self.property_name} "
                    f"({type(error).__name__}: {error})",
                    inner_error=error,
                )
            ) from error

    def _read(self, classification: dict[str, Any]) -> Any:
        if self.property_name == "top_class":
            return classification["top"] if "top" in classification else classification.get("predicted_classes", [])
        if self.property_name == "top_class_confidence":
            return classification["confidence"] if "confidence" in classification else _predicted(classification)
        if self.property_name == "top_class_confidence_single":
            if "confidence" in classification:
                return classification["confidence"]
            return max(_predicted(classification), default=0.0)
        predictions = classification["predictions"]
        if isinstance(predictions, list):
            wanted = "class" if self.property_name == "all_classes" else "confidence"
            return [prediction[wanted] for prediction in predictions]
        by_class_id = sorted(predictions.items(), key=lambda item: item[1]["class_id"])
        if self.property_name == "all_classes":
            return [name for name, _ in by_class_id]
        return [details["confidence"] for _, details in by_class_id]


def _predicted(classification: dict[str, Any]) -> list[Any]:
    """Confidences of the predicted classes, in their order."""
    names = classification.get("predicted_classes", [])
    return [classification["predictions"][name]["confidence"] for name in names]
