"""`flow/subflow@v1`: run another workflow as one step."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field

from ringline.errors import RequestError
from ringline.workflow.block import (
    Block,
    Done,
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
    from ringline.workflow.run import Run
    from ringline.workflow.subflows import Subflows


class SubflowManifest(Manifest):
    """Runs another workflow and waits for its end."""

    type: Literal["flow/subflow@v1"]
    workflow: Annotated[str | dict[str, Any], InnerWorkflow()] = Field(
        description="A registered workflow, `name` or `name@2`, or a whole definition written here."
    )
    inputs: dict[str, Annotated[Any, Template(nested=True), SelectorOf("*")]] = Field(
        default_factory=dict, description="Its inputs by name: literals, selectors or templates."
    )


class Subflow(Block):
    """It keeps the version it started with, and ends with the run around it."""

    manifest: ClassVar[type[Manifest]] = SubflowManifest
    title = "Run a workflow"
    icon = "workflow"
    outputs = (
        Output("outputs", ("dictionary",)),
        Output("results", ("list_of_values",)),
        Output("run_id", ("string",)),
        Output("has_failures", ("boolean",)),
    )
    outcomes = ("completed", "failed")
    failing_outcomes = frozenset({"failed"})
    can_wait = True

    def __init__(self, *, subflows: Subflows | None = None) -> None:
        self._subflows = subflows

    def run(self, *, workflow: str | Mapping[str, Any], inputs: Mapping[str, Any], step: StepContext) -> Wait:
        subflows = service_of(self._subflows)

        def start(on: StepTransaction) -> None:
            subflows.start_in(on, workflow=workflow, inputs=inputs, key=step.key, step=step.step)

        return Wait(effects=[start])

    async def resume(self, *, woken: Woken, step: StepContext) -> Done:
        assert woken.key is not None
        run = await service_of(self._subflows).result(woken.key.partition("/")[2])
        results = list(run.outputs or [])
        outputs = {
            # A run on a batch has an output for each element; most have one.
            "outputs": results[0] if len(results) == 1 else {},
            "results": results,
            "run_id": run.id,
            "has_failures": run.has_failures,
            "error": error_of(run),
        }
        return Done(outputs, outcome="completed" if run.status == "completed" else "failed")


def service_of(subflows: Subflows | None) -> Subflows:
    """The service, which bare workflows do not have."""
    if subflows is None:
        raise RequestError(
            "A workflow in a step has a run of its own, which takes a database.",
            fix="Run it under Ringline: `ringline run FILE`.",
        )
    return subflows


def error_of(run: Run) -> dict[str, Any] | None:
    """Why a run did not complete, as steps say it."""
    if run.status == "completed":
        return None
    if run.error is None:
        return {
            "code": "canceled",
            "message": f"The run {run.id} of `{run.workflow}` was canceled.",
            "fix": "",
            "retryable": True,
        }
    return {"code": run.error.type, "message": run.error.message, "fix": run.error.fix, "retryable": False}
