"""Steps on batches: broadcast, one call per element, whole batches, deeper and gathered levels, control per element."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import InvalidBlockBehaviourError, RuntimeInputError
from workflow.building import compiled, definition, notify, step

NESTED = {"type": "WorkflowBatchInput", "name": "deep", "dimensionality": 2}


def test_each_element_is_a_call_and_single_values_repeat() -> None:
    plan = compiled(
        definition(
            [step("echo", "e", values={"x": "$inputs.a", "p": "$inputs.p"})],
            inputs=["p"],
            batches=["a"],
            outputs={"o": "$steps.e.values", "p": "$inputs.p"},
        )
    )

    assert plan.run({"a": [1, 2], "p": "z"}) == [
        {"o": {"x": 1, "p": "z"}, "p": "z"},
        {"o": {"x": 2, "p": "z"}, "p": "z"},
    ]


@pytest.mark.parametrize("other", [3, [3]])
def test_one_value_serves_every_element(other: Any) -> None:
    plan = compiled(
        definition([step("echo", "e", value="$inputs.b")], batches=["a", "b"], outputs={"o": "$steps.e.output"})
    )

    assert plan.run({"a": [1, 2], "b": other}) == [{"o": 3}, {"o": 3}]


@pytest.mark.parametrize(
    ("inputs", "sentence"),
    [
        ({"a": [1, 2]}, "The batch input `b` was not given. Hand in a list, or one value."),
        ({"a": None, "b": 1}, "The batch input `a` was not given. Hand in a list, or one value."),
        (
            {"a": [1, 2], "b": [1, 2, 3]},
            (
                "The batch input `b` has 3 elements, and this run works on 2. All batch inputs of a run need one "
                "length, or one value that is used for every element."
            ),
        ),
        (
            {"a": [], "b": 1},
            (
                "The batch input `a` has 0 elements, and this run works on 1. All batch inputs of a run need one "
                "length, or one value that is used for every element."
            ),
        ),
    ],
)
def test_batches_of_other_lengths_are_refused(inputs: dict[str, Any], sentence: str) -> None:
    plan = compiled(definition(batches=["a", "b"]))

    with pytest.raises(RuntimeInputError) as raised:
        plan.run(inputs)

    assert str(raised.value) == sentence


def test_an_element_without_a_value_is_skipped_alone() -> None:
    plan = compiled(
        definition(
            [step("echo", "e", value="$inputs.a"), step("echo", "f", values=["$steps.e.output"])],
            batches=["a"],
            outputs={"e": "$steps.e.output", "f": "$steps.f.values"},
        )
    )

    assert plan.run({"a": [1, None]}) == [{"e": 1, "f": [1]}, {"e": None, "f": None}]


def test_a_single_value_that_is_missing_skips_the_whole_batch() -> None:
    plan = compiled(
        definition(
            [step("echo", "s", value="$inputs.p"), step("echo", "e", values=["$inputs.a", "$steps.s.output"])],
            inputs=["p"],
            batches=["a"],
            outputs={"o": "$steps.e.*"},
        )
    )

    assert plan.run({"a": [1, 2], "p": None}) == [{"o": {"output": None, "values": None}}] * 2


def test_whole_batches_come_at_once_without_what_is_missing() -> None:
    plan = compiled(definition([step("rank", "r", data="$inputs.a")], batches=["a"], outputs={"o": "$steps.r.rank"}))

    assert plan.run({"a": [30, None, 10, 20]}) == [{"o": 2}, {"o": None}, {"o": 0}, {"o": 1}]
    assert plan.run({"a": [None, None]}) == [{"o": None}, {"o": None}]


def test_a_block_for_whole_batches_takes_a_single_value_too() -> None:
    plan = compiled(definition([step("rank", "r", data="$inputs.a")], inputs=["a"], outputs={"o": "$steps.r.rank"}))

    assert plan.run({"a": 7}) == [{"o": 0}]


def test_deeper_batches_come_out_nested() -> None:
    plan = compiled(
        definition([step("echo", "e", value="$inputs.deep")], inputs=[NESTED], outputs={"o": "$steps.e.output"})
    )

    assert plan.run({"deep": [[1, 2], [], [3, None], []]}) == [{"o": [1, 2]}, {"o": []}, {"o": [3, None]}, {"o": []}]


def test_all_outputs_of_a_step_on_a_deeper_batch_are_nested_mappings() -> None:
    plan = compiled(definition([step("rank", "r", data="$inputs.deep")], inputs=[NESTED], outputs={"o": "$steps.r.*"}))

    assert plan.run({"deep": [[30, None], [10]]}) == [{"o": [{"rank": 1}, {"rank": None}]}, {"o": [{"rank": 0}]}]


def test_a_deeper_step_that_did_not_run_gives_none_in_each_place() -> None:
    plan = compiled(
        definition(
            [
                step("choose", "c", value="$inputs.p", next_steps=["$steps.e"]),
                step("echo", "e", value="$inputs.deep"),
            ],
            inputs=[NESTED, "p"],
            outputs={"o": "$steps.e.output"},
        )
    )

    assert plan.run({"deep": [[1, 2], [3]], "p": 0}) == [{"o": [None, None]}, {"o": [None]}]


@pytest.mark.parametrize("shallow", [2, None])
def test_values_that_are_not_nested_enough_are_refused(shallow: Any) -> None:
    plan = compiled(definition(inputs=[NESTED]))

    with pytest.raises(RuntimeInputError) as raised:
        plan.run({"deep": [[1], shallow]})

    assert str(raised.value) == f"The batch input `deep` must be lists nested 2 deep; at depth 2 there is {shallow}."


def test_gathering_leaves_out_what_is_missing() -> None:
    plan = compiled(
        definition([step("gather", "g", data="$inputs.deep")], inputs=[NESTED], outputs={"o": "$steps.g.output"})
    )

    assert plan.run({"deep": [[1, None, 2], [None], [3]]}) == [{"o": [1, 2]}, {"o": None}, {"o": [3]}]


def test_gathering_the_input_batch_gives_one_list() -> None:
    plan = compiled(
        definition([step("gather", "g", data="$inputs.a")], batches=["a"], outputs={"o": "$steps.g.output"})
    )

    assert plan.run({"a": [1, 2, None]}) == [{"o": [1, 2]}]


def test_a_step_that_spreads_makes_a_deeper_batch_which_can_be_gathered_again() -> None:
    plan = compiled(
        definition(
            [
                step("spread", "s", data="$inputs.a"),
                step("echo", "e", value="$steps.s.output"),
                step("gather", "g", data="$steps.e.output"),
            ],
            batches=["a"],
            outputs={"e": "$steps.e.output", "g": "$steps.g.output"},
        )
    )

    assert plan.run({"a": [[1, 2], None, [3]]}) == [
        {"e": [1, 2], "g": [1, 2]},
        {"e": [], "g": None},
        {"e": [3], "g": [3]},
    ]


def test_a_batch_made_from_a_single_value_comes_out_as_one_list() -> None:
    plan = compiled(
        definition(
            [step("spread", "s", data="$inputs.a"), step("echo", "e", value="$steps.s.output")],
            inputs=["a"],
            outputs={"o": "$steps.e.output"},
        )
    )

    assert plan.run({"a": [1, 2]}) == [{"o": [1, 2]}]


def test_decisions_are_taken_per_element_also_for_steps_without_batch_values() -> None:
    plan = compiled(
        definition(
            [
                step("choose", "c", value="$inputs.a", next_steps=["$steps.e", "$steps.f"]),
                step("echo", "e", value="$inputs.a"),
                step("echo", "f", value="literal"),
            ],
            batches=["a"],
            outputs={"e": "$steps.e.output", "f": "$steps.f.output"},
        )
    )

    assert plan.run({"a": [1, 0, 2]}) == [
        {"e": 1, "f": "literal"},
        {"e": None, "f": None},
        {"e": 2, "f": "literal"},
    ]


def test_a_decision_on_an_outer_element_holds_for_all_below_it() -> None:
    plan = compiled(
        definition(
            [
                step("choose", "c", value="$inputs.a", next_steps=["$steps.e"]),
                step("echo", "e", value="$inputs.deep"),
            ],
            inputs=[NESTED],
            batches=["a"],
            outputs={"o": "$steps.e.output"},
        )
    )

    assert plan.run({"a": [1, 0], "deep": [[1, 2], [3]]}) == [{"o": [1, 2]}, {"o": [None]}]


def test_each_message_of_a_batch_has_a_key_of_its_own() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(
        definition(
            [notify("n", to="$inputs.numbers", message="Hi {{names}}, one of {{numbers}}")],
            batches=["numbers", "names"],
        ),
        sent=sent,
    )

    plan.execute({"numbers": ["+1", "+2"], "names": ["Ada", "Bo"]}, run_id="run_1")

    assert [(entry["to"], entry["message"], entry["key"]) for entry in sent] == [
        ("+1", "Hi Ada, one of +1", "run_1/n/0"),
        ("+2", "Hi Bo, one of +2", "run_1/n/1"),
    ]


def test_a_template_that_reads_a_batch_makes_its_step_work_on_it() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(definition([notify("n", message="Hi {{names}}")], batches=["names"]), sent=sent)

    plan.run({"names": ["Ada", "Bo"]})

    assert [entry["message"] for entry in sent] == ["Hi Ada", "Hi Bo"]


def test_elements_of_declared_kinds_are_read() -> None:
    when = {"type": "WorkflowBatchInput", "name": "when", "kind": ["timestamp"]}
    plan = compiled(definition(inputs=[when], outputs={"o": "$inputs.when"}))

    assert plan.run({"when": ["2026-01-02T03:04:05+00:00", None]}, serialize=True) == [
        {"o": "2026-01-02T03:04:05+00:00"},
        {"o": None},
    ]
    with pytest.raises(RuntimeInputError) as raised:
        plan.run({"when": "soon"})
    assert str(raised.value) == (
        "The input `when` cannot be read: 'soon' is no time in ISO 8601, such as 2026-01-31T18:00:00Z."
    )


def test_each_image_of_a_list_is_a_camera_of_its_own() -> None:
    numpy = pytest.importorskip("numpy")
    camera = {"type": "WorkflowImage", "name": "camera"}
    frame = numpy.zeros((2, 2, 3), dtype=numpy.uint8)
    plan = compiled(definition(inputs=[camera], batches=["a"], outputs={"o": "$inputs.camera"}))

    def identifiers(given: Any) -> list[str]:
        return [row["o"].video_metadata.video_identifier for row in plan.run({"camera": given, "a": [1, 2]})]

    assert identifiers([frame, frame]) == ["camera.[0]", "camera.[1]"]
    assert identifiers([frame]) == ["camera.[0]", "camera.[0]"]
    assert identifiers(frame) == ["camera", "camera"]


def test_an_element_that_cannot_be_read_is_named() -> None:
    deep = {"type": "WorkflowBatchInput", "name": "deep", "dimensionality": 2, "kind": ["string"]}

    with pytest.raises(RuntimeInputError) as raised:
        compiled(definition(inputs=[deep])).run({"deep": [["x"], ["y", 5]]})

    assert str(raised.value) == "The input `deep.[1].[1]` cannot be read: text is expected, not int."


def test_a_spreading_block_must_give_a_list() -> None:
    plan = compiled(definition([step("spread", "s", data="$inputs.a")], inputs=["a"]))
    plan.steps[0].run = lambda data: {"output": 1}

    with pytest.raises(InvalidBlockBehaviourError, match="must give a list of outputs, not dict"):
        plan.run({"a": [1]})
