"""Which steps run: Roboflow's decisions, and the ways that Ringline adds (language rules R1, R3, R5, R9)."""

from __future__ import annotations

from typing import Any

import pytest

from ringline.errors import DurableRunRequired, InvalidBlockBehaviourError
from ringline.workflow.block import Select
from workflow.building import compiled, definition, faults, notify, step


def told(sent: list[dict[str, Any]]) -> list[str]:
    return [entry["key"].rpartition("/")[2] for entry in sent]


def choose(name: str, value: Any, *targets: str) -> dict[str, Any]:
    return step("choose", name, value=value, next_steps=[f"$steps.{target}" for target in targets])


def test_a_target_of_two_decisions_runs_only_if_both_chose_it() -> None:
    plan = compiled(
        definition(
            [choose("c", "$inputs.a", "e"), choose("d", "$inputs.b", "e"), step("echo", "e", value=1)],
            inputs=["a", "b"],
            outputs={"o": "$steps.e.output"},
        )
    )

    assert [plan.run({"a": a, "b": b}) for a, b in ((1, 1), (1, 0), (0, 0))] == [
        [{"o": 1}],
        [{"o": None}],
        [{"o": None}],
    ]


def test_a_decision_that_was_skipped_chose_nothing() -> None:
    plan = compiled(
        definition(
            [choose("c", "$inputs.a", "d"), choose("d", 1, "e"), step("echo", "e", value=1)],
            inputs=["a"],
            outputs={"o": "$steps.e.output"},
        )
    )

    assert [plan.run({"a": 1}), plan.run({"a": 0})] == [[{"o": 1}], [{"o": None}]]


def test_an_empty_list_of_next_steps_ends_the_branch() -> None:
    assert compiled(definition([choose("c", 1)], inputs=["a"], outputs={"o": "$inputs.a"})).run({"a": 1}) == [{"o": 1}]


def test_each_case_leads_to_its_step() -> None:
    plan = compiled(
        definition(
            [
                step("switch", "s", value="$inputs.a", cases={"red": "$steps.r", "1": "$steps.o"}),
                step("echo", "r", value="r"),
                step("echo", "o", value="o"),
            ],
            inputs=["a"],
            outputs={"r": "$steps.r.output", "o": "$steps.o.output"},
        )
    )

    assert [plan.run({"a": value}) for value in ("red", 1, "x")] == [
        [{"r": "r", "o": None}],
        [{"r": None, "o": "o"}],
        [{"r": None, "o": None}],
    ]


def test_a_block_may_choose_only_steps_it_names() -> None:
    plan = compiled(definition([choose("c", 1, "e"), step("echo", "e"), step("echo", "f")]))
    plan.steps[0].run = lambda **_: Select(["$steps.f"])

    with pytest.raises(InvalidBlockBehaviourError, match=r"chose `\$steps\.f`, which is none of the steps it names"):
        plan.run()


@pytest.mark.parametrize(
    ("ended", "ran"),
    [("sent", ["a", "good"]), ("failed", ["a", "bad"]), ("unknown", ["a", "good"])],
)
def test_a_step_goes_the_way_of_its_outcome(ended: str, ran: list[str]) -> None:
    """`unknown` has no branch here, and the block says that it then follows `sent`."""
    sent: list[dict[str, Any]] = []
    plan = compiled(
        definition(
            [
                notify("a", end="$inputs.end", outcomes={"sent": ["$steps.good"], "failed": ["$steps.bad"]}),
                notify("good"),
                notify("bad"),
            ],
            inputs=["end"],
        ),
        sent=sent,
    )

    plan.run({"end": ended})

    assert told(sent) == ran


def test_an_outcome_without_a_branch_of_its_own_follows_next_steps() -> None:
    sent: list[dict[str, Any]] = []
    steps = [
        notify("a", end="failed", outcomes={"sent": "end"}, next_steps=["$steps.b"]),
        notify("b", outcomes={"sent": "end"}, next_steps=["$steps.c"]),
        notify("c"),
    ]
    result = compiled(definition(steps), sent=sent).execute()

    assert told(sent) == ["a", "b"]
    assert result.has_failures
    assert [(failure.step, failure.outcome) for failure in result.failures] == [("a", "failed")]


def test_a_failing_outcome_that_is_handled_is_no_failure_of_the_run() -> None:
    result = compiled(definition([notify("a", end="failed", outcomes={"failed": "end"})])).execute()

    assert (result.has_failures, len(result.failures)) == (False, 1)


def test_the_first_way_taken_starts_a_step_that_joins_any() -> None:
    sent: list[dict[str, Any]] = []
    steps = [
        notify("a", outcomes={"sent": ["$steps.z"]}),
        notify("b", end="failed", outcomes={"sent": ["$steps.z"]}),
        notify("z"),
    ]

    compiled(definition(steps), sent=sent).run()

    assert told(sent) == ["a", "b", "z"]


