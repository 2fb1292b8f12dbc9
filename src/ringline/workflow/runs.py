"""Runs as people see them: what started, with what, how it ended."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import IdempotencyConflict, NotFoundError
from ringline.ids import new_id
from ringline.workflow import store

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.clock import Clock
    from ringline.database import Database, Row

RunStatus = Literal["running", "completed", "failed"]


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed: the error's class, its sentence, and the step it happened in."""

    type: str
    message: str
    step: str | None = None
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a workflow, as it stands now.

    *inputs* and *outputs* are in their serialised form: secrets masked, detections as dictionaries.
    """

    id: str
    workflow: str
    version: int
    status: RunStatus
    inputs: dict[str, Any]
    outputs: list[dict[str, Any]] | None
    error: RunError | None
    has_failures: bool
    created_at: datetime
    finished_at: datetime | None


class Runs:
    """The runs of this installation."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._waiting: dict[str, list[asyncio.Future[None]]] = {}

    async def begin(
        self, *, workflow: str, version: int, inputs: dict[str, Any], key: str | None = None
    ) -> tuple[Run, bool]:
        """Write a new run down, and say whether it is new: the same *key* again gives the run it gave before.

        *inputs* must be JSON. Raises `IdempotencyConflict` when *key* came before with other inputs.
        """
        now = self._clock.time()
        text = json.dumps(inputs, sort_keys=True)
        row = {
            "id": new_id("run", at=now),
            "workflow": workflow,
            "version": version,
            "status": "running",
            "inputs": text,
            "key": key,
            "request_hash": hashlib.sha256(text.encode()).hexdigest(),
            "created_at": now,
        }
        earlier = await self._database.write(lambda tx: store.add_run(tx, row))
        if earlier is None:
            return _run({**row, "outputs": None, "error": None, "has_failures": 0, "finished_at": None}), True
        if earlier["request_hash"] != row["request_hash"]:
            raise IdempotencyConflict(
                f"the key {key!r} already started run {earlier['id']} of `{workflow}` with other inputs",
                fix="use a new key for a new run, or send the same inputs to get that run back",
            )
        return _run(earlier), False

    async def finish(self, run_id: str, outputs: Sequence[dict[str, Any]], *, has_failures: bool = False) -> None:
        """Record the outputs of a run that went to its end; they must be JSON."""
        text = json.dumps(list(outputs))
        now = self._clock.time()
        await self._database.write(
            lambda tx: store.finish_run(
                tx, run_id, status="completed", outputs=text, error=None, has_failures=has_failures, now=now
            )
        )
        self._wake(run_id)

    async def fail(self, run_id: str, error: RunError) -> None:
        """Record why a run ended without outputs."""
        now = self._clock.time()
        text = json.dumps({"type": error.type, "message": error.message, "step": error.step, "fix": error.fix})
        await self._database.write(
            lambda tx: store.finish_run(
                tx, run_id, status="failed", outputs=None, error=text, has_failures=True, now=now
            )
        )
        self._wake(run_id)

    async def end_interrupted(self) -> int:
        """Mark the runs that the last process left open as failed, with the reason; returns how many there were."""
        error = {
            "type": "Interrupted",
            "message": "the process ended while this run was going on",
            "step": None,
            "fix": "start it again under a new key; the messages it had written down are sent all the same",
        }
        now = self._clock.time()
        return await self._database.write(lambda tx: store.end_unfinished(tx, error=error, now=now))

    async def get(self, run_id: str) -> Run:
        """Raises `NotFoundError` when there is none of that id."""
        row = await self._database.read(lambda tx: store.get_run(tx, run_id))
        if row is None:
            raise NotFoundError(f"there is no run {run_id!r}", fix="list the runs with `ringline runs list`")
        return _run(row)

    async def list(self, *, workflow: str | None = None, before: str | None = None, limit: int = 50) -> list[Run]:
        """Newest first; *before* is the id of the last run of the page before."""
        rows = await self._database.read(lambda tx: store.list_runs(tx, workflow=workflow, before=before, count=limit))
        return [_run(row) for row in rows]

    async def wait(self, run_id: str, timeout: float | None = None) -> Run:
        """The run once it has ended, or as it stands after *timeout* seconds of the running process."""
        future = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(run_id, []).append(future)
        try:
            run = await self.get(run_id)
            if run.finished_at is None:
                await asyncio.wait([future], timeout=timeout)
                run = await self.get(run_id)
            return run
        finally:
            waiters = self._waiting[run_id]
            waiters.remove(future)
            if not waiters:
                del self._waiting[run_id]

    def _wake(self, run_id: str) -> None:
        for future in self._waiting.get(run_id, ()):
            if not future.done():
                future.set_result(None)


def _run(row: Row) -> Run:
    error = json.loads(row["error"]) if row["error"] else None
    return Run(
        id=row["id"],
        workflow=row["workflow"],
        version=row["version"],
        status=row["status"],
        inputs=json.loads(row["inputs"]),
        outputs=json.loads(row["outputs"]) if row["outputs"] else None,
        error=RunError(**error) if error else None,
        has_failures=bool(row["has_failures"]),
        created_at=datetime.fromtimestamp(row["created_at"], UTC),
        finished_at=datetime.fromtimestamp(row["finished_at"], UTC) if row["finished_at"] is not None else None,
    )
