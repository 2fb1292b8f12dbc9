"""Durable runs: they wait as rows, go on by events and by time, and do nothing twice."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import IdempotencyConflict, NotFoundError, RequestError, RuntimeInputError
from ringline.workflow.reporting import Reporter
from workflow.building import definition, step
from workflow.durable import Crash, CrashingDatabase, World


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


def hold(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/hold@v1", name, **fields)


def post(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/post@v1", name, **fields)


ASK = definition(
    [
        hold("ask", key="answer/{{who}}", seconds=60, next_steps=["$steps.echo"]),
        step("echo", "echo", value="$steps.ask.value"),
    ],
    inputs=["who"],
    outputs={"answer": "$steps.echo.output", "outcome": "$steps.ask.outcome"},
)


async def test_an_event_ends_a_wait(world: World) -> None:
    run = await world.begin(ASK, {"who": "ann"})
    assert (await world.get(run)).status == "waiting"

    assert await world.report("answer/bob", value="no") == 0
    assert await world.report("answer/ann", value="yes") == 1

    assert await world.outputs(run) == {"answer": "yes", "outcome": "event"}
    assert await world.rows("waits") == []
    assert await world.rows("run_inbox") == []


async def test_a_deadline_ends_a_wait(world: World) -> None:
    run = await world.begin(ASK, {"who": "ann"})

    await world.step(59)
    assert (await world.get(run)).status == "waiting"
    await world.step(1)

    assert await world.outputs(run) == {"answer": None, "outcome": "timeout"}


async def test_where_event_and_deadline_meet_the_event_wins(world: World) -> None:
    run = await world.begin(ASK, {"who": "ann"})
    world.clock.step(61)
    await world.database.write(lambda tx: world.runs.report_in(tx, "answer/ann", {"value": "late"}))
    await world.sweep()

    assert await world.outputs(run) == {"answer": "late", "outcome": "event"}


async def test_what_comes_as_a_run_ends_is_not_kept_for_it(world: World) -> None:
    """On Postgres a reporter may have seen the wait just before the run's last commit."""
    run = await world.begin(ASK, {"who": "ann"})
    [wait] = await world.rows("waits")
    await world.report("answer/ann", value="yes")
    assert (await world.get(run)).status == "completed"

    reporter = Reporter(world.jobs)  # type: ignore[arg-type]  # it is never run
    now = world.clock.time()
    await world.database.write(lambda tx: reporter.deliver(tx, [(wait, {"value": "again"})], at=now, now=now))

    assert await world.rows("run_inbox") == []


async def test_a_wait_for_time_costs_no_row_but_the_runs_own(world: World) -> None:
    await world.begin(definition([hold("pause", seconds=3600)]))

    assert [await world.rows(table) for table in ("waits", "run_inbox", "run_events")] == [[], [], []]
    [row] = await world.rows("runs")
    assert row["due_at"] == world.clock.time() + 3600


async def test_outputs_so_far_can_be_read(world: World) -> None:
    source = definition(
        [
            step("echo", "first", value="$inputs.who"),
            hold("ask", key="k", next_steps=["$steps.last"]),
            step("echo", "last", value=1),
        ],
        inputs=["who"],
        outputs={"first": "$steps.first.output", "last": "$steps.last.output"},
    )
    run = await world.begin(source, {"who": "ann"})

    assert (await world.get(run)).outputs == [{"first": "ann", "last": None}]


async def test_each_event_is_one_answer(world: World) -> None:
    """Two that come before anybody looks end two waits in their order."""
    run = await world.begin(definition([hold("ask", key="k", times=3)], outputs={"seen": "$steps.ask.seen"}))

    def both(tx: Any) -> None:
        world.runs.report_in(tx, "k", {"value": 1})
        world.runs.report_in(tx, "k", {"value": 2})

    await world.database.write(both)
    await world.settle()
    await world.report("k", value=3)

    assert await world.outputs(run) == {"seen": [1, 2, 3]}


async def test_the_fields_come_back_as_they_were(world: World) -> None:
    run = await world.begin(
        definition([hold("ask", key="{{who}}/x", seconds=5)], inputs=["who"], outputs={"fields": "$steps.ask.fields"}),
        {"who": "ann"},
    )
    world.start()
    await world.step(5)

    assert (await world.outputs(run))["fields"] == {
        "key": "ann/x", "seconds": 5.0, "times": 1, "breaks": False,
    }  # fmt: skip


async def test_a_branch_does_not_stand_behind_anothers_wait(world: World) -> None:
    source = definition(
        [
            hold("slow", seconds=1000, next_steps=["$steps.after_slow"]),
            step("echo", "after_slow", value=1),
            hold("quick", key="k", next_steps=["$steps.after_quick"]),
            step("echo", "after_quick", value=2),
        ],
        outputs={"quick": "$steps.after_quick.output", "slow": "$steps.after_slow.output"},
    )
    run = await world.begin(source)
    await world.report("k")
    assert (await world.get(run)).outputs == [{"quick": 2, "slow": None}]
    await world.step(1000)

    assert await world.outputs(run) == {"quick": 2, "slow": 1}


