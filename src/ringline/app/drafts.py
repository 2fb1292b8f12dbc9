"""Definitions while they are edited: saved with every edit, tried, compared, published as a new version."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.app.draft_state import (
    NEW,
    Kept,
    called,
    check_size,
    checked_name,
    is_json,
    kept_in,
    no_such_workflow,
    readable_of,
    text_at,
)
from ringline.app.exporting import Export, Form, exported
from ringline.app.registry import block_registry
from ringline.clock import utc
from ringline.errors import RequestError
from ringline.workflow.editing import Edit, apply
from ringline.workflow.editing.diffs import Diff, diff_of
from ringline.workflow.editing.edits import SetPositions, SetText
from ringline.workflow.editing.graph import Graph, read_graph
from ringline.workflow.store import definitions
from ringline.workflow.store import drafts as store

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.app.workflows import Workflows
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.errors import Fault
    from ringline.triggers import Triggers
    from ringline.triggers.publishing import Published
    from ringline.workflow.editing.editor import Positions
    from ringline.workflow.run import StartedBy
    from ringline.workflow.runs import Run


__all__ = ["Draft", "DraftConflictError", "Drafts", "Drawing", "no_such_workflow", "whole"]


@dataclass(frozen=True, slots=True)
class Draft:
    """A definition as it is being edited; the newest version where nothing was edited since."""

    name: str
    etag: str
    base_version: int | None
    published: int | None
    format: str
    text: str
    graph: Graph
    faults: list[Fault]
    positions: Positions
    saved_at: datetime
    changed: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """A version as it is drawn."""

    name: str
    version: int
    graph: Graph
    faults: list[Fault]
    positions: Positions


class DraftConflictError(RequestError):
    """Somebody else has saved since: what they changed, and what this write would have changed."""

    def __init__(self, draft: Draft, base_diff: Diff, your_diff: Diff) -> None:
        super().__init__(
            f"somebody else has changed `{draft.name}` since you opened it",
            fix="look at both changes, then keep yours on top of theirs or take theirs",
            code="draft_changed",
        )
        self.draft = draft
        self.base_diff = base_diff
        self.your_diff = your_diff


class Drafts:
    """The drafts of an installation, one for each workflow."""

    def __init__(
        self, database: Database, clock: Clock, workflows: Workflows, triggers: Triggers, services: Mapping[str, Any]
    ) -> None:
        self._database = database
        self._clock = clock
        self._workflows = workflows
        self._triggers = triggers
        self._services = services

    # --- looking -----------------------------------------------------------------------------------------------------

    async def get(self, name: str) -> Draft:
        """The draft of a workflow, else its newest version. Raises `NotFoundError`."""
        return await self._draft(name, await self._kept(name))

    async def drawing(self, name: str, version: int | None = None) -> Drawing:
        """A version as it is drawn, the newest if none is named. Raises `NotFoundError`."""
        kept = await self._workflows.get(name, version)
        reading = read_graph(kept.definition, block_registry(), self._services)
        positions = await self._database.read(lambda tx: store.layout_of(tx, name, kept.version))
        return Drawing(name, kept.version, reading.graph or Graph(), reading.faults, positions)

    async def text_of(self, name: str, which: str) -> str:
        """The text of a version by its number, or of the `draft`."""
        if which == "draft":
            return (await self._kept(name)).text
        if not which.isdigit():
            raise RequestError(f"`{which}` is no version", field="version", fix="write a number, or `draft`")
        return (await self._workflows.get(name, int(which))).definition

    async def exists(self, name: str) -> bool:
        """Whether there is a draft of that name."""
        return await self._database.read(lambda tx: store.get_draft(tx, name)) is not None

    async def export(self, name: str, which: str, form: Form) -> Export:
        """A version, or the draft, as a file in another form. Raises `DefinitionError` where it cannot be read."""
        return exported(name, await self.text_of(name, which), form, self._services)

    async def diff(self, name: str, old: str, new: str) -> Diff:
        """What differs between two versions, or a version and the draft."""
        return diff_of(await self.text_of(name, old), await self.text_of(name, new))

    # --- editing -----------------------------------------------------------------------------------------------------

    async def begin(self, name: str, text: str | None, *, who: str | None = None) -> Draft:
        """Begin a new workflow. Raises `RequestError` for a name that is taken or cannot be one."""
        checked = checked_name(name)
        definition = text if text is not None else NEW.format(name=checked)
        check_size(definition)
        readable = readable_of(definition, None)
        now = self._clock.time()

        def work(tx: Transaction) -> None:
            found = definitions.get_version(tx, checked)
            taken = found is not None and found["removed_at"] is None
            row: dict[str, Any] = {"name": checked, "definition": definition, "readable": readable, "positions": {}}
            if taken or not store.begin_draft(tx, **row, base_version=None, now=now, who=who):
                raise RequestError(
                    f"there is a workflow called `{checked}` already",
                    field="name",
                    fix="choose another name",
                    code="name_taken",
                )

        await self._database.write(work)
        return await self.get(checked)

    async def edit(self, name: str, edits: Sequence[Edit], *, etag: str | None, who: str | None = None) -> Draft:
        """Do *edits* on the draft that has this *etag*, all or none; without one on what is there.

        Raises `DraftConflictError` where the draft has changed since, `RequestError` for an edit that cannot be done.
        """
        kept = await self._kept(name)
        if etag is not None and etag != kept.etag:
            raise await self._conflict(name, kept, await self._seen(name, etag), edits)
        # A long definition takes a moment to read, in which the database should not stand still.
        edited = await asyncio.to_thread(apply, kept.text, edits, block_registry(), kept.positions)
        check_size(edited.text)
        if edited.text == kept.text and edited.positions == kept.positions:
            return await self._draft(name, kept)
        row: dict[str, Any] = {
            "definition": edited.text,
            "readable": readable_of(edited.text, kept.text if kept.readable is None else kept.readable),
            "positions": edited.positions,
            "now": self._clock.time(),
            "who": who,
        }

        def work(tx: Transaction) -> tuple[bool, Kept]:
            if kept.row is not None:
                saved = store.save_draft(tx, kept.row, **row)
            else:
                saved = store.begin_draft(tx, name=name, base_version=kept.base, **row)
            return saved, kept_in(tx, name)

        saved, after = await self._database.write(work)
        if not saved:
            raise await self._conflict(name, after, kept.text, edits)
        return await self._draft(name, after)

    async def discard(self, name: str) -> Draft | None:
        """Forget what was edited since the newest version; all of it where there is none. None where nothing is left.

        Raises `NotFoundError` where there is no such workflow.
        """

        def work(tx: Transaction) -> bool:
            removed = store.remove_draft(tx, name)
            found = definitions.get_version(tx, name)
            if not removed and found is None:
                raise no_such_workflow(name)
            return found is not None and found["removed_at"] is None

        return await self.get(name) if await self._database.write(work) else None

    # --- what comes of it --------------------------------------------------------------------------------------------

    async def publish(self, name: str, *, etag: str | None, who: str | None = None) -> tuple[Draft, Published]:
        """Keep the draft as a new version and put it in force.

        Raises `DefinitionError` with every fault, `DraftConflictError` where the draft has changed since *etag*.
        """
        kept = await self._kept(name)
        if etag is not None and etag != kept.etag:
            raise await self._conflict(name, kept, await self._seen(name, etag), [])
        version = await self._workflows.register(kept.text, name=name, created_by=who)
        done = await self._workflows.publish(name, version.version)

        def work(tx: Transaction) -> None:
            store.keep_layout(tx, name, version.version, kept.positions)
            now = store.get_draft(tx, name)
            if now is not None and kept.row is not None and now["revision"] == kept.row["revision"]:
                store.remove_draft(tx, name)

        await self._database.write(work)
        return await self.get(name), done

    async def run(
        self, name: str, inputs: Mapping[str, Any], *, key: str | None = None, by: StartedBy | None = None
    ) -> Run:
        """Start a run of the draft as it is. Nothing is published by it. Raises `DefinitionError` with every fault."""
        kept = await self._kept(name)
        run = await self._workflows.try_out(name, kept.text, inputs, key=key, by=by)
        await self._database.write(lambda tx: store.keep_layout(tx, run.workflow, run.version, kept.positions))
        return run

    async def copy(self, name: str, to: str, *, who: str | None = None) -> Draft:
        """Begin a workflow as a copy of another one's draft."""
        kept = await self._kept(name)
        text = called(kept.text, to)
        draft = await self.begin(to, text, who=who)
        if not kept.positions:
            return draft
        positions = SetPositions(op="positions", positions=kept.positions)  # type: ignore[arg-type]
        return await self.edit(to, [positions], etag=draft.etag, who=who)

    async def rename(self, name: str, to: str, *, who: str | None = None) -> Draft:
        """Call a workflow otherwise: it goes on under the new name; its earlier versions and runs keep the old one."""
        state = (await self._triggers.versions()).get(name)
        kept = await self._kept(name)
        if state is not None and kept.row is not None:
            raise RequestError(
                f"`{name}` has changes that are not published",
                field="name",
                fix="publish or discard them first, so that what is in force keeps its meaning under the new name",
                code="edit",
            )
        draft = await self.copy(name, to, who=who)
        if state is not None:
            draft, _ = await self.publish(to, etag=None, who=who)
        await self.remove(name)
        return draft

    async def remove(self, name: str) -> None:
        """Delete a workflow: nothing starts it any more, and no list has it; runs that have begun go to their end."""
        if name in await self._triggers.versions():
            await self._triggers.unpublish(name)
        now = self._clock.time()

        def work(tx: Transaction) -> None:
            removed = store.remove_draft(tx, name)
            found = definitions.get_version(tx, name)
            if not removed and (found is None or found["removed_at"] is not None):
                raise no_such_workflow(name)
            definitions.remove_workflow(tx, name, now)

        await self._database.write(work)

    # --- within ------------------------------------------------------------------------------------------------------

    async def _kept(self, name: str) -> Kept:
        return await self._database.read(lambda tx: kept_in(tx, name))

    async def _seen(self, name: str, etag: str) -> str | None:
        return await self._database.read(lambda tx: text_at(tx, name, etag))

    async def _draft(self, name: str, kept: Kept) -> Draft:
        reading = await asyncio.to_thread(read_graph, kept.text, block_registry(), self._services)
        graph = reading.graph
        if graph is None and kept.readable is not None:
            graph = read_graph(kept.readable, block_registry()).graph
        published = (await self._triggers.versions()).get(name)
        if kept.base is not None and published == kept.base and kept.row is None:
            changed = False
        else:
            changed = published is None or (await self._workflows.get(name, published)).definition != kept.text
        return Draft(
            name=name,
            etag=kept.etag,
            base_version=kept.base,
            published=published,
            format="json" if is_json(kept.text) else "yaml",
            text=kept.text,
            graph=graph or Graph(),
            faults=reading.faults,
            positions=kept.positions,
            saved_at=utc(kept.saved_at),
            changed=changed,
        )

    async def _conflict(self, name: str, kept: Kept, seen: str | None, edits: Sequence[Edit]) -> DraftConflictError:
        before = seen if seen is not None else kept.text
        try:
            wanted = apply(before, edits, block_registry()).text
        except RequestError:
            wanted = before
        return DraftConflictError(await self._draft(name, kept), diff_of(before, kept.text), diff_of(before, wanted))


def whole(text: str) -> list[Edit]:
    """The edits that put *text* in place of the whole."""
    return [SetText(op="set_text", text=text)]
