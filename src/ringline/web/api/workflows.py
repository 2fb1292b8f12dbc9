"""`/api/v1/workflows`: register, check, list, look up, run."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from ringline.errors import DefinitionError
from ringline.web.api.messages import IdempotencyKey
from ringline.web.api.runs import RunOut, asker_of, run_out
from ringline.web.api.triggers import TriggerOut

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.app.workflows import WorkflowVersion


class DefinitionIn(BaseModel):
    """A workflow as its author wrote it."""

    model_config = ConfigDict(extra="forbid")

    definition: dict[str, Any] | str = Field(description="The definition as an object, or as YAML or JSON text.")
    name: str | None = Field(default=None, description="Its name, in place of the definition's own.")


class RegisterIn(DefinitionIn):
    """A workflow to keep."""

    publish: bool = Field(
        default=True, description="Also put this version in force: its triggers start runs, and those before do not."
    )


class PublishIn(BaseModel):
    """Which version to put in force."""

    model_config = ConfigDict(extra="forbid")

    version: int | None = Field(default=None, ge=1, description="The newest if left out.")


class PublishedOut(BaseModel):
    """The version in force. `warnings` name other workflows that take the same messages, and credentials it lacks."""

    name: str
    version: int
    warnings: list[str]
    triggers: list[TriggerOut]


class WorkflowOut(BaseModel):
    """A registered workflow and its newest version; `published` is the version in force, null if none is."""

    name: str
    version: int
    published: int | None
    created_at: datetime


class DefinitionOut(WorkflowOut):
    """One version of a workflow as its author wrote it."""

    definition: str


class FaultOut(BaseModel):
    """One thing that is wrong or doubtful in a definition."""

    severity: str
    message: str
    fix: str
    step: str | None
    field: str | None
    line: int | None
    column: int | None
    code: str


class CheckOut(BaseModel):
    """Every fault of a definition; it can run if none is an error."""

    faults: list[FaultOut]


class RunIn(BaseModel):
    """What a run starts with."""

    model_config = ConfigDict(extra="forbid")

    inputs: dict[str, Any] = Field(default={}, description="Values of the workflow's inputs, by name.")
    version: int | None = Field(
        default=None, ge=1, description="The published version if left out, or the newest where none ever was."
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the workflows of *ringline*."""
    router = APIRouter(prefix="/api/v1/workflows", tags=["workflows"])

    @router.post("", status_code=201, operation_id="register_workflow")
    async def register(body: RegisterIn, response: Response) -> WorkflowOut:
        """Check a definition, keep it as a new version and put it in force; the same text again keeps its version."""
        kept = await ringline.workflows.register(body.definition, name=body.name)
        if body.publish:
            await ringline.workflows.publish(kept.name, kept.version)
        response.headers["Location"] = f"/api/v1/workflows/{quote(kept.name, safe='')}"
        return _out(kept, (await ringline.triggers.versions()).get(kept.name))

    @router.post("/check", operation_id="check_workflow")
    async def check(body: DefinitionIn) -> CheckOut:
        """Every fault of a definition, which is not kept."""
        try:
            faults = ringline.workflows.check(body.definition)
        except DefinitionError as error:  # the text itself cannot be read
            if not error.faults:
                raise
            faults = error.faults
        return CheckOut(faults=[FaultOut(**asdict(fault)) for fault in faults])

    @router.get("", operation_id="list_workflows")
    async def list_workflows() -> list[WorkflowOut]:
        """The registered workflows by name."""
        published = await ringline.triggers.versions()
        return [_out(one, published.get(one.name)) for one in await ringline.workflows.list()]

    @router.get("/{name}", operation_id="get_workflow")
    async def get(
        name: str, version: Annotated[int | None, Query(ge=1, description="The newest if left out.")] = None
    ) -> DefinitionOut:
        """A version of a workflow as it was written."""
        one = await ringline.workflows.get(name, version)
        published = (await ringline.triggers.versions()).get(name)
        return DefinitionOut(**_out(one, published).model_dump(), definition=one.definition)

    @router.post("/{name}/publish", operation_id="publish_workflow")
    async def publish(name: str, body: PublishIn) -> PublishedOut:
        """Put a version in force: its triggers start runs, and those of every other version do not any more."""
        done = await ringline.workflows.publish(name, body.version)
        triggers = await ringline.triggers.list(workflow=name)
        return PublishedOut(
            name=name,
            version=done.version,
            warnings=list(done.warnings),
            triggers=[TriggerOut(**asdict(state)) for state in triggers],
        )

    @router.post("/{name}/unpublish", operation_id="unpublish_workflow")
    async def unpublish(name: str) -> WorkflowOut:
        """Let nothing start the workflow any more; its versions and its runs stay."""
        await ringline.workflows.unpublish(name)
        return _out(await ringline.workflows.get(name), None)

    @router.post("/{name}/runs", status_code=202, operation_id="start_run")
    async def start(name: str, body: RunIn, request: Request, response: Response, key: IdempotencyKey = None) -> RunOut:
        """Start a run of the published version. The answer does not wait for its end."""
        by = asker_of(request)
        run = await ringline.workflows.start(name, body.inputs, key=key, version=body.version, by=by)
        response.headers["Location"] = f"/api/v1/runs/{run.id}"
        return run_out(run)

    return router


def _out(kept: WorkflowVersion, published: int | None) -> WorkflowOut:
    return WorkflowOut(name=kept.name, version=kept.version, published=published, created_at=kept.created_at)
