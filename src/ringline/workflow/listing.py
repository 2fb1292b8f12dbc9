"""Runs looked for: a page at a time, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ringline.errors import RequestError
from ringline.ids import first_number
from ringline.workflow.run import STATUSES, Run, name_of_run, number_of_run, run_of_row
from ringline.workflow.store.listing import AFTER_EVERY_NUMBER, Wanted, newest_of_workflow, page_of_runs

if TYPE_CHECKING:
    from ringline.database import Database

TRIGGERS = ("manual", "api", "schedule", "inbound_message", "inbound_call", "message_status", "webhook")


@dataclass(frozen=True, slots=True)
class RunPage:
    """Some runs; *next* is the id to go on from, None on the last page. There may be more though there are few here."""

    runs: Sequence[Run]
    next: str | None


class Listing:
    """Pages over the runs of a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page(
        self,
        *,
        workflows: Sequence[str] | None = None,
        ids: Sequence[str] | None = None,
        status: str | None = None,
        has_failures: bool | None = None,
        trigger: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        before: str | None = None,
        limit: int = 50,
    ) -> RunPage:
        """Runs of any of *workflows* or with one of *ids*, started from *since* and before *until*.

        *before* is where the page before ended. Raises `RequestError` for a status or trigger that there is not.
        """
        if status is not None and status not in STATUSES:
            raise RequestError(f"no run is {status!r}", field="status", fix=f"use one of {', '.join(STATUSES)}")
        if trigger is not None and trigger not in TRIGGERS:
            raise RequestError(f"no trigger is {trigger!r}", field="trigger", fix=f"use one of {', '.join(TRIGGERS)}")
        wanted = Wanted(
            workflows=workflows,
            ids=None if ids is None else [number_of_run(one) for one in ids],
            status=status,
            has_failures=has_failures,
            trigger=trigger,
            since=0 if since is None else first_number(at=since.timestamp()),
            until=AFTER_EVERY_NUMBER if until is None else first_number(at=until.timestamp()),
        )
        number = None if before is None else number_of_run(before)
        rows, last = await self._database.read(lambda tx: page_of_runs(tx, wanted, before=number, count=limit))
        return RunPage([run_of_row(row) for row in rows], None if last is None else name_of_run(last))

    async def newest_ids(self, workflow: str, limit: int) -> list[str]:
        """The ids of the newest runs of a workflow."""
        numbers = await self._database.read(lambda tx: newest_of_workflow(tx, workflow, limit))
        return [name_of_run(number) for number in numbers]

    async def newest(self, *, workflow: str | None, status: str | None, before: str | None, limit: int) -> list[Run]:
        """So many runs, however far down they lie."""
        found: list[Run] = []
        while len(found) < limit:
            page = await self.page(
                workflows=None if workflow is None else (workflow,),
                status=status,
                before=before,
                limit=limit - len(found),
            )
            found += page.runs
            before = page.next
            if before is None:
                break
        return found
