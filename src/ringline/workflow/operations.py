"""What an operator does to a run: pause it, let it go on, let it try again."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from ringline.errors import RequestError
from ringline.workflow.execution.calling import context_of
from ringline.workflow.execution.document import document_of
from ringline.workflow.execution.keeping import as_json
from ringline.workflow.execution.progress import TODO, WAITING, label_of
from ringline.workflow.moves import Move
from ringline.workflow.run import ENDED, name_of_run
from ringline.workflow.store import advancing as waits
from ringline.workflow.store import runs as rows

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.workflow.committing import Commits
    from ringline.workflow.execution.keeping import Keeper
    from ringline.workflow.execution.parts import StepPlan
    from ringline.workflow.execution.state import RunState
    from ringline.workflow.reporting import Reporter


class Operations:
    """Each is one transaction, and raises the run's revision: what a worker has in hand meanwhile is dropped."""

    def __init__(self, clock: Clock, keeper: Keeper, reporter: Reporter, commits: Commits) -> None:
        self._clock = clock
        self._keeper = keeper
        self._reporter = reporter
        self._commits = commits

    def pause(self, tx: Transaction, id: int) -> None:
        """Nothing wakes it and nothing falls due."""
        row = self._open_row(tx, id, "paused")
        if row["status"] != "paused":
            nothing = {"due_at": None, "woken_at": None, "finished_at": None}
            tx.run(rows.CHANGE, {"id": id, "status": "paused", **nothing})
            self._commits.note(tx, id, "paused", self._clock.time())

    def resume(self, tx: Transaction, id: int) -> None:
        """It is looked at at once, and finds what came and what fell due."""
        row = self._open_row(tx, id, "resumed")
        if row["status"] == "paused":
            self._reopen(tx, id)
            self._commits.note(tx, id, "resumed", self._clock.time())

    def prepare_retry(
        self,
        row: Row,
        state: RunState,
        *,
        resend: bool,
        children: Sequence[Row] = (),
        is_child: bool = False,
        from_step: str | None = None,
    ) -> tuple[Callable[[Transaction], None], list[Row]]:
        """The work that lets a run go on from what failed in it, and from *from_step*; raises `RequestError`.

        *children* are its runs within it; those among them that must go on as well are returned. One of these
        (*is_child*) may also have been canceled, because the run around it ended.
        """
        name = name_of_run(row["id"])
        _check_has_failed(row, is_child=is_child)
        known = {child["parent_key"] for child in children}
        _check_step(row, state, from_step)
        again = _begin_again(state, failed_step=_step_of_error(row), resend=resend, children=known, from_step=from_step)
        document = document_of(state, self._keeper)
        if row["state"] and "i" in (before := json.loads(row["state"])):
            document["i"] = before["i"]
        text = as_json(document)

        def work(tx: Transaction) -> None:
            seen = tx.one(rows.GET_LOCKED, {"id": row["id"]})
            if seen is None or seen["revision"] != row["revision"]:
                raise RequestError(f"run {name} has just been changed", fix="look at it again", code="run_state")
            tx.run(rows.REOPEN, {"id": row["id"], "state": text})
            self._listen_again(tx, row["id"], state)
            self._reopen(tx, row["id"])
            if seen["finished_at"] is not None:
                move = Move(row["id"], seen["definition"], seen["created_at"], was_status=seen["status"])
                self._commits.moves.tell(tx, [move])
            if seen["error"]:
                # The row told of it until now.
                error = json.loads(seen["error"])
                self._commits.note(tx, row["id"], "failed", seen["finished_at"], error=error)
            self._commits.note(tx, row["id"], "retried", self._clock.time(), steps=again, resend=resend)

        return work, [child for child in children if _goes_on(child, state)]

    def _listen_again(self, tx: Transaction, id: int, state: RunState) -> None:
        """Follow what was sent before, and look at once at what has become of it meanwhile."""
        progress, now = state.progress, self._clock.time()
        assert progress is not None
        for place, frame in progress.frames.items():
            label = label_of(state.plan.steps[place[0]], place[1])
            for key in frame.keys:
                wait = {"key": key, "run": id, "step": label}
                tx.run(waits.ADD_WAIT, {**wait, "since": frame.since, "data": None})
                tx.run(waits.ADD_TO_INBOX, {**wait, "at": now, "data": "{}"})

    def _reopen(self, tx: Transaction, id: int) -> None:
        now = self._clock.time()
        change = {"id": id, "status": "waiting", "due_at": None, "woken_at": now, "finished_at": None}
        tx.run(rows.CHANGE, change)
        self._reporter.enqueue(tx, [id])

    def _open_row(self, tx: Transaction, id: int, what: str) -> Row:
        row = tx.one(rows.GET_LOCKED, {"id": id})
        assert row is not None
        if row["status"] in ENDED:
            raise RequestError(
                f"run {name_of_run(id)} is {row['status']}, so it cannot be {what}",
                field="run",
                fix="try a failed run again with `ringline runs retry`" if row["has_failures"] else "start a new run",
                code="run_state",
            )
        return row


