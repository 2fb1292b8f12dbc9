"""What whole definitions make of Roboflow's blocks: kinds on the wires, literals beside selectors, places of errors."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.blocks import discover
from ringline.clock import VirtualClock
from ringline.errors import (
    DefinitionError,
    EvaluationEngineError,
    InvalidInputTypeError,
    ReferenceTypeError,
    WorkflowError,
)
from ringline.messaging.direct import DirectSender
from ringline.workflow import BlockRegistry, Plan, compile_definition


@pytest.fixture(scope="module")
def registry() -> BlockRegistry:
    return BlockRegistry(discover())


def compiled(registry: BlockRegistry, clock: VirtualClock, *steps: dict[str, Any]) -> Plan:
    """The plan of these steps, with the untyped input `x` and the text input `text`."""
    definition = {
        "version": "1.0",
        "inputs": [
            {"type": "WorkflowParameter", "name": "x"},
            {"type": "WorkflowParameter", "name": "text", "kind": ["string"]},
        ],
        "steps": list(steps),
        "outputs": [],
    }
    services = {"clock": clock, "messages": DirectSender(clock=clock, base_url="http://127.0.0.1:1")}
    return compile_definition(definition, registry, services)


def continue_if(**fields: Any) -> dict[str, Any]:
    statement = {
        "type": "BinaryStatement",
        "left_operand": {"type": "DynamicOperand", "operand_name": "x", "operations": [{"type": "SequenceLength"}]},
        "comparator": {"type": "(Number) >"},
        "right_operand": {"type": "StaticOperand", "value": "one"},
    }
    return {
        "type": "roboflow_core/continue_if@v1",
        "name": "decide",
        "condition_statement": {"type": "StatementGroup", "statements": [statement]},
        "evaluation_parameters": {"x": "$inputs.x"},
        "next_steps": [],
        **fields,
    }


def test_media_in_a_list_are_literal(registry: BlockRegistry, clock: VirtualClock) -> None:
    step = {
        "type": "roboflow_core/twilio_sms_notification@v2",
        "name": "sms",
        "receiver_number": "+15550002222",
        "message": "hi",
        "media_url": ["http://a", "$steps.crop.image"],
    }

    assert compiled(registry, clock, step).steps[0].constants["media_url"] == ["http://a", "$steps.crop.image"]
    with pytest.raises(DefinitionError, match="points at the step `crop`"):
        compiled(registry, clock, {**step, "media_url": "$steps.crop.image"})


def test_text_is_no_output_of_a_language_model(registry: BlockRegistry, clock: VirtualClock) -> None:
    step = {"type": "roboflow_core/json_parser@v1", "name": "json", "expected_fields": []}

    assert compiled(registry, clock, {**step, "raw_json": "$inputs.x"})
    with pytest.raises(ReferenceTypeError):
        compiled(registry, clock, {**step, "raw_json": "$inputs.text"})


def test_what_is_aggregated_is_a_number_but_for_lists_and_counts_by_value(
    registry: BlockRegistry, clock: VirtualClock
) -> None:
    modes = ["sum", "max", "count", "values_difference", "distinct", "values_counts"]
    aggregate = {
        "type": "roboflow_core/data_aggregator@v1",
        "name": "a",
        "data": {"x": "$inputs.x"},
        "aggregation_mode": {"x": modes},
        "interval": 1,
    }

    for mode in modes[:4]:
        assert compiled(registry, clock, aggregate, continue_if(stop_delay=f"$steps.a.x_{mode}"))
    for mode in modes[4:]:
        with pytest.raises(ReferenceTypeError):
            compiled(registry, clock, aggregate, continue_if(stop_delay=f"$steps.a.x_{mode}"))


@pytest.mark.parametrize(
    ("x", "error", "place"),
    [
        ([], EvaluationEngineError, "<root>.statements[0]"),
        (None, InvalidInputTypeError, "<root>.statements[0].operations[0]"),
    ],
)
def test_an_error_in_a_condition_names_its_place(
    registry: BlockRegistry, clock: VirtualClock, x: Any, error: type[WorkflowError], place: str
) -> None:
    plan = compiled(registry, clock, continue_if())

    with pytest.raises(error) as raised:
        plan.run({"x": x})

    assert raised.value.context == f"step_execution | roboflow_query_language_evaluation | {place}"
