"""What operators do to runs; steps that act at once; what blocks remember."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.errors import RequestError
from ringline.workflow.advancing import LEASE_SECONDS
from workflow.building import definition, step
from workflow.durable import Crash, CrashingDatabase, World


@pytest.fixture
def world(database: Database, clock: VirtualClock) -> World:
    return World(database, clock)


def hold(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/hold@v1", name, **fields)


def post(name: str, **fields: Any) -> dict[str, Any]:
    return step("test/post@v1", name, **fields)


BOTH = definition(
    [hold("ask", key="k", seconds=60, next_steps=["$steps.say"]), post("say", what="{{ steps.ask.outcome }}")],
    outputs={"outcome": "$steps.ask.outcome"},
)


# --- pause, resume, cancel -------------------------------------------------------------------------------------------


async def test_nothing_goes_on_while_a_run_is_paused(world: World) -> None:
    run = await world.begin(BOTH)
    assert (await world.runs.pause(run)).status == "paused"
    assert (await world.runs.pause(run)).status == "paused"
    await world.report("k", value=1)
    await world.step(3600)
    assert await world.posted() == []
    assert len(await world.rows("run_inbox")) == 1

    await world.runs.resume(run)
    await world.settle()

    assert await world.posted() == [(f"{run}/say", "event")]
    assert [kind for kind in await world.kinds(run) if isinstance(kind, str)] == ["started", "paused", "resumed"]


async def test_deadlines_that_passed_meanwhile_count_at_resume(world: World) -> None:
    run = await world.begin(BOTH)
    await world.runs.pause(run)
    await world.step(61)
    await world.runs.resume(run)
    await world.settle()

    assert await world.posted() == [(f"{run}/say", "timeout")]


async def test_a_canceled_run_leaves_nothing_behind(world: World) -> None:
    run = await world.begin(BOTH)
    ended: list[Any] = []
    world.runs.on_end.append(lambda tx, run_id, status: ended.append((run_id, status)))

    assert (await world.runs.cancel(run, why="a mistake")).status == "canceled"
    assert await world.report("k") == 0
    await world.step(3600)

    assert await world.posted() == []
    assert ended == [(run, "canceled")]
    last = (await world.runs.history(run))[-1]
    assert (last.kind, last.details) == ("canceled", {"why": "a mistake"})
    with pytest.raises(RequestError, match="is canceled, so it cannot be paused"):
        await world.runs.pause(run)


async def test_what_a_worker_has_in_hand_is_dropped_when_an_operator_acts(world: World) -> None:
    """The operator's change comes between the worker's look and its commit."""
    run = await world.begin(BOTH)
    await world.database.write(lambda tx: world.runs.report_in(tx, "k", {}))
    write = world.database.write

    async def late(work: Any) -> Any:
        world.database.write = write  # type: ignore[method-assign]
        await world.runs.cancel(run)
        return await write(work)

    world.database.write = late  # type: ignore[method-assign]
    await world.settle()

    assert (await world.get(run)).status == "canceled"
    assert await world.posted() == []


# --- retry -----------------------------------------------------------------------------------------------------------


async def test_a_failed_run_goes_on_from_what_failed(world: World) -> None:
    source = definition(
        [
            post("first", what="one", next_steps=["$steps.call"]),
            step("test/call@v1", "call", fails=1, next_steps=["$steps.last"]),
            post("last", what="{{ steps.first.state }}"),
        ],
    )
    run = await world.begin(source)
    await world.decide(f"{run}/first")
    assert (await world.get(run)).status == "failed"
    world.start()

    retried = await world.runs.retry(run)
    assert (retried.status, retried.error, retried.has_failures) == ("waiting", None, False)
    await world.settle()
    await world.decide(f"{run}/last")

    assert (await world.get(run)).status == "completed"
    assert await world.posted() == [(f"{run}/first", "one"), (f"{run}/last", "sent")]
    assert world.calls == [f"{run}/call"] * 2


SENDS = definition([post("say", what="x", next_steps=["$steps.after"]), step("echo", "after", value=1)])


@pytest.mark.parametrize(
    ("state", "resend", "keys"),
    [
        ("failed", False, ["say", "say/t2"]),
        ("unknown", False, ["say"]),
        ("unknown", True, ["say", "say/t2"]),
    ],
)
async def test_what_may_have_gone_out_is_sent_again_only_when_told(
    world: World, state: str, resend: bool, keys: list[str]
) -> None:
    run = await world.begin(SENDS)
    await world.decide(f"{run}/say", state)
    assert (await world.get(run)).has_failures

    await world.runs.retry(run, resend=resend)
    await world.settle()

    assert [key for key, _ in await world.posted()] == [f"{run}/{key}" for key in keys]


async def test_only_what_failed_can_be_tried_again(world: World) -> None:
    run = await world.begin(SENDS)
    with pytest.raises(RequestError, match="is waiting, and only one that has failed"):
        await world.runs.retry(run)
    await world.decide(f"{run}/say")
    with pytest.raises(RequestError, match="nothing has failed in run"):
        await world.runs.retry(run)


async def test_waits_of_a_failed_run_begin_anew(world: World) -> None:
    source = definition(
        [
            hold("ask", key="k"),
            hold("pause", seconds=5, next_steps=["$steps.call"]),
            step("test/call@v1", "call", fails=1),
        ]
    )
    run = await world.begin(source)
    await world.step(5)
    assert (await world.get(run)).status == "failed"
    await world.runs.retry(run)
    await world.settle()
    assert [row["key"] for row in await world.rows("waits")] == ["k"]
    await world.report("k")

    assert (await world.get(run)).status == "completed"


async def crash(world: World, definition_id: int, **options: Any) -> None:
    """Start a run in a process that dies on the way."""

    async def work() -> None:
        await world.runs.start(definition_id, **options)
        await world.settle()

    with pytest.raises(Crash):
        await work()


# --- steps that act at once ------------------------------------------------------------------------------------------

CALLS = definition(
    [
        step("echo", "first", value=1),
        step("test/call@v1", "call", what="$steps.first.output", next_steps=["$steps.last"]),
        post("last", what="{{ steps.call.count }}"),
    ]
)


@pytest.mark.parametrize("commit", [1, 2, 3])
async def test_after_a_crash_the_call_is_made_with_the_same_key(
    database: Database, clock: VirtualClock, commit: int
) -> None:
    world = World(database, clock)
    definition_id = await world.define(CALLS)
    crashing = CrashingDatabase(database, commit, after=False)
    world.start(crashing)
    await crash(world, definition_id, key="once")
    calls = list(world.calls)
    world.start()
    run, _ = await world.runs.start(definition_id, key="once")
    clock.step(LEASE_SECONDS + 1)
    await world.sweep(at_start=True)

    assert calls == ([] if commit < 3 else [f"{run.id}/call"])
    assert world.calls == [*calls, f"{run.id}/call"]
    assert len(await world.posted()) == 1


async def test_on_sqlite_a_call_of_a_dead_process_is_made_again_at_the_start(world: World) -> None:
    if world.database.dialect != "sqlite":
        pytest.skip("other processes may be alive")
    definition_id = await world.define(CALLS)
    world.start(CrashingDatabase(world.database, 3, after=False))
    await crash(world, definition_id)
    world.start()
    await world.sweep(at_start=True)

    assert len(world.calls) == 2


async def test_a_run_in_the_hands_of_another_process_is_left_to_it(postgres_url: str, clock: VirtualClock) -> None:
    from ringline.database import open_database

    database = await open_database(postgres_url, clock=clock)
    world = World(database, clock)
    definition_id = await world.define(CALLS)
    crashing = CrashingDatabase(database, 3, after=False)
    world.start(crashing)
    await crash(world, definition_id)
    world.start()
    [row] = await world.rows("runs")
    await world.runs.advance(str(row["id"]))
    assert len(world.calls) == 1

    await world.step(LEASE_SECONDS)
    assert len(world.calls) == 2
    await database.close()


# --- what blocks remember (R13) --------------------------------------------------------------------------------------

COUNTS = definition([step("test/count@v1", "count")], outputs={"count": "$steps.count.count"})


async def test_what_blocks_remember_outlives_the_process(world: World) -> None:
    assert [(await world.outputs(await world.begin(COUNTS)))["count"] for _ in range(2)] == [1, 2]
    world.start()
    assert (await world.outputs(await world.begin(COUNTS)))["count"] == 3
    [row] = await world.rows("block_states")
    assert (row["workflow"], row["step"], row["revision"]) == ("flow", "count", 3)


async def test_two_processes_share_what_blocks_remember(world: World) -> None:
    """Whoever is outrun looks again; nothing is counted twice or lost."""
    definition_id = await world.define(COUNTS)
    other = World(world.database, world.clock)
    for _ in range(5):
        for one in (world, other):
            await one.runs.start(definition_id)
    await asyncio.gather(world.settle(), other.settle())

    runs = await world.runs.list()
    assert sorted((run.outputs or [{}])[0]["count"] for run in runs) == list(range(1, 11))
