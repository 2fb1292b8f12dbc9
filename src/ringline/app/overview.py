"""Every workflow in one list, published or only begun: what it does, what starts it, and how its last run went."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.app.registry import block_registry
from ringline.app.workflows import trial_name
from ringline.clock import utc
from ringline.workflow.editing.graph import Graph, read_graph
from ringline.workflow.run import run_of_row
from ringline.workflow.store import definitions
from ringline.workflow.store import drafts as store
from ringline.workflow.store import runs as runs_store

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.database import Database, Row, Transaction
    from ringline.triggers import Triggers

_MOST_KNOWN = 500


@dataclass(frozen=True, slots=True)
class LastRun:
    """The newest run of a workflow."""

    id: str
    status: str
    has_failures: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WorkflowRow:
    """A workflow as the list shows it."""

    name: str
    description: str | None
    version: int | None
    published: int | None
    has_draft: bool
    changed_at: datetime
    changed_by: str | None
    steps: int
    services: list[str]
    starts: list[str]
    faults: int
    last_run: LastRun | None


class WorkflowOverview:
    """Reads the list; what a text says is worked out once."""

    def __init__(self, database: Database, triggers: Triggers, services: Mapping[str, Any]) -> None:
        self._database = database
        self._triggers = triggers
        self._services = services
        self._known: dict[str, tuple[Graph, int]] = {}

    async def rows(self) -> list[WorkflowRow]:
        """Every workflow, by name."""

        def work(tx: Transaction) -> tuple[dict[str, Row], dict[str, Row], dict[str, Row]]:
            versions = {row["name"]: row for row in definitions.list_workflows(tx)}
            drafts = {row["name"]: row for row in store.list_drafts(tx)}
            last = tx.all(runs_store.LAST_RUNS, {"trial": trial_name("")})
            return versions, drafts, {row["owner"]: row for row in last}

        versions, drafts, last = await self._database.read(work)
        published = await self._triggers.versions()
        names = sorted({*versions, *drafts}, key=str.casefold)
        return [
            self._row(name, versions.get(name), drafts.get(name), published.get(name), last.get(name)) for name in names
        ]

    def _row(
        self, name: str, version: Row | None, draft: Row | None, published: int | None, last: Row | None
    ) -> WorkflowRow:
        text = draft["definition"] if draft is not None else version["definition"] if version is not None else ""
        graph, faults = self._read(text)
        changed = draft["saved_at"] if draft is not None else version["created_at"] if version is not None else 0.0
        by = draft["saved_by"] if draft is not None else version["created_by"] if version is not None else None
        return WorkflowRow(
            name=name,
            description=graph.description,
            version=version["version"] if version is not None else None,
            published=published,
            has_draft=draft is not None,
            changed_at=utc(changed),
            changed_by=by,
            steps=len(graph.steps),
            services=list(dict.fromkeys(step.service for step in graph.steps)),
            starts=[f"{one.title}: {one.summary}" if one.summary else one.title for one in graph.triggers],
            faults=faults,
            last_run=_last_run(last),
        )

    def _read(self, text: str) -> tuple[Graph, int]:
        known = self._known.get(text)
        if known is None:
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            reading = read_graph(text, block_registry(), self._services)
            errors = sum(fault.severity == "error" for fault in reading.faults)
            known = self._known[text] = (reading.graph or Graph(), errors)
        return known


def _last_run(row: Row | None) -> LastRun | None:
    if row is None:
        return None
    run = run_of_row(row)
    return LastRun(run.id, run.status, run.has_failures, run.created_at)
