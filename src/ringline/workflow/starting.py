"""Runs that begin: their inputs checked and kept, and the row written once however often it is asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.database.together import LANES, Together
from ringline.errors import IdempotencyConflict, RuntimeInputError
from ringline.ids import new_number
from ringline.workflow.execution.document import new_state, secrets_of
from ringline.workflow.execution.keeping import Keeper, as_json
from ringline.workflow.kinds import CONTEXT
from ringline.workflow.moves import Move, Moves
from ringline.workflow.run import StartedBy, name_of_run
from ringline.workflow.store import runs as store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.workflow.execution.state import RunState
    from ringline.workflow.plan import Plan

    New = tuple[Plan, Row, str | None]
    """A run to be written down, with its key."""
    Added = tuple[str, int, Row, bool]
    """The name and version of its workflow, its row or the earlier one's, and whether it is new."""


class Starts:
    """Writes runs down; those that come at once, together."""

    def __init__(self, database: Database, clock: Clock, keeper: Keeper, moves: Moves | None = None) -> None:
        self._database = database
        self._moves = moves or Moves()
        self._clock = clock
        self._keeper = keeper
        self._adds: Together[New, Added] = Together(self._add_together, lanes=LANES[database.dialect])

    async def write(self, new: New) -> Added:
        """`write_in` in a transaction of its own, which it may share with others."""
        return await self._adds.ask(new)

    def new_row(
        self,
        definition: int,
        plan: Plan,
        inputs: Mapping[str, Any],
        trigger: Mapping[str, Any] | None,
        by: StartedBy | None = None,
    ) -> tuple[Row, RunState]:
        """The row of a run that begins now, not written yet. Raises `RuntimeInputError`."""
        now = self._clock.time()
        # Only now is it known whether a run could start with these.
        state = new_state(plan, "", inputs, trigger, now)
        shown = json_value(plan.written_inputs(inputs))
        secrets = plan.secret_inputs
        kept = {}
        for name in shown:
            try:
                written = self._keeper.write(inputs[name], secret=name in secrets)
            except TypeError as error:
                raise RuntimeInputError(
                    f"The input `{name}` is {error}, so no run can be kept with it.", CONTEXT
                ) from None
            if written != shown[name]:
                kept[name] = written
        row = {
            **dict.fromkeys(("finished_at", "due_at", "state", "outputs", "error", "trigger", "parent", "parent_key")),
            "started_by": json.dumps(dict(by)) if by else None,
            "id": new_number(at=now),
            "definition": definition,
            "status": "running",
            "revision": 0,
            "created_at": now,
            "woken_at": now,
            "has_failures": 0,
            "inputs": as_json(shown),
        }
        if kept:
            row["state"] = json.dumps({"i": kept})
        if trigger is not None:
            row["trigger"] = json.dumps(self._keeper.sealing(secrets_of(state)).write(dict(trigger)))
        return row, state

    async def _add_together(self, news: Sequence[New]) -> Sequence[Added]:
        return await self._database.write(lambda tx: self._add_all(tx, news))

    def _add_all(self, tx: Transaction, news: Sequence[New]) -> list[Added]:
        """As `write_in`; those without a key, which nobody can have written before, in one go."""
        if len(news) == 1:
            ((plan, row, key),) = news
            return [self.write_in(tx, plan, row, key=key)]
        # Where another process made one of the numbers this raises, and each is written by itself.
        fresh = [{column: row[column] for column in store.NEW} for _, row, key in news if key is None]
        tx.many(store.ADD_FRESH, fresh)
        self._tell(tx, fresh)
        return [
            (plan.name or "", plan.version, row, True) if key is None else self.write_in(tx, plan, row, key=key)
            for plan, row, key in news
        ]

    def write_in(self, tx: Transaction, plan: Plan, row: Row, *, key: str | None) -> Added:
        """The row written, or the earlier one with the same key."""
        name = plan.name or ""
        if key is not None:
            digest = hashlib.sha256(row["inputs"].encode()).hexdigest()
            one = {"workflow": name, "key": key}
            # Written first: on Postgres whoever comes second waits here for the first one's commit.
            if not tx.run(store.ADD_KEY, {**one, "run": row["id"], "request_hash": digest}):
                known = tx.one(store.FIND_KEY, one)
                assert known is not None
                if known["request_hash"] != digest:
                    started = name_of_run(known["run"])
                    raise IdempotencyConflict(
                        f"the key {key!r} already started run {started} of `{name}` with other inputs",
                        fix="use a new key for a new run, or send the same inputs to get that run back",
                    )
                earlier = tx.one(store.GET, {"id": known["run"]})
                assert earlier is not None
                return earlier["name"], earlier["version"], earlier, False
        while True:
            if row["parent"] is not None:
                child = tx.one(store.FIND_CHILD, {"parent": row["parent"], "parent_key": row["parent_key"]})
                if child is not None:
                    return name, plan.version, {**row, "id": child["id"]}, False
            if tx.run(store.ADD, {column: row[column] for column in store.NEW}):
                self._tell(tx, [row])
                return name, plan.version, row, True
            # Another process was quicker with this child, or made the same number in the same millisecond.
            row = {**row, "id": new_number(at=row["created_at"])}

    def _tell(self, tx: Transaction, rows: Sequence[Row]) -> None:
        if self._moves.listeners:
            self._moves.tell(tx, [Move(row["id"], row["definition"], row["created_at"], began=True) for row in rows])


def json_value(value: Any) -> Any:
    """The value as JSON gives it back; what JSON has no form for is named by its type."""
    return json.loads(json.dumps(value, default=lambda odd: f"<{type(odd).__name__}>"))
