"""The workflows of an installation: compiled, kept by name and version, started."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ringline.app.registered import RegisteredWorkflow
from ringline.app.registry import block_registry
from ringline.app.triggering import inputs_by_request
from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.workflow import (
    Definition,
    Document,
    check_definition,
    compile_definition,
    load_document,
    read_document,
)
from ringline.workflow.store import definitions as store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row
    from ringline.errors import Fault
    from ringline.triggers import Triggers
    from ringline.triggers.publishing import Published
    from ringline.vault import Vault
    from ringline.workflow import Plan
    from ringline.workflow.run import StartedBy
    from ringline.workflow.runs import Run, Runs

    Source = str | os.PathLike[str] | Mapping[str, Any] | Definition | Document


@dataclass(frozen=True, slots=True)
class WorkflowVersion:
    """One version of a workflow; *definition* is the text as its author wrote it."""

    name: str
    version: int
    definition: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class VersionEntry:
    """One line of a workflow's history."""

    version: int
    created_at: datetime
    created_by: str | None


def trial_name(name: str) -> str:
    """What runs of a workflow's draft are listed under."""
    return f"{name} (draft)"


class Workflows:
    """Register, look up, check and start workflows by name."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        runs: Runs,
        services: Mapping[str, Any],
        triggers: Triggers,
        credentials: Vault,
    ) -> None:
        self._database = database
        self._clock = clock
        self._runs = runs
        self._triggers = triggers
        self._services = services
        self._credentials = credentials
        self._compiled: dict[tuple[str, str], RegisteredWorkflow] = {}

    def compile(self, source: Source, *, name: str | None = None) -> RegisteredWorkflow:
        """Compile a workflow from a file's path, a document, a dict or typed steps.

        Its name is *name*, else the definition's ``name``, else the file's. The same definition under the same name is
        the same object, so what its blocks remember stays. Raises `DefinitionError` with every fault.
        """
        path = Path(source) if isinstance(source, str | os.PathLike) else None
        document = load_document(path) if path is not None else source
        assert not isinstance(document, str | os.PathLike)
        known_as = name or _name_of(document) or (path.stem if path is not None else None)
        if not known_as:
            raise RequestError(
                "the workflow has no name",
                field="name",
                fix="add `name: …` to the definition, or hand a name over beside it",
            )
        text = _text_of(document)
        known = self._compiled.get((known_as, text))
        if known is None:
            plan = compile_definition(document, block_registry(), self._services)
            # What blocks keep by workflow and step is kept under the name the workflow is registered by.
            plan.name = known_as
            known = RegisteredWorkflow(
                known_as,
                text,
                plan,
                database=self._database,
                clock=self._clock,
                runs=self._runs,
                plans=self._runs.plans,
            )
            self._compiled[known_as, text] = known
        return known

    async def register(
        self, definition: Mapping[str, Any] | str, *, name: str | None = None, created_by: str | None = None
    ) -> WorkflowVersion:
        """Compile a definition, given as an object or as YAML or JSON text, and keep it as a version.

        The same text under the same name keeps its version.
        """
        workflow = self.compile(_document(definition), name=name)
        return await self.get(workflow.name, await workflow.register(created_by=created_by))

    async def versions(self, name: str) -> list[VersionEntry]:
        """Every version of a workflow, newest first; none where nothing is registered under that name."""
        rows = await self._database.read(lambda tx: store.versions_of(tx, name))
        return [VersionEntry(row["version"], utc(row["created_at"]), row["created_by"]) for row in rows]

    async def try_out(
        self, name: str, text: str, inputs: Mapping[str, Any], *, key: str | None = None, by: StartedBy | None = None
    ) -> Run:
        """Start a run of a text that is no version of *name*: it is kept beside it, and no list of workflows has it.

        Raises `DefinitionError` with every fault.
        """
        workflow = self.compile(read_document(text), name=trial_name(name))
        await workflow.register(parent=name)
        return (await workflow.start(inputs_by_request(workflow.plan, inputs, key), key=key, by=by)).run

    def check(self, definition: Mapping[str, Any] | str) -> list[Fault]:
        """Every fault of a definition, errors and warnings; it is not kept."""
        return check_definition(_document(definition), block_registry(), self._services)

    async def list(self) -> list[WorkflowVersion]:
        """The newest version of each workflow, by name."""
        return [_version(row) for row in await self._database.read(store.list_workflows)]

    async def get(self, name: str, version: int | None = None) -> WorkflowVersion:
        """One version of a workflow, the newest if none is named. Raises `NotFoundError`."""
        row = await self._database.read(lambda tx: store.get_version(tx, name, version))
        if row is None or (version is None and row["removed_at"] is not None):
            which = f"version {version} of workflow {name!r}" if version is not None else f"workflow {name!r}"
            raise NotFoundError(
                f"there is no {which}",
                fix="see those there are with `ringline workflows list`, or register it: POST /api/v1/workflows",
            )
        return _version(row)

    async def publish(self, name: str, version: int | None = None) -> Published:
        """Put a version in force, the newest if none is named: its triggers start runs, and only they.

        Raises `NotFoundError` for a version that is not registered.
        """
        kept = await self.get(name, version)
        document = read_document(kept.definition)
        plan = self.compile(document, name=name).plan
        done = await self._triggers.publish(name, kept.version, plan.triggers, plan.defaults)
        return replace(done, warnings=(*done.warnings, *await self._lacking(document.data)))

    async def _lacking(self, data: Mapping[str, Any]) -> Sequence[str]:
        """A sentence for each credential that the definition names and nobody has stored."""
        steps = [step for step in data.get("steps") or () if isinstance(step, Mapping)]
        places = [
            ("`defaults`", data.get("defaults") or {}),
            *((f"the step `{step.get('name')}`", step) for step in steps),
        ]
        named: dict[str, str] = {}
        for place, part in places:
            name = part.get("credential")
            if isinstance(name, str) and name and "{{" not in name and not name.startswith("$"):
                named.setdefault(name, place)
        stored = {one.name for one in await self._credentials.list()} if named else set()
        return [
            f"{place} sends with the credential `{name}`, which is not stored; "
            f"add it with `ringline credentials add {name}`"
            for name, place in named.items()
            if name not in stored
        ]

    async def unpublish(self, name: str) -> None:
        """Let nothing start the workflow any more; its versions and its runs stay. Raises `NotFoundError`."""
        await self.get(name)
        await self._triggers.unpublish(name)

    async def start(
        self,
        name: str,
        inputs: Mapping[str, Any],
        *,
        key: str | None = None,
        version: int | None = None,
        by: StartedBy | None = None,
    ) -> Run:
        """Start a run and return it as it stands; else as `RegisteredWorkflow.start`.

        It is a run of *version*, else of the published version, else, where none ever was, of the newest. Raises
        `RequestError` for a workflow that was unpublished.
        """
        if version is None:
            version, is_active = await self._triggers.version_of(name)
            if version is not None and not is_active:
                raise RequestError(
                    f"the workflow {name!r} was unpublished, so nothing starts it",
                    field="name",
                    fix="publish it again with `ringline workflows publish`, or name a version",
                    code="unpublished",
                )
        kept = await self.get(name, version)
        workflow = self.compile(read_document(kept.definition), name=name)
        started = await workflow.start(inputs_by_request(workflow.plan, inputs, key), key=key, by=by)
        return started.run

    def plan_of(self, name: str, text: str) -> Plan:
        """The plan of a definition that is kept, for the runs of that version."""
        return self.compile(read_document(text), name=name).plan


def _document(definition: Mapping[str, Any] | str) -> Mapping[str, Any] | Document:
    # What came over the network must not name a file of this machine.
    return read_document(definition) if isinstance(definition, str) else definition


def _text_of(source: Mapping[str, Any] | Definition | Document) -> str:
    if isinstance(source, Document):
        return source.text
    data = source.as_data() if isinstance(source, Definition) else source
    return json.dumps(data, indent=1)


def _name_of(source: Mapping[str, Any] | Definition | Document) -> str | None:
    if isinstance(source, Definition):
        return source.name
    data = source.data if isinstance(source, Document) else source
    name = data.get("name") if isinstance(data, Mapping) else None
    return name if isinstance(name, str) and name else None


def _version(row: Row) -> WorkflowVersion:
    return WorkflowVersion(row["name"], row["version"], row["definition"], utc(row["created_at"]))
