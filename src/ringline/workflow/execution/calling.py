"""One call of a block: its arguments, its time-out, its retries, and what to make of what it raises."""

from __future__ import annotations

import asyncio
import inspect
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from ringline.errors import StepExecutionError, WorkflowError
from ringline.workflow.block import StepContext, Woken
from ringline.workflow.execution.inputs import field_value
from ringline.workflow.execution.parts import StepPlan, TemplateField
from ringline.workflow.execution.scope import Scope
from ringline.workflow.execution.state import RunState
from ringline.workflow.explanations import explain

EXECUTION = "workflow_execution | step_execution"


@dataclass(frozen=True, slots=True)
class Failed:
    """In place of a block's result: the error that `on_error` takes care of."""

    error: Exception


def arguments_of(step: StepPlan, values: Sequence[Any], position: int) -> dict[str, Any] | None:
    """The block's arguments but for templates; None where an empty value skips the step.

    *position* is that of the element in the step's batch; it means nothing for a step on single values.
    """
    arguments = step.constants.copy()
    for name, source in step.direct:
        value = values[source.slot]
        if source.is_batch and value is not None:
            value = value[position]
        if value is None:
            if source.skips:
                return None
            value = source.absent
        arguments[name] = value
    for container in step.containers:
        filled = container.base.copy()
        for key, source in container.sources:
            value = values[source.slot]
            if source.is_batch and value is not None:
                value = value[position]
            if value is None and source.skips:
                return None
            filled[key] = value
        arguments[container.name] = filled
    return arguments


@dataclass(frozen=True)
class RetryLater(Exception):  # noqa: N818 - not an error of the run
    """The step has a try left, and a durable run does not stand still until then."""

    error: Exception
    pause: float


def context_of(step: StepPlan, state: RunState, element: tuple[int, ...], position: int | None = None) -> StepContext:
    """What the block may know about this call; its key is the same for every attempt.

    *position* is that of the element in the step's batch.
    """
    plan = state.plan
    parts = [state.run_id, step.name]
    iteration: tuple[int, ...] = ()
    trial = 1
    progress = state.progress
    if progress is not None:
        turns = progress.turns[step.position]
        trial = progress.trials.get((step.position, position), 1)
        if turns:
            # A step's own count tells all loops around it apart: each of them begins the step again.
            iteration = (turns,)
            parts.append(f"i{turns}")
    if element:
        parts.append(".".join(map(str, element)))
    if trial > 1:
        parts.append(f"t{trial}")
    return StepContext(
        run_id=state.run_id,
        step=step.name,
        element=element,
        key="/".join(parts),
        workflow=plan.name or "",
        defaults=plan.defaults,
        now=plan.clock.now(),
        timeout=step.timeout,
        is_durable=progress is not None,
        iteration=iteration,
        trial=trial,
    )


def fill_templates(step: StepPlan, state: RunState, arguments: dict[str, Any], position: int) -> None:
    """Render the step's templates into its arguments."""
    run_scope = Scope(state, step.lineage, position, step.replies)
    placeholders = step.spec.block.placeholders
    scope = _with_placeholders(run_scope, placeholders) if placeholders else run_scope
    copied: set[tuple[Any, ...]] = set()
    for template in step.templates:
        value = _rendered(step, template, scope, state.plan.helpers)
        element = template.element
        if element is None:
            arguments[template.name] = value
            continue
        keys = (template.name, *(element if isinstance(element, tuple) else (element,)))
        holder: Any = arguments
        for depth, key in enumerate(keys[:-1], start=1):
            # The plan's own mappings and lists serve every run.
            if keys[:depth] not in copied:
                copied.add(keys[:depth])
                holder[key] = holder[key].copy()
            holder = holder[key]
        holder[keys[-1]] = value


def _with_placeholders(scope: Scope, placeholders: Mapping[str, str]) -> Callable[[str], Any]:
    def find(name: str) -> Any:
        return placeholders[name] if name in placeholders else scope(name)

    return find


def _rendered(step: StepPlan, field: TemplateField, scope: Callable[[str], Any], helpers: Mapping[str, Any]) -> Any:
    if field.always_text:
        return field.template.render(scope, helpers)
    value = field.template.value(scope, helpers)
    return _checked(step, field.name, value) if field.is_checked else value


