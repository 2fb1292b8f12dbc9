"""Without waits, a durable run gives what a run in memory gives: outputs, failures, order of effects, errors."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ringline.errors import DefinitionError, WorkflowError
from ringline.workflow import compile_definition
from ringline.workflow.execution.document import document_of, load_document, new_state
from ringline.workflow.execution.keeping import Keeper
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.execution.segment import Segment
from ringline.workflow.execution.state import PerElement
from ringline.workflow.plan import Plan
from workflow.building import definition, notify, step
from workflow.sample_blocks import registry
from workflow.test_any_definition import damaged

BLOCKS = registry()

KINDS = ("echo", "choose", "switch", "first", "gather", "spread", "rank", "notify", "work")


@st.composite
def workflows(draw: st.DrawFn) -> dict[str, Any]:
    """Up to eight steps that read each other, decide about each other, and sometimes fail."""
    count = draw(st.integers(1, 8))
    names = [f"s{number}" for number in range(count)]
    steps = []
    for number, name in enumerate(names):
        earlier = names[:number]
        later = [f"$steps.{other}" for other in names[number + 1 :]]
        kind = draw(st.sampled_from(KINDS))
        sources = ["$inputs.p", "$inputs.b", *(f"$steps.{other}.{output(steps, other)}" for other in earlier)]
        value = draw(st.sampled_from(sources))
        targets = st.lists(st.sampled_from(later), max_size=2, unique=True) if later else st.just([])
        steps.append(one_step(draw, kind, name, value, targets, sources))
    outputs = {name: f"$steps.{name}.*" for name in names}
    return definition(steps, inputs=["p"], batches=["b"], outputs=outputs, variables={"v": 1})


def output(steps: list[dict[str, Any]], name: str) -> str:
    kind = next(one["type"] for one in steps if one["name"] == name)
    return {"roboflow_core/rank@v1": "rank", "test/notify@v1": "body", "test/work@v1": "value"}.get(kind, "output")


def one_step(draw: st.DrawFn, kind: str, name: str, value: str, targets: Any, sources: list[str]) -> dict[str, Any]:
    match kind:
        case "choose":
            return step("choose", name, value=value, next_steps=draw(targets))
        case "switch":
            cases = dict(zip(("1", "2"), draw(targets), strict=False))
            return step("switch", name, value=value, cases=cases)
        case "first":
            return step("first", name, data=[value, draw(st.sampled_from(sources))], default=0)
        case "gather" | "spread" | "rank":
            return step(kind, name, data=value)
        case "notify":
            end = draw(st.sampled_from(["sent", "failed", "unknown"]))
            options: dict[str, Any] = {}
            if draw(st.booleans()):
                options["outcomes"] = {draw(st.sampled_from(["sent", "failed"])): draw(targets)}
            if draw(st.booleans()):
                options["next_steps"] = draw(targets)
            if draw(st.booleans()):
                options["join"] = draw(st.sampled_from(["any", "all"]))
            if draw(st.booleans()):
                options["response_mapping"] = {"body": "v"}
            message = draw(st.sampled_from(["{{v}}", "{{p}}", "x", "{{b}}"]))
            return notify(name, message=message, end=end, **options)
        case "work":
            on_error = draw(st.sampled_from(["continue", "fail", draw(targets)]))
            return step(
                "test/work@v1",
                name,
                value=value,
                fails=draw(st.sampled_from([0, 0, 1])),
                on_error=on_error or "continue",
            )
        case _:
            return step("echo", name, value=value, values={"a": draw(st.sampled_from(sources))})


def in_memory(source: dict[str, Any], inputs: dict[str, Any]) -> tuple[Any, ...]:
    sent: list[Any] = []
    plan = compile_definition(source, BLOCKS, {"sent": sent})
    try:
        result = plan.execute(inputs, serialize=True, run_id="run")
    except WorkflowError as error:
        return ("error", type(error), str(error)), sent
    failures = [(one.step, one.element, one.outcome, one.is_handled) for one in result.failures]
    return ("outputs", result.outputs, result.variables, failures), sent


def durably(source: dict[str, Any], inputs: dict[str, Any]) -> tuple[Any, ...]:
    sent: list[Any] = []
    plan = compile_definition(source, BLOCKS, {"sent": sent})
    try:
        state = new_state(plan, "run", inputs, None)
    except WorkflowError as error:
        return ("error", type(error), str(error)), sent
    segment = Segment(state, 0.0)
    asyncio.run(segment.go([]))
    assert not segment.progress.frames
    if segment.error is not None:
        return ("error", type(segment.error), str(segment.error)), sent
    reloaded = through_a_row(plan, state, inputs)
    assert build_outputs(plan, reloaded, True) == build_outputs(plan, state, True)
    variables = {
        name: value.values if isinstance(value, PerElement) else value for name, value in state.variables.items()
    }
    failures = [(one.step, one.element, one.outcome, one.is_handled) for one in state.failures]
    return ("outputs", build_outputs(plan, state, True), variables, failures), sent


def through_a_row(plan: Plan, state: Any, inputs: dict[str, Any]) -> Any:
    """The state as another process gets it."""
    document = json.loads(json.dumps(document_of(state, Keeper())))
    fresh = new_state(plan, "run", inputs, None)
    load_document(fresh, document, Keeper())
    return fresh


def is_refused(source: dict[str, Any]) -> bool:
    try:
        plan = compile_definition(source, BLOCKS, {"sent": []})
    except DefinitionError:
        return True
    return plan.needs_durable_run


INPUTS = [{"p": 1, "b": [1]}, {"p": 0, "b": [2, 1, 3]}, {"p": "x", "b": [[1], [2, 3]]}]


@given(source=workflows(), inputs=st.sampled_from(INPUTS))
@settings(max_examples=400, deadline=None)
def test_any_workflow_without_waits(source: dict[str, Any], inputs: dict[str, Any]) -> None:
    if not is_refused(source):
        assert durably(source, inputs) == in_memory(source, inputs)


@given(source=damaged(), inputs=st.sampled_from(INPUTS))
@settings(max_examples=200, deadline=None)
def test_any_damaged_definition_that_still_runs(source: dict[str, Any], inputs: dict[str, Any]) -> None:
    for one in source["steps"] if isinstance(source.get("steps"), list) else ():
        if isinstance(one, dict):
            one.pop("retry", None)  # a wait for time in a durable run, a sleep in memory
    if not is_refused(source):
        assert durably(source, inputs) == in_memory(source, inputs)


@pytest.mark.parametrize("inputs", INPUTS)
def test_the_workflows_here_do_run(inputs: dict[str, Any]) -> None:
    """Most of what is drawn above compiles: the property is about something."""
    drawn = 0
    ran = 0

    @given(source=workflows())
    @settings(max_examples=60, deadline=None, database=None)
    def count(source: dict[str, Any]) -> None:
        nonlocal drawn, ran
        drawn += 1
        ran += not is_refused(source)

    count()
    assert ran > drawn / 4
