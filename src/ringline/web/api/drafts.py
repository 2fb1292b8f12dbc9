"""`/api/v1/drafts`: workflows while they are edited. A draft is saved with every edit, and published as a version."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from ringline.app.drafts import DraftConflictError, whole
from ringline.web.api.draft_shapes import (
    DraftIn,
    DraftOut,
    DraftRunIn,
    EditsIn,
    diff_out,
    draft_out,
)
from ringline.web.api.messages import IdempotencyKey
from ringline.web.api.runs import RunOut, asker_of, run_out
from ringline.web.problems import problem

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from ringline.app import Ringline
    from ringline.app.drafts import Draft

IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description="The draft's `etag` in quotes; without it whatever is there is edited."),
]
_CONFLICT: dict[int | str, dict[str, Any]] = {
    409: {"description": "Somebody else has saved since: `draft`, `base_diff` and `your_diff` say what."}
}


class BeginIn(BaseModel):
    """A new workflow: empty, or from a definition's text."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, description="What it is called.")
    text: str | None = Field(default=None, description="A definition as YAML or JSON; an empty one if left out.")


class NewNameIn(BaseModel):
    """What something is to be called."""

    model_config = ConfigDict(extra="forbid")

    to: str = Field(min_length=1)


class PublishedDraftOut(BaseModel):
    """The draft after it was published, and what its author should know."""

    draft: DraftOut
    version: int
    warnings: list[str]


class LastRunOut(BaseModel):
    """The newest run of a workflow."""

    id: str
    status: str
    has_failures: bool
    created_at: datetime


class WorkflowRowOut(BaseModel):
    """A workflow as lists show it, published or only begun."""

    name: str
    description: str | None
    version: int | None = Field(description="The newest version; null where it was never published.")
    published: int | None = Field(description="The version in force.")
    has_draft: bool = Field(description="Whether there are changes that are not published.")
    changed_at: datetime
    changed_by: str | None
    steps: int
    services: list[str] = Field(description="What its steps are, without repetition.")
    starts: list[str] = Field(description="What starts it, in a few words each.")
    faults: int = Field(description="Errors in it that keep it from running.")
    last_run: LastRunOut | None


def build(ringline: Ringline) -> APIRouter:
    """Routes over the drafts of *ringline*."""
    router = APIRouter(prefix="/api/v1/drafts", tags=["drafts"])
    drafts = ringline.drafts

    @router.get("", operation_id="browse_workflows")
    async def browse() -> list[WorkflowRowOut]:
        """Every workflow, published or only begun, by name."""
        return [WorkflowRowOut(**asdict(row)) for row in await ringline.overview.rows()]

    @router.post("", status_code=201, operation_id="begin_draft")
    async def begin(body: BeginIn, request: Request) -> DraftOut:
        """Begin a workflow. Nothing starts it until it is published."""
        return draft_out(await drafts.begin(body.name, body.text, who=_who(request)))

    @router.get("/{name}", operation_id="get_draft")
    async def get(name: str, response: Response) -> DraftOut:
        """A workflow as it is being edited, with its graph and its faults."""
        return _tagged(await drafts.get(name), response)

    @router.put("/{name}", operation_id="put_draft", responses=_CONFLICT, response_model=DraftOut)
    async def put(
        name: str, body: DraftIn, request: Request, response: Response, if_match: IfMatch = None
    ) -> DraftOut | JSONResponse:
        """Put a text in place of the draft's, whether it can be read or not."""
        edited = drafts.edit(name, whole(body.text), etag=_etag(if_match), who=_who(request))
        return await _edited(edited, response)

    @router.post("/{name}/edits", operation_id="edit_draft", responses=_CONFLICT, response_model=DraftOut)
    async def edit(
        name: str, body: EditsIn, request: Request, response: Response, if_match: IfMatch = None
    ) -> DraftOut | JSONResponse:
        """Do edits on the draft: all or none. Only the lines they must change are changed."""
        return await _edited(drafts.edit(name, body.edits, etag=_etag(if_match), who=_who(request)), response)

    @router.delete("/{name}", operation_id="discard_draft", response_model=DraftOut | None)
    async def discard(name: str) -> DraftOut | None:
        """Forget what was edited since the newest version; null where there is none, so that nothing is left."""
        left = await drafts.discard(name)
        return draft_out(left) if left is not None else None

    @router.post("/{name}/publish", operation_id="publish_draft", responses=_CONFLICT, response_model=PublishedDraftOut)
    async def publish(name: str, request: Request, if_match: IfMatch = None) -> PublishedDraftOut | JSONResponse:
        """Keep the draft as a new version and put it in force; a draft with errors is refused with all of them."""
        try:
            draft, done = await drafts.publish(name, etag=_etag(if_match), who=_who(request))
        except DraftConflictError as error:
            return _conflict(error)
        return PublishedDraftOut(draft=draft_out(draft), version=done.version, warnings=list(done.warnings))

    @router.post("/{name}/run", status_code=202, operation_id="run_draft")
    async def run(
        name: str, body: DraftRunIn, request: Request, response: Response, key: IdempotencyKey = None
    ) -> RunOut:
        """Start a run of the draft as it is; its triggers stay those of the published version."""
        started = await drafts.run(name, body.inputs, key=key, by=asker_of(request))
        response.headers["Location"] = f"/api/v1/runs/{started.id}"
        return run_out(started)

    @router.post("/{name}/copy", status_code=201, operation_id="copy_draft")
    async def copy(name: str, body: NewNameIn, request: Request) -> DraftOut:
        """Begin a workflow as a copy of this one's draft."""
        return draft_out(await drafts.copy(name, body.to, who=_who(request)))

    @router.post("/{name}/rename", operation_id="rename_workflow")
    async def rename(name: str, body: NewNameIn, request: Request) -> DraftOut:
        """Call a workflow otherwise. Its earlier versions and runs keep the old name; webhooks get a new address."""
        return draft_out(await drafts.rename(name, body.to, who=_who(request)))

    @router.delete("/{name}/workflow", status_code=204, operation_id="remove_workflow")
    async def remove(name: str) -> None:
        """Delete a workflow with its draft: nothing starts it any more. Runs that have begun go to their end."""
        await drafts.remove(name)

    return router


async def _edited(edited: Awaitable[Draft], response: Response) -> DraftOut | JSONResponse:
    try:
        return _tagged(await edited, response)
    except DraftConflictError as error:
        return _conflict(error)


def _tagged(draft: Draft, response: Response) -> DraftOut:
    response.headers["ETag"] = f'"{draft.etag}"'
    return draft_out(draft)


def _conflict(error: DraftConflictError) -> JSONResponse:
    return problem(
        409,
        error.code,
        error.message,
        fix=error.fix,
        draft=draft_out(error.draft).model_dump(mode="json"),
        base_diff=diff_out(error.base_diff).model_dump(mode="json"),
        your_diff=diff_out(error.your_diff).model_dump(mode="json"),
    )


def _etag(given: str | None) -> str | None:
    if given is None or given.strip() == "*":
        return None
    return given.strip().removeprefix("W/").strip('"')


def _who(request: Request) -> str | None:
    principal = getattr(request.state, "principal", None)
    return principal.name if principal is not None else None
