"""Conditions decide as Roboflow's engine was recorded to decide."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import WorkflowError
from ringline.query import evaluate_condition
from vectors.values import case_id, cases, decode, is_error

CASES = cases("condition.json")


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_conditions_decide_as_recorded(case: dict[str, Any]) -> None:
    values = decode(case["values"], label=case["label"])

    if "error" in case:
        with pytest.raises(WorkflowError) as raised:
            evaluate_condition(case["definition"], values)
        assert is_error(raised.value, case["error"]), f"{raised.value!r} instead of {case['error']}"
        return

    assert evaluate_condition(case["definition"], values) is case["result"]


def test_every_recorded_case_is_run() -> None:
    assert len(CASES) == 130
