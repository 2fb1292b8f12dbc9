"""Runs as people see them: what started, with what, how it stands or ended."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from ringline.clock import utc
from ringline.errors import NotFoundError, StepExecutionError
from ringline.ids import name_of_number, number_of_name
from ringline.workflow.execution.keeping import without_sealed

if TYPE_CHECKING:
    from ringline.database import Row

RunStatus = Literal["running", "waiting", "paused", "completed", "failed", "canceled"]
STATUSES: tuple[RunStatus, ...] = ("running", "waiting", "paused", "completed", "failed", "canceled")
StartedBy = Mapping[str, str]
"""Who asked for a run: *kind* (``user``, ``key``, ``token``, ``broadcast``), *name* and, where there is one, *id*."""
ENDED = frozenset({"completed", "failed", "canceled"})


@dataclass(frozen=True, slots=True)
class RunError:
    """Why a run failed: the error's class, its sentence, and the step it happened in."""

    type: str
    message: str
    step: str | None = None
    fix: str = ""

    @classmethod
    def of(cls, error: Exception) -> RunError:
        """From the error that ended the run."""
        step = error.block_id if isinstance(error, StepExecutionError) else None
        inner = error.inner_error if isinstance(error, StepExecutionError) and error.inner_error else error
        fix = str(getattr(inner, "fix", "") or "")
        return cls(type=type(error).__name__, message=str(error), step=step, fix=fix)

    def as_text(self) -> str:
        """As JSON."""
        return json.dumps({"type": self.type, "message": self.message, "step": self.step, "fix": self.fix})


@dataclass(frozen=True, slots=True)
class Run:
    """One execution of a workflow, as it stands now.

    *inputs* and *outputs* are in their serialised form: secrets masked, detections as dictionaries. The outputs of a
    run that has not ended are those it has so far, where it was asked for by its id. *due_at* is when time alone moves
    it on.
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
    due_at: datetime | None = None
    parent: str | None = None
    trigger: Mapping[str, Any] | None = None
    started_by: StartedBy | None = None


@dataclass(frozen=True, slots=True)
class RunEvent:
    """Something that happened in a run: ``started``, ``step_done``, ``wait_ended``, ``canceled`` …"""

    at: datetime
    kind: str
    step: str | None
    details: Mapping[str, Any]


def run_of_row(row: Row) -> Run:
    """From a row of `runs` with its workflow's ``name`` and ``version``."""
    error = json.loads(row["error"]) if row["error"] else None
    return Run(
        id=name_of_run(row["id"]),
        workflow=row["name"],
        version=row["version"],
        status=row["status"],
        inputs=json.loads(row["inputs"]),
        outputs=json.loads(row["outputs"]) if row["outputs"] else None,
        error=RunError(**error) if error else None,
        has_failures=bool(row["has_failures"]),
        created_at=utc(row["created_at"]),
        finished_at=utc(row["finished_at"]),
        due_at=utc(row["due_at"]),
        parent=None if row["parent"] is None else name_of_run(row["parent"]),
        trigger=without_sealed(json.loads(row["trigger"])) if row["trigger"] else None,
        started_by=json.loads(row["started_by"]) if row["started_by"] else None,
    )


def name_of_run(number: int) -> str:
    """The id that people see: ``run_…``."""
    return name_of_number("run", number)


def number_of_run(run_id: str) -> int:
    """The number of a run's row; raises `NotFoundError` for what no run can be called."""
    number = number_of_name("run", run_id)
    if number is None:
        raise no_such_run(run_id)
    return number


def no_such_run(run_id: str) -> NotFoundError:
    """There is no such run."""
    return NotFoundError(f"there is no run {run_id!r}", fix="list the runs with `ringline runs list`")
