"""Detections as dictionaries and back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from query.detection_strategies import detections, numpy, supervision
from ringline.errors import OperationError, RuntimeInputError
from ringline.query.detections import from_dictionary, to_dictionary

CAR = {
    "x": 60.0,
    "y": 120.0,
    "width": 100.0,
    "height": 200.0,
    "confidence": 0.5,
    "class_id": 1,
    "class": "car",
    "detection_id": "d1",
    "parent_id": "image",
}
IMAGE = {"width": 640, "height": 480}


def frame(**changes: Any) -> dict[str, Any]:
    return {"image": IMAGE, "predictions": [{**CAR, **changes}, {**CAR, **changes, "detection_id": "d2"}]}


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"tracker_id": 7},
        {"time_in_zone": 1.5, "speed": 2.0, "velocity": [1.0, 2.0], "smoothed_speed": 3.0, "area_px": 4.0},
        {"rect": [[0, 0], [1, 0], [1, 1], [0, 1]], "angle": 45.0},
        {
            "keypoints": [
                {"class_id": 0, "class": "nose", "confidence": 0.5, "x": 1.0, "y": 2.0},
                {"class_id": 1, "class": "eye", "confidence": 0.25, "x": 3.0, "y": 4.0},
            ]
        },
        {
            "parent_id": "crop",
            "root_parent_id": "image",
            "parent_origin": {"offset_x": 5, "offset_y": 6, "width": 70, "height": 80},
            "root_parent_origin": {"offset_x": 0, "offset_y": 0, "width": 640, "height": 480},
        },
        {"data": "QR text"},
    ],
    ids=["plain", "tracked", "columns", "rotated", "keypoints", "crop", "code"],
)
def test_a_dictionary_comes_back_as_it_went_in(changes: dict[str, Any]) -> None:
    written = frame(**changes)
    if "parent_id" not in changes:
        written["predictions"] = [{**one, "root_parent_id": "image"} for one in written["predictions"]]
    back = to_dictionary(from_dictionary(written))

    if "parent_id" not in changes:
        for one in written["predictions"]:
            del one["root_parent_id"]
    assert back == written
    json.dumps(back)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(detections())
def test_what_can_be_written_can_be_read_again(some: Any) -> None:
    try:
        written = to_dictionary(some)
    except OperationError:
        # Confidence, class id, class name and id are what every prediction must have.
        assert some.confidence is None or some.class_id is None or "detection_id" not in some.data
        return
    again = from_dictionary(written)

    assert len(again) == len(some)


def test_a_shape_is_drawn_as_a_mask_and_found_again() -> None:
    corners = [{"x": 10.0, "y": 10.0}, {"x": 30.0, "y": 10.0}, {"x": 30.0, "y": 40.0}, {"x": 10.0, "y": 40.0}]
    read = from_dictionary(frame(points=corners))

    assert read.mask is not None
    assert read.mask.shape == (2, 480, 640)
    assert read.mask[0, 20, 20]
    assert not read.mask[0, 50, 50]
    found = {(point["x"], point["y"]) for point in to_dictionary(read)["predictions"][0]["points"]}
    assert found == {(10.0, 10.0), (30.0, 10.0), (30.0, 40.0), (10.0, 40.0)}


def test_a_mask_without_a_pixel_is_left_out() -> None:
    masks = numpy.zeros((2, 20, 20), dtype=bool)
    masks[1, 3, 4] = True
    some = supervision.Detections(
        xyxy=numpy.array([[0, 0, 5, 5], [4, 3, 5, 4]], dtype=numpy.float32),
        confidence=numpy.array([0.5, 0.5], dtype=numpy.float32),
        class_id=numpy.array([0, 1]),
        mask=masks,
        data={"class_name": numpy.array(["a", "b"]), "detection_id": numpy.array(["1", "2"])},
    )

    written = to_dictionary(some)["predictions"]

    assert [one["class"] for one in written] == ["b"]
    assert {(point["x"], point["y"]) for point in written[0]["points"]} == {(4.0, 3.0)}


def test_predictions_without_an_id_get_one_each() -> None:
    written = {"image": IMAGE, "predictions": [{key: CAR[key] for key in CAR if key != "detection_id"}] * 3}

    assert len(set(from_dictionary(written).data["detection_id"].tolist())) == 3


def test_predictions_belong_to_the_input_that_held_them() -> None:
    written = {"image": IMAGE, "predictions": [{key: CAR[key] for key in CAR if key != "parent_id"}]}

    assert from_dictionary(written, parameter="frames").data["parent_id"].tolist() == ["frames"]


def test_detections_are_given_back_as_they_are() -> None:
    some = supervision.Detections.empty()

    assert from_dictionary(some) is some


def test_no_predictions_are_no_detections() -> None:
    assert len(from_dictionary({"image": IMAGE, "predictions": []})) == 0


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ([1], "`frames` is a `list`; expected"),
        ({"predictions": []}, "`frames` is a `dict`; expected"),
        ({"image": IMAGE, "predictions": "none"}, "`predictions` of `frames` must be a list of objects"),
        ({"image": {}, "predictions": []}, "`image` of `frames` must be an object with `width` and `height`"),
        (
            {"image": IMAGE, "predictions": [CAR, {**CAR, "confidence": "high"}]},
            "prediction 1 of `frames` needs the number `confidence`, and has a `str`",
        ),
        (
            {"image": IMAGE, "predictions": [{key: CAR[key] for key in CAR if key != "x"}]},
            "prediction 0 of `frames` needs the number `x`, and has no value (None)",
        ),
        ({"image": IMAGE, "predictions": [{**CAR, "class": 5}]}, "needs the text `class`, and has an `int`"),
        ({"image": IMAGE, "predictions": [{**CAR, "keypoints": [5]}]}, "`keypoints` of `frames` must be objects"),
        ({"image": IMAGE, "predictions": [{**CAR, "points": [5]}]}, "`points` of `frames` must be lists of objects"),
    ],
)
def test_what_cannot_be_read_is_refused_in_plain_words(written: Any, sentence: str) -> None:
    with pytest.raises(RuntimeInputError) as refused:
        from_dictionary(written, parameter="frames")

    assert sentence in str(refused.value)
    assert refused.value.context == "workflow_execution | runtime_input_validation"
