"""The plans of runs: a run stays on the version of the definition that it started with."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from ringline.errors import NotFoundError
from ringline.workflow.store import definitions as store

if TYPE_CHECKING:
    from ringline.database import Database, Row, Transaction
    from ringline.workflow.plan import Plan


class Plans:
    """Compiled definitions by the id of their row, made when a run first needs them. Safe in any thread."""

    def __init__(self, database: Database, compile_text: Callable[[str, str], Plan]) -> None:
        """*compile_text* makes the plan of a name and the text of its definition."""
        self._database = database
        self._compile = compile_text
        self._plans: dict[int, Plan] = {}
        self._lock = threading.RLock()

    def keep(self, definition: int, plan: Plan) -> None:
        """The plan of a definition that has just been written down."""
        self._plans[definition] = plan

    def known(self, definition: int) -> Plan | None:
        """The plan, if it was needed before."""
        return self._plans.get(definition)

    async def get(self, definition: int) -> Plan:
        """The plan; raises `DefinitionError` where this version of Ringline no longer takes the definition."""
        plan = self._plans.get(definition)
        return plan if plan is not None else await self._database.read(lambda tx: self.get_in(tx, definition))

    def get_in(self, tx: Transaction, definition: int) -> Plan:
        """As `get`, within a transaction."""
        plan = self._plans.get(definition)
        if plan is not None:
            return plan
        row = store.get_definition(tx, definition)
        if row is None:
            raise NotFoundError(f"there is no definition {definition}", fix="restore the database from a backup")
        return self.of_row(row)

    def of_row(self, row: Row) -> Plan:
        """The plan of a row of `workflows`."""
        with self._lock:
            plan = self._plans.get(row["id"])
            if plan is None:
                plan = self._compile(row["name"], row["definition"])
                plan.version = row["version"]
                self._plans[row["id"]] = plan
            return plan
