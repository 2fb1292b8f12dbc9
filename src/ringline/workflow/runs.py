"""Durable runs: start them, look at them, tell them what has happened, and act on them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.dispatch.ticker import Ticker
from ringline.errors import NotFoundError
from ringline.workflow.advancing import Advancer
from ringline.workflow.committing import Commits, OnAbandon, OnChange, OnEnd
from ringline.workflow.ends import Ends, Watch
from ringline.workflow.execution.keeping import Keeper
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.listing import Listing
from ringline.workflow.moves import Moves
from ringline.workflow.operations import Operations
from ringline.workflow.reporting import ADVANCE, USUAL, Reporter
from ringline.workflow.run import (
    ENDED,
    STATUSES,
    Run,
    RunError,
    RunEvent,
    RunStatus,
    StartedBy,
    name_of_run,
    no_such_run,
    number_of_run,
    run_of_row,
)
from ringline.workflow.starting import Starts, json_value
from ringline.workflow.store import advancing as advancing_store
from ringline.workflow.store import definitions
from ringline.workflow.store import runs as store
from ringline.workflow.sweeping import Sweeps
from ringline.workflow.timeline import timeline

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.workflow.execution.state import RunState
    from ringline.workflow.plans import Plans

__all__ = ["ENDED", "STATUSES", "Run", "RunError", "RunEvent", "RunStatus", "Runs"]

_log = logging.getLogger(__name__)

LONGEST_SLEEP = 30.0


class Runs:
    """The runs of this installation. All of them are durable: what has begun goes on in whichever process is alive."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        dispatcher: Dispatcher,
        plans: Plans,
        *,
        keeper: Keeper | None = None,
        works: bool = True,
    ) -> None:
        """*keeper* writes values of runs down; *works* says whether this process advances runs itself."""
        self._database = database
        self._clock = clock
        self.plans = plans
        """The plans of runs, by the id of their definition."""
        self._keeper = keeper or Keeper()
        self._works = works
        self.listing = Listing(database)
        """Pages of runs."""
        self.moves = Moves()
        """Who counts them: told of every beginning, end and step, in the transaction in which it happens."""
        self._starts = Starts(database, clock, self._keeper, self.moves)
        self.tasks: set[asyncio.Task[None]] = set()
        """What has just been started and goes on here."""
        self.on_end: list[OnEnd] = []
        """Called in the transaction that ends a run, with its id and status."""
        self.on_change: list[OnChange] = []
        """Called in the transaction that moves runs on or acts on them, with their numbers; not of beginnings."""
        self.on_abandon: list[OnAbandon] = []
        """Called in the transaction in which a run goes back over a step that waits."""
        self._reporter = Reporter(dispatcher)
        self._sweeps = Sweeps(database, clock, self._reporter)
        self._ticker = Ticker(self._sweeps, clock, longest=LONGEST_SLEEP, what="runs")
        self._commits = Commits(
            clock,
            self._keeper,
            self._reporter,
            note_due=self._ticker.note,
            on_end=self.on_end,
            on_abandon=self.on_abandon,
            on_change=self.on_change,
            moves=self.moves,
        )
        self._ends = Ends(database, self.get, lambda number: self._advancer.has_in_hand(number))
        self._advancer = Advancer(database, clock, plans, self._keeper, self._commits, self._ends.note)
        self._operations = Operations(clock, self._keeper, self._reporter, self._commits)

    @property
    def ticker(self) -> Ticker:
        """What sweeps them."""
        return self._ticker

    # --- starting ----------------------------------------------------------------------------------------------------

    async def start(
        self,
        definition: int,
        inputs: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        trigger: Mapping[str, Any] | None = None,
        by: StartedBy | None = None,
    ) -> tuple[Run, Watch | None]:
        """Start a run of the definition with this id, and say whether it is new: the watch is None where it is not.

        The same *key* again, for any version of the workflow, gives the run it gave before. Raises `RuntimeInputError`
        for inputs the workflow does not take, `IdempotencyConflict` when *key* came before with others.
        """
        plan = await self.plans.get(definition)
        row, state = self._starts.new_row(definition, plan, inputs or {}, trigger, by)
        name, version, row, is_new = await self._starts.write((plan, row, key))
        run = run_of_row({**row, "name": name, "version": version})
        if not is_new:
            return run, None
        watch = self._ends.watch(row["id"], name, version)
        if self._works:
            state.given_id = run.id
            task = asyncio.create_task(self._advancer.begin(row["id"], row, state), name=run.id)
            self.tasks.add(task)
            task.add_done_callback(self._begun)
        return run, watch

    def start_in(
        self,
        tx: Transaction,
        workflow: str,
        version: int | None = None,
        inputs: Mapping[str, Any] | None = None,
        *,
        key: str | None = None,
        trigger: Mapping[str, Any] | None = None,
        parent: str | None = None,
        parent_key: str | None = None,
        definition: int | None = None,
        by: StartedBy | None = None,
    ) -> str:
        """Start a run in the caller's transaction, and return its id; it goes on once that commits.

        The newest version is taken where none is named; *definition* names one by its row instead. The same *key* gives
        the run it gave before, as does the same *parent_key* of a *parent*. Raises as `start`, and `NotFoundError`.
        """
        if definition is None:
            found = definitions.get_version(tx, workflow, version)
            if found is None:
                which = f"version {version} of workflow {workflow!r}" if version else f"workflow {workflow!r}"
                raise NotFoundError(f"there is no {which}", fix="register it first: POST /api/v1/workflows")
            plan, definition = self.plans.of_row(found), found["id"]
        else:
            plan = self.plans.get_in(tx, definition)
        row, _ = self._starts.new_row(definition, plan, inputs or {}, trigger, by)
        if parent is not None:
            row["parent"], row["parent_key"] = number_of_run(parent), parent_key
        _, _, row, is_new = self._starts.write_in(tx, plan, row, key=key)
        if is_new:
            self._reporter.enqueue(tx, [row["id"]])
        return name_of_run(row["id"])

    def _begun(self, task: asyncio.Task[None]) -> None:
        self.tasks.discard(task)
        if not task.cancelled() and task.exception() is not None:
            _log.error(
                "run %s could not be advanced; a sweep takes it up again", task.get_name(), exc_info=task.exception()
            )

    # --- telling -----------------------------------------------------------------------------------------------------

    def report_in(self, tx: Transaction, key: str, data: Mapping[str, Any], at: float | None = None) -> int:
        """Something happened that runs may wait for under *key*; returns how many waits there were."""
        return self.report_many_in(tx, [(key, data)], at=at)

    def report_many_in(
        self,
        tx: Transaction,
        news: Iterable[tuple[str, Mapping[str, Any]]],
        *,
        at: float | None = None,
        priority: int = USUAL,
    ) -> int:
        """As `report_in`, for many keys at the cost of few statements."""
        now = self._clock.time()
        return self._reporter.report(tx, news, at=now if at is None else at, now=now, priority=priority)

    def deliver_in(
        self,
        tx: Transaction,
        wait: Row,
        data: Mapping[str, Any],
        at: float | None = None,
        *,
        priority: int = USUAL,
    ) -> bool:
        """Give *data* to exactly one wait, a row that `waits_in` gave, and end it; False when it has gone already."""
        if not self._reporter.take(tx, wait):
            return False
        now = self._clock.time()
        self._reporter.deliver(tx, [(wait, data)], at=now if at is None else at, now=now, priority=priority)
        return True

    def waits_in(self, tx: Transaction, key: str) -> list[Row]:
        """Who waits for *key*, the longest first: ``id``, ``key``, ``run``, ``step``, ``since``, ``data`` (read)."""
        rows = tx.all(advancing_store.WAITS_FOR, {"key": key})
        return [{**row, "data": json.loads(row["data"]) if row["data"] else {}} for row in rows]

    # --- looking -----------------------------------------------------------------------------------------------------

    async def get(self, run_id: str) -> Run:
        """The run, with the outputs it has so far. Raises `NotFoundError` when there is none of that id."""
        row = await self._row(run_id)
        run = run_of_row(row)
        if run.finished_at is None and row["state"]:
            from dataclasses import replace

            state = await self._state_of(row)
            return replace(run, outputs=json_value(build_outputs(state.plan, state, serialize=True)))
        return run

    async def children(self, run_id: str) -> dict[str, Run]:
        """The runs that belong to steps of this one, by their keys, with their outputs."""
        parent = number_of_run(run_id)
        rows = await self._database.read(lambda tx: tx.all(store.EVERY_CHILD, {"parent": parent}))
        return {row["parent_key"]: run_of_row(row) for row in rows}

    async def _row(self, run_id: str) -> Row:
        number = number_of_run(run_id)
        row = await self._database.read(lambda tx: tx.one(store.GET, {"id": number}))
        if row is None:
            raise no_such_run(run_id)
        return row

    async def _state_of(self, row: Row) -> RunState:
        plan = await self.plans.get(row["definition"])
        return self._advancer.rebuild(plan, row)

    async def list(
        self, *, workflow: str | None = None, status: str | None = None, before: str | None = None, limit: int = 50
    ) -> list[Run]:
        """Newest first; *before* is the id of the last run of the page before. `listing` filters by more."""
        return await self.listing.newest(workflow=workflow, status=status, before=before, limit=limit)

    async def history(self, run_id: str) -> Sequence[RunEvent]:
        """What happened in the run, in order; what it waits for now comes last."""
        row = await self._row(run_id)
        number = row["id"]
        events, waits = await self._database.read(
            lambda tx: (tx.all(store.EVENTS, {"run": number}), tx.all(advancing_store.WAITS_OF, {"run": number}))
        )
        return timeline(row, events, waits)

    async def wait(self, run_id: str, timeout: float | None = None, *, watch: Watch | None = None) -> Run:
        """The run once it has ended, or as it stands after *timeout* seconds of the running process.

        With the *watch* of a run that was started here the database is not asked what this process knows.
        """
        return await self._ends.wait(run_id, timeout, watch=watch)

    # --- acting ------------------------------------------------------------------------------------------------------

    async def cancel(self, run_id: str, *, why: str = "") -> Run:
        """End a run: its waits, the runs it started, and its messages that are not sent yet.

        One that has ended stays as it is.
        """
        number = (await self._row(run_id))["id"]
        now = self._clock.time()
        await self._database.write(lambda tx: self._commits.cancel(tx, number, now=now, why=why))
        return await self.get(run_id)

    async def pause(self, run_id: str) -> Run:
        """Let nothing go on until `resume`; what is reported meanwhile is kept.

        Raises `RequestError` for a run that has ended.
        """
        number = (await self._row(run_id))["id"]
        await self._database.write(lambda tx: self._operations.pause(tx, number))
        return await self.get(run_id)

    async def resume(self, run_id: str) -> Run:
        """Go on after `pause`, with what was reported and what fell due meanwhile. Raises `RequestError`."""
        number = (await self._row(run_id))["id"]
        await self._database.write(lambda tx: self._operations.resume(tx, number))
        return await self.get(run_id)

    async def retry(self, run_id: str, *, resend: bool = False, step: str | None = None) -> Run:
        """Go on from where a run failed: its failed steps, and what comes after them, run again.

        What was sent is not sent again: steps find their messages by key. A message that failed or was refused is sent
        anew; one of which nobody knows whether it went out only with *resend*. With *step* that one runs again as well,
        and what comes after it. Runs within it go on likewise. Raises `RequestError` where nothing has failed.
        """
        changes = await self._prepare_retry(await self._row(run_id), resend=resend, step=step)

        def work(tx: Transaction) -> None:
            for change in changes:
                change(tx)

        await self._database.write(work)
        return await self.get(run_id)

    async def _prepare_retry(
        self, row: Row, *, resend: bool, is_child: bool = False, step: str | None = None
    ) -> Sequence[Callable[[Transaction], None]]:
        """The run first, then the runs within it."""
        state = await self._state_of(row)
        children = await self._database.read(lambda tx: tx.all(store.EVERY_CHILD, {"parent": row["id"]}))
        change, going_on = self._operations.prepare_retry(
            row, state, resend=resend, children=children, is_child=is_child, from_step=step
        )
        changes = [change]
        for child in going_on:
            changes += await self._prepare_retry(child, resend=resend, is_child=True)
        return changes

    def cancel_in(self, tx: Transaction, run_id: str, *, why: str = "") -> bool:
        """As `cancel`, in the caller's transaction; False where the run has ended already."""
        return self._commits.cancel(tx, number_of_run(run_id), now=self._clock.time(), why=why)

    def note_in(self, tx: Transaction, run_id: str, kind: str, **details: Any) -> None:
        """An entry of a run's history about what happened to something of its, in the caller's transaction."""
        self._commits.note(tx, number_of_run(run_id), kind, self._clock.time(), **details)

    # --- working -----------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return {ADVANCE: self.advance}

    async def advance(self, ids: str) -> None:
        """Move on the runs with these numbers, as a job names them. May run any number of times at once."""
        await self._advancer.advance([int(number) for number in ids.split()])

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Take up what is due and what was forgotten; returns when something falls due next."""
        return await self._sweeps.sweep(at_start=at_start)

    async def close(self, grace: float) -> None:
        """Give what is in hand *grace* seconds; whatever is left goes on in the next process."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=grace)
        self._ends.close()
