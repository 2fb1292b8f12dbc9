"""Versions of workflows: their history, how they are drawn, what differs between two, and taking one elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from ringline.app.drafts import no_such_workflow
from ringline.app.templates import templates
from ringline.web.api.draft_shapes import DiffOut, DrawingOut, diff_out, drawing_out

if TYPE_CHECKING:
    from ringline.app import Ringline

_WHICH = "A version's number, or `draft`."


class VersionOut(BaseModel):
    """One line of a workflow's history."""

    version: int
    published_at: datetime = Field(description="When it was kept.")
    published_by: str | None = Field(description="Who kept it; null where a program or the command line did.")
    current: bool = Field(description="Whether it is in force.")


class ExportOut(BaseModel):
    """A definition to keep in a file."""

    filename: str
    text: str
    obstacles: list[str] = Field(description="What keeps it from running in Roboflow's engine, a sentence each.")


class TemplateOut(BaseModel):
    """An example to begin a workflow from."""

    name: str
    about: str = Field(description="What it does, in a sentence or two.")
    text: str


def build(ringline: Ringline) -> APIRouter:
    """Routes over the versions of the workflows of *ringline*."""
    router = APIRouter(prefix="/api/v1", tags=["workflows"])

    @router.get("/templates", operation_id="list_templates")
    async def list_templates() -> list[TemplateOut]:
        """The examples that come with Ringline."""
        return [TemplateOut(**asdict(one)) for one in templates()]

    @router.get("/workflows/{name}/versions", operation_id="list_workflow_versions")
    async def versions(name: str) -> list[VersionOut]:
        """Every version of a workflow, newest first."""
        published = (await ringline.triggers.versions()).get(name)
        found = await ringline.workflows.versions(name)
        if not found and not await ringline.drafts.exists(name):
            raise no_such_workflow(name)
        return [
            VersionOut(
                version=one.version,
                published_at=one.created_at,
                published_by=one.created_by,
                current=one.version == published,
            )
            for one in found
        ]

    @router.get("/workflows/{name}/graph", operation_id="get_workflow_graph")
    async def graph(
        name: str, version: Annotated[int | None, Query(ge=1, description="The newest if left out.")] = None
    ) -> DrawingOut:
        """A version as it is drawn: steps, triggers, edges, and where they stand."""
        return drawing_out(await ringline.drafts.drawing(name, version))

    @router.get("/workflows/{name}/diff", operation_id="compare_workflow")
    async def diff(
        name: str,
        old: Annotated[str, Query(alias="from", description=_WHICH)],
        new: Annotated[str, Query(alias="to", description=_WHICH)] = "draft",
    ) -> DiffOut:
        """What differs between two versions, or between a version and the draft."""
        return diff_out(await ringline.drafts.diff(name, old, new))

    @router.get("/workflows/{name}/export", operation_id="export_workflow")
    async def export(
        name: str,
        version: Annotated[str, Query(description=_WHICH)] = "draft",
        form: Annotated[
            Literal["as_written", "yaml", "json", "roboflow"],
            Query(description="As it is written, in one of the two formats, or for Roboflow's engine."),
        ] = "as_written",
    ) -> ExportOut:
        """A definition to keep in a file; with what stands in the way where it is to run in Roboflow's engine."""
        return ExportOut(**asdict(await ringline.drafts.export(name, version, form)))

    return router