def _checked(step: StepPlan, name: str, value: Any) -> Any:
    """A value made by the run, as the field's schema takes it; raises `ValueError` in words."""
    if value is not None and not isinstance(value, str | int | float):
        return value  # images, moments, lists: what the kinds at both ends agreed on
    spec = step.spec.by_key[name]
    try:
        return field_value(step.manifest, spec, value)
    except ValidationError as error:
        secret = [spec.key] if "secret" in (spec.direct.kinds or ()) else []
        found = explain(error, {spec.key: value}, secret=secret)
        raise ValueError(" ".join(reason.sentence for reason in found)) from None


async def call(step: StepPlan, state: RunState, arguments: dict[str, Any], position: int | None) -> Any:
    """The block's result, after its retries; `Failed` where `on_error` goes on. Raises what ends the run.

    *position* is that of the element in the step's batch, None for what is no single element.
    """
    element = () if position is None else state.axes[step.lineage].indices[position]
    progress = state.progress
    attempt = 1 if progress is None else 1 + progress.tries.get((step.position, position), 0)
    while True:
        try:
            if step.templates:
                fill_templates(step, state, arguments, position or 0)
            for name in step.checked:
                arguments[name] = _checked(step, name, arguments[name])
            if step.takes_step:
                arguments["step"] = context_of(step, state, element, position)
            return await _result(step, state, step.run, arguments)
        # Whatever a block raises is the step's error; nothing is swallowed: it ends the run or goes to `on_error`.
        except Exception as error:
            if step.retry is not None and attempt < step.retry.attempts:
                if progress is not None:
                    raise RetryLater(error, step.retry.pause_after(attempt)) from error
                await state.settle(state.plan.clock.sleep(step.retry.pause_after(attempt)))
                attempt += 1
                continue
            if step.on_error == "fail":
                raise step_error(step, error) from error
            return Failed(error)


async def call_back(
    step: StepPlan,
    state: RunState,
    function: Callable[..., Any],
    woken: Woken,
    context: StepContext,
    position: int | None,
) -> Any:
    """What the block makes of the end of its wait; errors go the way of `call`."""
    progress = state.progress
    assert progress is not None
    try:
        return await _result(step, state, function, {"woken": woken, "step": context})
    # As in `call`: nothing is swallowed.
    except Exception as error:
        tried = progress.tries.get((step.position, position), 0) + 1
        if step.retry is not None and tried < step.retry.attempts:
            raise RetryLater(error, step.retry.pause_after(tried)) from error
        if step.on_error == "fail":
            raise step_error(step, error) from error
        return Failed(error)


async def _result(step: StepPlan, state: RunState, function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    limit = step.own_timeout
    if limit is not None:
        return await state.settle(_limited(state, function, arguments, limit))
    result = function(**arguments)
    if inspect.isawaitable(result):
        result = await state.settle(result)
    return result


async def _limited(state: RunState, function: Callable[..., Any], arguments: dict[str, Any], seconds: float) -> Any:
    """The block's result, or `TimeoutError` once *seconds* of the run's clock have passed."""
    work: Awaitable[Any]
    if inspect.iscoroutinefunction(function):
        work = function(**arguments)
    else:
        work = _in_thread(function, arguments)
    task = asyncio.ensure_future(work)
    timer = asyncio.ensure_future(state.plan.clock.sleep(seconds))
    try:
        await asyncio.wait({task, timer}, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            raise TimeoutError(f"the step did not end within its `step_timeout` of {seconds:g} s")
        return task.result()
    finally:
        for running in (task, timer):
            running.cancel()


async def _in_thread(function: Callable[..., Any], arguments: dict[str, Any]) -> Any:
    result = await asyncio.to_thread(function, **arguments)
    return await result if inspect.isawaitable(result) else result


def step_error(step: StepPlan, error: Exception) -> WorkflowError:
    """The error as the run raises it: an error of the workflow as it is, anything else with the step's name."""
    if isinstance(error, WorkflowError):
        return error
    text = str(error) or type(error).__name__
    return StepExecutionError(
        f"The step `{step.name}` ({step.type}) failed: {text}",
        EXECUTION,
        error,
        block_id=step.name,
        block_type=step.type,
        block_traceback="".join(traceback.format_exception(error)),
    )
