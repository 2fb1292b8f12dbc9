"""A workflow that is kept: registered by name and version, its runs written down."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING, Any

from ringline.errors import StepExecutionError, WorkflowError, WorkflowExecutionEngineError
from ringline.workflow import store
from ringline.workflow.runs import RunError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.clock import Clock
    from ringline.database import Database
    from ringline.errors import Fault
    from ringline.workflow import Plan
    from ringline.workflow.runs import Run, Runs, RunStatus

_log = logging.getLogger(__name__)


class StartedRun:
    """One run that was started: its id, how it stands, and its outputs once there are any."""

    def __init__(self, run: Run, runs: Runs, task: asyncio.Task[list[dict[str, Any]]] | None) -> None:
        self._run = run
        self._runs = runs
        self._task = task

    @property
    def run(self) -> Run:
        """The run as it was when it was started."""
        return self._run

    @property
    def id(self) -> str:
        """The run's id, ``run_…``."""
        return self._run.id

    @property
    def status(self) -> RunStatus:
        """``running``, ``completed`` or ``failed``."""
        if self._task is None or not self._task.done():
            return self._run.status
        return "failed" if self._task.cancelled() or self._task.exception() else "completed"

    async def result(self, timeout: float | None = None) -> list[dict[str, Any]]:
        """The outputs in serialised form, once the run has ended.

        Raises:
            WorkflowExecutionEngineError: The run failed.
            TimeoutError: It has not ended within *timeout* seconds; it goes on.
        """
        if self._task is not None:
            return await asyncio.wait_for(asyncio.shield(self._task), timeout)
        run = await self._runs.wait(self.id, timeout)
        if run.finished_at is None:
            raise TimeoutError(f"run {self.id} has not ended within {timeout:g} seconds")
        if run.error is not None:
            raise WorkflowExecutionEngineError(run.error.message, "workflow_execution")
        return run.outputs or []


class RegisteredWorkflow:
    """A compiled workflow of an installation. The same definition under the same name is one version."""

    def __init__(self, name: str, definition: str, plan: Plan, *, database: Database, clock: Clock, runs: Runs) -> None:
        self.name = name
        self.plan = plan
        self.definition = definition
        self._database = database
        self._clock = clock
        self._runs = runs
        self._version: int | None = None
        self._tasks: set[asyncio.Task[list[dict[str, Any]]]] = set()

    def check(self) -> list[Fault]:
        """What is doubtful about the definition: its warnings."""
        return self.plan.check()

    async def register(self) -> int:
        """Write the definition down, and return its version; the same text again keeps its number."""
        if self._version is None:
            now = self._clock.time()
            self._version = await self._database.write(
                lambda tx: store.add_version(tx, name=self.name, definition=self.definition, now=now)
            )
        return self._version

    async def start(self, inputs: Mapping[str, Any] | None = None, key: str | None = None) -> StartedRun:
        """Start a run and return at once.

        The same *key* again gives the run it gave before and starts nothing. Raises `RuntimeInputError` for inputs the
        definition does not take, `IdempotencyConflict` for a key that came with other inputs.
        """
        version = await self.register()
        given = dict(inputs or {})
        self.plan.check_inputs(given)
        run, is_new = await self._runs.begin(
            workflow=self.name, version=version, inputs=_as_json(self.plan.written_inputs(given)), key=key
        )
        if not is_new:
            return StartedRun(run, self._runs, None)
        task = asyncio.create_task(self._execute(run, given), name=run.id)
        self._tasks.add(task)
        task.add_done_callback(self._forget)
        return StartedRun(run, self._runs, task)

    async def close(self, timeout: float) -> None:
        """Give runs that are going on *timeout* seconds to end; the next start marks what is left as interrupted."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=timeout)

    def _forget(self, task: asyncio.Task[list[dict[str, Any]]]) -> None:
        self._tasks.discard(task)
        if not task.cancelled():
            # The error stands in the run's row; without this look at it asyncio would complain that nobody asked.
            task.exception()

    async def _execute(self, run: Run, inputs: dict[str, Any]) -> list[dict[str, Any]]:
        try:
            result = await self.plan.aexecute(inputs, serialize=True, run_id=run.id)
        except Exception as error:
            if not isinstance(error, WorkflowError):
                _log.exception("run %s of %s ended in an error of our own", run.id, self.name)
            await self._runs.fail(run.id, _run_error(error))
            raise
        outputs: list[dict[str, Any]] = _as_json(result.outputs)
        await self._runs.finish(run.id, outputs, has_failures=result.has_failures)
        return outputs


def _as_json(value: Any) -> Any:
    """The value as JSON gives it back; what JSON has no form for is named by its type."""
    return json.loads(json.dumps(value, default=lambda odd: f"<{type(odd).__name__}>"))


def _run_error(error: Exception) -> RunError:
    step = error.block_id if isinstance(error, StepExecutionError) else None
    inner = error.inner_error if isinstance(error, StepExecutionError) and error.inner_error else error
    return RunError(type=type(error).__name__, message=str(error), step=step, fix=str(getattr(inner, "fix", "") or ""))
