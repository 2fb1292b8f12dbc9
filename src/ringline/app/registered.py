"""A workflow that is kept: registered by name and version, its runs durable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ringline.errors import WorkflowExecutionEngineError
from ringline.workflow.store import definitions as store

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.clock import Clock
    from ringline.database import Database
    from ringline.errors import Fault
    from ringline.workflow import Plan
    from ringline.workflow.ends import Watch
    from ringline.workflow.plans import Plans
    from ringline.workflow.run import StartedBy
    from ringline.workflow.runs import Run, Runs, RunStatus


class StartedRun:
    """One run that was started: its id, how it stands, and its outputs once there are any."""

    def __init__(self, run: Run, runs: Runs, watch: Watch | None) -> None:
        self._run = run
        self._runs = runs
        self._watch = watch

    @property
    def run(self) -> Run:
        """The run as it was when it was started, or when `result` last looked."""
        return self._run

    @property
    def id(self) -> str:
        """The run's id, ``run_…``."""
        return self._run.id

    @property
    def status(self) -> RunStatus:
        """As far as this process knows without asking; `refresh` asks."""
        ended = self._watch.run if self._watch is not None else None
        return self._run.status if ended is None else ended.status

    async def refresh(self) -> Run:
        """The run as it stands now."""
        self._run = await self._runs.get(self.id)
        return self._run

    async def result(self, timeout: float | None = None) -> list[dict[str, Any]]:
        """The outputs in serialised form, once the run has ended.

        Raises:
            WorkflowExecutionEngineError: The run failed, or was canceled.
            TimeoutError: It has not ended within *timeout* seconds; it goes on.
        """
        self._run = run = await self._runs.wait(self.id, timeout, watch=self._watch)
        if run.finished_at is None:
            raise TimeoutError(f"run {self.id} is {run.status} and has not ended within {timeout:g} seconds")
        if self._watch is not None and self._watch.error is not None:
            raise self._watch.error
        if run.error is not None:
            raise WorkflowExecutionEngineError(run.error.message, "workflow_execution")
        if run.status == "canceled":
            raise WorkflowExecutionEngineError(f"Run {self.id} was canceled.", "workflow_execution")
        return run.outputs or []


class RegisteredWorkflow:
    """A compiled workflow of an installation. The same definition under the same name is one version."""

    def __init__(
        self, name: str, definition: str, plan: Plan, *, database: Database, clock: Clock, runs: Runs, plans: Plans
    ) -> None:
        self.name = name
        self.plan = plan
        self.definition = definition
        self._database = database
        self._clock = clock
        self._runs = runs
        self._plans = plans
        self._id: int | None = None

    def check(self) -> list[Fault]:
        """What is doubtful about the definition: its warnings."""
        return self.plan.check()

    async def register(self, *, created_by: str | None = None, parent: str | None = None) -> int:
        """Write the definition down, and return its version; the same text again keeps its number.

        With a *parent* it is not listed: it belongs to the workflow of that name.
        """
        await self._definition(created_by=created_by, parent=parent, is_asked=True)
        return self.plan.version

    async def start(
        self,
        inputs: Mapping[str, Any] | None = None,
        key: str | None = None,
        *,
        trigger: Mapping[str, Any] | None = None,
        by: StartedBy | None = None,
    ) -> StartedRun:
        """Start a run and return once it is written down: from then on it goes to its end, whatever happens here.

        The same *key* again gives the run it gave before and starts nothing. *by* is who asked for it, as `Run` tells
        it. Raises `RuntimeInputError` for inputs the
        definition does not take, `IdempotencyConflict` for a key that came with other inputs.
        """
        definition = self._id if self._id is not None else await self._definition()
        run, watch = await self._runs.start(definition, inputs, key=key, trigger=trigger, by=by)
        return StartedRun(run, self._runs, watch)

    async def _definition(
        self, *, created_by: str | None = None, parent: str | None = None, is_asked: bool = False
    ) -> int:
        # Registering brings a workflow back that was deleted, so it is written down even if it is known here.
        if self._id is None or is_asked:
            now = self._clock.time()
            row = await self._database.write(
                lambda tx: store.add_version(
                    tx, name=self.name, definition=self.definition, now=now, created_by=created_by, parent=parent
                )
            )
            self._id, self.plan.version = int(row["id"]), int(row["version"])
            self._plans.keep(self._id, self.plan)
        return self._id
