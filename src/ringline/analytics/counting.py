"""Counting what happens: one short row appended in the transaction in which it happens, whatever it is about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ringline.analytics import store
from ringline.analytics.measures import VOICE, Amounts, difference, hour_of, of_message

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.outbox.changes import Standing

Flow = str | int | None
"""Whose it is, to be looked up when it is added up: a run's name, or the number of a definition."""
Kind = Literal["call", "session"]

DELAY = 1.0
"""Seconds until what was counted is in the figures."""
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Counts:
    """What one transaction has to count."""

    figures: dict[tuple[int, Flow, str, str], Counter[str]] = field(default_factory=dict)
    """By hour, flow, credential (or account) and channel."""
    steps: dict[tuple[int, Flow, str], Counter[str]] = field(default_factory=dict)
    """By hour, flow and step."""
    again: list[tuple[Kind, str]] = field(default_factory=list)
    """Calls and conversations to be looked at again."""

    def add(self, hour: int, flow: Flow, credential: str, channel: str, amounts: Amounts) -> None:
        """So much of each measure."""
        self.figures.setdefault((hour, flow, credential, channel), Counter()).update(amounts)

    def add_step(self, hour: int, flow: Flow, step: str, amounts: Amounts) -> None:
        """So much of each measure, at a step."""
        self.steps.setdefault((hour, flow, step), Counter()).update(amounts)

    def add_message(
        self, flow: Flow, credential: str, channel: str, before: Standing | None, after: Standing | None
    ) -> None:
        """What a change of a message changes; calls are counted by themselves."""
        if channel == VOICE:
            return
        was, now = (None if state is None else of_message(state) for state in (before, after))
        if was == now:
            return
        if was is not None and now is not None and was[0] == now[0]:
            self.add(now[0], flow, credential, channel, difference(was[1], now[1]))
            return
        if was is not None:
            self.add(was[0], flow, credential, channel, {name: -amount for name, amount in was[1].items()})
        if now is not None:
            self.add(now[0], flow, credential, channel, now[1])

    def add_history(self, definition: int, entries: Iterable[Mapping[str, Any]]) -> None:
        """The steps that a run has done, of the entries of its history."""
        for entry in entries:
            kind = entry["kind"]
            if kind not in ("step_done", "step_failed"):
                continue
            step, _, element = str(entry["step"]).partition("[")
            outcome = entry.get("outcome")
            amounts: dict[str, int] = {} if element else {"done" if kind == "step_done" else "failed": 1}
            if outcome:
                amounts[f"outcome.{outcome}"] = 1
            if amounts:
                self.add_step(hour_of(entry["at"]), definition, step, amounts)

    def as_text(self) -> str | None:
        """As it is appended; ``None`` where nothing is left to count."""
        figures = [[*key, kept] for key, found in self.figures.items() if (kept := _rest(found))]
        steps = [[*key, kept] for key, found in self.steps.items() if (kept := _rest(found))]
        found = {"f": figures, "s": steps, "a": self.again}
        left = {name: values for name, values in found.items() if values}
        return _encode(left) if left else None


class Counting:
    """Appends counts. *note_due* is told when they want to be added up."""

    def __init__(self, clock: Clock, note_due: Callable[[list[float]], None]) -> None:
        self._clock = clock
        self._note_due = note_due

    def count(self, tx: Transaction, counts: Counts) -> None:
        """Append what has happened in the caller's transaction."""
        entries = counts.as_text()
        if entries is None:
            return
        now = self._clock.time()
        tx.run(store.ADD_COUNT, {"entries": entries, "at": now})
        tx.after_commit(lambda: self._note_due([now + DELAY]))

    def look_again(self, tx: Transaction, kind: Kind, id: str) -> None:
        """More has become known of a call or a conversation."""
        self.count(tx, Counts(again=[(kind, id)]))


def _rest(found: Counter[str]) -> dict[str, int]:
    return {name: amount for name, amount in found.items() if amount}
