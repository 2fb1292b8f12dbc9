"""What time alone brings about: holds end, messages expire, silent attempts become unknown, lost jobs are found."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.outbox.ledger import Ledger
from ringline.outbox.slots import MOST_UNITS
from ringline.outbox.store import settling
from ringline.outbox.store import sweeps as store
from ringline.outbox.transitions import Transitions
from ringline.outbox.waking import APPLY, DRAIN, SETTLE, Waker

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.database import Row, Transaction
    from ringline.outbox.settings import OutboxSettings


@dataclass(frozen=True, slots=True)
class Swept:
    """How many rows each sweep moved. `is_full` when one took as many as it may, so that there may be more."""

    held: int = 0
    expired: int = 0
    lost: int = 0
    woken: int = 0
    is_full: bool = False


class Sweeps:
    """The sweeps, each safe to run at any time and by any number of workers."""

    def __init__(self, settings: OutboxSettings, waker: Waker, *, can_be_called: Callable[[], bool]) -> None:
        self._settings = settings
        self._waker = waker
        self._can_be_called = can_be_called

    def all(
        self,
        tx: Transaction,
        *,
        now: float,
        not_by: str | None,
        is_draining: Callable[[str], bool],
        nudge: Callable[[str], None],
        ages_count: bool = True,
    ) -> Swept:
        """Everything once. With *not_by*, open attempts and wake-ups of every other worker are a dead process's.

        A sender that is being drained here is nudged instead of given another job. Without *ages_count* no attempt is
        called silent because of its age.
        """
        settings = self._settings
        limit = {"count": settings.sweep_rows}
        held = [row["id"] for row in tx.all(store.HELD_DUE, {"now": now, **limit})]
        expired = [row["id"] for row in tx.all(store.EXPIRED, {"now": now, **limit})]
        too_long = {"before": now - settings.open_limit(), **limit}
        lost = tx.all(store.OPEN_TOO_LONG, too_long) if ages_count else []
        if not_by is not None:
            lost += tx.all(store.OPENED_BY_OTHERS, {"mine": f"{not_by}#%", **limit})
        ledger = Ledger(tx, self._waker, now)
        ledger.load([*held, *expired, *(row["message_id"] for row in lost)])
        transitions = Transitions(ledger, settings, can_be_called=self._can_be_called())
        for message_id in expired:
            if ledger.messages[message_id].stage in ("held", "ready"):
                transitions.expire(ledger.messages[message_id])
        for message_id in held:
            message = ledger.messages[message_id]
            if message.stage == "held" and message.send_at <= now:
                ledger.move(message, "ready")
                ledger.wake_sender(message)
        for row in lost:
            self._of(ledger, row, "open", transitions.lose)
        ledger.save()
        # At such a start every wake-up that is on the way got lost with the process before.
        woken = self._heal(tx, now, now if not_by is not None else now - settings.heal_after, is_draining, nudge)
        is_full = max(len(held), len(expired), len(lost)) >= settings.sweep_rows
        return Swept(len(held), len(expired), len(lost), woken, is_full)

    def next_due(self, tx: Transaction, *, now: float) -> float | None:
        """When something falls due next, as far as rows tell."""
        settings = self._settings
        spans = {
            "open_limit": settings.open_limit(),
            "heal_after": settings.heal_after,
            "ahead": settings.ahead,
        }
        row = tx.one(store.NEXT_DUE, {"now": now, **spans})
        return None if row is None else row["due"]

    def _heal(
        self,
        tx: Transaction,
        now: float,
        lost_before: float,
        is_draining: Callable[[str], bool],
        nudge: Callable[[str], None],
    ) -> int:
        """Send a job to whoever has work and nobody on the way (a pause has ended, or the job was lost)."""
        count = 0
        settings = self._settings
        slots = {
            "soon": now + settings.ahead,
            "usual": 1 / settings.rate if settings.rate and not isinstance(settings.rate, str) else 1.0,
            "most": 2 * MOST_UNITS / settings.rate_factor,
        }
        for row in tx.all(store.SENDERS_TO_WAKE, {"now": now, "lost_before": lost_before, **slots}):
            if row["wake"] == 0 and is_draining(row["id"]):
                tx.after_commit(functools.partial(nudge, row["id"]))
                continue
            tx.run(store.MARK_SENDER, {"id": row["id"], "now": now})
            self._waker.again(tx, DRAIN, row["id"])
            count += 1
        for row in tx.all(store.ACCOUNTS_TO_WAKE, {"lost_before": lost_before}):
            tx.run(store.MARK_ACCOUNT, {"id": row["id"], "now": now})
            self._waker.again(tx, APPLY, row["id"], priority=90)
            count += 1
        for row in tx.all(settling.ACCOUNTS_DUE, {"now": now, "lost_before": lost_before}):
            tx.run(store.MARK_SETTLE, {"id": row["id"], "now": now})
            self._waker.again(tx, SETTLE, row["id"], priority=70)
            count += 1
        return count

    @staticmethod
    def _of(ledger: Ledger, row: Row, outcome: str, do: Callable[..., None]) -> None:
        message = ledger.messages.get(row["message_id"])
        attempt = ledger.attempts.get((row["message_id"], row["n"]))
        # Read again under the lock: between the look and the lock somebody may have settled it.
        if message is not None and attempt is not None and attempt.outcome == outcome:
            do(message, attempt)
