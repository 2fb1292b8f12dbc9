"""A workflow may be declared with typed classes; they are the models documents are checked against."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from ringline.errors import DuplicatedNameError, WorkflowSyntaxError
from ringline.workflow import (
    Definition,
    JsonField,
    Step,
    WorkflowBatchInput,
    WorkflowParameter,
    check_definition,
)
from workflow.building import compiled, definition, notify
from workflow.sample_blocks import EchoManifest, LimitManifest, NotifyManifest, registry


def test_typed_steps_run_as_written_ones_do() -> None:
    sent: list[dict[str, Any]] = []
    declared = Definition(
        inputs=[WorkflowParameter(name="phone"), WorkflowParameter(name="who", default_value="you")],
        steps=[
            EchoManifest(name="e", value="$inputs.phone"),
            Step(
                NotifyManifest(name="n", to="$steps.e.output", message="Hi {{who}}"),
                outcomes={"sent": ["$steps.again"]},
                response_mapping={"sid": "first"},
            ),
            NotifyManifest(name="again", to="$inputs.phone", message="{{first}}"),
        ],
        outputs=[JsonField(name="body", selector="$steps.n.body")],
        defaults={"from": "+15550001111"},
    )

    assert compiled(declared, sent=sent).run({"phone": "+1"}) == [{"body": "Hi you"}]
    assert [(entry["to"], entry["message"], entry["from"]) for entry in sent] == [
        ("+1", "Hi you", "+15550001111"),
        ("+1", "SM1", "+15550001111"),
    ]


def test_a_typed_definition_gives_the_same_plan_as_the_document() -> None:
    declared = Definition(
        inputs=[WorkflowBatchInput(name="a")],
        steps=[LimitManifest(name="l", seconds=7, text="$inputs.a")],
        outputs=[JsonField(name="o", selector="$steps.l.seconds")],
    )
    written = definition(
        [{"type": "roboflow_core/limit@v1", "name": "l", "seconds": 7, "text": "$inputs.a"}],
        batches=["a"],
        outputs={"o": "$steps.l.seconds"},
    )

    assert compiled(declared).run({"a": ["x", "y"]}) == compiled(written).run({"a": ["x", "y"]}) == [{"o": 7}] * 2


def test_the_identifier_need_not_be_repeated() -> None:
    assert NotifyManifest(name="n", to="+1").type == "test/notify@v1"


def test_a_wrong_field_is_refused_where_it_is_written() -> None:
    with pytest.raises(ValidationError):
        LimitManifest(name="l", seconds=901)


def test_faults_of_typed_definitions_name_step_and_field() -> None:
    declared = Definition(steps=[Step(NotifyManifest(name="n", to="$inputs.x"), retry={"attempts": 0})])

    found = check_definition(declared, registry())

    assert [(fault.step, fault.field, fault.code) for fault in found] == [
        ("n", "retry", "WorkflowSyntaxError"),
        ("n", "to", "InvalidReferenceTargetError"),
    ]


def test_names_must_differ_here_too() -> None:
    with pytest.raises(DuplicatedNameError):
        compiled(Definition(steps=[EchoManifest(name="e"), EchoManifest(name="e")]))


def test_a_class_of_a_block_that_is_not_registered_is_refused() -> None:
    class Stranger(NotifyManifest):
        type: Any = "test/stranger@v1"

    with pytest.raises(WorkflowSyntaxError, match="There is no block `test/stranger@v1`"):
        compiled(Definition(steps=[Stranger(name="s", to="+1")]))


def test_documents_keep_aliases_and_keys_that_python_spells_otherwise() -> None:
    sent: list[dict[str, Any]] = []
    compiled(definition([notify("n", **{"from": "+2"})]), sent=sent).run()
    compiled(Definition(steps=[NotifyManifest(name="n", to="+1", from_="+3")]), sent=sent).run()

    assert [entry["from"] for entry in sent] == ["+2", "+3"]
