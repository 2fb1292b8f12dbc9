"""The extra `vision` is loaded by what needs it, and named where it is missing."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from typing import Any

import pytest

from ringline.errors import OperationError
from ringline.query import evaluate_condition, run_operations
from ringline.query.vision import is_detections, load


def python(program: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.strip()


def test_the_language_runs_without_loading_the_extra() -> None:
    loaded = python(
        """
        import sys
        from ringline.query import run_operations
        run_operations([{"type": "SequenceApply", "operations": [{"type": "ToString"}]}], [1])
        try:
            run_operations([{"type": "DetectionsPropertyExtract", "property_name": "size"}], [1])
        except Exception as error:
            print(type(error).__name__)
        print(sorted({"numpy", "supervision", "shapely", "PIL", "regex"} & set(sys.modules)))
        """
    )

    assert loaded.splitlines() == ["InvalidInputTypeError", "[]"]


def test_loading_supervision_is_silent() -> None:
    """It warns that OpenCV is missing, which nothing of ours needs."""
    program = """
        import warnings
        warnings.simplefilter("error")
        from ringline.query.vision import load
        print(load("supervision", purpose="Testing").Detections.empty().xyxy.shape)
        """

    assert python(program) == "(0, 4)"


@pytest.fixture
def without(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes modules impossible to import."""

    def remove(*names: str) -> None:
        for name in names:
            monkeypatch.setitem(sys.modules, name, None)

    return remove


def test_a_missing_extra_is_named_with_the_command_that_installs_it(without: Any) -> None:
    without("shapely")
    zone = {
        "type": "StatementGroup",
        "statements": [
            {
                "type": "BinaryStatement",
                "left_operand": {"type": "StaticOperand", "value": [1, 1]},
                "comparator": {"type": "(Detection) in zone"},
                "right_operand": {"type": "StaticOperand", "value": [[0, 0], [9, 0], [9, 9]]},
            }
        ],
    }

    with pytest.raises(OperationError) as raised:
        evaluate_condition(zone, {})

    assert "needs `shapely`" in str(raised.value)
    assert "pip install 'ringline[vision]'" in str(raised.value)


def test_without_supervision_nothing_is_detections(without: Any) -> None:
    some = load("supervision", purpose="Testing").Detections.empty()
    assert is_detections(some)

    without("supervision")

    assert not is_detections(some)
    assert run_operations([{"type": "SequenceLength"}], [1]) == 1
