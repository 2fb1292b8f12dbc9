"""The face of the query language: definitions are checked whole, errors say where, compiled forms are kept."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import (
    DefinitionError,
    EvaluationEngineError,
    InvalidInputTypeError,
    OperationError,
    RoboflowQueryLanguageError,
    UndeclaredSymbolError,
    WorkflowSyntaxError,
)
from ringline.query import compile_condition, compile_operations, evaluate_condition, run_operations

LOWER = {"type": "StringToLowerCase"}
EXISTS = {"type": "UnaryStatement", "operand": {"type": "DynamicOperand"}, "operator": {"type": "Exists"}}
HERE = "step_execution | roboflow_query_language_evaluation | <root>"


def group(*statements: dict[str, Any], operator: str = "or") -> dict[str, Any]:
    return {"type": "StatementGroup", "statements": list(statements), "operator": operator}


def test_a_chain_is_applied_left_to_right() -> None:
    chain = [{"type": "StringSubSequence", "start": 0, "end": 3}, LOWER, {"type": "SequenceLength"}]

    assert run_operations(chain, "ABCDE") == 3


def test_an_empty_chain_gives_the_value_itself() -> None:
    value = [object()]

    assert run_operations([], value) is value


@pytest.mark.parametrize(
    ("chain", "value", "place"),
    [
        ([LOWER], 5, "[0]"),
        ([{"type": "ToString"}, LOWER, {"type": "ToNumber", "cast_to": "int"}], "x", "[2]"),
        (
            [
                {
                    "type": "SequenceApply",
                    "operations": [{"type": "ToString"}, {"type": "SequenceMap", "lookup_table": {}}],
                }
            ],
            ["x"],
            "[0].operations[1]",
        ),
        (
            [{"type": "SequenceApply", "operations": [{"type": "SequenceApply", "operations": [LOWER]}]}],
            [[5]],
            "[0].operations[0].operations[0]",
        ),
    ],
    ids=["first", "third", "inside", "inside the inside"],
)
def test_an_error_says_at_which_operation_it_arose(chain: list[Any], value: Any, place: str) -> None:
    with pytest.raises(RoboflowQueryLanguageError) as raised:
        run_operations(chain, value)

    assert raised.value.context == HERE + place


@pytest.mark.parametrize(
    ("condition", "values", "error", "place"),
    [
        (group(EXISTS, EXISTS), {}, UndeclaredSymbolError, ".statements[0]"),
        (
            group(EXISTS, {**EXISTS, "operand": {"type": "DynamicOperand", "operations": [LOWER]}}),
            {"_": 5},
            InvalidInputTypeError,
            ".statements[1].operations[0]",
        ),
        (
            group(
                EXISTS,
                group(
                    {
                        "type": "BinaryStatement",
                        "left_operand": {"type": "DynamicOperand"},
                        "comparator": {"type": "(Number) >"},
                        "right_operand": {"type": "StaticOperand", "value": 1},
                    }
                ),
            ),
            {"_": "x"},
            EvaluationEngineError,
            ".statements[1].statements[0]",
        ),
    ],
    ids=["symbol", "operand", "comparison"],
)
def test_a_condition_says_which_statement_failed(
    condition: dict[str, Any], values: dict[str, Any], error: type[Exception], place: str
) -> None:
    with pytest.raises(RoboflowQueryLanguageError) as raised:
        evaluate_condition(condition, values)

    assert type(raised.value) is error
    assert raised.value.context == HERE + place


def test_an_undecidable_statement_keeps_what_python_said() -> None:
    condition = group({**EXISTS, "operator": {"type": "(Sequence) is empty"}})

    with pytest.raises(EvaluationEngineError) as raised:
        evaluate_condition(condition, {"_": 5})

    assert raised.value.inner_error_type == "TypeError"
    assert str(raised.value) == "`(Sequence) is empty` cannot be asked of an `int`"


def test_a_value_that_lacks_what_it_should_have_makes_a_statement_undecidable() -> None:
    """Where the reference's own code fails inside a statement, it answers EvaluationEngineError."""
    operand = {"type": "DynamicOperand", "operations": [{"type": "ToNumber", "cast_to": "int"}]}

    with pytest.raises(InvalidInputTypeError):
        run_operations(operand["operations"], "inf")
    with pytest.raises(EvaluationEngineError):
        evaluate_condition(group({**EXISTS, "operand": operand}), {"_": "inf"})


def test_an_error_never_shows_the_value() -> None:
    for chain in ([{"type": "ToNumber", "cast_to": "int"}], [{"type": "LookupTable", "lookup_table": {"a": 1}}]):
        with pytest.raises(InvalidInputTypeError) as raised:
            run_operations(chain, "a-secret-token")
        assert "a-secret-token" not in str(raised.value)


