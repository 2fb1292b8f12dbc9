"""`/api/v1/runs`: what was started, and how it ended."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from ringline.app.searching_runs import find_runs
from ringline.app.workflows import trial_name
from ringline.web.api.choosing import Search
from ringline.web.api.paging import Cursor, Limit, Page
from ringline.web.api.run_timeline import RunTimelineOut, timeline_of
from ringline.workflow.run import StartedBy
from ringline.workflow.runs import Run

if TYPE_CHECKING:
    from ringline.access import Principal
    from ringline.app import Ringline


class RunErrorOut(BaseModel):
    """Why a run failed."""

    type: str
    message: str
    step: str | None
    fix: str


class StartedByOut(BaseModel):
    """Who asked for a run."""

    kind: str = Field(description="`user`, `key`, `token` (the server's own) or `broadcast`.")
    name: str
    id: str = Field(default="", description="Of the user, the key or the broadcast.")


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
    due_at: datetime | None
    parent: str | None
    trigger: dict[str, Any] | None = Field(description="What started it; null where somebody asked for it.")
    started_by: StartedByOut | None = Field(
        description="Who asked for it; null where something else started it, or a program that uses the library."
    )


class RunEventOut(BaseModel):
    """Something that happened in a run."""

    at: datetime
    kind: str
    step: str | None
    details: dict[str, Any]


class RetryIn(BaseModel):
    """How to go on from what failed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    resend: bool = Field(
        default=False,
        description="Send again also the messages of which nobody knows whether they went out; a person may get them "
        "twice.",
    )
    step: str | None = Field(
        default=None,
        description="Run this step again as well, and what comes after it; what it has sent is not sent again.",
        max_length=200,
    )


def asker_of(request: Request) -> StartedBy | None:
    """Who makes this request, as a run remembers it."""
    who: Principal | None = getattr(request.state, "principal", None)
    return None if who is None else {"kind": who.kind, "name": who.name, "id": who.id}


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
        due_at=run.due_at,
        parent=run.parent,
        trigger=dict(run.trigger) if run.trigger is not None else None,
        started_by=StartedByOut(**run.started_by) if run.started_by is not None else None,
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the runs of *ringline*."""
    router = APIRouter(prefix="/api/v1/runs", tags=["runs"])

    @router.get("", operation_id="list_runs")
    async def list_runs(
        limit: Limit = 50,
        cursor: Cursor = None,
        workflow: Annotated[str | None, Query(description="Only runs of this workflow and of its draft.")] = None,
        status: Annotated[str | None, Query(description="Only runs with this status, e.g. `waiting`.")] = None,
        has_failures: Annotated[bool | None, Query(description="Only runs in which something failed, or none.")] = None,
        trigger: Annotated[
            str | None, Query(description="Only runs that this started: `schedule`, `webhook` …, or `manual`.")
        ] = None,
        since: Annotated[AwareDatetime | None, Query(description="Only runs that began then or later.")] = None,
        until: Annotated[AwareDatetime | None, Query(description="Only runs that began before.")] = None,
        search: Search = None,
    ) -> Page[RunOut]:
        """Runs, newest first. A page may hold few of those that are rare; go on while there is a `next`."""
        wanted = await find_runs(ringline, search) if search is not None else None
        # Whoever looks for a workflow's runs also means those that tried its draft.
        either = None if workflow is None else [workflow, trial_name(workflow)]
        workflows = either
        ids = None
        if wanted is not None:
            ids = wanted.ids
            workflows = [name for name in wanted.workflows if either is None or name in either]
        page = await ringline.runs.listing.page(
            workflows=workflows,
            ids=ids,
            status=status,
            has_failures=has_failures,
            trigger=trigger,
            since=since,
            until=until,
            before=cursor,
            limit=limit,
        )
        found = [run for run in page.runs if either is None or run.workflow in either]
        return Page(items=[run_out(run) for run in found], next=page.next)

    @router.get("/{run_id}", operation_id="get_run")
    async def get(
        run_id: str, wait: Annotated[int, Query(ge=0, le=60, description="Seconds to wait for its end.")] = 0
    ) -> RunOut:
        """One run as it stands now, or when it has ended; with the outputs it has so far."""
        return run_out(await (ringline.runs.wait(run_id, wait) if wait else ringline.runs.get(run_id)))

    @router.get("/{run_id}/events", operation_id="list_run_events")
    async def events(run_id: str) -> list[RunEventOut]:
        """What happened in the run, in order; what it waits for now comes last."""
        return [
            RunEventOut(at=event.at, kind=event.kind, step=event.step, details=dict(event.details))
            for event in await ringline.runs.history(run_id)
        ]

    @router.get("/{run_id}/timeline", operation_id="get_run_timeline")
    async def timeline(run_id: str) -> RunTimelineOut:
        """What happened in the run, by step: messages, answers, calls, what is waited for, and what went wrong."""
        return await timeline_of(ringline, await ringline.runs.get(run_id))

    @router.post("/{run_id}/cancel", operation_id="cancel_run")
    async def cancel(run_id: str) -> RunOut:
        """End a run: its waits, the runs it started, and its messages that are not sent yet."""
        return run_out(await ringline.runs.cancel(run_id))

    @router.post("/{run_id}/pause", operation_id="pause_run")
    async def pause(run_id: str) -> RunOut:
        """Let nothing go on in the run until it is resumed; what comes meanwhile is kept."""
        return run_out(await ringline.runs.pause(run_id))

    @router.post("/{run_id}/resume", operation_id="resume_run")
    async def resume(run_id: str) -> RunOut:
        """Go on with a paused run, with what came and what fell due meanwhile."""
        return run_out(await ringline.runs.resume(run_id))

    @router.post("/{run_id}/retry", operation_id="retry_run")
    async def retry(run_id: str, body: RetryIn | None = None) -> RunOut:
        """Go on from what failed. What was sent is not sent again."""
        wanted = body or RetryIn()
        return run_out(await ringline.runs.retry(run_id, resend=wanted.resend, step=wanted.step))

    return router
