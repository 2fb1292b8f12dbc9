"""`/api/v1/triggers`: what starts runs by itself, when next, and what became of the last events."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from ringline.web.api.paging import Limit

if TYPE_CHECKING:
    from ringline.app import Ringline


class TriggerOut(BaseModel):
    """A trigger of a published version. `lacks` says what keeps it from working here, null if nothing is known to."""

    workflow: str
    version: int
    key: str
    type: str
    label: str
    address: str | None
    lacks: str | None
    timezone: str | None
    next_at: datetime | None
    last_at: datetime | None
    last_run_id: str | None
    last_error: str | None


class TriggerEventOut(BaseModel):
    """Something that happened to a trigger: the run it started, or why none."""

    event_id: str
    at: datetime
    run_id: str | None
    error: str | None


def build(ringline: Ringline) -> APIRouter:
    """Routes over the triggers of *ringline*."""
    router = APIRouter(prefix="/api/v1/triggers", tags=["triggers"])

    @router.get("", operation_id="list_triggers")
    async def list_triggers(
        workflow: Annotated[str | None, Query(description="Only of this workflow.")] = None,
    ) -> list[TriggerOut]:
        """The triggers in force, by workflow."""
        return [TriggerOut(**asdict(state)) for state in await ringline.triggers.list(workflow=workflow)]

    @router.get("/events", operation_id="list_trigger_events")
    async def list_events(
        workflow: Annotated[str, Query(description="The trigger's workflow.")],
        trigger: Annotated[str, Query(description="The trigger's key, name, path or keyword.")],
        limit: Limit = 50,
    ) -> list[TriggerEventOut]:
        """What happened to one trigger lately, newest first; kept for thirty days."""
        found = await ringline.triggers.events(workflow, trigger, limit=limit)
        return [TriggerEventOut(**asdict(event)) for event in found]

    return router
