"""Values of a run as JSON and back."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import numpy
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import ExecutionEngineRuntimeError
from ringline.ids import name_of_number, new_number, number_of_name
from ringline.query.image_data import WorkflowImage
from ringline.workflow.block import Batch
from ringline.workflow.execution.keeping import TAG, Keeper

KEEPER = Keeper(lambda secret: f"<{secret}>", lambda sealed: sealed[1:-1])


def through(value: Any) -> Any:
    return KEEPER.read(json.loads(json.dumps(KEEPER.write(value))))


scalars = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False)
    | st.text()
    | st.decimals(allow_nan=False)
    | st.binary()
    | st.datetimes(timezones=st.just(UTC))
    | st.datetimes()
    | st.dates()
    | st.times()
)
keys = st.text() | st.sampled_from([TAG, "v"]) | st.integers()
values = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(keys, inner, max_size=4)
        | st.tuples(inner, inner)
        | st.lists(inner, max_size=3).map(Batch)
        | st.sets(st.integers(), max_size=3)
    ),
    max_leaves=12,
)


def is_same(one: Any, other: Any) -> bool:
    if type(one) is not type(other):
        return False
    if isinstance(one, list | tuple):
        return len(one) == len(other) and all(map(is_same, one, other))
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(is_same(one[key], other[key]) for key in one)
    return bool(one == other)


@given(values)
def test_values_come_back_as_they_were(value: Any) -> None:
    assert is_same(through(value), value)


@pytest.mark.parametrize(
    "value", [Decimal("1.10"), datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 1), time(9, 30), b"\x00", (1, [2])]
)
def test_what_json_has_no_form_for(value: Any) -> None:
    assert is_same(through(value), value)


def test_odd_floats() -> None:
    assert through(float("inf")) == float("inf")
    assert through(float("nan")) != through(float("nan"))


@pytest.mark.parametrize(
    "array",
    [
        numpy.arange(6, dtype=numpy.uint8).reshape(2, 3),
        numpy.array([1.5, numpy.nan]),
        numpy.array(["a", None], dtype=object),
        numpy.array(3),
    ],
)
def test_arrays_keep_their_type_and_shape(array: Any) -> None:
    back = through(array)
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    numpy.testing.assert_array_equal(back, array)


def test_scalars_of_numpy() -> None:
    back = through(numpy.float32(1.5))
    assert (type(back), back) == (numpy.float32, 1.5)


def test_images_keep_every_pixel() -> None:
    pixels = numpy.random.default_rng(1).integers(0, 255, (4, 5, 3), dtype=numpy.uint8)
    image = WorkflowImage(numpy_image=pixels, parent_id="camera", received_at=datetime(2026, 1, 1, tzinfo=UTC))
    back = through(image)

    numpy.testing.assert_array_equal(back.numpy_image, pixels)
    assert back.parent_id == "camera"
    assert back.video_metadata.as_dictionary() == image.video_metadata.as_dictionary()


def test_images_that_came_as_text_keep_the_text() -> None:
    text = WorkflowImage(numpy_image=numpy.zeros((2, 2, 3), dtype=numpy.uint8)).base64_image
    assert through(WorkflowImage(base64_image=text)).base64_image == text


@pytest.mark.filterwarnings("ignore:OpenCV")
def test_detections_keep_their_data() -> None:
    import supervision

    detections = supervision.Detections(
        xyxy=numpy.array([[0.0, 1, 2, 3]]), confidence=numpy.array([0.5]), class_id=numpy.array([7]),
        data={"class_name": numpy.array(["cat"])},
    )  # fmt: skip
    assert through(detections) == detections


def test_secrets_are_sealed() -> None:
    kept = KEEPER.write("s3cret", secret=True)
    assert kept == {TAG: "sealed", "v": '<"s3cret">'}
    assert KEEPER.read(kept) == "s3cret"
    with pytest.raises(TypeError, match="a secret, and there is no key"):
        Keeper().write("s3cret", secret=True)
    with pytest.raises(ExecutionEngineRuntimeError, match="no key to open it"):
        Keeper().read(kept)


def test_what_cannot_be_kept_is_named_by_its_type() -> None:
    with pytest.raises(TypeError, match="object, which cannot be kept"):
        KEEPER.write({"a": [object()]})


@given(st.integers(0, (1 << 63) - 1))
def test_names_of_runs_sort_as_their_numbers(number: int) -> None:
    name = name_of_number("run", number)
    assert number_of_name("run", name) == number
    assert name_of_number("run", max(0, number - 1)) <= name


def test_numbers_grow_within_a_process() -> None:
    made = [new_number(at=1_800_000_000.0 - number % 3) for number in range(1000)]
    assert made == sorted(set(made))
