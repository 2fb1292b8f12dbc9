"""Durable runs: start them, look at them, tell them what has happened, and act on them."""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import weakref
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.database.together import LANES, Together
from ringline.dispatch.ticker import Ticker
from ringline.errors import IdempotencyConflict, RequestError, RuntimeInputError
from ringline.ids import new_number
from ringline.workflow.advancing import Advancer
from ringline.workflow.committing import ENDED as ENDED_CHANNEL
from ringline.workflow.committing import Commits, OnAbandon, OnEnd
from ringline.workflow.execution.document import new_state, secrets_of
from ringline.workflow.execution.keeping import Keeper, as_json
from ringline.workflow.execution.outputs import build_outputs
from ringline.workflow.kinds import CONTEXT
from ringline.workflow.operations import Operations
from ringline.workflow.reporting import ADVANCE, USUAL, Reporter
from ringline.workflow.run import (
    ENDED,
    STATUSES,
    Run,
    RunError,
    RunEvent,
    RunStatus,
    name_of_run,
    no_such_run,
    number_of_run,
    run_of_row,
)
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
    from ringline.workflow.plan import Plan
    from ringline.workflow.plans import Plans

    _New = tuple[Plan, Row, str | None]
    """A run to be written down, with its key."""
    _Added = tuple[str, int, Row, bool]
    """The name and version of its workflow, its row or the earlier one's, and whether it is new."""

__all__ = ["ENDED", "STATUSES", "Run", "RunError", "RunEvent", "RunStatus", "Runs"]

_log = logging.getLogger(__name__)

LONGEST_SLEEP = 30.0


