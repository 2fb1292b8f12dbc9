"""Every operation has a file of cases in ``tests/cases/uql``, and does what they say.

A case: ``parameters`` of the operation (its ``type`` is the file's name) applied to ``input`` (with ``globals``) give
``result``, or ``error`` (the class), or ``refused`` (the field a wrong definition is refused for).
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ringline.errors import RoboflowQueryLanguageError, WorkflowSyntaxError
from ringline.query import operation_classes, run_operations
from vectors.values import decode, difference

FOLDER = Path(__file__).parent.parent / "cases" / "uql"


def load_cases() -> list[Any]:
    return [
        pytest.param(path.stem, case, id=f"{path.stem}: {case['description']}")
        for path in sorted(FOLDER.glob("*.json"))
        for case in json.loads(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(("operation", "case"), load_cases())
def test_operation_does_what_its_cases_say(operation: str, case: dict[str, Any]) -> None:
    chain = [{"type": operation, **case.get("parameters", {})}]
    value = decode(case.get("input"))
    variables = case.get("globals", {})

    if "refused" in case:
        with pytest.raises(WorkflowSyntaxError) as refused:
            run_operations(chain, value, variables)
        assert refused.value.faults[0].field == f"[0].{case['refused']}"
        return
    if "error" in case:
        with pytest.raises(RoboflowQueryLanguageError) as raised:
            run_operations(chain, value, variables)
        assert type(raised.value).__name__ == case["error"], repr(raised.value)
        assert raised.value.context.startswith("step_execution | roboflow_query_language_evaluation | <root>[0]")
        assert case.get("says", "") in raised.value.public_message
        return
    assert difference(run_operations(chain, value, variables), case["result"]) is None


@pytest.mark.parametrize("operation", list(operation_classes()))
def test_every_operation_has_cases_of_success_and_of_failure(operation: str) -> None:
    cases = json.loads((FOLDER / f"{operation}.json").read_text(encoding="utf-8"))

    assert any("result" in case for case in cases)
    # These take any value and any parameter they have.
    if operation not in ("ToString", "RandomNumber"):
        assert any("error" in case or "refused" in case for case in cases)


def test_there_are_no_cases_without_an_operation() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} == set(operation_classes())


def test_the_language_has_the_thirty_six_operations() -> None:
    assert len(operation_classes()) == 36


@pytest.mark.parametrize("operation", list(operation_classes().values()), ids=lambda operation: operation.__name__)
def test_every_operation_says_what_it_is(operation: Any) -> None:
    assert operation.model_fields["type"].default == operation.__name__
    assert operation.__doc__
    assert operation.takes
    assert operation.gives
