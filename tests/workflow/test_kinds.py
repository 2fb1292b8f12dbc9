"""Values are read by their kinds at the input and written in the form of JSON at the output."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ringline.errors import RuntimeInputError
from ringline.workflow.kinds import kinds_meet, mask_secret, read_value, written


@pytest.mark.parametrize(
    ("kinds", "value", "expected"),
    [
        (["*"], object, object),
        (["string"], "x", "x"),
        (["integer", "string"], "x", "x"),
        (["float"], 1, 1),
        (["boolean"], False, False),
        (["timestamp"], "2026-01-02T03:04:05Z", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        (["bytes"], "eA==", b"x"),
        (["zone"], [[0, 0], [1, 0], [1, 1]], [[0, 0], [1, 0], [1, 1]]),
        (["float_zero_to_one"], 0.5, 0.5),
        (["roboflow_model_id"], 7, 7),
        (["*", "string"], "x", "x"),
        (["list_of_values"], (1, 2), [1, 2]),
        (["string"], None, None),
        (["classification_prediction"], {"image": {}, "predictions": [], "top": "a", "confidence": 1}, None),
    ],
)
def test_a_value_is_read_by_the_first_kind_that_takes_it(kinds: list[str], value: Any, expected: Any) -> None:
    assert read_value(value, kinds, name="a") == (value if expected is None else expected)


@pytest.mark.parametrize(
    ("kinds", "value", "sentence"),
    [
        (["integer"], True, "The input `a` cannot be read: a whole number is expected, not bool."),
        (
            ["string", "integer"],
            [],
            "The input `a` cannot be read: text is expected, not list; a whole number is expected, not list.",
        ),
        (["*", "string"], 5, "The input `a` cannot be read: text is expected, not int."),
        (
            ["zone"],
            [[0, 0], [1, 0], [[1, 1]]],
            "The input `a` cannot be read: a zone is expected: a list of at least three [x, y] points.",
        ),
        (["bytes"], "*", "The input `a` cannot be read: base64 text is expected."),
        (
            ["zone"],
            [[0, 0]],
            "The input `a` cannot be read: a zone is expected: a list of at least three [x, y] points.",
        ),
        (["float_zero_to_one"], 2, "The input `a` cannot be read: a number from 0 to 1 is expected."),
        (
            ["classification_prediction"],
            {},
            "The input `a` cannot be read: a classification is expected: a mapping with `image` and `predictions`.",
        ),
        (
            ["object_detection_prediction"],
            5,
            (
                "The input `a` cannot be read: `a` is an `int`; expected "
                '{"image": {"width", "height"}, "predictions": […]} or a supervision.Detections.'
            ),
        ),
    ],
)
def test_what_no_kind_takes_is_refused_in_words(kinds: list[str], value: Any, sentence: str) -> None:
    with pytest.raises(RuntimeInputError) as raised:
        read_value(value, kinds, name="a")

    assert str(raised.value) == sentence


def test_detections_are_read_from_and_written_to_dictionaries() -> None:
    supervision = pytest.importorskip("supervision")
    prediction = {
        "x": 20.0, "y": 20.0, "width": 20.0, "height": 20.0, "confidence": 0.9, "class": "car", "class_id": 0,
        "detection_id": "d1", "parent_id": "image",
    }  # fmt: skip
    value = {"image": {"width": 640, "height": 480}, "predictions": [prediction]}

    detections = read_value(value, ["object_detection_prediction"], name="a")

    assert isinstance(detections, supervision.Detections)
    again = written({"found": [detections]})["found"][0]
    assert again["image"] == {"width": 640, "height": 480}
    assert again["predictions"][0]["class"] == "car"


def test_images_are_read_from_arrays_and_written_as_base64() -> None:
    numpy = pytest.importorskip("numpy")
    image = read_value(numpy.zeros((4, 6, 3), dtype=numpy.uint8), ["image"], name="camera")

    text = written(image, ["image"])

    assert (text["type"], text["video_metadata"]["video_identifier"]) == ("base64", "camera")
    assert read_value(text, ["image"], name="other").numpy_image.shape == (4, 6, 3)


def test_numpy_values_come_out_plain() -> None:
    numpy = pytest.importorskip("numpy")

    assert written({"n": numpy.float64(0.5), "a": numpy.arange(2)}) == {"n": 0.5, "a": [0, 1]}


@pytest.mark.parametrize(
    ("secret", "masked"), [("", "********"), ("1234567", "********"), ("ACsecret123", "AC********23")]
)
def test_secrets_are_masked(secret: str, masked: str) -> None:
    assert mask_secret(secret) == written(secret, ["string", "secret"]) == masked


def test_a_secret_is_masked_whatever_its_type() -> None:
    assert written(12345678, ["secret"]) == "12********78"
    assert written(["ACsecret123"], ["secret"]) == "['********']"
    assert written(None, ["secret"]) is None


def test_kinds_meet_by_a_common_name_or_a_star() -> None:
    assert [kinds_meet(*pair) for pair in ((["a"], ["a", "b"]), (["a"], ["b"]), (["*"], ["b"]), (["a"], ["*"]))] == [
        True,
        False,
        True,
        True,
    ]