class Watch:
    """A handle on a run that was started here; it hears of its end without asking the database."""

    __slots__ = ("__weakref__", "error", "run", "workflow")

    def __init__(self, workflow: tuple[str, int]) -> None:
        self.workflow = workflow
        """Name and version."""
        self.run: Run | None = None
        """How it ended, if it did so here."""
        self.error: Exception | None = None
        """What ended the run, as it was raised, if this process has seen it."""


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
        longest_sleep: float = LONGEST_SLEEP,
    ) -> None:
        """*keeper* writes values of runs down; *works* says whether this process advances runs itself.

        *longest_sleep* is how long the sweep rests at most.
        """
        self._database = database
        self._clock = clock
        self.plans = plans
        """The plans of runs, by the id of their definition."""
        self._keeper = keeper or Keeper()
        self._works = works
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}
        self._end_listening: Callable[[], None] | None = None
        self._watches: weakref.WeakValueDictionary[int, Watch] = weakref.WeakValueDictionary()
        self.tasks: set[asyncio.Task[None]] = set()
        """What has just been started and goes on here."""
        self.on_end: list[OnEnd] = []
        """Called in the transaction that ends a run, with its id and status."""
        self.on_abandon: list[OnAbandon] = []
        """Called in the transaction in which a run goes back over a step that waits."""
        self._reporter = Reporter(dispatcher)
        self._sweeps = Sweeps(database, clock, self._reporter)
        self._ticker = Ticker(self._sweeps, clock, longest=longest_sleep, what="runs")
        self._commits = Commits(
            clock,
            self._keeper,
            self._reporter,
            note_due=self._ticker.note,
            on_end=self.on_end,
            on_abandon=self.on_abandon,
        )
        self._advancer = Advancer(database, clock, plans, self._keeper, self._commits, self._note_end)
        self._adds: Together[_New, _Added] = Together(self._add_together, lanes=LANES[database.dialect])
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
    ) -> tuple[Run, Watch | None]:
        """Start a run of the definition with this id, and say whether it is new: the watch is None where it is not.

        The same *key* again, for any version of the workflow, gives the run it gave before. Raises `RuntimeInputError`
        for inputs the workflow does not take, `IdempotencyConflict` when *key* came before with others.
        """
        plan = await self.plans.get(definition)
        row, state = self._new_row(definition, plan, inputs or {}, trigger)
        name, version, row, is_new = await self._adds.ask((plan, row, key))
        run = run_of_row({**row, "name": name, "version": version})
        if not is_new:
            return run, None
        watch = self._watches[row["id"]] = Watch((name, version))
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
    ) -> str:
        """Start a run in the caller's transaction, and return its id; it goes on once that commits.

        The newest version is taken where none is named; *definition* names one by its row instead. The same *key* gives
        the run it gave before, as does the same *parent_key* of a *parent*. Raises as `start`, and `NotFoundError`.
        """
        if definition is None:
            found = definitions.get_version(tx, workflow, version)
            if found is None:
                from ringline.errors import NotFoundError

                which = f"version {version} of workflow {workflow!r}" if version else f"workflow {workflow!r}"
                raise NotFoundError(f"there is no {which}", fix="register it first: POST /api/v1/workflows")
            plan, definition = self.plans.of_row(found), found["id"]
        else:
            plan = self.plans.get_in(tx, definition)
        row, _ = self._new_row(definition, plan, inputs or {}, trigger)
        if parent is not None:
            row["parent"], row["parent_key"] = number_of_run(parent), parent_key
        _, _, row, is_new = self._add(tx, plan, row, key=key)
        if is_new:
            self._reporter.enqueue(tx, [row["id"]])
        return name_of_run(row["id"])

    def _new_row(
        self, definition: int, plan: Plan, inputs: Mapping[str, Any], trigger: Mapping[str, Any] | None
    ) -> tuple[Row, RunState]:
        now = self._clock.time()
        # Only now is it known whether a run could start with these.
        state = new_state(plan, "", inputs, trigger, now)
        shown = _as_json(plan.written_inputs(inputs))
        secrets = plan.secret_inputs
        kept = {}
        for name in shown:
            try:
                written = self._keeper.write(inputs[name], secret=name in secrets)
            except TypeError as error:
                raise RuntimeInputError(
                    f"The input `{name}` is {error}, so no run can be kept with it.", CONTEXT
                ) from None
            if written != shown[name]:
                kept[name] = written
        row = {
            **dict.fromkeys(("finished_at", "due_at", "state", "outputs", "error", "trigger", "parent", "parent_key")),
            "id": new_number(at=now),
            "definition": definition,
            "status": "running",
            "revision": 0,
            "created_at": now,
            "woken_at": now,
            "has_failures": 0,
            "inputs": as_json(shown),
        }
        if kept:
            row["state"] = json.dumps({"i": kept})
        if trigger is not None:
            row["trigger"] = json.dumps(self._keeper.sealing(secrets_of(state)).write(dict(trigger)))
        return row, state

    async def _add_together(self, news: Sequence[_New]) -> Sequence[_Added]:
        return await self._database.write(lambda tx: self._add_all(tx, news))

    def _add_all(self, tx: Transaction, news: Sequence[_New]) -> list[_Added]:
        """As `_add`; those without a key, which nobody can have written before, in one go."""
        if len(news) == 1:
            ((plan, row, key),) = news
            return [self._add(tx, plan, row, key=key)]
        # Where another process made one of the numbers this raises, and each is written by itself.
        fresh = [{column: row[column] for column in store.NEW} for _, row, key in news if key is None]
        tx.many(store.ADD_FRESH, fresh)
        return [
            (plan.name or "", plan.version, row, True) if key is None else self._add(tx, plan, row, key=key)
            for plan, row, key in news
        ]

    def _add(self, tx: Transaction, plan: Plan, row: Row, *, key: str | None) -> _Added:
        """The row written, or the earlier one with the same key."""
        name = plan.name or ""
        if key is not None:
            digest = hashlib.sha256(row["inputs"].encode()).hexdigest()
            one = {"workflow": name, "key": key}
            # Written first: on Postgres whoever comes second waits here for the first one's commit.
            if not tx.run(store.ADD_KEY, {**one, "run": row["id"], "request_hash": digest}):
                known = tx.one(store.FIND_KEY, one)
                assert known is not None
                if known["request_hash"] != digest:
                    started = name_of_run(known["run"])
                    raise IdempotencyConflict(
                        f"the key {key!r} already started run {started} of `{name}` with other inputs",
                        fix="use a new key for a new run, or send the same inputs to get that run back",
                    )
                earlier = tx.one(store.GET, {"id": known["run"]})
                assert earlier is not None
                return earlier["name"], earlier["version"], earlier, False
        while True:
            if row["parent"] is not None:
                child = tx.one(store.FIND_CHILD, {"parent": row["parent"], "parent_key": row["parent_key"]})
                if child is not None:
                    return name, plan.version, {**row, "id": child["id"]}, False
            if tx.run(store.ADD, {column: row[column] for column in store.NEW}):
                return name, plan.version, row, True
            # Another process was quicker with this child, or made the same number in the same millisecond.
            row = {**row, "id": new_number(at=row["created_at"])}

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
            return replace(run, outputs=_as_json(build_outputs(state.plan, state, serialize=True)))
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
        """Newest first; *before* is the id of the last run of the page before."""
        if status is not None and status not in STATUSES:
            raise RequestError(f"no run is {status!r}", field="status", fix=f"use one of {', '.join(STATUSES)}")
        number = None if before is None else number_of_run(before)
        rows = await self._database.read(
            lambda tx: store.list_runs(tx, workflow=workflow, status=status, before=number, count=limit)
        )
        return [run_of_row(row) for row in rows]

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
        if self._end_listening is None:
            self._end_listening = self._database.listen(ENDED_CHANNEL, self._heard)
        number = number_of_run(run_id)
        deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(number, set()).add(future)
        try:
            while True:
                if watch is not None and watch.run is not None:
                    return watch.run
                left = None if deadline is None else deadline - asyncio.get_running_loop().time()
                if watch is None or (left is not None and left <= 0) or not self._advancer.has_in_hand(number):
                    run = await self.get(run_id)
                    if run.finished_at is not None or (left is not None and left <= 0):
                        return run
                await asyncio.wait([future], timeout=left)
                if future.done():
                    # Some news may have been missed, so that it was woken without having ended.
                    self._waiting[number].discard(future)
                    future = asyncio.get_running_loop().create_future()
                    self._waiting[number].add(future)
        finally:
            waiters = self._waiting[number]
            waiters.discard(future)
            if not waiters:
                del self._waiting[number]

    def _heard(self, names: str) -> None:
        for number in map(number_of_run, names.split()) if names else list(self._waiting):
            self._wake(number)

    def _wake(self, number: int) -> None:
        for future in self._waiting.get(number, ()):
            if not future.done():
                future.set_result(None)

    def _note_end(self, number: int, row: Row | None, error: Exception | None) -> None:
        watch = self._watches.get(number)
        if watch is not None:
            watch.error = error
            if row is not None:
                watch.run = run_of_row({**row, "name": watch.workflow[0], "version": watch.workflow[1]})
        self._wake(number)

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

    async def retry(self, run_id: str, *, resend: bool = False) -> Run:
        """Go on from where a run failed: its failed steps, and what comes after them, run again.

        What was sent is not sent again: steps find their messages by key. A message that failed or was refused is sent
        anew; one of which nobody knows whether it went out only with *resend*. Runs within it go on likewise. Raises
        `RequestError` where nothing has failed.
        """
        changes = await self._prepare_retry(await self._row(run_id), resend=resend)

        def work(tx: Transaction) -> None:
            for change in changes:
                change(tx)

        await self._database.write(work)
        return await self.get(run_id)

    async def _prepare_retry(
        self, row: Row, *, resend: bool, is_child: bool = False
    ) -> Sequence[Callable[[Transaction], None]]:
        """The run first, then the runs within it."""
        state = await self._state_of(row)
        children = await self._database.read(lambda tx: tx.all(store.EVERY_CHILD, {"parent": row["id"]}))
        change, going_on = self._operations.prepare_retry(
            row, state, resend=resend, children=children, is_child=is_child
        )
        changes = [change]
        for child in going_on:
            changes += await self._prepare_retry(child, resend=resend, is_child=True)
        return changes

    def cancel_in(self, tx: Transaction, run_id: str, *, why: str = "") -> bool:
        """As `cancel`, in the caller's transaction; False where the run has ended already."""
        return self._commits.cancel(tx, number_of_run(run_id), now=self._clock.time(), why=why)

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

    async def tick(self, stop: asyncio.Event) -> None:
        """Sweep whenever something falls due, until *stop* is set."""
        await self._ticker.run(stop)

    async def close(self, grace: float) -> None:
        """Give what is in hand *grace* seconds; whatever is left goes on in the next process."""
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=grace)
        if self._end_listening is not None:
            self._end_listening()
            self._end_listening = None


def _as_json(value: Any) -> Any:
    """The value as JSON gives it back; what JSON has no form for is named by its type."""
    return json.loads(json.dumps(value, default=lambda odd: f"<{type(odd).__name__}>"))
