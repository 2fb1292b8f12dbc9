"""Budgets, of which the outbox knows that somebody may hold back what is about to go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from ringline.outbox.groups import FAR
from ringline.outbox.store import claims as store

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.ledger import Ledger
    from ringline.outbox.transitions import Transitions

BUDGET = "budget"
"""Why a message is held."""


class Hold(NamedTuple):
    """Until when a message has to wait, and why, in a sentence."""

    until: float
    sentence: str


Spend = Callable[["Transaction", Sequence["Row"], float], Mapping[str, Hold]]
"""Counts messages that are about to go, and gives those by id that may not."""


def hold_back(
    tx: Transaction, ledger: Ledger, transitions: Transitions, rows: list[Row], spend: Spend, now: float
) -> list[Row]:
    """Have what is about to go counted, and hold what may not go; returns the rest."""
    held = spend(tx, rows, now)
    freed = [row["id"] for row in rows if row["hold_reason"] == BUDGET and row["id"] not in held]
    tx.many(store.FREED, [{"id": message_id} for message_id in freed])
    if not held:
        return rows
    ledger.load(held)
    for message_id, hold in held.items():
        transitions.hold(ledger.messages[message_id], hold.until, reason=BUDGET, sentence=hold.sentence)
    return [row for row in rows if row["id"] not in held]


def release(tx: Transaction, now: float) -> int:
    """Let go all that budgets hold, to be counted anew; returns how many there were. Paused broadcasts stay paused."""
    return tx.run(store.RELEASE_HELD, {"reason": BUDGET, "now": now, "half": now + FAR / 2})