WRONG = [
    ("not a list", "abc", "", "this should be a valid list", ""),
    (
        "an unknown operation",
        [{"type": "StringToLower"}],
        "[0]",
        "there is no operation 'StringToLower'; did you mean `StringToLowerCase` or `StringToUpperCase` or `ToString`?",
        "",
    ),
    ("nothing like it", [{"type": 5}], "[0]", "there is no operation 5; `ringline schema` lists them", ""),
    ("case counts", [{"type": "tostring"}], "[0]", "there is no operation 'tostring'; did you mean `ToString`?", ""),
    ("no type", [{"regex": "a"}], "[0]", "an operation needs `type`, the name of what it does", ""),
    (
        "a missing parameter",
        [LOWER, {"type": "StringMatches"}],
        "[1].regex",
        "this key is missing",
        "Add `regex`; it has no default.",
    ),
    (
        "outside the choice",
        [{"type": "SequenceAggregate", "mode": "median"}],
        "[0].mode",
        "this should be 'first', 'last', 'most_common' or 'least_common'",
        "",
    ),
    (
        "text for a number",
        [{"type": "NumberRound", "decimal_digits": "two"}],
        "[0].decimal_digits",
        "this should be a valid integer, unable to parse string as an integer",
        "",
    ),
    (
        "deep inside",
        [{"type": "SequenceApply", "operations": [LOWER, {"type": "Nope"}]}],
        "[0].operations[1]",
        "there is no operation 'Nope'; `ringline schema` lists them",
        "",
    ),
    (
        "an empty condition",
        [{"type": "DetectionsFilter", "filter_operation": group()}],
        "[0].filter_operation.statements",
        "this list must not be empty",
        "Write at least one statement.",
    ),
    (
        "an unknown comparator",
        [
            {
                "type": "DetectionsFilter",
                "filter_operation": group(
                    {
                        "type": "BinaryStatement",
                        "left_operand": {"type": "DynamicOperand"},
                        "comparator": {"type": "(Number)>"},
                        "right_operand": {"type": "StaticOperand", "value": 1},
                    }
                ),
            }
        ],
        "[0].filter_operation.statements[0].comparator.type",
        "there is no comparator '(Number)>'; did you mean `(Number) >` or `(Number) >=` or `(Number) <`?",
        "",
    ),
]


@pytest.mark.parametrize(
    ("chain", "field", "message", "fix"), [row[1:] for row in WRONG], ids=[row[0] for row in WRONG]
)
def test_a_wrong_definition_is_refused_in_plain_words(chain: Any, field: str, message: str, fix: str) -> None:
    with pytest.raises(WorkflowSyntaxError) as refused:
        run_operations(chain, "x")

    fault = refused.value.faults[0]
    assert (fault.field or "", fault.message, fault.fix) == (field, message, fix)
    assert isinstance(refused.value, DefinitionError)


def test_every_fault_is_told_at_once() -> None:
    with pytest.raises(WorkflowSyntaxError) as refused:
        run_operations([{"type": "Nope"}, {"type": "NumberRound"}, {"type": "StringMatches"}], "x")

    assert [fault.field for fault in refused.value.faults] == ["[0]", "[1].decimal_digits", "[2].regex"]
    assert str(refused.value).startswith("`[0]` of the operations: there is no operation 'Nope'")
    assert "(2 more)" in str(refused.value)


def test_nothing_runs_when_a_later_operation_is_wrong() -> None:
    class Watched(str):
        seen = False

        def lower(self) -> str:
            Watched.seen = True
            return super().lower()

    with pytest.raises(WorkflowSyntaxError):
        run_operations([LOWER, {"type": "Nope"}], Watched("A"))

    assert not Watched.seen


def test_a_condition_nested_without_end_is_refused() -> None:
    condition = group(EXISTS)
    for _ in range(300):
        condition = group(condition)

    with pytest.raises(WorkflowSyntaxError):
        evaluate_condition(condition, {"_": 1})


def test_a_constant_nested_without_end_is_refused() -> None:
    value: list[Any] = []
    for _ in range(5000):
        value = [value]

    with pytest.raises(WorkflowSyntaxError, match="nested too deeply"):
        run_operations([{"type": "LookupTable", "lookup_table": {"a": value}}], "a")


def test_the_same_definition_is_compiled_once() -> None:
    assert compile_operations([LOWER]) is compile_operations([{"type": "StringToLowerCase"}])
    assert compile_condition(group(EXISTS)) is compile_condition(group(EXISTS))


@pytest.mark.parametrize("key", [1, 1.0, True, "1"])
def test_definitions_that_look_alike_are_kept_apart(key: Any) -> None:
    """1, 1.0 and True are equal in Python, and not the same key of a table to ``type()``."""
    chain = [{"type": "LookupTable", "lookup_table": {key: repr(key)}}]

    assert run_operations(chain, key) == repr(key)


def test_changing_a_definition_afterwards_changes_nothing_compiled() -> None:
    table = {"a": 1}
    chain = compile_operations([{"type": "LookupTable", "lookup_table": table}])
    table["a"] = 2

    assert chain("a") == 1
    assert chain.source == [{"type": "LookupTable", "lookup_table": {"a": 1}}]


def test_a_definition_that_holds_objects_runs_too() -> None:
    marker = object()

    assert run_operations([{"type": "LookupTable", "lookup_table": {"a": marker}}], "a") is marker


def test_a_pattern_that_backtracks_without_end_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ringline.query.scalars.MATCH_SECONDS", 0.05)

    with pytest.raises(OperationError, match="backtracks without end"):
        run_operations([{"type": "StringMatches", "regex": "(a|aa)+$"}], "a" * 60 + "b")


def test_random_numbers_stay_between_their_bounds() -> None:
    drawn = [run_operations([{"type": "RandomNumber", "min_value": 2, "max_value": 3}], None) for _ in range(200)]

    assert all(2 <= number < 3 for number in drawn)
    assert len(set(drawn)) > 100


def test_bounds_the_wrong_way_round_are_as_wide_above_the_first() -> None:
    drawn = [run_operations([{"type": "RandomNumber", "min_value": 3, "max_value": 2}], None) for _ in range(200)]

    assert all(3 <= number < 4 for number in drawn)


def test_a_joined_text_is_refused_before_it_is_built() -> None:
    with pytest.raises(OperationError, match="longer than 1,000,000"):
        run_operations([{"type": "SequenceJoin", "separator": ""}], ["x" * 1000] * 1001)
    assert len(run_operations([{"type": "SequenceJoin", "separator": ""}], ["x" * 1000] * 1000)) == 1_000_000
