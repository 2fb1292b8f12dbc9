"""Plans give what Roboflow's rules say for single values: defaults, checks of inputs, skips, outputs, errors."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ringline.blocks.roboflow.buffer import Buffer
from ringline.errors import (
    ExecutionEngineRuntimeError,
    InvalidInputTypeError,
    RuntimeInputError,
    StepExecutionError,
)
from ringline.workflow import BlockRegistry, compile_definition
from workflow.building import compiled, definition, step
from workflow.sample_blocks import Echo


def test_an_absent_parameter_takes_its_default_and_a_given_none_stays() -> None:
    parameter = {"type": "WorkflowParameter", "name": "a", "default_value": 7}
    plan = compiled(definition(inputs=[parameter], outputs={"o": "$inputs.a"}))

    assert [plan.run(), plan.run({"a": None}), plan.run({"a": 1, "unknown": 2})] == [
        [{"o": 7}],
        [{"o": None}],
        [{"o": 1}],
    ]


def test_without_outputs_there_is_one_empty_result() -> None:
    assert compiled(definition([step("echo", "a")])).run() == [{}]


def test_steps_run_in_the_order_their_values_ask_for() -> None:
    plan = compiled(
        definition(
            [
                step("echo", "last", values={"x": "$steps.middle.output", "y": 2}),
                step("echo", "middle", value="$steps.first.output"),
                {"type": "Echo", "name": "first", "value": "$inputs.a"},
            ],
            inputs=["a"],
            outputs={"o": "$steps.last.values"},
        )
    )

    assert [planned.name for planned in plan.steps] == ["first", "middle", "last"]
    assert plan.run({"a": 1}) == [{"o": {"x": 1, "y": 2}}]


def test_steps_run_wave_by_wave_and_in_definition_order_within_one() -> None:
    plan = compiled(
        definition(
            [
                step("echo", "early", value="$inputs.a"),
                step("echo", "behind_early", value="$steps.early.output"),
                step("echo", "behind_both", values=["$steps.behind_early.output", "$steps.also_early.output"]),
                step("echo", "also_early", value="$inputs.a"),
            ],
            inputs=["a"],
        )
    )

    assert [planned.name for planned in plan.steps] == ["early", "also_early", "behind_early", "behind_both"]


def test_none_from_a_step_skips_its_readers_and_none_from_a_parameter_does_not() -> None:
    plan = compiled(
        definition(
            [step("echo", "a", value="$inputs.x"), step("echo", "b", values=["$steps.a.output", 1])],
            inputs=["x"],
            outputs={"a": "$steps.a.*", "b": "$steps.b.*"},
        )
    )

    assert plan.run({"x": None}) == [{"a": {"output": None, "values": {}}, "b": {"output": None, "values": None}}]


def test_a_block_that_accepts_none_runs_all_the_same() -> None:
    plan = compiled(
        definition(
            [step("echo", "a", value="$inputs.x"), step("first", "b", data=["$steps.a.output"], default="none came")],
            inputs=["x"],
            outputs={"o": "$steps.b.output"},
        )
    )

    assert [plan.run({"x": None}), plan.run({"x": 0})] == [[{"o": "none came"}], [{"o": 0}]]


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (901, "The input `s` does not fit the step `l`: `seconds` must be at most 900, not 901."),
        (1.5, "The input `s` does not fit the step `l`: `seconds` must be a whole number, not 1.5."),
        (None, "The input `s` has no value, and `seconds` of the step `l` needs one."),
    ],
)
def test_a_parameter_that_fills_a_field_must_be_what_the_field_takes(value: Any, sentence: str) -> None:
    plan = compiled(
        definition([step("limit", "l", seconds="$inputs.s")], inputs=["s"], outputs={"o": "$steps.l.seconds"})
    )

    with pytest.raises(RuntimeInputError) as raised:
        plan.run({"s": value})

    assert (str(raised.value), raised.value.inner_error_type) == (sentence, "ValidationError")
    assert raised.value.context == "workflow_execution | runtime_input_validation"


def test_a_parameter_is_taken_as_its_field_takes_literals() -> None:
    plan = compiled(
        definition([step("limit", "l", seconds="$inputs.s")], inputs=["s"], outputs={"o": "$steps.l.seconds"})
    )

    assert plan.run({"s": "5"}) == [{"o": 5}]


def test_a_secret_that_does_not_fit_is_not_shown() -> None:
    plan = compiled(definition([step("limit", "l", token="$inputs.t")], inputs=["t"]))

    with pytest.raises(RuntimeInputError) as raised:
        plan.run({"t": ["hunter2"]})

    assert "hunter2" not in f"{raised.value} {raised.value.inner_error}"


def test_defaults_are_checked_as_well() -> None:
    parameter = {"type": "WorkflowParameter", "name": "s", "default_value": -1}
    plan = compiled(definition([step("limit", "l", seconds="$inputs.s")], inputs=[parameter]))

    with pytest.raises(RuntimeInputError):
        plan.run()


def test_serialised_outputs_are_of_json_and_mask_secrets() -> None:
    plan = compiled(
        definition(
            [step("limit", "l", token="$inputs.token"), step("echo", "e", value="$inputs.when")],
            inputs=["token", "when"],
            outputs={"secret": "$steps.l.secret", "all": "$steps.l.*", "when": "$steps.e.output"},
        )
    )
    inputs = {"token": "ACsecret123", "when": {"at": [datetime(2026, 1, 2, tzinfo=UTC)], "of": b"x"}}

    assert plan.run(inputs, serialize=True) == [
        {
            "secret": "AC********23",
            "all": {"seconds": 5, "secret": "AC********23"},
            "when": {"at": ["2026-01-02T00:00:00+00:00"], "of": "eA=="},
        }
    ]
    assert plan.run(inputs)[0]["secret"] == "ACsecret123"


def test_what_a_block_raises_names_its_step() -> None:
    plan = compiled(definition([step("fail", "f", value="$inputs.error")], inputs=["error"]))
    cause = KeyError("x")

    with pytest.raises(StepExecutionError) as raised:
        plan.run({"error": cause})

    assert (raised.value.block_id, raised.value.block_type) == ("f", "roboflow_core/fail@v1")
    assert raised.value.inner_error is cause
    assert str(raised.value) == "The step `f` (roboflow_core/fail@v1) failed: 'x'"
    assert "KeyError" in (raised.value.block_traceback or "")


def test_an_error_of_the_workflow_passes_as_it_is() -> None:
    plan = compiled(definition([step("fail", "f", value="$inputs.error")], inputs=["error"]))
    error = InvalidInputTypeError("no text", "somewhere")

    with pytest.raises(InvalidInputTypeError) as raised:
        plan.run({"error": error})

    assert raised.value is error


def test_a_block_must_give_exactly_its_outputs() -> None:
    plan = compiled(definition([step("fail", "f", value=1)]))

    with pytest.raises(ExecutionEngineRuntimeError) as raised:
        plan.run()

    assert str(raised.value) == (
        "The step `f` (roboflow_core/fail@v1) does not give `output` and gives `unexpected`, which it does not declare."
    )


def test_runs_of_one_plan_share_nothing_but_what_blocks_remember() -> None:
    plan = compiled(
        definition([step("echo", "a", values={"x": "$inputs.x"})], inputs=["x"], outputs={"o": "$steps.a.values"})
    )

    first, second = plan.run({"x": 1}), plan.run({"x": 2})

    assert (first, second) == ([{"o": {"x": 1}}], [{"o": {"x": 2}}])


def test_inputs_must_be_a_mapping() -> None:
    with pytest.raises(RuntimeInputError, match="a mapping by name"):
        compiled(definition()).run([1])  # type: ignore[arg-type]


def test_what_blocks_remember_can_be_taken_to_another_plan() -> None:
    """Roboflow's `buffer` keeps its values from run to run; a server keeps them from process to process."""
    source = definition(
        [step("buffer", "b", data="$steps.e.output", length=2), step("echo", "e", value="$inputs.x")],
        inputs=["x"],
        outputs={"o": "$steps.b.output"},
    )
    blocks = BlockRegistry([Echo, Buffer])
    first, second = compile_definition(source, blocks), compile_definition(source, blocks)

    first.run({"x": 1})
    second.load_state(first.dump_state())

    assert second.run({"x": 2}) == [{"o": [2, 1]}]


def test_inputs_can_be_checked_and_written_down_before_a_run() -> None:
    plan = compiled(definition([step("limit", "l", seconds="$inputs.s", token="$inputs.t")], inputs=["s", "t"]))

    with pytest.raises(RuntimeInputError):
        plan.check_inputs({"s": 901, "t": "x"})
    assert plan.written_inputs({"s": 5, "t": "ACsecret123", "other": 1}) == {"s": 5, "t": "AC********23"}