def _step_of_error(row: Row) -> str | None:
    error = json.loads(row["error"]) if row["error"] else {}
    step: str | None = error.get("step")
    return step


def _check_has_failed(row: Row, *, is_child: bool) -> None:
    name, status = name_of_run(row["id"]), row["status"]
    if status not in ("failed", "completed") and not (is_child and status == "canceled"):
        raise RequestError(
            f"run {name} is {status}, and only one that has failed can be tried again",
            field="run",
            fix="start a new run" if status == "canceled" else "wait for its end, or cancel it",
            code="run_state",
        )
    if status == "completed" and not row["has_failures"]:
        raise RequestError(
            f"nothing has failed in run {name}", field="run", fix="start a new run to do it again", code="run_state"
        )
    if row["state"] is None and status != "canceled":
        raise RequestError(
            f"what run {name} knew could not be kept, so it cannot go on", field="run", fix="start a new run"
        )


def _goes_on(child: Row, state: RunState) -> bool:
    """Whether a run belongs to a step that begins again, and did not complete."""
    if child["status"] not in ("failed", "canceled"):
        return False
    progress = state.progress
    assert progress is not None
    return any(
        progress.status[step.position] == TODO and _belongs_to(child["parent_key"], step, state)
        for step in state.plan.steps
        if step.spec.block.can_wait
    )


def _belongs_to(parent_key: str, step: StepPlan, state: RunState) -> bool:
    key = context_of(step, state, ()).key
    return parent_key == key or parent_key.startswith(f"{key}/")


def _check_step(row: Row, state: RunState, step: str | None) -> None:
    if step is not None and step not in {one.name for one in state.plan.steps}:
        raise RequestError(
            f"the workflow of run {name_of_run(row['id'])} has no step `{step}`",
            field="step",
            fix=f"use one of {', '.join(one.name for one in state.plan.steps)}",
        )


def _begin_again(
    state: RunState,
    *,
    failed_step: str | None,
    resend: bool,
    children: Collection[str],
    from_step: str | None = None,
) -> list[str]:
    """Make the steps that failed and *from_step*, and what comes after them, new; returns the names of these.

    *children* are the keys of the runs within it.
    """
    plan, progress = state.plan, state.progress
    assert progress is not None
    by_name = {step.name: step for step in plan.steps}
    failures = [failure for failure in state.failures if not failure.is_handled and failure.step in by_name]
    named = [step for step in (from_step, failed_step) if step in by_name]
    failed = dict.fromkeys([*named, *(one.step for one in failures)])
    for failure in failures:
        step = by_name[failure.step]
        if any(_belongs_to(key, step, state) for key in children):
            continue  # its runs go on where they failed; what they have sent stays sent
        # `unknown` may have gone out; what failed or was refused has not, and finding it again would change nothing.
        if failure.outcome != "unknown" or resend:
            axis = state.axes.get(step.lineage)
            element = axis.indices.index(failure.element) if failure.element and axis is not None else None
            place = (step.position, element)
            progress.trials[place] = progress.trials.get(place, 1) + 1
    if resend and failed_step in by_name:
        place = (by_name[failed_step].position, None)
        progress.trials[place] = progress.trials.get(place, 1) + 1
    again = {by_name[name].position for name in failed}
    for step in plan.steps:
        sources = {*step.needs, *(step.gate.sources if step.gate is not None else ())}
        if step.position in again or (sources & again):
            again.add(step.position)
    # What waited begins anew; what was done is followed on.
    progress.frames = {
        place: frame for place, frame in progress.frames.items() if frame.kind == "follow" and place[0] not in again
    }
    again |= {position for position, status in enumerate(progress.status) if status == WAITING}
    for position in again:
        step = plan.steps[position]
        progress.status[position] = TODO
        progress.answers.pop(position, None)
        for slot in plan.output_slots[step.name].values():
            state.values[slot] = None
        for edge in step.edge_names.values():
            state.edges[edge] = False
    names = {plan.steps[position].name for position in again}
    state.failures = [failure for failure in state.failures if failure.step not in names]
    return list(failed)
