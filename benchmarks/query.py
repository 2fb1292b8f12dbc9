"""What reading detections costs: our operations beside a plain loop over the rows, on 100 boxes."""

from __future__ import annotations

from typing import Any

from benchmarks.timing import line, microseconds
from ringline.query import compile_operations
from ringline.query.vision import load

BOXES = 100
# Roboflow's notification block 1.8.3, the whole run with these operations without HTTP, on 100 boxes.
RECORDED = {"DetectionsPropertyExtract": 15.5, "DetectionsFilter (two statements) + SequenceLength": 604.0}

EXTRACT = [{"type": "DetectionsPropertyExtract", "property_name": "class_name"}]
FILTER_AND_COUNT = [
    {
        "type": "DetectionsFilter",
        "filter_operation": {
            "type": "StatementGroup",
            "operator": "and",
            "statements": [
                {
                    "type": "BinaryStatement",
                    "left_operand": {
                        "type": "DynamicOperand",
                        "operations": [{"type": "ExtractDetectionProperty", "property_name": "class_name"}],
                    },
                    "comparator": {"type": "in (Sequence)"},
                    "right_operand": {"type": "StaticOperand", "value": ["car", "truck"]},
                },
                {
                    "type": "BinaryStatement",
                    "left_operand": {
                        "type": "DynamicOperand",
                        "operations": [{"type": "ExtractDetectionProperty", "property_name": "confidence"}],
                    },
                    "comparator": {"type": "(Number) >="},
                    "right_operand": {"type": "StaticOperand", "value": 0.5},
                },
            ],
        },
    },
    {"type": "SequenceLength"},
]


def detections() -> Any:
    """A frame with 100 boxes of three classes, with the columns Roboflow's models give."""
    numpy, supervision = load("numpy", purpose="The benchmark"), load("supervision", purpose="The benchmark")
    random = numpy.random.default_rng(7)
    corners = random.uniform(0, 600, (BOXES, 2))
    return supervision.Detections(
        xyxy=numpy.hstack([corners, corners + random.uniform(5, 80, (BOXES, 2))]).astype(numpy.float32),
        confidence=random.uniform(0, 1, BOXES).astype(numpy.float32),
        class_id=random.integers(0, 3, BOXES),
        data={
            "class_name": numpy.array(random.choice(["person", "car", "truck"], BOXES), dtype=object),
            "detection_id": numpy.array([f"{row:032x}" for row in range(BOXES)]),
            "parent_id": numpy.array(["image"] * BOXES),
            "image_dimensions": numpy.array([[480, 640]] * BOXES),
            "prediction_type": numpy.array(["object-detection"] * BOXES),
        },
    )


def names_by_rows(frame: Any) -> list[str]:
    """The plain way to the class names."""
    return [str(row[5]["class_name"]) for row in frame]


def count_by_rows(frame: Any) -> int:
    """The plain way to the number of sure cars and trucks."""
    kept = []
    for row in frame:
        named = row[5]["class_name"] in ["car", "truck"]
        sure = float(row[2]) >= 0.5
        kept.append(named and sure)
    return len(frame[kept])


def main() -> None:
    frame = detections()
    extract, count = compile_operations(EXTRACT), compile_operations(FILTER_AND_COUNT)
    assert extract(frame) == names_by_rows(frame)
    assert count(frame) == count_by_rows(frame)
    figures = zip(
        RECORDED.items(),
        [
            (microseconds(lambda: extract(frame)), microseconds(lambda: names_by_rows(frame))),
            (microseconds(lambda: count(frame)), microseconds(lambda: count_by_rows(frame))),
        ],
        strict=True,
    )
    for (what, recorded), (ours, by_rows) in figures:
        line(what, f"{ours:,.1f} us", f"a loop over the rows: {by_rows:,.1f} us; Roboflow's block: {recorded:,.1f} us")


if __name__ == "__main__":
    main()
