"""Filtering whole columns gives what asking row by row gives."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from query.detection_strategies import conditions, detections, likely_conditions, numpy, of_detection, static
from ringline.errors import RoboflowQueryLanguageError
from ringline.query import StatementGroup, run_operations
from ringline.query.choosing_detections import by_rows
from ringline.query.columns import vectorised

VARIABLES = {"limit": 0.5}

# What numpy prints about comparing huge numbers, on either path.
pytestmark = pytest.mark.filterwarnings("ignore:overflow encountered", "ignore:invalid value encountered")


def rows_kept(group: StatementGroup, frame: Any) -> list[bool] | type[RoboflowQueryLanguageError]:
    try:
        kept: list[bool] = by_rows(group.bind("<root>"), frame, VARIABLES).tolist()
    except RoboflowQueryLanguageError as error:
        return type(error)
    return kept


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=detections(), condition=conditions)
def test_columns_and_rows_keep_the_same_detections(frame: Any, condition: dict[str, Any]) -> None:
    """Where the columns give an answer it is the rows'; where a row fails they give none."""
    group = StatementGroup.model_validate(condition)
    by_columns = vectorised(group)
    if by_columns is None:
        return

    kept = by_columns(frame, VARIABLES)

    if kept is not None:
        assert list(kept) == rows_kept(group, frame)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=detections(), condition=conditions)
def test_a_filter_keeps_what_the_condition_says_or_fails_as_it_does(frame: Any, condition: dict[str, Any]) -> None:
    expected = rows_kept(StatementGroup.model_validate(condition), frame)
    chain = [{"type": "DetectionsFilter", "filter_operation": condition}]

    if isinstance(expected, list):
        filtered = run_operations(chain, frame, VARIABLES)
        assert numpy.array_equal(filtered.xyxy, frame.xyxy[numpy.array(expected, dtype=bool)])
    else:
        with pytest.raises(RoboflowQueryLanguageError) as raised:
            run_operations(chain, frame, VARIABLES)
        assert type(raised.value) is expected


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=detections(), condition=likely_conditions)
def test_what_people_write_is_decided_on_columns(frame: Any, condition: dict[str, Any]) -> None:
    assert vectorised(StatementGroup.model_validate(condition)) is not None


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=detections(), condition=conditions)
def test_filtering_changes_nothing_in_its_input(frame: Any, condition: dict[str, Any]) -> None:
    before = copy.deepcopy(frame)
    written = copy.deepcopy(condition)

    try:
        run_operations([{"type": "DetectionsFilter", "filter_operation": condition}], frame, VARIABLES)
    except RoboflowQueryLanguageError:
        assert len(frame) > 0

    assert unchanged(frame, before)
    assert repr(condition) == repr(written)


READERS = st.sampled_from(
    [
        {"type": "DetectionsPropertyExtract", "property_name": "center"},
        {"type": "DetectionsPropertyExtract", "property_name": "class_name"},
        {"type": "DetectionsSelection", "mode": "left_most"},
        {"type": "SortDetections", "mode": "size", "ascending": False},
        {"type": "DetectionsOffset", "offset_x": 3, "offset_y": 3},
        {"type": "DetectionsShift", "shift_x": 3, "shift_y": 3},
        {"type": "DetectionsRename", "class_map": {"car": "cat"}, "strict": False},
        {"type": "PickDetectionsByParentClass", "parent_class": "car"},
        {"type": "DetectionsToDictionary"},
        {"type": "SequenceApply", "operations": [{"type": "ExtractDetectionProperty", "property_name": "size"}]},
        {"type": "SequenceLength"},
    ]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(frame=detections(), chain=st.lists(READERS, min_size=1, max_size=3))
def test_operations_change_nothing_in_their_input(frame: Any, chain: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(frame)

    try:
        result = run_operations(chain, frame)
    except RoboflowQueryLanguageError:
        result = None

    assert unchanged(frame, before)
    if type(result) is type(frame) and len(frame) and chain[-1]["type"] != "SortDetections":
        result.xyxy += 1
        assert unchanged(frame, before), "the result shares its boxes with the input"


def unchanged(frame: Any, before: Any) -> bool:
    """repr, because it tells nan from nothing and float32 from float64."""
    return repr(frame) == repr(before) and [value.dtype for value in frame.data.values()] == [
        value.dtype for value in before.data.values()
    ]


def test_numbers_that_a_column_cannot_hold_exactly_are_left_to_the_rows() -> None:
    """As float64, 2**53 + 1 would equal 2**53."""
    group = StatementGroup.model_validate(
        {
            "type": "StatementGroup",
            "statements": [
                {
                    "type": "BinaryStatement",
                    "left_operand": of_detection("class_id"),
                    "comparator": {"type": "=="},
                    "right_operand": static(float(2**53)),
                }
            ],
        }
    )
    frame = load_frame(class_id=2**53 + 1)
    by_columns = vectorised(group)

    assert by_columns is not None
    assert by_columns(frame, {}) is None
    assert rows_kept(group, frame) == [False]


def load_frame(*, class_id: int) -> Any:
    from query.detection_strategies import supervision

    return supervision.Detections(xyxy=numpy.zeros((1, 4), dtype=numpy.float32), class_id=numpy.array([class_id]))
