"""`check` remarks on what runs and is hardly meant; a clean definition gets no remark."""

from __future__ import annotations

import pytest

from ringline.workflow import check_definition, load_document
from workflow.building import compiled, definition, faults, notify, step
from workflow.sample_blocks import registry

HEAD = 'version: "1.0"\ninputs: [{type: WorkflowParameter, name: a}]\noutputs: []\n'


def remarks(steps: str) -> list[tuple[str, int | None, str, str]]:
    found = faults(f"{HEAD}steps:\n{steps}")
    assert all(fault.severity == "warning" for fault in found), found
    return [(fault.code, fault.line, fault.message, fault.fix) for fault in found]


def test_a_selector_in_a_field_of_plain_text() -> None:
    assert remarks("  - {type: roboflow_core/limit@v1, name: l, plain: $inputs.a}\n") == [
        (
            "literal_selector",
            5,
            "`plain` takes no selector, so `$inputs.a` is used as it stands.",
            "Use a field that takes selectors.",
        )
    ]
    assert remarks('  - {type: test/notify@v1, name: n, to: "+1", message: $steps.n.sid}\n')[0][2:] == (
        "`message` takes no selector, so `$steps.n.sid` is used as it stands.",
        "Write `{{steps.n.sid}}`.",
    )


@pytest.mark.parametrize("field", ["token: hunter2hunter2", 'plain: "0123456789abcdef0123456789abcdef"'])
def test_a_secret_written_in_a_definition(field: str) -> None:
    name = field.partition(":")[0]
    code, line, message, fix = remarks(f"  - {{type: roboflow_core/limit@v1, name: l, {field}}}\n")[0]

    assert (code, line) == ("secret_in_definition", 5)
    assert message == f"`{name}` holds a secret, which everybody who sees the workflow can read."
    assert (
        fix == "Declare an input for it and write its selector here; Twilio's own belong to `ringline credentials add`."
    )
    assert "hunter2" not in message + fix


def test_a_misspelt_key_of_a_step_that_may_carry_any_key() -> None:
    assert remarks("  - {type: roboflow_core/limit@v1, name: l, secnds: 5, whatever: 1}\n") == [
        (
            "unknown_key",
            5,
            "`secnds` is not a field of `roboflow_core/limit@v1` and is ignored.",
            "Did you mean `seconds`?",
        )
    ]


@pytest.mark.parametrize(
    ("message", "name", "fix"),
    [
        ("{{ask.sid ? 'x' : 'y'}}", "ask", "`ask` is a step; what it gives is read as {{steps.ask.sid}}."),
        ("{{#if asl}}x{{/if}}", "asl", "Declare it as an input or variable, or leave it out."),
        ("{{default(alp, 'x')}}", "alp", "Did you mean `alpha`?"),
        ("{{inputs.a || 'x'}}", "inputs", "In templates an input is called by its name alone, as in {{name}}."),
    ],
)
def test_a_name_under_a_condition_that_nothing_sets(message: str, name: str, fix: str) -> None:
    head = HEAD.replace("[{", "[{type: WorkflowParameter, name: alpha}, {", 1)
    steps = f'''  - {{type: test/notify@v1, name: ask, to: "+1", message: "hi"}}
  - {{type: test/notify@v1, name: n, to: "+1", message: "{message}"}}
'''
    (fault,) = faults(f"{head}steps:\n{steps}")

    assert (fault.severity, fault.code, fault.step, fault.line) == ("warning", "name_never_set", "n", 6)
    assert fault.message == f"`message` asks for `{{{{{name}}}}}`, which nothing in the workflow ever sets."
    assert fault.fix == fix


def test_a_misspelt_key_of_the_definition() -> None:
    found = faults(f"{HEAD}steps: []\ntrigers: []\nid: x\n")

    assert [(fault.code, fault.line, fault.message, fault.fix) for fault in found] == [
        ("unknown_key", 5, "`trigers` is not a key of a definition and is ignored.", "Did you mean `triggers`?")
    ]


def test_a_kind_that_nobody_knows() -> None:
    found = faults(
        'version: "1.0"\ninputs: [{type: WorkflowParameter, name: a, kind: [strin]}]\nsteps: []\noutputs: []\n'
    )

    assert [(fault.code, fault.message, fault.fix) for fault in found] == [
        ("unknown_kind", "`strin` is no kind that any block knows.", "Did you mean `string`?")
    ]


def test_warnings_do_not_keep_a_workflow_from_running() -> None:
    plan = compiled(definition([step("limit", "l", token="hunter2hunter2")], outputs={"o": "$steps.l.seconds"}))

    assert plan.run() == [{"o": 5}]
    assert [fault.code for fault in plan.check()] == ["secret_in_definition"]


def test_a_clean_definition_gets_no_remark() -> None:
    text = f'{HEAD}steps:\n  - {{type: test/notify@v1, name: n, to: $inputs.a, message: "Hi {{{{a}}}}"}}\n'

    assert check_definition(load_document(text), registry()) == []


def test_the_steps_that_need_the_internet_are_named() -> None:
    assert compiled(definition([step("echo", "e"), notify("n")])).internet_steps == ["n"]
