"""Time-outs, retries and `on_error` (language rule R6), in runs with and without a loop."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.errors import StepExecutionError
from workflow.building import compiled, definition, notify, step


def work(**fields: Any) -> dict[str, Any]:
    return step("test/work@v1", "w", **fields)


async def finished(run: Any, clock: VirtualClock, *, steps: int = 100) -> Any:
    """The run's result, with time moving on whenever somebody sleeps."""
    task = asyncio.ensure_future(run)
    for _ in range(steps):
        for _ in range(5):
            await asyncio.sleep(0)
        if task.done():
            break
        due = clock.next_due()
        if due is not None:
            clock.step(due)
    return await task


async def test_a_step_is_tried_again_with_growing_pauses(clock: VirtualClock) -> None:
    retry = {"attempts": 4, "backoff": "10s", "factor": 3, "max": "50s"}
    plan = compiled(definition([work(fails=3, retry=retry)], outputs={"o": "$steps.w.attempts"}), clock=clock)

    assert await finished(plan.arun(), clock) == [{"o": 4}]
    assert clock.monotonic() == 10 + 30 + 50


async def test_the_last_error_counts_when_no_attempt_succeeds(clock: VirtualClock) -> None:
    plan = compiled(definition([work(fails=3, retry={"attempts": 2, "backoff": "1s"})]), clock=clock)

    with pytest.raises(StepExecutionError) as raised:
        await finished(plan.arun(), clock)

    assert str(raised.value) == "The step `w` (test/work@v1) failed: attempt 2 failed"


async def test_a_step_that_takes_too_long_fails_by_the_runs_clock(clock: VirtualClock) -> None:
    plan = compiled(definition([work(seconds=60, step_timeout="30s")]), clock=clock)

    with pytest.raises(StepExecutionError) as raised:
        await finished(plan.arun(), clock)

    assert str(raised.value) == (
        "The step `w` (test/work@v1) failed: the step did not end within its `step_timeout` of 30 s"
    )
    assert clock.monotonic() == 30


async def test_a_step_that_ends_in_time_is_left_alone(clock: VirtualClock) -> None:
    plan = compiled(
        definition([work(seconds=10, value=1, step_timeout="30s")], outputs={"o": "$steps.w.value"}), clock=clock
    )

    assert await finished(plan.arun(), clock) == [{"o": 1}]


def test_continue_gives_none_and_goes_on() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(
        definition(
            [work(fails=1, value=1, on_error="continue", next_steps=["$steps.n"]), notify("n")],
            outputs={"o": "$steps.w.*"},
        ),
        sent=sent,
    )

    result = plan.execute()

    error = {"code": "OSError", "message": "attempt 1 failed", "fix": "", "retryable": False}
    assert result.outputs == [{"o": {"value": None, "attempts": None, "outcome": "error", "error": error}}]
    assert len(sent) == 1
    assert [(failure.step, failure.is_handled) for failure in result.failures] == [("w", True)]


def test_on_error_may_lead_elsewhere() -> None:
    sent: list[dict[str, Any]] = []
    steps = [
        work(fails=1, on_error=["$steps.sorry"], next_steps=["$steps.fine"]),
        notify("sorry", message="{{steps.w.error.message}}"),
        notify("fine"),
    ]
    plan = compiled(definition(steps), sent=sent)

    plan.run()
    plan.run()

    assert [entry["message"] for entry in sent] == ["attempt 1 failed", ""]


def test_a_step_of_roboflow_fails_the_run_unless_told_otherwise() -> None:
    fail = step("fail", "f", value="$inputs.error")
    plan = compiled(definition([fail], inputs=["error"]))
    lenient = compiled(
        definition([{**fail, "on_error": "continue"}], inputs=["error"], outputs={"o": "$steps.f.output"})
    )

    with pytest.raises(StepExecutionError):
        plan.run({"error": KeyError("x")})
    assert lenient.run({"error": KeyError("x")}) == [{"o": None}]


def test_errors_of_one_element_leave_the_others_alone() -> None:
    fail = step("fail", "f", value="$inputs.x", on_error="continue")
    plan = compiled(
        definition([fail, step("echo", "e", value="$inputs.x")], batches=["x"], outputs={"f": "$steps.f.output"})
    )

    result = plan.execute({"x": [KeyError("a"), KeyError("b")]})

    assert [failure.element for failure in result.failures] == [(0,), (1,)]


def test_attempts_share_one_key() -> None:
    sent: list[dict[str, Any]] = []
    plan = compiled(definition([notify("n", retry={"attempts": 3, "backoff": "0.001s"})]), sent=sent)
    original, calls = plan.steps[0].run, []

    def twice(**arguments: Any) -> Any:
        calls.append(arguments["step"].key)
        if len(calls) < 3:
            raise ConnectionError("gone")
        return original(**arguments)

    plan.steps[0].run = twice
    plan.execute(run_id="run_7")

    assert calls == ["run_7/n"] * 3