def test_a_written_join_overrides_and_all_needs_every_way() -> None:
    sent: list[dict[str, Any]] = []
    steps = [
        notify("a", outcomes={"sent": ["$steps.z"]}),
        notify("b", end="failed", outcomes={"sent": ["$steps.z"]}),
        notify("z", join="all"),
    ]

    compiled(definition(steps), sent=sent).run()

    assert told(sent) == ["a", "b"]


def test_one_way_of_ours_among_roboflows_makes_the_join_any() -> None:
    sent: list[dict[str, Any]] = []
    steps = [choose("c", 0, "z"), notify("a", next_steps=["$steps.z"]), notify("z")]

    compiled(definition(steps), sent=sent).run()

    assert told(sent) == ["a", "z"]


def test_a_step_that_only_dead_ways_lead_to_is_skipped_with_all_behind_it() -> None:
    sent: list[dict[str, Any]] = []
    steps = [
        notify("a", outcomes={"failed": ["$steps.b"], "unknown": ["$steps.b"]}),
        notify("b", next_steps=["$steps.c"]),
        notify("c"),
    ]

    compiled(definition(steps), sent=sent).run()

    assert told(sent) == ["a"]


def test_a_step_of_ours_gives_its_outcome_and_error() -> None:
    plan = compiled(definition([notify("a", end="failed")], outputs={"o": "$steps.a.*"}))

    assert plan.run() == [{"o": {"sid": "SM1", "body": "", "outcome": "failed", "error": None}}]


def test_outcomes_choose_per_element_of_a_batch() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(
        definition(
            [
                notify("a", to="$inputs.to", end="$inputs.end", outcomes={"failed": ["$steps.b"]}),
                notify("b", to="$inputs.to"),
            ],
            batches=["to", "end"],
        ),
        sent=sent,
    )

    result = plan.execute({"to": ["+1", "+2", "+3"], "end": ["sent", "failed", "sent"]}, run_id="r")

    assert [entry["key"] for entry in sent] == ["r/a/0", "r/a/1", "r/a/2", "r/b/1"]
    assert [failure.element for failure in result.failures] == [(1,)]


def test_a_reference_to_a_step_orders_without_skipping() -> None:
    plan = compiled(
        definition(
            [
                step("test/work@v1", "late", after="$steps.early", value=1),
                choose("c", 0, "early"),
                step("echo", "early"),
            ],
            outputs={"o": "$steps.late.value"},
        )
    )

    assert [planned.name for planned in plan.steps] == ["c", "early", "late"]
    assert plan.run() == [{"o": 1}]


def test_a_workflow_that_waits_or_goes_back_says_what_it_needs() -> None:
    steps = [
        notify("remind", outcomes={"sent": ["$steps.answer"]}),
        step("test/ask@v1", "answer", outcomes={"timeout": ["$steps.remind"]}),
    ]
    plan = compiled(definition(steps))

    assert plan.durable_reasons == (
        "the step `answer` (test/ask@v1) waits.",
        "the step `answer` leads back to `remind`.",
    )
    with pytest.raises(DurableRunRequired, match=r"ringline\.workflow"):
        plan.run()


def test_the_way_back_is_found_whichever_step_is_written_first() -> None:
    remind = notify("remind", outcomes={"sent": ["$steps.answer"]})
    answer = step("test/ask@v1", "answer", outcomes={"timeout": ["$steps.remind"]})
    start = step("echo", "start", next_steps=["$steps.remind"])

    plan = compiled(definition([answer, remind, start]))

    assert [planned.name for planned in plan.steps] == ["start", "remind", "answer"]
    assert "`answer` leads back to `remind`" in plan.durable_reasons[1]


def test_a_circle_with_a_wait_or_another_way_out_is_allowed() -> None:
    with_wait = definition([step("test/ask@v1", "a", outcomes={"reply": ["$steps.a"], "timeout": ["$steps.a"]})])
    with_exit = definition([notify("a", outcomes={"failed": ["$steps.a"]})])

    assert [bool(compiled(source).durable_reasons) for source in (with_wait, with_exit)] == [True, True]


def test_a_step_that_needs_two_branches_at_once_is_remarked_on() -> None:
    found = faults(
        """\
version: "1.0"
inputs: []
steps:
  - {type: test/notify@v1, name: a, to: "+1", outcomes: {sent: [$steps.b], failed: [$steps.c]}}
  - {type: test/notify@v1, name: b, to: "+1"}
  - {type: test/notify@v1, name: c, to: $steps.b.sid}
outputs: []
"""
    )

    assert [(fault.code, fault.step, fault.line, fault.message) for fault in found] == [
        (
            "unreachable_step",
            "c",
            6,
            "`c` never runs: it would need `failed`, `sent` of `a` at once, which ends in one.",
        )
    ]
