"""Operations give what Roboflow's engine was recorded to give."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import WorkflowError
from ringline.query import run_operations
from vectors.values import case_id, cases, decode, difference, is_error

CASES = cases("uql.json")


@pytest.mark.parametrize("case", CASES, ids=case_id)
def test_operations_give_what_was_recorded(case: dict[str, Any]) -> None:
    value = decode(case["input"], label=case["label"])
    variables = decode(case.get("globals", {}))

    if "error" in case:
        with pytest.raises(WorkflowError) as raised:
            run_operations(case["operations"], value, variables)
        assert is_error(raised.value, case["error"]), f"{raised.value!r} instead of {case['error']}"
        return

    assert difference(run_operations(case["operations"], value, variables), case["result"]) is None


def test_every_recorded_case_is_run() -> None:
    assert len(CASES) == 213
