"""Templates in steps: what names mean, which values keep their type, and who waits for whom (rules R1, R4, R7)."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import StepExecutionError
from workflow.building import compiled, definition, faults, notify, step


def messages(source: Any, inputs: dict[str, Any] | None = None, **run: Any) -> list[str]:
    sent: list[dict[str, Any]] = []
    compiled(source, sent=sent).execute(inputs, **run)
    return [entry["message"] for entry in sent]


def test_names_mean_variables_then_inputs_then_defaults() -> None:
    steps = [
        step("test/set@v1", "s", variables={"who": "the {{town}}"}),
        notify("n", message="{{who}} {{count}} {{language}}", next_steps=[]),
    ]

    assert messages(
        definition(steps, inputs=["town"], variables={"who": "nobody", "count": 3}, defaults={"language": "en"}),
        {"town": "Rome"},
    ) == ["the Rome 3 en"]


def test_mapped_outputs_are_variables_by_any_of_their_names() -> None:
    steps = [
        notify("n", message="x", response_mapping={"MessageSid": "first id", "outcome": "how"}),
        notify("m", message="{{first id}} {{how}}"),
    ]

    assert messages(definition(steps)) == ["x", "SM1 sent"]


def test_a_reader_waits_for_the_step_it_reads_although_written_first() -> None:
    steps = [notify("reader", message="{{steps.writer.sid}}"), notify("writer", message="w")]

    assert messages(definition(steps)) == ["w", "SM1"]


def test_a_template_never_skips_its_step_and_default_stands_in() -> None:
    steps = [
        step("choose", "c", value=0, next_steps=["$steps.w"]),
        notify("w"),
        notify("n", message="{{steps.w.sid | default('nothing')}}"),
    ]

    assert messages(definition(steps)) == ["nothing"]


def test_an_unset_name_fails_the_step_and_is_named() -> None:
    steps = [
        step("choose", "c", value=0, next_steps=["$steps.w"]),
        notify("w", response_mapping={"sid": "id"}),
        notify("n", message="It is {{id}}"),
    ]

    with pytest.raises(StepExecutionError) as raised:
        messages(definition(steps))

    assert raised.value.block_id == "n"
    assert "`id` has no value" in str(raised.value)


def test_a_field_that_is_one_expression_takes_the_value_itself() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(definition([notify("n", variants={"en": "{{x}}"}, message="{{x}}")], inputs=["x"]), sent=sent)

    plan.run({"x": 5})

    assert (sent[0]["message"], sent[0]["variants"]) == ("5", {"en": "5"})


def test_what_a_template_gives_must_be_what_the_field_takes() -> None:
    plan = compiled(definition([notify("n", to="{{x}}")], inputs=["x"]))

    with pytest.raises(StepExecutionError) as raised:
        plan.run({"x": 5})

    assert str(raised.value) == "The step `n` (test/notify@v1) failed: `to` must be text, not 5."


def test_fields_of_ours_that_are_not_required_may_come_from_a_step_that_did_not_run() -> None:
    steps = [
        step("choose", "c", value=0, next_steps=["$steps.e"]),
        step("echo", "e", value="+2"),
        notify("n", message="ran", **{"from": "$steps.e.output"}),
        notify("m", to="$steps.e.output", message="skipped"),
    ]

    assert messages(definition(steps)) == ["ran"]


def test_defaults_fill_fields_that_steps_of_ours_leave_out() -> None:
    sent: list[dict[str, Any]] = []
    source = definition(
        [notify("n"), notify("m", purpose="otp")], defaults={"from": "+15550001111", "purpose": "transactional"}
    )

    compiled(source, sent=sent).run()

    assert [(entry["from"], entry["purpose"]) for entry in sent] == [
        ("+15550001111", "transactional"),
        ("+15550001111", "otp"),
    ]


def test_the_run_and_its_trigger_are_explicit_names() -> None:
    source = definition(
        [notify("n", message="{{run.id}} {{trigger.from}} said {{SMS reply}}")],
        triggers=[{"type": "inbound_message"}],
    )

    assert messages(source, run_id="run_9", trigger={"from": "+1", "body": "hello"}) == ["run_9 +1 said hello"]


def test_variables_of_a_batch_belong_to_their_elements() -> None:
    steps = [
        notify("n", to="$inputs.to", message="x", response_mapping={"sid": "id"}),
        notify("m", to="$inputs.to", message="{{id}}"),
        notify("all", message="{{id}}"),
    ]

    assert messages(definition(steps, batches=["to"]), {"to": ["+1", "+2"]})[2:] == ["SM1", "SM2", "SM1, SM2"]


def test_helpers_are_the_standard_ones_or_those_handed_in() -> None:
    source = definition([notify("n", message="{{shout(x)}}")], inputs=["x"], defaults={"language": "en"})
    sent: list[dict[str, Any]] = []
    seen: list[Any] = []

    def functions(defaults: Any) -> dict[str, Any]:
        seen.append(dict(defaults))
        return {"shout": str.upper}

    compiled(source, sent=sent, template_helpers=functions).run({"x": "hi"})

    assert sent[0]["message"] == "HI"
    assert seen[0] == {"language": "en"}


def test_a_variable_that_nobody_sets_is_remarked_on() -> None:
    found = faults(
        """\
version: "1.0"
inputs: []
variables: {total: null, other: null}
steps:
  - {type: test/notify@v1, name: a, to: "+1", message: "{{total}}", response_mapping: {sid: other}}
outputs: []
"""
    )

    assert [(fault.code, fault.line, fault.message) for fault in found] == [
        ("variable_never_set", 3, "`total` has no value and no step sets it, but the step `a` reads it.")
    ]


def test_a_field_that_is_not_required_takes_its_default_for_what_did_not_come() -> None:
    steps = [
        step("choose", "c", value=0, next_steps=["$steps.e"]),
        step("echo", "e", value="failed"),
        notify("n", end="$steps.e.output", message="ran"),
    ]
    result = compiled(definition(steps, outputs={"o": "$steps.n.outcome"})).run()

    assert result == [{"o": "sent"}]


def test_a_value_from_a_step_must_be_what_a_field_of_ours_takes() -> None:
    source = definition([step("echo", "e", value="$inputs.x"), notify("n", amount="$steps.e.output")], inputs=["x"])
    sent: list[dict[str, Any]] = []

    compiled(source, sent=sent).run({"x": "7"})
    with pytest.raises(StepExecutionError) as raised:
        compiled(source).run({"x": "many"})

    assert sent[0]["amount"] == 7
    assert str(raised.value) == ("The step `n` (test/notify@v1) failed: `amount` must be a whole number, not 'many'.")
