"""The rules of order, joins, errors, variables and loops (R2 to R10) in runs that wait."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.workflow.execution.progress import Progress
from workflow.building import definition, refused, step
from workflow.durable import World


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


def hold(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/hold@v1", name, **fields)


def post(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/post@v1", name, **fields)


def echo(name: str, value: Any = 1, **fields: Any) -> dict[str, Any]:
    return step("echo", name, value=value, **fields)


def work(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/work@v1", name, **fields)


# --- joins (R3) ------------------------------------------------------------------------------------------------------


async def test_any_starts_at_the_first_way_and_once(world: World) -> None:
    source = definition(
        [
            hold("a", key="a", next_steps=["$steps.both"]),
            hold("b", key="b", next_steps=["$steps.both"]),
            post("both", what="hello"),
        ]
    )
    run = await world.begin(source)
    await world.report("b")
    [(key, _)] = await world.posted()
    await world.decide(key)
    assert (await world.get(run)).status == "waiting"
    await world.report("a")

    assert (await world.get(run)).status == "completed"
    assert await world.posted() == [(f"{run}/both", "hello")]


async def test_all_waits_for_each_way(world: World) -> None:
    source = definition(
        [
            hold("a", key="a", next_steps=["$steps.both"]),
            hold("b", key="b", next_steps=["$steps.both"]),
            post("both", join="all"),
        ]
    )
    await world.begin(source)
    await world.report("b")
    assert await world.posted() == []
    await world.report("a")
    assert len(await world.posted()) == 1


async def test_all_is_skipped_by_one_dead_way(world: World) -> None:
    source = definition(
        [
            hold("a", key="a", seconds=10, outcomes={"event": ["$steps.both"], "timeout": "end"}),
            hold("b", key="b", next_steps=["$steps.both"]),
            post("both", join="all"),
        ]
    )
    run = await world.begin(source)
    await world.step(10)
    await world.report("b")

    assert (await world.get(run)).status == "completed"
    assert await world.posted() == []


async def test_an_open_gate_still_waits_for_values(world: World) -> None:
    source = definition(
        [
            hold("value", key="v"),
            hold("way", key="w", next_steps=["$steps.say"]),
            step("test/work@v1", "say", value="$steps.value.value"),
        ],
        outputs={"said": "$steps.say.value"},
    )
    run = await world.begin(source)
    await world.report("w")
    assert (await world.get(run)).outputs == [{"said": None}]
    await world.report("v", value=7)

    assert await world.outputs(run) == {"said": 7}


async def test_a_template_waits_for_a_step_however_it_ended(world: World) -> None:
    source = definition(
        [
            hold("ask", key="a", seconds=10),
            post("say", what="got {{ steps.ask.value | default('nothing') }}"),
        ]
    )
    await world.begin(source)
    assert await world.posted() == []
    await world.step(10)

    [(_, what)] = await world.posted()
    assert what == "got nothing"


# --- batches ---------------------------------------------------------------------------------------------------------


async def test_a_step_on_a_batch_waits_for_each_element(world: World) -> None:
    source = definition(
        [
            post("say", what="$inputs.names"),
            step("choose", "sent", value="$steps.say.state", next_steps=["$steps.last"]),
            echo("last", "$steps.say.what"),
        ],
        batches=["names"],
        outputs={"state": "$steps.say.state", "last": "$steps.last.output"},
    )
    run = await world.begin(source, {"names": ["ann", "bob", "cy"]})
    for element in (2, 0):
        await world.decide(f"{run}/say/{element}")
    world.start()
    await world.decide(f"{run}/say/1", "failed")

    ended = await world.get(run)
    assert ended.outputs == [
        {"state": "sent", "last": "ann"},
        {"state": "failed", "last": "bob"},
        {"state": "sent", "last": "cy"},
    ]
    assert ended.has_failures
    assert [what for _, what in await world.posted()] == ["ann", "bob", "cy"]


async def test_outcomes_select_per_element(world: World) -> None:
    source = definition(
        [
            post("say", what="$inputs.names", outcomes={"sent": ["$steps.good"], "failed": ["$steps.bad"]}),
            echo("good", "$inputs.names"),
            echo("bad", "$inputs.names"),
        ],
        batches=["names"],
        outputs={"good": "$steps.good.output", "bad": "$steps.bad.output"},
    )
    run = await world.begin(source, {"names": ["ann", "bob"]})
    await world.decide(f"{run}/say/0")
    await world.decide(f"{run}/say/1", "failed")

    ended = await world.get(run)
    assert ended.outputs == [{"good": "ann", "bad": None}, {"good": None, "bad": "bob"}]
    assert not ended.has_failures


# --- errors (R6) -----------------------------------------------------------------------------------------------------


async def test_a_retry_is_a_wait_for_time(world: World) -> None:
    source = definition(
        [step("test/call@v1", "call", fails=2, retry={"attempts": 3, "backoff": "10s"})],
        outputs={"count": "$steps.call.count"},
    )
    run = await world.begin(source)
    assert (await world.get(run)).status == "waiting"
    world.start()
    await world.step(10)
    await world.step(19)
    assert len(world.calls) == 2
    await world.step(1)

    assert await world.outputs(run) == {"count": 3}
    assert world.calls == [f"{run}/call"] * 3
    assert (await world.kinds(run)).count(("step_retried", "call")) == 2


async def test_an_error_ends_the_run_with_its_waits(world: World) -> None:
    source = definition([hold("ask", key="a"), hold("pause", seconds=5, breaks=True)])
    run = await world.begin(source)
    await world.step(5)

    failed = await world.get(run)
    assert failed.error is not None
    assert (failed.status, failed.error.step) == ("failed", "pause")
    assert "it broke" in failed.error.message
    assert await world.rows("waits") == []


async def test_continue_goes_on_without_outputs(world: World) -> None:
    source = definition(
        [
            hold("pause", seconds=5, breaks=True, on_error="continue", next_steps=["$steps.say"]),
            post("say", what="error: {{ steps.pause.error.message }}"),
        ]
    )
    run = await world.begin(source)
    await world.step(5)

    assert await world.posted() == [(f"{run}/say", "error: it broke")]


async def test_an_error_may_have_a_way_of_its_own(world: World) -> None:
    source = definition(
        [
            hold("pause", seconds=5, breaks=True, on_error=["$steps.sorry"], next_steps=["$steps.fine"]),
            post("sorry", what="sorry"),
            post("fine", what="fine"),
        ]
    )
    run = await world.begin(source)
    await world.step(5)

    assert await world.posted() == [(f"{run}/sorry", "sorry")]


async def test_what_cannot_be_written_is_the_steps_error(world: World) -> None:
    source = definition(
        [
            echo("first"),
            post("bad", refuses=True, on_error=["$steps.sorry"]),
            post("sorry", what="{{ steps.bad.error.message }}"),
        ],
    )
    run = await world.begin(source)

    assert await world.posted() == [(f"{run}/sorry", "this cannot be written")]
    failing = await world.begin(definition([post("bad", refuses=True)]))
    failed = await world.get(failing)
    assert failed.error is not None
    assert failed.error.message == "The step `bad` (test/post@v1) failed: this cannot be written"


async def test_an_outcome_that_nobody_handles_is_a_failure_and_no_error(world: World) -> None:
    run = await world.begin(definition([post("say", next_steps=["$steps.after"]), echo("after")]))
    await world.decide(f"{run}/say", "failed")

    ended = await world.get(run)
    assert (ended.status, ended.has_failures, ended.error) == ("completed", True, None)


# --- variables (R7) --------------------------------------------------------------------------------------------------


async def test_mapped_variables_follow_later_news_while_the_run_is_open(world: World) -> None:
    source = definition(
        [
            post("say", response_mapping={"state": "messageStatus"}, next_steps=["$steps.ask"]),
            hold("ask", key="go", next_steps=["$steps.tell"]),
            post("tell", what="{{messageStatus}}"),
        ]
    )
    run = await world.begin(source)
    await world.decide(f"{run}/say")
    await world.decide(f"{run}/say", "failed")
    world.start()
    await world.report("go")

    assert (f"{run}/tell", "failed") in await world.posted()
    await world.decide(f"{run}/tell")
    assert (await world.get(run)).status == "completed"
    assert await world.rows("waits") == []


async def test_later_news_of_one_element_outlast_the_wait_for_the_others(world: World) -> None:
    source = definition(
        [
            post("say", what="{{ people }}", response_mapping={"state": "stateOf"}),
            hold("pause", key="k"),
        ],
        inputs=[{"type": "WorkflowBatchInput", "name": "people", "kind": ["string"]}],
        outputs={"state": "$steps.say.state"},
    )
    run = await world.begin(source, {"people": ["a", "b"]})
    await world.decide(f"{run}/say/0")
    await world.decide(f"{run}/say/0", "delivered")
    world.start()
    await world.decide(f"{run}/say/1")
    await world.report("k")

    assert (await world.get(run)).outputs == [{"state": "delivered"}, {"state": "sent"}]


async def test_without_a_mapping_nobody_listens(world: World) -> None:
    run = await world.begin(definition([post("say", next_steps=["$steps.ask"]), hold("ask", key="go")]))
    await world.decide(f"{run}/say")

    assert [row["key"] for row in await world.rows("waits")] == ["go"]


# --- loops (R9) ------------------------------------------------------------------------------------------------------


def reminder(**fields: Any) -> dict[str, Any]:
    return definition(
        [
            post("remind", what="remind", next_steps=["$steps.answer"], **fields),
            hold(
                "answer", key="answer", seconds=60,
                outcomes={"event": ["$steps.thanks"], "timeout": ["$steps.remind"]},
            ),
            post("thanks", what="thanks {{steps.answer.value}}"),
            post("office", what="office: {{ steps.remind.error.code | default('-') }}"),
        ]
    )  # fmt: skip


async def decide_all(world: World) -> None:
    for row in await world.rows("posted"):
        if row["state"] == "ready":
            await world.decide(row["key"])


async def test_a_branch_leads_back_with_new_keys(world: World) -> None:
    source = reminder()
    source["steps"][3]["next_steps"] = []
    source["steps"].pop()
    run = await world.begin(source)
    await decide_all(world)
    await world.step(60)
    world.start()
    await decide_all(world)
    await world.report("answer", value="ok")
    await decide_all(world)

    assert await world.posted() == [
        (f"{run}/remind", "remind"),
        (f"{run}/remind/i1", "remind"),
        (f"{run}/thanks/i1", "thanks ok"),
    ]
    assert (await world.get(run)).status == "completed"
    assert ("jumped_back", "answer") in await world.kinds(run)


async def test_the_limit_of_a_loop_is_an_error_of_its_first_step(world: World) -> None:
    run = await world.begin(reminder(max_visits=2, on_error=["$steps.office"]))
    for _ in range(2):
        await decide_all(world)
        await world.step(60)
    await decide_all(world)

    assert await world.posted() == [
        (f"{run}/office/i2", "office: LoopLimitError"),
        (f"{run}/remind", "remind"),
        (f"{run}/remind/i1", "remind"),
    ]
    assert (await world.get(run)).status == "completed"


async def test_without_a_way_out_the_limit_fails_the_run(world: World) -> None:
    source = reminder(max_visits=2)
    source["steps"].pop()
    run = await world.begin(source)
    for _ in range(2):
        await decide_all(world)
        await world.step(60)

    failed = await world.get(run)
    assert failed.error is not None
    assert (failed.status, failed.error.type) == ("failed", "LoopLimitError")
    assert "led back to 2 times, and its `max_visits` is 2" in failed.error.message


async def test_a_jump_ends_the_waits_it_leads_back_over(world: World) -> None:
    source = definition(
        [
            post("begin", next_steps=["$steps.one", "$steps.two"]),
            hold("one", key="one", outcomes={"event": ["$steps.begin"], "timeout": "end"}),
            hold("two", key="two"),
        ]
    )
    await world.begin(source)
    await decide_all(world)
    assert sorted(row["key"] for row in await world.rows("waits")) == ["one", "two"]
    await world.report("one")
    assert [row["key"].partition("/")[0] for row in await world.rows("waits")] == ["post"]
    await decide_all(world)
    assert sorted(row["key"] for row in await world.rows("waits")) == ["one", "two"]


def test_a_step_on_a_batch_cannot_lead_back() -> None:
    source = definition(
        [
            step("test/notify@v1", "first", to="+1", next_steps=["$steps.each"]),
            step(
                "test/notify@v1", "each", to="$inputs.names",
                outcomes={"failed": ["$steps.first"], "sent": "end"},
            ),
        ],
        batches=["names"],
    )  # fmt: skip
    assert "works on a batch" in str(refused(source))


def test_a_block_that_waits_takes_no_batch() -> None:
    from ringline.workflow import check_definition
    from workflow.durable import registry

    source = definition([hold("ask", key="$inputs.names")], batches=["names"])
    [fault] = [fault for fault in check_definition(source, registry()) if fault.severity == "error"]
    assert "flow/for_each" in fault.fix


# --- the same as in memory -------------------------------------------------------------------------------------------


async def test_ready_steps_run_in_the_order_of_the_definition(world: World) -> None:
    source = definition([hold("go", key="k"), *[post(name, what=name) for name in "dbca"]])
    for one in source["steps"][1:]:
        one["what"] = one["name"] + "{{ steps.go.value | default('') }}"
    run = await world.begin(source)
    await world.report("k", value="")

    rows = await world.rows("waits")
    assert [row["key"] for row in rows] == [f"post/{run}/{name}" for name in "dbca"]


async def test_the_history_says_whose_way_an_outcome_took_that_has_none_of_its_own(world: World) -> None:
    ways = {"sent": ["$steps.on"]}
    source = definition([step("test/notify@v1", "tell", to="+1", end="unknown", outcomes=ways), echo("on")])
    run = await world.begin(source)
    found = {event.step: event.details for event in await world.runs.history(run) if event.kind == "step_done"}
    assert (found["tell"]["outcome"], found["tell"]["took"]) == ("unknown", "sent")
    assert "took" not in found["on"]


@pytest.mark.parametrize("began", [1_795_349_232.745039, 1_795_349_240.000511, 1_795_349_240.9999994])
@pytest.mark.parametrize("at", [1_795_377_600.0, 1_795_377_600.25])
def test_a_moment_that_is_waited_for_is_never_kept_as_an_earlier_one(began: float, at: float) -> None:
    progress = Progress([], [], began=began)

    kept = progress.moment(at)

    assert at <= kept < at + 0.0011
    assert datetime.fromtimestamp(kept, UTC).second == datetime.fromtimestamp(at, UTC).second
    assert progress.moment(kept) == kept == began + round(kept - began, 3)
