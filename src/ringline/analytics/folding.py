"""Adding up: what was appended is taken, added to the figures and deleted, in one transaction."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from ringline.analytics import store
from ringline.analytics.counting import DELAY
from ringline.analytics.measures import difference

if TYPE_CHECKING:
    from ringline.analytics.counting import Counts, Flow
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

ROWS = 500
"""Appended rows that one transaction adds up."""
ACCOUNT = "AC"
"""What stands for a credential and begins so is an account, of which a credential is to be found."""


class Whose(NamedTuple):
    """A workflow and its version; both empty for none."""

    flow: str = ""
    version: int = 0


class Sources(Protocol):
    """What the figures are counted from, handed in by who knows the other rooms."""

    def runs(self, tx: Transaction, names: Sequence[str]) -> Mapping[str, Whose]:
        """Whose runs these are; others are left out."""
        ...

    def definitions(self, tx: Transaction, numbers: Sequence[int]) -> Mapping[int, Whose]:
        """Which workflow and version these are."""
        ...

    def accounts(self, tx: Transaction) -> Mapping[str, str]:
        """A credential of each account."""
        ...

    def one(self, tx: Transaction, kind: str, id: str) -> Counts | None:
        """What a call or a conversation adds as it stands now; ``None`` where there is none of it any more."""
        ...

    def every(self, tx: Transaction) -> Iterable[Counts]:
        """Everything anew from the rows, but for calls and conversations."""
        ...

    def waiting(self, tx: Transaction, flow: str) -> Mapping[tuple[int, str], int]:
        """How many runs of a workflow wait, by version and step."""
        ...

    def ids(self, tx: Transaction, kind: str) -> Iterable[str]:
        """Of all calls, or all conversations."""
        ...


class Sums:
    """Amounts by the keys of the tables."""

    def __init__(self) -> None:
        self.figures: Counter[tuple[str, int, str, str, str]] = Counter()
        self.steps: Counter[tuple[str, int, int, str, str]] = Counter()

    def write(self, tx: Transaction) -> None:
        """Add them to the figures, in one order, so that nobody waits for another crosswise."""
        rows = [
            dict(zip(("flow", "hour", "credential", "channel", "measure"), key, strict=True)) | {"amount": amount}
            for key, amount in sorted(self.figures.items())
            if amount
        ]
        tx.many(store.ADD_FIGURE, rows)
        steps = [
            dict(zip(("flow", "hour", "version", "step", "measure"), key, strict=True)) | {"amount": amount}
            for key, amount in sorted(self.steps.items())
            if amount
        ]
        tx.many(store.ADD_STEP_FIGURE, steps)


class Folding:
    """Adds up, in whichever processes work; the figures are exact whenever one of them dies."""

    def __init__(
        self, database: Database, clock: Clock, sources: Sources, *, on_folded: Callable[[Transaction], None]
    ) -> None:
        """*on_folded* is told in the transaction in which figures have changed."""
        self._database = database
        self._clock = clock
        self._sources = sources
        self._on_folded = on_folded
        self._not_before = 0.0

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Add up all there is, once in `DELAY` at most; returns when to come again, where it is too soon."""
        # Not for each transaction that counts something; and a clock that was set back holds nothing up.
        if 0.0 < self._not_before - self._clock.time() <= DELAY:
            return self._not_before
        await self.add_up()
        self._not_before = self._clock.time() + DELAY
        return None

    async def add_up(self) -> None:
        """Add up all there is."""
        while await self._database.write(self.fold) >= ROWS:
            pass

    def fold(self, tx: Transaction) -> int:
        """Add up the oldest rows, at most `ROWS`; returns how many there were."""
        if tx.dialect == "postgresql":
            tx.one(store.LOCK_FOLDING)
        rows = tx.all(store.OLDEST, {"count": ROWS})
        if not rows:
            return 0
        sums = Sums()
        self._add(tx, sums, [json.loads(row["entries"]) for row in rows])
        sums.write(tx)
        tx.run(store.TAKEN, {"ids": json.dumps([row["id"] for row in rows])})
        self._on_folded(tx)
        return len(rows)

    def rebuild(self, tx: Transaction) -> int:
        """Count everything anew from the rows; returns how many figures there are.

        Whoever changes something countable waits until it is done. Calls and conversations that were forgotten keep
        what they have added.
        """
        if tx.dialect == "postgresql":
            tx.one(store.LOCK_FOLDING)
            tx.run(store.LOCK_COUNTS)
        for statement in (store.FORGET_COUNTS, store.CLEAR_FIGURES, store.CLEAR_STEP_FIGURES):
            tx.run(statement)
        sums = Sums()
        for counts in self._sources.every(tx):
            text = counts.as_text()
            if text is not None:
                self._add(tx, sums, [json.loads(text)])
        for kind in ("call", "session"):
            kept = {row["id"]: row["entries"] for row in tx.all(store.EVERY_COUNTED, {"kind": kind})}
            for key in {**dict.fromkeys(self._sources.ids(tx, kind)), **dict.fromkeys(kept)}:
                self._add_one(tx, sums, kind, key, None, or_else=kept.get(key))
        sums.write(tx)
        self._on_folded(tx)
        return sum(1 for amount in sums.figures.values() if amount)

    def _add(self, tx: Transaction, sums: Sums, found: Sequence[Mapping[str, Any]]) -> None:
        figures = [entry for one in found for entry in one.get("f", ())]
        steps = [entry for one in found for entry in one.get("s", ())]
        whose = self._whose(tx, [entry[1] for entry in (*figures, *steps)])
        accounts = self._sources.accounts(tx) if any(entry[2][:2] == ACCOUNT for entry in figures) else {}
        for hour, flow, credential, channel, amounts in figures:
            by = accounts.get(credential, credential) if credential[:2] == ACCOUNT else credential
            _add_to(sums, hour, whose[flow].flow, by, channel, amounts)
        for hour, flow, step, amounts in steps:
            name, version = whose[flow]
            for measure, amount in amounts.items():
                sums.steps[name, hour, version, step, measure] += amount
        for kind, key in dict.fromkeys((kind, key) for one in found for kind, key in one.get("a", ())):
            row = tx.one(store.GET_COUNTED, {"kind": kind, "id": key})
            self._add_one(tx, sums, kind, key, row)

    def _add_one(
        self, tx: Transaction, sums: Sums, kind: str, id: str, before: Row | None, *, or_else: str | None = None
    ) -> None:
        """Add what a call or a conversation has come to, and take back what of it was added before."""
        old = Sums()
        if before is not None:
            self._add_kept(old, json.loads(before["entries"]))
        counts = self._sources.one(tx, kind, id)
        new = Sums()
        if counts is None:
            if or_else is not None:
                self._add_kept(sums, json.loads(or_else))
            return
        text = counts.as_text()
        if text is not None:
            self._add(tx, new, [json.loads(text)])
        for key, amount in difference(old.figures, new.figures).items():
            sums.figures[key] += amount
        for step_key, amount in difference(old.steps, new.steps).items():
            sums.steps[step_key] += amount
        kept = {"f": [[*key, amount] for key, amount in new.figures.items()]}
        kept["s"] = [[*step_key, amount] for step_key, amount in new.steps.items()]
        tx.run(store.KEEP_COUNTED, {"kind": kind, "id": id, "entries": json.dumps(kept)})

    @staticmethod
    def _add_kept(sums: Sums, kept: Mapping[str, Any]) -> None:
        for flow, hour, credential, channel, measure, amount in kept["f"]:
            sums.figures[flow, hour, credential, channel, measure] += amount
        for flow, hour, version, step, measure, amount in kept["s"]:
            sums.steps[flow, hour, version, step, measure] += amount

    def _whose(self, tx: Transaction, flows: Sequence[Flow]) -> Mapping[Flow, Whose]:
        found: dict[Flow, Whose] = {flow: Whose() for flow in flows}
        names = [flow for flow in found if isinstance(flow, str)]
        numbers = [flow for flow in found if isinstance(flow, int)]
        if names:
            for name, one in self._sources.runs(tx, names).items():
                found[name] = one
        if numbers:
            for number, one in self._sources.definitions(tx, numbers).items():
                found[number] = one
        return found


def _add_to(sums: Sums, hour: int, flow: str, credential: str, channel: str, amounts: Mapping[str, int]) -> None:
    for measure, amount in amounts.items():
        sums.figures[flow, hour, credential, channel, measure] += amount
        sums.figures[store.ALL_FLOWS, hour, credential, channel, measure] += amount
