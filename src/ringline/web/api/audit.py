"""`/api/v1/audit`: who changed or sent what."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, BaseModel, Field

from ringline.access.audit import Outcome
from ringline.errors import RequestError
from ringline.web.api.paging import Cursor, Limit, Page, cut

if TYPE_CHECKING:
    from ringline.app import Ringline


class AuditOut(BaseModel):
    """One thing that somebody did. Numbers in it are hidden but for their last four digits."""

    id: str
    at: datetime
    who: str
    kind: str = Field(description="`user`, `key` (a program's), `token` (the server's own) or `system`.")
    action: str = Field(description="The operation, as the API's document names it.")
    subject: str = Field(description="The id or name of what it was done to.")
    details: dict[str, Any]
    outcome: Outcome = Field(
        description="`begun`: not known to have been finished; it is under way, or the server stopped in it. `failed`: "
        "it ended with an error, and may have been done in part."
    )


def build(ringline: Ringline) -> APIRouter:
    """Routes over the audit log of *ringline*."""
    router = APIRouter(prefix="/api/v1/audit", tags=["access"])

    @router.get("", operation_id="list_audit")
    async def list_all(
        limit: Limit = 50,
        cursor: Cursor = None,
        who: Annotated[str | None, Query(description="Name of the user or key.", max_length=100)] = None,
        action: Annotated[str | None, Query(max_length=100)] = None,
        subject: Annotated[str | None, Query(description="Id or name.", max_length=200)] = None,
        since: AwareDatetime | None = None,
        until: AwareDatetime | None = None,
    ) -> Page[AuditOut]:
        """What was done, newest first."""
        if cursor is not None and not cursor.isdigit():
            raise RequestError("This is no cursor.", field="cursor", fix="Give back `next` of the page before.")
        found, more = cut(
            await ringline.access.audit.list(
                limit=limit + 1,
                who=who,
                action=action,
                subject=subject,
                since=None if since is None else since.timestamp(),
                until=None if until is None else until.timestamp(),
                before=None if cursor is None else int(cursor),
            ),
            limit,
        )
        items = [
            AuditOut(
                id=str(entry.id),
                at=entry.at,
                who=entry.who,
                kind=entry.kind,
                action=entry.action,
                subject=entry.subject,
                details=dict(entry.details),
                outcome=entry.outcome,
            )
            for entry in found
        ]
        return Page(items=items, next=str(found[-1].id) if more else None)

    return router
