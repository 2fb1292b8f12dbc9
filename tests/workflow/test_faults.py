"""Every fault of a definition is told at once, where it stands, in plain words, with the fix."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import errors
from ringline.workflow import compile_definition, load_document
from workflow.building import compiled, definition, faults, notify, refused, step
from workflow.sample_blocks import registry

SIX_FAULTS = """\
version: "1.99"
inputs:
  - {type: WorkflowParameter, name: number, kind: [string]}
  - {type: WorkflowParameter, name: number}
steps:
  - {type: roboflow_core/ecko@v1, name: a}
  - type: roboflow_core/limit@v1
    name: b
    seconds: $inputs.number
    text: $inputs.numbr
  - {type: roboflow_core/echo@v1, name: c, value: $steps.d.output}
  - {type: roboflow_core/echo@v1, name: d, value: $steps.c.output}
outputs: []
"""


def test_six_faults_in_six_phases_are_six_sentences_with_six_lines() -> None:
    found = faults(SIX_FAULTS)

    assert [(fault.line, fault.code, fault.message, fault.fix) for fault in found] == [
        (
            1,
            "NotSupportedExecutionEngineError",
            (
                "The definition asks for version 1.99 of the language; this release runs version 1.17.0 and what it is "
                "compatible with (1.0 to 1.17.0)."
            ),
            'Write `version: "1.0"`.',
        ),
        (
            6,
            "WorkflowSyntaxError",
            "There is no block `roboflow_core/ecko@v1`.",
            "Did you mean `roboflow_core/echo@v1`?",
        ),
        (
            4,
            "DuplicatedNameError",
            "Two inputs are called `number`, the first in line 3.",
            "Give one of them another name.",
        ),
        (
            10,
            "InvalidReferenceTargetError",
            "`text` points at the input `numbr`, which does not exist.",
            "Did you mean `number`?",
        ),
        (
            9,
            "ReferenceTypeError",
            "`seconds` takes `integer`, and `$inputs.number` is `string`.",
            "Point it at a value of kind `integer`.",
        ),
        (
            11,
            "ExecutionGraphStructureError",
            "The steps wait for each other in a circle: `c` → `d` → `c`.",
            "Remove one of these references. To repeat steps, lead an `outcomes` branch back instead.",
        ),
    ]


def test_the_error_has_the_class_of_the_first_phase_and_tells_all() -> None:
    with pytest.raises(errors.NotSupportedExecutionEngineError) as raised:
        compile_definition(load_document(SIX_FAULTS), registry(), {})

    assert raised.value.context == "workflow_compilation | engine_initialisation"
    assert len(raised.value.faults) == 6
    assert str(raised.value).startswith("The definition has 6 faults.\n- line 1")


def test_later_phases_are_reported_although_earlier_ones_failed() -> None:
    """Lineage and services come last and still are heard."""
    source = definition(
        [step("limit", "a", seconds="soon"), step("gather", "b", data="$inputs.x"), notify("c")], inputs=["x"]
    )

    try:
        compile_definition(source, registry(), {})
    except errors.DefinitionError as error:
        codes = [fault.code for fault in error.faults]

    assert codes == ["WorkflowSyntaxError", "StepInputDimensionalityError", "BlockInitParameterNotProvidedError"]


WRONG: list[tuple[str, dict[str, Any], str, str]] = [
    (
        "no version",
        {"inputs": [], "steps": [], "outputs": []},
        "WorkflowSyntaxError",
        "The definition has no `version`.",
    ),
    (
        "a version that is no text",
        definition(version=True),
        "WorkflowSyntaxError",
        "`version` must be text, not True.",
    ),
    (
        "a version that is none",
        definition(version="one"),
        "WorkflowDefinitionError",
        "`version` is 'one', which is no version number.",
    ),
    (
        "a version of the future",
        definition(version="2.0.0"),
        "NotSupportedExecutionEngineError",
        (
            "The definition asks for version 2.0.0 of the language; this release runs version 1.17.0 and what it is "
            "compatible with (1.0 to 1.17.0)."
        ),
    ),
    (
        "no steps",
        {"version": "1.0", "inputs": [], "outputs": []},
        "WorkflowSyntaxError",
        "The definition has no `steps`.",
    ),
    (
        "steps as a mapping",
        {"version": "1.0", "inputs": [], "steps": {}, "outputs": []},
        "WorkflowSyntaxError",
        "`steps` must be a list, not {}.",
    ),
    (
        "a step that is text",
        definition(steps=[]) | {"steps": ["x"]},
        "WorkflowSyntaxError",
        "`steps[0]` must be a mapping, not 'x'.",
    ),
    ("a step without a name", definition([{"type": "Echo"}]), "WorkflowSyntaxError", "`steps[0]` has no `name`."),
    ("a step without a type", definition([{"name": "a"}]), "WorkflowSyntaxError", "The step `a` has no `type`."),
    (
        "a step of an empty type",
        definition([{"name": "a", "type": ""}]),
        "WorkflowSyntaxError",
        "The step `a` has no `type`.",
    ),
    (
        "an input of no type",
        definition(inputs=[{"type": "WorkflowParam", "name": "a"}]),
        "WorkflowSyntaxError",
        "`WorkflowParam` is no type of an input.",
    ),
    (
        "an input without a name",
        definition(inputs=[{"type": "WorkflowParameter"}]),
        "WorkflowSyntaxError",
        "The input `0` needs `name`, which is missing.",
    ),
    (
        "a batch of no depth",
        definition(inputs=[{"type": "WorkflowBatchInput", "name": "a", "dimensionality": 0}]),
        "WorkflowSyntaxError",
        "`dimensionality` must be at least 1, not 0.",
    ),
    (
        "an output that is no selector",
        definition(outputs={"o": "inputs.a"}),
        "InvalidReferenceTargetError",
        "The output `o` points at 'inputs.a', which is no selector.",
    ),
    (
        "Python in a definition",
        definition(dynamic_blocks_definitions=[{}]),
        "WorkflowSyntaxError",
        "The definition brings Python blocks of its own (`dynamic_blocks_definitions`), which are not run here.",
    ),
    (
        "a default nobody knows",
        definition(defaults={"lanuage": "en"}),
        "WorkflowSyntaxError",
        "`lanuage` is not a key of `defaults`.",
    ),
    (
        "a trigger of no type",
        definition(triggers=[{"type": "sms"}]),
        "WorkflowSyntaxError",
        (
            "`type` must be one of 'api', 'schedule', 'inbound_message', 'inbound_call', 'message_status' or "
            "'webhook', not 'sms'."
        ),
    ),
    (
        "a trigger that fills no input",
        definition(triggers=[{"type": "api", "inputs": {"a": "x"}}]),
        "InvalidReferenceTargetError",
        "The trigger fills the input `a`, which does not exist.",
    ),
    (
        "a field of the wrong type",
        definition([step("limit", "a", seconds="soon")]),
        "WorkflowSyntaxError",
        "`seconds` must be a whole number, not 'soon'.",
    ),
    (
        "a number out of range",
        definition([step("limit", "a", seconds=901)]),
        "WorkflowSyntaxError",
        "`seconds` must be at most 900, not 901.",
    ),
    (
        "a field that is missing",
        definition([step("choose", "a", next_steps=[])]),
        "WorkflowSyntaxError",
        "The step `a` needs `value`, which is missing.",
    ),
    (
        "a misspelt key in a step of ours",
        definition([notify("a", mesage="hi")]),
        "WorkflowSyntaxError",
        "`mesage` is not a key of the step `a`.",
    ),
    (
        "an unknown key within a field",
        definition([notify("a", retry={"attempts": 2, "wait": "5s"})]),
        "WorkflowSyntaxError",
        "`retry.wait` is not a key of the step `a`.",
    ),
    (
        "an unknown flow key",
        definition([notify("a", outcome={"sent": "end"})]),
        "WorkflowSyntaxError",
        "`outcome` is not a key of the step `a`.",
    ),
    (
        "a duration without a unit",
        definition([notify("a", step_timeout=5)]),
        "WorkflowSyntaxError",
        "`step_timeout`: 5 has no unit.",
    ),
    (
        "too many attempts",
        definition([notify("a", retry={"attempts": 11})]),
        "WorkflowSyntaxError",
        "`retry.attempts` must be at most 10, not 11.",
    ),
    (
        "a secret of the wrong type stays unseen",
        definition([step("limit", "a", token=["hunter2"])]),
        "WorkflowSyntaxError",
        "`token` must be text, not ********.",
    ),
    (
        "a step twice",
        definition([step("echo", "a"), step("echo", "a")]),
        "DuplicatedNameError",
        "Two steps are called `a`.",
    ),
    (
        "an output twice",
        definition(inputs=["a"]) | {"outputs": [{"type": "JsonField", "name": "o", "selector": "$inputs.a"}] * 2},
        "DuplicatedNameError",
        "Two outputs are called `o`.",
    ),
    (
        "a variable called like an input",
        definition(inputs=["a"], variables={"a": 1}),
        "DuplicatedNameError",
        "`a` is both an input and a variable.",
    ),
    (
        "a mapped variable called like an input",
        definition([notify("n", response_mapping={"sid": "a"})], inputs=["a"]),
        "DuplicatedNameError",
        "`a` is both an input and a variable that `n` sets.",
    ),
    (
        "text that begins with a dollar",
        definition([step("echo", "a", values={"price": "$100"})]),
        "InvalidReferenceTargetError",
        "`values.price` begins with `$`, and `$100` is no selector.",
    ),
    (
        "an input that is not there",
        definition([step("echo", "a", value="$inputs.z")]),
        "InvalidReferenceTargetError",
        "`value` points at the input `z`, which does not exist.",
    ),
    (
        "a step that is not there",
        definition([step("echo", "a", values=["$steps.z.output"])]),
        "InvalidReferenceTargetError",
        "`values[0]` points at the step `z`, which does not exist.",
    ),
    (
        "a step in place of a value",
        definition([step("echo", "a"), step("echo", "b", value="$steps.a")]),
        "ExecutionGraphStructureError",
        "`value` takes a value, and `$steps.a` is a step.",
    ),
    (
        "a step that does not exist in place of a value",
        definition([step("echo", "b", value="$steps.a")]),
        "InvalidReferenceTargetError",
        "`value` points at the step `a`, which does not exist.",
    ),
    (
        "a value where only a selector can stand",
        definition([step("gather", "b", data=[1])]),
        "WorkflowSyntaxError",
        "`data`: only a selector, `$inputs.NAME` or `$steps.STEP.OUTPUT`, can stand here; it is [1].",
    ),
    (
        "text like a selector where only one can stand",
        definition([step("gather", "b", data="$100")]),
        "WorkflowSyntaxError",
        "`data`: only a selector, `$inputs.NAME` or `$steps.STEP.OUTPUT`, can stand here; it is '$100'.",
    ),
    (
        "an output that a step does not give",
        definition([step("echo", "a"), step("echo", "b", value="$steps.a.nope")]),
        "ExecutionGraphStructureError",
        "`value` points at `nope`, which the step `a` does not give.",
    ),
    (
        "an output of the workflow that a step does not give",
        definition([step("echo", "a")], outputs={"o": "$steps.a.nope"}),
        "InvalidReferenceTargetError",
        "The output `o` points at `nope`, which the step `a` does not give.",
    ),
    (
        "a way to a step that is not there",
        definition([step("choose", "a", value=1, next_steps=["$steps.z"])]),
        "InvalidReferenceTargetError",
        "`next_steps` leads to the step `z`, which does not exist.",
    ),
    (
        "a way written as a bare name",
        definition([notify("a", next_steps=["b"]), notify("b")]),
        "InvalidReferenceTargetError",
        "`next_steps` names `b`, which is no step.",
    ),
    (
        "an outcome the block does not have",
        definition([notify("a", outcomes={"send": "end"})]),
        "ControlFlowDefinitionError",
        "`test/notify@v1` has no outcome `send`.",
    ),
    (
        "outcomes of a block that has none",
        definition([step("test/work@v1", "a", outcomes={"done": "end"})]),
        "ControlFlowDefinitionError",
        "`test/work@v1` has no outcomes, so `outcomes` leads nowhere.",
    ),
    (
        "a target twice",
        definition([step("switch", "a", value=1, cases={"1": "$steps.b", "2": "$steps.b"}), step("echo", "b")]),
        "ExecutionGraphStructureError",
        "`a` leads to the step `b` twice.",
    ),
    (
        "a decision in a circle",
        definition([step("choose", "a", value="$steps.b.output", next_steps=["$steps.b"]), step("echo", "b")]),
        "ExecutionGraphStructureError",
        "The steps wait for each other in a circle: `a` → `b` → `a`.",
    ),
    (
        "a loop without a way out",
        definition([notify("a", outcomes={"sent": ["$steps.a"], "failed": ["$steps.a"], "unknown": ["$steps.a"]})]),
        "ExecutionGraphStructureError",
        "`a` leads back to `a` for ever: nothing in between waits, and no other branch leaves the circle.",
    ),
    (
        "a template that cannot be read",
        definition([notify("a", message="Hi {{name")]),
        "WorkflowSyntaxError",
        "",
    ),
    (
        "a template with a name nobody sets",
        definition([notify("a", message="Hi {{nmae}}")], inputs=["name"]),
        "InvalidReferenceTargetError",
        "`message` reads `{{nmae}}`, and nothing in the workflow sets `nmae`.",
    ),
    (
        "a template with a function nobody knows",
        definition([notify("a", message="{{formatDat(1)}}")]),
        "WorkflowSyntaxError",
        "`message` calls `formatDat`, which templates do not have.",
    ),
    (
        "a template that reads a step that is not there",
        definition([notify("a", message="{{steps.z.sid}}")]),
        "InvalidReferenceTargetError",
        "`message` reads the step `z`, which does not exist.",
    ),
    (
        "a template that reads an output that is not there",
        definition([notify("a"), notify("b", message="{{steps.a.price}}")]),
        "ExecutionGraphStructureError",
        "`message` reads `price`, which the step `a` does not give.",
    ),
    (
        "a template that reads a later step",
        definition([notify("a", message="{{steps.b.sid}}", next_steps=["$steps.b"]), notify("b")]),
        "ExecutionGraphStructureError",
        "`message` cannot be filled in: it reads the step `b`, which comes only after this step.",
    ),
    (
        "a variable that only a later step sets",
        definition(
            [notify("a", message="{{id}}", next_steps=["$steps.b"]), notify("b", response_mapping={"sid": "id"})]
        ),
        "ExecutionGraphStructureError",
        "`message` cannot be filled in: `id` is set only by `b`, which comes only after this step.",
    ),
    (
        "a reply although nobody waits for one",
        definition([notify("a", message="{{SMS reply}}")]),
        "InvalidReferenceTargetError",
        "`message` reads `{{SMS reply}}`, and nothing in the workflow sets `SMS reply`.",
    ),
    (
        "a mapping from what a step does not give",
        definition([notify("a", response_mapping={"prize": "x"})]),
        "WorkflowSyntaxError",
        "`response_mapping` takes `prize`, which the step does not give.",
    ),
    (
        "a mapping to no name",
        definition([notify("a", response_mapping={"sid": "1 x!"})]),
        "WorkflowSyntaxError",
        "'1 x!' cannot be the name of a variable.",
    ),
    (
        "values of two depths",
        definition(
            [step("echo", "a", values=["$inputs.one", "$inputs.two"])],
            inputs=[
                {"type": "WorkflowBatchInput", "name": "one"},
                {"type": "WorkflowBatchInput", "name": "two", "dimensionality": 2},
            ],
        ),
        "StepInputDimensionalityError",
        "`values[1]` is nested 2 deep and `values[0]` 1 deep; a step takes one depth.",
    ),
    (
        "values of two batches",
        definition(
            [step("echo", "a", values=["$inputs.one", "$inputs.two"])],
            inputs=[
                {"type": "WorkflowBatchInput", "name": "one", "dimensionality": 2},
                {"type": "WorkflowBatchInput", "name": "two", "dimensionality": 2},
            ],
        ),
        "StepInputLineageError",
        "`values[1]` and `values[0]` come from different batches; their elements do not belong together.",
    ),
    (
        "a decision on other data than what it decides about",
        definition(
            [
                step("choose", "a", value="$inputs.deep", next_steps=["$steps.b"]),
                step("echo", "b", value="$inputs.flat"),
            ],
            inputs=[
                {"type": "WorkflowBatchInput", "name": "flat"},
                {"type": "WorkflowBatchInput", "name": "deep", "dimensionality": 2},
            ],
        ),
        "ControlFlowDefinitionError",
        "`a` decides for each element of the batch of `deep`, but `b` works on the batch inputs.",
    ),
]


@pytest.mark.parametrize(("what", "source", "code", "sentence"), WRONG, ids=[case[0] for case in WRONG])
def test_a_wrong_definition_is_refused_with_a_plain_sentence(
    what: str, source: dict[str, Any], code: str, sentence: str
) -> None:
    error = refused(source)

    assert type(error).__name__ == code
    assert error.faults[0].code == code
    if sentence:
        assert error.faults[0].message == sentence
    assert error.faults[0].fix.endswith((".", "?"))
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    ("depths", "code", "context"),
    [
        ((1, 2), "StepInputDimensionalityError", "collecting_step_input_data"),
        ((2, 2), "StepInputLineageError", "collecting_step_inputs_lineage"),
    ],
)
def test_the_context_says_what_does_not_go_together(depths: tuple[int, int], code: str, context: str) -> None:
    inputs = [
        {"type": "WorkflowBatchInput", "name": name, "dimensionality": depth}
        for name, depth in zip("ab", depths, strict=True)
    ]

    error = refused(definition([step("echo", "e", values=["$inputs.a", "$inputs.b"])], inputs=inputs))

    assert type(error).__name__ == code
    assert error.context == f"workflow_compilation | execution_graph_construction | {context}"
    assert [(place.block_id, place.block_type) for place in error.blocks_errors] == [("e", "roboflow_core/echo@v1")]


def test_values_of_two_batches_and_two_depths_differ_in_depth_first() -> None:
    source = definition(
        [step("spread", "s", data="$inputs.single"), step("echo", "e", values=["$inputs.deep", "$steps.s.output"])],
        inputs=["single", {"type": "WorkflowBatchInput", "name": "deep", "dimensionality": 2}],
    )

    assert type(refused(source)).__name__ == "StepInputDimensionalityError"


def test_a_decision_on_other_data_says_so_in_its_context() -> None:
    source = definition(
        [
            step("choose", "a", value="$inputs.deep", next_steps=["$steps.b"]),
            step("echo", "b", value="$inputs.flat"),
        ],
        inputs=[{"type": "WorkflowBatchInput", "name": "deep", "dimensionality": 2}],
        batches=["flat"],
    )

    assert refused(source).context.endswith("| verification_of_control_flow_lineage")


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.10", "1", "1.17.0"])
def test_a_version_may_stand_without_quotes(version: str) -> None:
    document = load_document(f"version: {version}\ninputs: []\nsteps: []\noutputs: []\n")

    assert document.data["version"] == version
    assert compiled(document).run() == [{}]


def test_a_version_without_quotes_may_be_too_new_too() -> None:
    with pytest.raises(errors.NotSupportedExecutionEngineError):
        compiled(load_document("version: 1.20\ninputs: []\nsteps: []\noutputs: []\n"))


@pytest.mark.parametrize("version", [1, 1.0])
def test_a_version_may_be_a_number(version: float) -> None:
    assert compiled(definition(version=version)).run() == [{}]
