"""The condition language, rule by rule: what each comparator and test says of values."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import EvaluationEngineError, UndeclaredSymbolError, WorkflowSyntaxError
from ringline.query import evaluate_condition
from ringline.query.comparators import COMPARATORS, TESTS
from ringline.query.vision import load

SQUARE = [[0, 0], [10, 0], [10, 10], [0, 10]]
BOW_TIE = [[0, 0], [10, 10], [10, 0], [0, 10]]
UNDECIDABLE = EvaluationEngineError

COMPARISONS = [
    ("==", 1, 1.0, True),
    ("==", "1", 1, False),
    ("==", None, None, True),
    ("==", [1, {"a": 2}], [1, {"a": 2}], True),
    ("!=", "1", 1, True),
    ("!=", None, None, False),
    ("(Number) ==", True, 1, True),
    ("(Number) !=", 1, 1.0, False),
    ("(Number) >", 2, 1.5, True),
    ("(Number) >", 1, 1, False),
    ("(Number) >=", 1, 1, True),
    ("(Number) <", "a", "b", True),
    ("(Number) <", [1, 2], [1, 3], True),
    ("(Number) <=", True, 1, True),
    ("(Number) <=", None, 1, UNDECIDABLE),
    ("(Number) >", "2", 1, UNDECIDABLE),
    ("(Number) in range", 1, [1, 2], True),
    ("(Number) in range", 2, [1, 2], True),
    ("(Number) in range", 2.1, [1, 2], False),
    ("(Number) in range", 2, [3, 1], False),
    ("(Number) in range", 2, [1], UNDECIDABLE),
    ("(Number) in range", 2, 5, UNDECIDABLE),
    ("(String) startsWith", "abc", "ab", True),
    ("(String) startsWith", "abc", "AB", False),
    ("(String) startsWith", "abc", "", True),
    ("(String) startsWith", ["a"], "a", UNDECIDABLE),
    ("(String) startsWith", "abc", 1, UNDECIDABLE),
    ("(String) endsWith", "abc", "bc", True),
    ("(String) endsWith", 5, "5", UNDECIDABLE),
    ("(String) contains", "abc", "b", True),
    ("(String) contains", ["a", "b"], "a", True),
    ("(String) contains", {"a": 1}, "a", True),
    ("(String) contains", "abc", 1, UNDECIDABLE),
    ("(String) contains", 5, 1, UNDECIDABLE),
    ("in (Sequence)", "a", ["a"], True),
    ("in (Sequence)", ["a"], ["a", "b"], False),
    ("in (Sequence)", ["a"], [["a"]], True),
    ("in (Sequence)", "a", {"a": 1}, True),
    ("in (Sequence)", "ab", "cab", True),
    ("in (Sequence)", "a", 5, UNDECIDABLE),
    ("any in (Sequence)", ["a", "z"], ["a", "b"], True),
    ("any in (Sequence)", [], ["a"], False),
    ("any in (Sequence)", "xa", ["a"], True),
    ("any in (Sequence)", 5, [5], UNDECIDABLE),
    ("all in (Sequence)", ["a", "z"], ["a", "b"], False),
    ("all in (Sequence)", [], ["a"], True),
    ("all in (Sequence)", "ab", "abc", True),
    ("all in (Sequence)", None, ["a"], UNDECIDABLE),
    ("(Detection) in zone", [5, 5], SQUARE, True),
    ("(Detection) in zone", (5.5, 0.001), SQUARE, True),
    ("(Detection) in zone", [0, 5], SQUARE, False),
    ("(Detection) in zone", [10, 10], SQUARE, False),
    ("(Detection) in zone", [11, 5], SQUARE, False),
    ("(Detection) in zone", [2, 5], BOW_TIE, True),
    ("(Detection) in zone", [5, 2], BOW_TIE, False),
    ("(Detection) in zone", [8, 5], BOW_TIE, True),
    ("(Detection) in zone", [5, 5], [[0, 0], [10, 10]], UNDECIDABLE),
    ("(Detection) in zone", [5, 5, 5], SQUARE, UNDECIDABLE),
    ("(Detection) in zone", "x", SQUARE, UNDECIDABLE),
    ("(Detection) in zone", [5, 5], "zone", UNDECIDABLE),
]


def binary(comparator: str, *, negate: bool = False) -> dict[str, Any]:
    return {
        "type": "BinaryStatement",
        "left_operand": {"type": "DynamicOperand", "operand_name": "a"},
        "comparator": {"type": comparator},
        "right_operand": {"type": "DynamicOperand", "operand_name": "b"},
        "negate": negate,
    }


def unary(operator: str, *, name: str = "a", negate: bool = False) -> dict[str, Any]:
    return {
        "type": "UnaryStatement",
        "operand": {"type": "DynamicOperand", "operand_name": name},
        "operator": {"type": operator},
        "negate": negate,
    }


def group(*statements: dict[str, Any], operator: str = "or") -> dict[str, Any]:
    return {"type": "StatementGroup", "statements": list(statements), "operator": operator}


@pytest.mark.parametrize(("comparator", "one", "other", "answer"), COMPARISONS)
def test_comparators_answer_as_the_table_says(comparator: str, one: Any, other: Any, answer: Any) -> None:
    values = {"a": one, "b": other}

    if answer is UNDECIDABLE:
        for negate in (False, True):
            with pytest.raises(EvaluationEngineError):
                evaluate_condition(group(binary(comparator, negate=negate)), values)
        return
    assert evaluate_condition(group(binary(comparator)), values) is answer
    assert evaluate_condition(group(binary(comparator, negate=True)), values) is not answer


QUESTIONS = [
    ("Exists", 0, True),
    ("Exists", None, False),
    ("DoesNotExist", None, True),
    ("DoesNotExist", "", False),
    ("(Boolean) is True", True, True),
    ("(Boolean) is True", 1, False),
    ("(Boolean) is True", None, False),
    ("(Boolean) is False", False, True),
    ("(Boolean) is False", 0, False),
    ("(Boolean) is False", None, False),
    ("(Sequence) is empty", [], True),
    ("(Sequence) is empty", "a", False),
    ("(Sequence) is empty", {}, True),
    ("(Sequence) is empty", None, UNDECIDABLE),
    ("(Sequence) is not empty", [0], True),
    ("(Sequence) is not empty", "", False),
    ("(Sequence) is not empty", 5, UNDECIDABLE),
]


@pytest.mark.parametrize(("test", "value", "answer"), QUESTIONS)
def test_tests_answer_as_the_table_says(test: str, value: Any, answer: Any) -> None:
    if answer is UNDECIDABLE:
        with pytest.raises(EvaluationEngineError):
            evaluate_condition(group(unary(test)), {"a": value})
        return
    assert evaluate_condition(group(unary(test)), {"a": value}) is answer
    assert evaluate_condition(group(unary(test, negate=True)), {"a": value}) is not answer


def test_the_tables_hold_the_whole_language() -> None:
    assert {row[0] for row in COMPARISONS} == set(COMPARATORS)
    assert {row[0] for row in QUESTIONS} == set(TESTS)


def test_numpys_booleans_are_not_the_booleans() -> None:
    numpy = load("numpy", purpose="Testing")

    assert evaluate_condition(group(unary("(Boolean) is True")), {"a": numpy.True_}) is False


def test_a_comparison_with_many_answers_is_undecidable() -> None:
    numpy = load("numpy", purpose="Testing")

    with pytest.raises(EvaluationEngineError):
        evaluate_condition(group(binary("==")), {"a": numpy.array([1, 2]), "b": numpy.array([1, 3])})


def test_detections_can_be_asked_whether_there_are_any() -> None:
    supervision = load("supervision", purpose="Testing")

    assert evaluate_condition(group(unary("(Sequence) is empty")), {"a": supervision.Detections.empty()}) is True


def test_a_name_nobody_handed_in_is_told_with_those_that_are() -> None:
    with pytest.raises(UndeclaredSymbolError, match=r"names `q`.*there are: `a`, `b`"):
        evaluate_condition(group(unary("Exists", name="q")), {"a": 1, "b": 2})


@pytest.mark.parametrize("operator", ["or", "and"])
def test_every_statement_is_evaluated(operator: str) -> None:
    """The first decides an "or" by being true and an "and" by being false; the second fails all the same."""
    first = unary("Exists", negate=operator == "and")

    with pytest.raises(EvaluationEngineError):
        evaluate_condition(group(first, unary("(Sequence) is empty"), operator=operator), {"a": 1})


def test_the_default_is_or() -> None:
    condition = {"type": "StatementGroup", "statements": [unary("Exists"), unary("DoesNotExist")]}

    assert evaluate_condition(condition, {"a": 1}) is True


nested = st.recursive(
    st.booleans(), lambda inner: st.tuples(st.sampled_from(["or", "and"]), st.lists(inner, min_size=1))
)


@given(nested)
def test_groups_combine_as_any_and_all_do(tree: Any) -> None:
    def written(node: Any) -> dict[str, Any]:
        if isinstance(node, bool):
            return unary("Exists", negate=not node)
        operator, inner = node
        return group(*map(written, inner), operator=operator)

    def meant(node: Any) -> bool:
        if isinstance(node, bool):
            return node
        operator, inner = node
        return (any if operator == "or" else all)(meant(one) for one in inner)

    condition = written(tree) if not isinstance(tree, bool) else group(written(tree))

    assert evaluate_condition(condition, {"a": 1}) is meant(tree)


@pytest.mark.parametrize("part", [(), ("statements", 0), ("statements", 0, "operand")])
def test_every_part_says_what_it_is(part: tuple[str | int, ...]) -> None:
    definition: dict[str, Any] = {
        "type": "StatementGroup",
        "statements": [
            {"type": "UnaryStatement", "operand": {"type": "DynamicOperand"}, "operator": {"type": "Exists"}}
        ],
    }
    found: Any = definition
    for step in part:
        found = found[step]
    del found["type"]

    with pytest.raises(WorkflowSyntaxError):
        evaluate_condition(definition, {"_": 1})
