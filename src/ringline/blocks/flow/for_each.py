"""`flow/for_each@v1`: run a workflow once for each item of a list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.blocks.flow.subflow import error_of, service_of
from ringline.errors import RequestError
from ringline.workflow.block import (
    Block,
    Done,
    Effect,
    InnerWorkflow,
    Manifest,
    Output,
    SelectorOf,
    StepContext,
    StepTransaction,
    Template,
    Wait,
    Woken,
)

if TYPE_CHECKING:
    from ringline.workflow.subflows import Subflows

MOST_ITEMS = 1_000
"""Of one loop. Each item is a run; who writes to more people than this wants a broadcast."""

_Fault = tuple[str, str, str, str]


class ForEachManifest(Manifest):
    """Runs a workflow once for each item of a list, several at a time."""

    type: Literal["flow/for_each@v1"]
    items: Annotated[list[Any] | str, Template(nested=True), SelectorOf("list_of_values", "dictionary")] = Field(
        description="The list: a selector, a template, or written out; at most 1,000 items."
    )
    as_: str = Field(
        title="Name of the item",
        default="item",
        alias="as",
        description="The input of the workflow that gets the item.",
    )
    workflow: Annotated[str | dict[str, Any], InnerWorkflow()] = Field(
        description="A registered workflow, `name` or `name@2`, or a whole definition written here."
    )
    inputs: dict[str, Annotated[Any, Template(nested=True), SelectorOf("*")]] = Field(
        default_factory=dict, description="Further inputs, the same for every item."
    )
    concurrency: int = Field(default=10, ge=1, le=100, description="How many items are worked on at a time.")
    on_item_error: Literal["continue", "fail"] = Field(
        default="continue",
        description="When an item's run fails: go on with the others, or cancel them and end with `failed`.",
    )


class ForEach(Block):
    """Results stand in the order of the items, whatever order they end in."""

    manifest: ClassVar[type[Manifest]] = ForEachManifest
    title = "For each"
    icon = "repeat"
    outputs = (
        Output("results", ("list_of_values",)),
        Output("errors", ("list_of_values",)),
        Output("total", ("integer",)),
        Output("completed", ("integer",)),
        Output("failed", ("integer",)),
    )
    outcomes = ("completed", "partial", "failed")
    failing_outcomes = frozenset({"partial", "failed"})
    can_wait = True

    def __init__(self, *, subflows: Subflows | None = None) -> None:
        self._subflows = subflows

    def run(
        self,
        *,
        items: Any,
        as_: str,
        workflow: str | Mapping[str, Any],
        inputs: Mapping[str, Any],
        concurrency: int,
        on_item_error: str,
        step: StepContext,
    ) -> Done | Wait:
        listed = _listed(items)
        if not listed:
            return Done({"results": [], "errors": [], "total": 0, "completed": 0, "failed": 0}, outcome="completed")
        loop: dict[str, Any] = {
            "items": listed,
            "as": as_,
            "workflow": workflow,
            "inputs": dict(inputs),
            "on_error": on_item_error,
            "next": min(concurrency, len(listed)),
            "failed": 0,
            "ended": 0,
        }
        first = [self._start(loop, index, step) for index in range(loop["next"])]
        return Wait(state=loop, effects=first)

    async def resume(self, *, woken: Woken, step: StepContext) -> Done | Wait:
        loop = dict(woken.state)
        loop["ended"] += 1
        loop["failed"] += woken.data["status"] != "completed"
        if loop["failed"] and loop["on_error"] == "fail":
            return await self._end(loop, step, cancel=True)
        if loop["ended"] == len(loop["items"]):
            return await self._end(loop, step)
        effects: list[Effect] = [self._go_on_waiting(step)]
        if loop["next"] < len(loop["items"]):
            effects.append(self._start(loop, loop["next"], step))
            loop["next"] += 1
        return Wait(state=loop, effects=effects)

    def _start(self, loop: Mapping[str, Any], index: int, step: StepContext) -> Effect:
        subflows = service_of(self._subflows)
        inputs = {**loop["inputs"], loop["as"]: loop["items"][index]}

        def start(on: StepTransaction) -> None:
            subflows.start_in(on, workflow=loop["workflow"], inputs=inputs, key=_key_of(step, index), step=step.step)

        return start

    def _go_on_waiting(self, step: StepContext) -> Effect:
        """Wait for the items that are being worked on; which runs those are, only the database knows."""
        subflows = service_of(self._subflows)

        def wait(on: StepTransaction) -> None:
            for run_id in subflows.open_in(on.tx, on.run_id, _prefix_of(step)):
                on.wait_for(f"run/{run_id}")

        return wait

    async def _end(self, loop: Mapping[str, Any], step: StepContext, *, cancel: bool = False) -> Done:
        subflows = service_of(self._subflows)
        runs = await subflows.children(step.run_id, _prefix_of(step))
        results: list[Any] = []
        errors: list[dict[str, Any]] = []
        completed = 0
        for index, item in enumerate(loop["items"]):
            run = runs.get(_key_of(step, index))
            if run is not None and run.status == "completed":
                completed += 1
                rows = run.outputs or []
                results.append(rows[0] if len(rows) == 1 else rows)
                continue
            results.append(None)
            if run is not None and run.finished_at is not None:
                errors.append({"index": index, "item": item, "run_id": run.id, **(error_of(run) or {})})
        outputs = {
            "results": results,
            "errors": errors,
            "total": len(loop["items"]),
            "completed": completed,
            "failed": len(errors),
            "error": _error(errors, len(loop["items"])),
        }
        if not cancel:
            return Done(outputs, outcome="partial" if errors else "completed", otherwise="completed")

        def stop(on: StepTransaction) -> None:
            for run_id in subflows.open_in(on.tx, on.run_id, _prefix_of(step)):
                subflows.cancel_in(on.tx, run_id, why="another item of the loop has failed")

        return Done(outputs, outcome="failed", effects=[stop])

    @classmethod
    def faults_of(cls, manifest: Manifest) -> Sequence[_Fault]:
        assert isinstance(manifest, ForEachManifest)
        return list(_faults(manifest))


def _prefix_of(step: StepContext) -> str:
    return f"{step.key}/"


def _key_of(step: StepContext, index: int) -> str:
    # Digits of one length, so that a step's keys are no prefixes of each other.
    return f"{step.key}/{index:04d}"


def _listed(items: Any) -> list[Any]:
    if isinstance(items, Mapping):
        items = [{"key": key, "value": value} for key, value in items.items()]
    if items is None or isinstance(items, str) or not isinstance(items, Sequence):
        shown = "text" if isinstance(items, str) else "nothing" if items is None else type(items).__name__
        raise RequestError(
            f"`items` is {shown}, and a loop needs a list.",
            field="items",
            fix="Select a list, such as $inputs.people; several values on one line are {{ text | split(',') }}.",
        )
    if len(items) > MOST_ITEMS:
        raise RequestError(
            f"`items` has {len(items):,} items; a loop takes at most {MOST_ITEMS:,}.",
            field="items",
            fix="Split the list, or write to many people with a broadcast.",
        )
    return list(items)


def _error(errors: Sequence[Mapping[str, Any]], total: int) -> dict[str, Any] | None:
    if not errors:
        return None
    return {
        "code": "items_failed",
        "message": f"{len(errors)} of {total} items failed; the first, number {errors[0]['index'] + 1}: "
        f"{errors[0].get('message', '')}",
        "fix": "Look at `errors` for each of them.",
        "retryable": False,
    }


def _is_one_expression(text: str) -> bool:
    return text.startswith("{{") and text.endswith("}}") and text.count("{{") == 1


def _faults(manifest: ForEachManifest) -> Iterator[_Fault]:
    items = manifest.items
    if isinstance(items, str) and not items.startswith("$") and "{{" not in items:
        yield "warning", "items", f"`{items}` is text, and a loop needs a list.", "Write [a, b], or select a list."
    elif isinstance(items, str) and "{{" in items and not _is_one_expression(items):
        yield (
            "warning",
            "items",
            "The template gives text, because it is more than one expression, and a loop needs a list.",
            "Write exactly one {{ … }} that gives a list.",
        )
    elif isinstance(items, list) and not items:
        yield "warning", "items", "The list is empty, so nothing happens.", "Write items into it, or select a list."
    if isinstance(manifest.workflow, Mapping):
        declared = manifest.workflow.get("inputs")
        names = (
            {one.get("name") for one in declared if isinstance(one, Mapping)} if isinstance(declared, list) else set()
        )
        if manifest.as_ not in names:
            yield (
                "warning",
                "workflow",
                f"The workflow has no input `{manifest.as_}`, so it never sees its item.",
                f"Declare one: {{type: WorkflowParameter, name: {manifest.as_}}}; or say another name with `as`.",
            )
