"""One job per sender or account on its way at a time, and none lost (`docs/reference/send-path.md`, Jobs)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ringline.outbox.store import intake

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ringline.database import Row, Transaction
    from ringline.dispatch import Dispatcher
    from ringline.outbox.budgets import Spend
    from ringline.outbox.calling import OnResource
    from ringline.outbox.changes import MessageChange, OnChange, OnTaken

DRAIN = "drain_sender"
APPLY = "apply_callbacks"
SETTLE = "settle_unknown"

_WAKE = {DRAIN: intake.WAKE_SENDER, APPLY: intake.WAKE_ACCOUNT, SETTLE: intake.WAKE_SETTLE}
_CLEAR = {DRAIN: intake.CLEAR_SENDER, APPLY: intake.CLEAR_ACCOUNT, SETTLE: intake.CLEAR_SETTLE}


class Waker:
    """Announces work on a sender (`DRAIN`) or an account (the others).

    Tells *on_change* what has become of messages.
    """

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher
        self.on_change: list[OnChange] = []
        self.on_refused: list[OnChange] = []
        """Told of messages that are refused as they are taken, which `on_change` is not."""
        self.on_taken: list[OnTaken] = []
        """Told of messages that have just been written down, with their rows."""
        self.on_resource: list[OnResource] = []
        self.spend: Spend | None = None
        """Who holds back what is about to go, where budgets say so."""

    def wake(self, tx: Transaction, entrypoint: str, id: str, *, now: float, priority: int = 50) -> None:
        """Have *entrypoint* look at *id* once this commits, unless somebody is on the way already.

        Call it after the rows that are to be found are written.
        """
        if tx.dialect == "postgresql":
            tx.one(intake.SHARE_WAKE, {"id": f"{entrypoint}/{id}"})
        if tx.run(_WAKE[entrypoint], {"id": id, "now": now}):
            self._dispatcher.enqueue(tx, entrypoint, id, priority=priority)

    def again(self, tx: Transaction, entrypoint: str, id: str, *, priority: int = 50) -> None:
        """Announce it whether somebody seems to be on the way or not."""
        self._dispatcher.enqueue(tx, entrypoint, id, priority=priority)

    def tell(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """Call everybody in `on_change`; where that is empty, spare making the changes."""
        if changes:
            for listener in self.on_change:
                listener(tx, changes)

    def tell_refused(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """Call everybody in `on_refused`."""
        if changes:
            for listener in self.on_refused:
                listener(tx, changes)

    def tell_taken(self, tx: Transaction, records: Sequence[Row]) -> None:
        """Call everybody in `on_taken`."""
        if records:
            for listener in self.on_taken:
                listener(tx, records)

    def tell_resource(self, tx: Transaction, id: str, resource: dict[str, object]) -> None:
        """Call everybody in `on_resource`."""
        for listener in self.on_resource:
            listener(tx, id, resource)

    @staticmethod
    def arrived(tx: Transaction, entrypoint: str, id: str) -> None:
        """The one who was on the way is here: what is written from now on needs another. Call it before looking."""
        if tx.dialect == "postgresql":
            tx.one(intake.LOCK_WAKE, {"id": f"{entrypoint}/{id}"})
        tx.run(_CLEAR[entrypoint], {"id": id})
