"""Chains and conditions as fields of models: checked when they are read, run as they are, dumped as written."""

from __future__ import annotations

import copy
import pickle
from typing import Any

import pytest
from pydantic import BaseModel, Field, ValidationError

from ringline.query import OperationChain, StatementGroup, operation_classes
from ringline.query.comparators import COMPARATORS, TESTS

CONDITION = {
    "type": "StatementGroup",
    "statements": [
        {
            "type": "UnaryStatement",
            "operand": {"type": "DynamicOperand", "operand_name": "x", "comment": "kept"},
            "operator": {"type": "Exists"},
        }
    ],
}
CHAIN = [
    {"type": "SequenceApply", "operations": [{"type": "StringToLowerCase", "comment": "kept"}]},
    {"type": "DetectionsFilter", "filter_operation": CONDITION},
]


class Manifest(BaseModel):
    operations: dict[str, OperationChain] = Field(default_factory=dict)
    chain: OperationChain = Field(default_factory=OperationChain)
    condition: StatementGroup | None = None


def test_a_model_dumps_its_chains_and_conditions_as_they_were_written() -> None:
    written = {"operations": {"a": CHAIN}, "chain": [], "condition": CONDITION}

    assert Manifest.model_validate(written).model_dump() == written
    assert Manifest.model_validate_json(Manifest.model_validate(written).model_dump_json()).model_dump() == written


def test_chains_and_conditions_run_as_they_are() -> None:
    manifest = Manifest.model_validate({"operations": {"a": CHAIN[:1]}, "condition": CONDITION})

    assert manifest.operations["a"](["A"]) == ["a"]
    assert manifest.chain("itself") == "itself"
    assert manifest.condition is not None
    assert manifest.condition({"x": 1})


def test_a_wrong_chain_is_refused_where_it_stands() -> None:
    with pytest.raises(ValidationError) as refused:
        Manifest.model_validate({"operations": {"a": [{"type": "X"}]}, "condition": {**CONDITION, "operator": "xor"}})

    assert [details["loc"] for details in refused.value.errors()] == [("operations", "a", 0), ("condition", "operator")]


def test_operations_can_be_declared_in_python() -> None:
    classes = operation_classes()
    join = classes["SequenceJoin"](separator="-")  # type: ignore[call-arg]
    chain = OperationChain([classes["SequenceLength"](), {"type": "ToString"}])  # type: ignore[call-arg]

    assert chain([1, 2]) == "2"
    assert OperationChain([join]).source == [{"type": "SequenceJoin", "separator": "-"}]
    assert OperationChain([join]) == [{"type": "SequenceJoin", "separator": "-"}]


def test_a_condition_can_be_declared_in_python() -> None:
    group = StatementGroup(type="StatementGroup", statements=CONDITION["statements"])  # type: ignore[arg-type]

    assert group({"x": 1})
    assert not group({"x": None})
    assert group.model_dump()["statements"] == CONDITION["statements"]


def test_what_was_written_is_kept_apart_from_the_author() -> None:
    written: dict[str, Any] = copy.deepcopy(CONDITION)
    group = StatementGroup.model_validate(written)
    written["statements"].clear()

    assert group.model_dump() == CONDITION


def test_chains_can_be_copied_and_sent_to_other_processes() -> None:
    chain = OperationChain(CHAIN[:1])

    assert copy.deepcopy(chain)(["A"]) == ["a"]
    assert pickle.loads(pickle.dumps(chain))(["A"]) == ["a"]


def test_the_schema_describes_the_whole_language() -> None:
    schema = Manifest.model_json_schema()

    assert set(operation_classes()) <= set(schema["$defs"])
    assert schema["$defs"]["Comparator"]["properties"]["type"]["enum"] == list(COMPARATORS)
    assert schema["$defs"]["ValueTest"]["properties"]["type"]["enum"] == list(TESTS)
    assert schema["$defs"]["SequenceAggregate"]["properties"]["mode"]["enum"] == [
        "first",
        "last",
        "most_common",
        "least_common",
    ]
