"""What lists of messages and calls are chosen by: time, workflow, and a search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Query, Request
from pydantic import AwareDatetime

from ringline.app.conversing import find, runs_of
from ringline.conversations.conversations import looks_like_number
from ringline.errors import RequestError
from ringline.ids import first_id

if TYPE_CHECKING:
    from ringline.app import Ringline

Flow = Annotated[
    str | None, Query(description="Only those that the newest runs of this workflow brought about.", max_length=200)
]
Since = Annotated[AwareDatetime | None, Query(description="Only those written down then or later.")]
Until = Annotated[AwareDatetime | None, Query(description="Only those written down before.")]


def searched(
    request: Request,
    search: Annotated[
        str | None,
        Query(
            description="An id, a number's beginning or last digits, a person's name, or words that were written.",
            max_length=200,
        ),
    ] = None,
) -> str | None:
    """What is searched for. Who sees only the last digits of numbers may not find out the others by searching."""
    if search is None or not search.strip():
        return None
    principal = getattr(request.state, "principal", None)
    if looks_like_number(search) and getattr(principal, "role", None) == "viewer":
        raise RequestError(
            "viewers do not search by number",
            field="search",
            fix="search by name or words, or have an admin make you an operator",
            code="no_search_by_number",
        )
    return search.strip()


Search = Annotated[str | None, Depends(searched)]


async def chosen_of(
    ringline: Ringline,
    prefix: str,
    *,
    workflow: str | None,
    since: AwareDatetime | None,
    until: AwareDatetime | None,
    search: str | None,
    before: str | None,
) -> dict[str, Any]:
    """The filters that these say, for a list of things whose ids begin with *prefix*."""
    chosen: dict[str, Any] = {}
    if since is not None:
        chosen["since"] = first_id(prefix, at=since.timestamp())
    if until is not None:
        chosen["until"] = first_id(prefix, at=until.timestamp())
    if workflow is not None:
        chosen["runs"] = await runs_of(ringline, workflow)
    if search is not None:
        if search.startswith("run_"):
            chosen["runs"] = [search]
        else:
            found = await find(ringline, search, kinds=f"{prefix}_", before=before)
            chosen["ids"], chosen["people"] = list(found.ids), list(found.people)
    return chosen
