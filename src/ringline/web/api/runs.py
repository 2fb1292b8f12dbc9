"""`/api/v1/runs`: what was started, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import BaseModel

from ringline.web.api.paging import Cursor, Limit, Page, cut
from ringline.workflow.runs import Run

if TYPE_CHECKING:
    from ringline.app import Ringline


class RunErrorOut(BaseModel):
    """Why a run failed."""

    type: str
    message: str
    step: str | None
    fix: str


class RunOut(BaseModel):
    """One execution of a workflow; secrets in inputs and outputs are masked."""

    id: str
    workflow: str
    version: int
    status: str
    inputs: dict[str, Any]
    outputs: list[dict[str, Any]] | None
    error: RunErrorOut | None
    has_failures: bool
    created_at: datetime
    finished_at: datetime | None


def run_out(run: Run) -> RunOut:
    """The run in the API's form."""
    error = run.error
    return RunOut(
        id=run.id,
        workflow=run.workflow,
        version=run.version,
        status=run.status,
        inputs=run.inputs,
        outputs=run.outputs,
        error=RunErrorOut(type=error.type, message=error.message, step=error.step, fix=error.fix) if error else None,
        has_failures=run.has_failures,
        created_at=run.created_at,
        finished_at=run.finished_at,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the runs of *ringline*."""
    router = APIRouter(prefix="/api/v1/runs", tags=["runs"])

    @router.get("", operation_id="list_runs")
    async def list_runs(
        limit: Limit = 50,
        cursor: Cursor = None,
        workflow: Annotated[str | None, Query(description="Only runs of this workflow.")] = None,
    ) -> Page[RunOut]:
        """Runs, newest first."""
        found = await ringline.runs.list(workflow=workflow, before=cursor, limit=limit + 1)
        items, more = cut(found, limit)
        return Page(items=[run_out(run) for run in items], next=items[-1].id if more else None)

    @router.get("/{run_id}", operation_id="get_run")
    async def get(
        run_id: str, wait: Annotated[int, Query(ge=0, le=60, description="Seconds to wait for its end.")] = 0
    ) -> RunOut:
        """One run as it stands now, or when it has ended."""
        return run_out(await (ringline.runs.wait(run_id, wait) if wait else ringline.runs.get(run_id)))

    return router