async def test_the_same_key_starts_one_run(world: World) -> None:
    first = await world.begin(ASK, {"who": "ann"}, key="order-1")
    again = await world.begin(ASK, {"who": "ann"}, key="order-1")

    assert again == first
    with pytest.raises(IdempotencyConflict):
        await world.begin(ASK, {"who": "bob"}, key="order-1")


async def test_a_run_stays_on_its_version(world: World) -> None:
    run = await world.begin(ASK, {"who": "ann"})
    await world.define({**ASK, "steps": ASK["steps"][:1], "outputs": []})
    world.start()
    await world.report("answer/ann", value="yes")

    assert await world.outputs(run) == {"answer": "yes", "outcome": "event"}
    assert (await world.get(run)).version == 1


async def test_inputs_that_cannot_be_kept_are_named(world: World) -> None:
    with pytest.raises(RuntimeInputError, match="The input `who` is object, which cannot be kept, so no run"):
        await world.begin(ASK, {"who": object()})


async def test_an_output_that_cannot_be_kept_fails_the_run_that_waits(world: World) -> None:
    # A function comes from no JSON, so it enters by a block.
    source = definition(
        [
            step("echo", "odd", value="$inputs.who"),
            hold("ask", key="k", next_steps=["$steps.last"]),
            step("echo", "last", value="$steps.odd.output"),
        ],
        inputs=["who"],
    )
    definition_id = await world.define(source)
    plan = await world.runs.plans.get(definition_id)
    plan.steps[0].run = lambda value, values: {"output": object(), "values": {}}
    run, _ = await world.runs.start(definition_id, {"who": 1})
    await world.settle()

    failed = await world.get(run.id)
    assert failed.status == "failed"
    assert failed.error is not None
    assert failed.error.message.startswith(
        "The output `output` of the step `odd` is object, which cannot be kept, so the"
    )


async def test_secrets_are_sealed_in_rows_and_open_in_blocks(world: World) -> None:
    source = definition(
        [
            step("limit", "keep", token="$inputs.token"),
            hold("ask", key="k", next_steps=["$steps.last"]),
            step("limit", "last", token="$steps.keep.secret"),
        ],
        inputs=["token"],
        outputs={"secret": "$steps.last.secret"},
    )
    run = await world.begin(source, {"token": "very-secret-token"})

    assert "very-secret-token" not in str(await world.rows("runs") + await world.rows("run_events"))
    world.start()
    await world.report("k")
    # Masked like every secret that leaves a run; the two ends show that it came through.
    assert await world.outputs(run) == {"secret": "ve********en"}
    assert "very-secret-token" not in str(await world.rows("runs") + await world.rows("run_events"))


SEND_WAIT_SEND = definition(
    [
        post("first", what="one {{who}}", next_steps=["$steps.pause"]),
        hold("pause", seconds=60, next_steps=["$steps.second"]),
        post("second", what="two", next_steps=["$steps.ask"]),
        hold("ask", key="k"),
    ],
    inputs=["who"],
    outputs={"first": "$steps.first.state", "second": "$steps.second.state", "end": "$steps.ask.value"},
)


async def play(world: World) -> None:
    """All that happens to SEND_WAIT_SEND while it is in any state."""
    for _ in range(2):
        for row in await world.rows("posted"):
            if row["state"] == "ready":
                await world.decide(row["key"])
        await world.step(60)
        await world.report("k", value="done")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("commit", range(1, 12))
async def test_a_crash_at_any_commit_sends_the_same_messages(
    database: Database, clock: VirtualClock, commit: int, after: bool
) -> None:
    world = World(database, clock)
    definition_id = await world.define(SEND_WAIT_SEND)
    run, _ = await world.runs.start(definition_id, {"who": "ann"}, key="once")
    for task in list(world.runs.tasks):
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    crashing = CrashingDatabase(database, commit, after=after)
    world.start(crashing)
    has_crashed = False
    try:
        await world.step(31)
        await play(world)
    except Crash:
        has_crashed = True
    world.start()
    clock.step(31)
    await world.sweep(at_start=True)
    await play(world)

    assert has_crashed or crashing.left > 0
    assert await world.outputs(run.id) == {"first": "sent", "second": "sent", "end": "done"}
    assert await world.posted() == [(f"{run.id}/first", "one ann"), (f"{run.id}/second", "two")]
    assert await world.rows("waits") == []


async def test_half_a_character_breaks_nothing(world: World) -> None:
    source = definition([hold("ask", key="k", seconds=5)], inputs=["who"], outputs={"who": "$inputs.who"})
    run = await world.begin(source, {"who": "\ud83d", "unknown": 1})
    world.start()
    await world.report("k", value="\ud83d")

    assert await world.outputs(run) == {"who": "\ud83d"}


async def test_what_does_not_exist_is_named(world: World) -> None:
    for odd in ("run_0", "msg_1", "", "run_0P1P1QE00WWM!"):
        with pytest.raises(NotFoundError, match="there is no run"):
            await world.get(odd)
    with pytest.raises(RequestError, match="no run is 'odd'"):
        await world.runs.list(status="odd")
