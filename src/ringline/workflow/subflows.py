"""Runs within runs: what `flow/for_each` and `flow/subflow` are handed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ringline.errors import NotFoundError, RequestError
from ringline.workflow.run import ENDED, Run, name_of_run, number_of_run
from ringline.workflow.store import definitions
from ringline.workflow.store import runs as store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.workflow.block import StepTransaction
    from ringline.workflow.runs import Runs


class Subflows:
    """Starts runs that belong to a step of another, and tells how they ended.

    A child ends with its parent where that fails or is canceled. Its end is reported as ``run/<its id>`` with
    ``status`` and ``has_failures``.
    """

    def __init__(self, runs: Runs, clock: Clock) -> None:
        self._runs = runs
        self._clock = clock

    def start_in(
        self,
        on: StepTransaction,
        *,
        workflow: str | Mapping[str, Any],
        inputs: Mapping[str, Any],
        key: str,
        step: str,
    ) -> str:
        """Start a child in the step's transaction, let the step wait for its end, and return its id.

        *workflow* is ``name``, ``name@version`` or a definition. The same *key* gives the child it gave before, and
        where that has ended already, the step hears of it at once. Raises `NotFoundError` for a workflow that is not
        registered, `RuntimeInputError` for inputs it does not take, `DefinitionError` for a definition that cannot run.
        """
        definition = self._definition(on, workflow, step)
        child = self._runs.start_in(
            on.tx, "", inputs=inputs, parent=on.run_id, parent_key=key, definition=int(definition["id"])
        )
        row = on.tx.one(store.GET, {"id": number_of_run(child)})
        assert row is not None
        if row["status"] in ENDED:
            on.report(f"run/{child}", {"status": row["status"], "has_failures": bool(row["has_failures"])})
        else:
            on.wait_for(f"run/{child}")
        return child

    def cancel_in(self, tx: Transaction, run_id: str, *, why: str = "") -> bool:
        """End a child in the caller's transaction; False where it has ended already."""
        return self._runs.cancel_in(tx, run_id, why=why)

    def open_in(self, tx: Transaction, run_id: str, prefix: str) -> list[str]:
        """The children of a run that have not ended, of those whose keys begin with *prefix*."""
        rows = tx.all(store.OPEN_CHILDREN, {"parent": number_of_run(run_id)})
        return [name_of_run(row["id"]) for row in rows if row["parent_key"].startswith(prefix)]

    async def children(self, run_id: str, prefix: str) -> dict[str, Run]:
        """The children of a run whose keys begin with *prefix*, by their keys."""
        found = await self._runs.children(run_id)
        return {key: run for key, run in found.items() if key.startswith(prefix)}

    async def result(self, run_id: str) -> Run:
        """The child as it stands, with its outputs."""
        return await self._runs.get(run_id)

    def _definition(self, on: StepTransaction, workflow: str | Mapping[str, Any], step: str) -> Row:
        if not isinstance(workflow, str):
            return self._inline(on, workflow, step)
        name, _, version = workflow.partition("@")
        number = version.removeprefix("v")
        if version and not number.isdigit():
            raise RequestError(
                f"`{workflow}` names no version of a workflow", field="workflow", fix="write it as `name` or `name@2`"
            )
        found = definitions.get_version(on.tx, name, int(number) if number else None)
        if found is None:
            raise NotFoundError(f"there is no workflow `{workflow}`", fix="register its definition first")
        return found

    def _inline(self, on: StepTransaction, definition: Mapping[str, Any], step: str) -> Row:
        parent = on.tx.one(store.GET, {"id": number_of_run(on.run_id)})
        assert parent is not None
        name, text = f"{parent['name']}/{step}", json.dumps(definition)
        row = definitions.add_version(on.tx, name=name, definition=text, parent=parent["name"], now=self._clock.time())
        return {**row, "name": name, "definition": text}
