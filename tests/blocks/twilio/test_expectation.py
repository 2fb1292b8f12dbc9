"""What a step that waits for a reply may expect, and what a reply means to it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ringline.blocks.twilio.expectation import arguments_of, faults_of_expect
from ringline.errors import RequestError
from ringline.workflow.replies import interpret

LATE = datetime(2026, 11, 21, 3, 0, tzinfo=UTC).timestamp()
"""In New York it is still Friday the 20th."""


def test_tomorrow_is_counted_where_the_workflow_lives() -> None:
    there = arguments_of({"type": "date"}, {"timezone": "America/New_York", "country": "US"})
    nowhere = arguments_of({"type": "date"}, {})

    assert interpret(there, ["tomorrow"], LATE).value == "2026-11-21"
    assert interpret(nowhere, ["tomorrow"], LATE).value == "2026-11-22"
    assert interpret(there, ["12/5"], LATE).value == "2026-12-05"


def test_the_country_of_the_step_counts_before_the_workflows() -> None:
    expect = arguments_of({"type": "phone", "country": "GB"}, {"country": "US"})

    assert interpret(expect, ["07400 123456"], LATE).value == "+447400123456"


def test_bounds_reach_the_types_that_have_them() -> None:
    expect = arguments_of({"type": "date", "minimum": "2026-11-21"}, {})

    assert interpret(expect, ["2026-11-20"], LATE).status == "out_of_range"
    with pytest.raises(RequestError, match="held against a date"):
        arguments_of({"type": "date", "minimum": "soon"}, {})


@pytest.mark.parametrize(
    ("expect", "field", "sentence"),
    [
        ({"type": "email", "minimum": 3}, "expect.minimum", "`minimum` goes with"),
        ({"type": "date", "maximum": "soon"}, "expect.maximum", "`maximum` is 'soon'"),
        ({"type": "duration", "minimum": 3600, "maximum": 60}, "expect.minimum", "at least 3600 and at most 60"),
        ({"type": "date", "integer": True}, "expect.integer", "`integer` goes with"),
    ],
)
def test_bounds_that_fit_no_answer_are_faults(expect: dict[str, Any], field: str, sentence: str) -> None:
    [(severity, where, message, fix)] = faults_of_expect(expect)

    assert (severity, where) == ("error", field)
    assert sentence in message
    assert fix


def test_bounds_from_an_input_wait_for_the_run() -> None:
    assert list(faults_of_expect({"type": "date", "minimum": "$inputs.from"})) == []
    assert list(faults_of_expect({"type": "duration", "minimum": 60, "maximum": 3600})) == []
