"""`run` needs no event loop, and works where one runs; steps that await share one background loop (decision 48)."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from typing import Any, ClassVar, Literal

import pytest

from ringline.errors import InvalidBlockBehaviourError
from ringline.workflow import BlockRegistry, Plan, compile_definition
from ringline.workflow.block import Block, Manifest, Output
from workflow.building import compiled, definition, step

user = contextvars.ContextVar("user", default="nobody")


class WhereManifest(Manifest):
    """Tells where it runs."""

    type: Literal["test/where@v1"]


class Where(Block):
    manifest: ClassVar[type[Manifest]] = WhereManifest
    outputs = (Output("thread"), Output("loop"), Output("user"))

    async def run(self) -> dict[str, Any]:
        # A time-out needs a task around it, so this holds only where a loop drives the step.
        async with asyncio.timeout(5):
            await asyncio.sleep(0)
        return {"thread": threading.current_thread().name, "loop": asyncio.get_running_loop(), "user": user.get()}


class NestManifest(Manifest):
    """Runs a workflow inside itself, the wrong way."""

    type: Literal["test/nest@v1"]


class Nest(Block):
    manifest: ClassVar[type[Manifest]] = NestManifest

    async def run(self) -> dict[str, Any]:
        where_plan().run()
        return {}


def where_plan() -> Plan:
    source = definition([step("test/where@v1", "w")], outputs={"o": "$steps.w.*"})
    return compile_definition(source, BlockRegistry([Where, Nest]), {})


def test_plain_steps_stay_in_the_calling_thread() -> None:
    plan = compiled(definition([step("echo", "e")], outputs={"o": "$steps.e.output"}))
    plan.steps[0].run = lambda **_: {"output": threading.current_thread().name, "values": None}

    assert plan.run() == [{"o": threading.current_thread().name}]


def test_a_step_that_awaits_runs_on_the_background_loop_with_the_callers_context() -> None:
    token = user.set("ada")
    try:
        seen = where_plan().run()[0]["o"]
    finally:
        user.reset(token)

    assert (seen["thread"], seen["user"]) == ("ringline-background", "ada")
    assert where_plan().run()[0]["o"]["loop"] is seen["loop"]


async def test_run_works_inside_a_running_loop() -> None:
    assert where_plan().run()[0]["o"]["thread"] == "ringline-background"


async def test_arun_awaits_on_the_callers_loop() -> None:
    seen = (await where_plan().arun())[0]["o"]

    assert seen["loop"] is asyncio.get_running_loop()


async def test_runs_of_one_plan_go_on_side_by_side() -> None:
    plan = compiled(
        definition([step("test/work@v1", "w", value="$inputs.x")], inputs=["x"], outputs={"o": "$steps.w.value"})
    )

    results = await asyncio.gather(*(plan.arun({"x": number}) for number in range(20)))

    assert results == [[{"o": number}] for number in range(20)]


def test_a_block_that_would_wait_for_itself_is_told_so() -> None:
    plan = compile_definition(definition([step("test/nest@v1", "n")]), BlockRegistry([Where, Nest]), {})

    with pytest.raises(InvalidBlockBehaviourError, match="arun"):
        plan.run()


def test_threads_may_run_one_plan_at_once() -> None:
    plan = compiled(definition([step("echo", "e", value="$inputs.x")], inputs=["x"], outputs={"o": "$steps.e.output"}))
    wrong: list[Any] = []

    def many(number: int) -> None:
        wrong.extend(result for _ in range(200) if (result := plan.run({"x": number})) != [{"o": number}])

    threads = [threading.Thread(target=many, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert wrong == []
