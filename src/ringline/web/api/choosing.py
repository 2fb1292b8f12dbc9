"""What lists of messages and calls are chosen by: time, workflow, and a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Query
from pydantic import AwareDatetime

from ringline.app.conversing import find, runs_of
from ringline.ids import first_id

if TYPE_CHECKING:
    from ringline.app import Ringline

Flow = Annotated[
    str | None, Query(description="Only those that the newest 500 runs of this workflow brought about.", max_length=200)
]
Since = Annotated[AwareDatetime | None, Query(description="Only those written down then or later.")]
Until = Annotated[AwareDatetime | None, Query(description="Only those written down before.")]
Search = Annotated[
    str | None,
    Query(
        description="An id, a number's beginning or last digits, a person's name, or words that were written.",
        max_length=200,
    ),
]


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a page is chosen by. A search by words finds some at a time: *down_to* is how far this page looks."""

    filters: dict[str, Any]
    down_to: str | None

    def next(self, following: str | None) -> str | None:
        """The id to go on from: what follows the page, or else where the search has not looked yet."""
        return following or self.down_to


async def chosen_of(
    ringline: Ringline,
    prefix: str,
    *,
    workflow: str | None,
    since: AwareDatetime | None,
    until: AwareDatetime | None,
    search: str | None,
    before: str | None,
) -> Chosen:
    """What these say, for a list of things whose ids begin with *prefix*."""
    chosen: dict[str, Any] = {}
    down_to: str | None = None
    if since is not None:
        chosen["since"] = first_id(prefix, at=since.timestamp())
    if until is not None:
        chosen["until"] = first_id(prefix, at=until.timestamp())
    if workflow is not None:
        chosen["runs"] = await runs_of(ringline, workflow)
    if search is not None and search.strip():
        search = search.strip()
        if search.startswith("run_"):
            chosen["runs"] = [search]
        else:
            found = await find(ringline, search, kind=prefix, before=before)
            chosen["ids"], chosen["people"] = list(found.ids), list(found.people)
            if found.down_to is not None and found.down_to > chosen.get("since", ""):
                chosen["since"] = down_to = found.down_to
    return Chosen(chosen, down_to)
