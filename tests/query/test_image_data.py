"""Images: made from what runtime inputs hold, and written as JPEG."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.errors import RuntimeInputError
from ringline.query import run_operations
from ringline.query.image_data import VideoMetadata, WorkflowImage, image_from_value, is_image
from ringline.query.vision import load

numpy = load("numpy", purpose="Testing")
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def picture(*shape: int) -> Any:
    """Blue, in the order of channels images have."""
    pixels = numpy.zeros(shape, dtype=numpy.uint8)
    pixels[..., 0] = 200
    return pixels


def test_a_picture_survives_being_written_and_read() -> None:
    """Blue stays blue: the order of channels is turned on the way out and on the way in."""
    image = image_from_value(picture(40, 60, 3))
    again = image_from_value({"type": "base64", "value": image.base64_image})

    assert again.numpy_image.shape == (40, 60, 3)
    assert numpy.abs(again.numpy_image.astype(int) - image.numpy_image.astype(int)).max() < 6


def test_grey_pictures_stay_grey() -> None:
    grey = numpy.full((10, 20), 100, dtype=numpy.uint8)
    again = image_from_value(WorkflowImage(numpy_image=grey).as_dictionary())

    assert again.numpy_image.shape == (10, 20)
    assert run_operations([{"type": "ExtractImageProperty", "property_name": "aspect_ratio"}], again) == 2.0


def test_the_text_an_image_came_with_is_kept() -> None:
    text = WorkflowImage(numpy_image=picture(4, 4, 3)).base64_image
    image = image_from_value({"type": "base64", "value": f"data:image/jpeg;base64,{text}"})

    assert run_operations([{"type": "ConvertImageToBase64"}], image) == text


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 100))
def test_every_quality_writes_a_jpeg(quality: int) -> None:
    written = run_operations(
        [{"type": "ConvertImageToJPEG", "compression_level": quality}], WorkflowImage(numpy_image=picture(8, 8, 3))
    )

    assert written[:3] == b"\xff\xd8\xff"


def test_better_quality_is_larger() -> None:
    noise = numpy.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=numpy.uint8)
    image = WorkflowImage(numpy_image=noise)

    assert len(image.as_jpeg(10)) < len(image.as_jpeg(95))


def test_video_metadata_is_read_from_the_input() -> None:
    value = {
        "type": "numpy_object",
        "value": picture(4, 4, 3),
        "video_metadata": {
            "video_identifier": "cam-1",
            "frame_number": 31,
            "fps": 30,
            "frame_timestamp": "2026-01-01T12:00:00+00:00",
        },
    }

    image = image_from_value(value, name="frame")

    assert image.video_metadata == VideoMetadata(
        video_identifier="cam-1", frame_number=31, frame_timestamp=NOON, fps=30.0
    )
    assert image_from_value({**image.as_dictionary()}, name="frame").video_metadata == image.video_metadata


def test_a_still_image_is_frame_zero_of_a_video_of_its_own() -> None:
    image = image_from_value(picture(4, 4, 3), name="photo", received_at=NOON)

    assert image.video_metadata == VideoMetadata(video_identifier="photo", frame_timestamp=NOON)
    assert image.video_metadata.frame_number == 0
    assert image.video_metadata.fps == 30


def test_an_image_is_given_back_as_it_is() -> None:
    image = image_from_value(picture(4, 4, 3))

    assert image_from_value(image) is image
    assert is_image(image)
    assert not is_image(picture(4, 4, 3))


def test_images_of_other_engines_are_images() -> None:
    class TheirImage:
        video_metadata = None

        @property
        def numpy_image(self) -> Any:
            return picture(4, 8, 3)

    width = [{"type": "ExtractImageProperty", "property_name": "width"}]

    assert run_operations(width, TheirImage()) == 8
    assert run_operations([{"type": "ConvertImageToJPEG"}], TheirImage())[:2] == b"\xff\xd8"


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ({"type": "url", "value": "https://example.com/a.jpg"}, "a run fetches nothing from the network"),
        ({"type": "file", "value": "/etc/passwd"}, "has the type 'file'"),
        ({"value": "aGVsbG8="}, "has the type None"),
        ({"type": "base64", "value": "aGVsbG8="}, "is not a picture that can be read"),
        ({"type": "base64", "value": "%%%"}, "is not"),
        ({"type": "base64", "value": 5}, "must be base64 text, not int"),
        ({"type": "numpy_object", "value": b"pickled"}, "the image `photo` is bytes"),
        ("a.jpg", "the image `photo` is str"),
        (numpy.zeros((4, 4, 7), dtype=numpy.uint8), "array of shape (4, 4, 7)"),
        (numpy.zeros((0, 4, 3), dtype=numpy.uint8), "array of shape (0, 4, 3)"),
        (numpy.zeros((4, 4, 3)), "holds float64 values; expected uint8"),
        ({"type": "numpy_object", "value": picture(4, 4, 3), "video_metadata": 5}, "`video_metadata` of `photo`"),
        (
            {"type": "numpy_object", "value": picture(4, 4, 3), "video_metadata": {"frame_number": "one"}},
            "`frame_number` must be a number, not 'one'",
        ),
        (
            {"type": "numpy_object", "value": picture(4, 4, 3), "video_metadata": {"frame_timestamp": "noon"}},
            "`frame_timestamp` is 'noon', which is no ISO 8601 time",
        ),
    ],
)
def test_what_is_no_image_is_refused_in_plain_words(value: Any, sentence: str) -> None:
    with pytest.raises(RuntimeInputError) as refused:
        image_from_value(value, name="photo")

    assert sentence in str(refused.value)


def test_a_picture_of_absurd_size_is_refused_before_it_is_unpacked() -> None:
    """A PNG header that claims 100,000 by 100,000 pixels."""
    header = bytes.fromhex("89504e470d0a1a0a0000000d49484452000186a0000186a00802000000")
    crc = __import__("zlib").crc32(header[12:]).to_bytes(4, "big")

    with pytest.raises(RuntimeInputError):
        image_from_value({"type": "base64", "value": base64.b64encode(header + crc).decode()})
