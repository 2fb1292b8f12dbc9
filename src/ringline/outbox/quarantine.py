"""After a restore from a backup: what may have been sent in the time that is lost is looked up before it is sent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.database.json_lists import as_list
from ringline.outbox.ledger import Ledger
from ringline.outbox.store import quarantine as store
from ringline.outbox.store import settling

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.outbox.ledger import MessageState
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker

WORKER = "quarantine"


@dataclass(frozen=True, slots=True)
class Quarantined:
    """How many messages one round took, when the backup was made, and when the first of them is looked up."""

    count: int
    backup_at: float
    due: list[float]


def backup_time(tx: Transaction) -> float | None:
    """The last moment the restored data knows of; ``None`` where it knows of none."""
    row = tx.one(store.LAST_KNOWN)
    return None if row is None else row["at"]


def quarantine(
    tx: Transaction, *, backup_at: float, restored_at: float, now: float, settings: OutboxSettings, waker: Waker
) -> Quarantined:
    """Take messages that were due before *restored_at*: each counts as written at *backup_at*, without an answer.

    One round of at most `sweep_rows`; repeat it until it takes none.
    """
    wanted = {"restored_at": restored_at, "now": restored_at, "count": settings.sweep_rows}
    found = [row["id"] for row in tx.all(store.MAYBE_SENT, wanted)]
    ledger = Ledger(tx, waker, now)
    ledger.load(found)
    taken = {row["twin"] for row in tx.all(store.UNDECIDED_TWINS, {"ids": as_list(found)})}
    opened = []
    for message in ledger.messages.values():
        current = ledger.attempts.get((message.id, message.attempt_no))
        if message.stage == "posting" and current is not None and current.outcome == "open":
            current.outcome, current.unknown_at, current.next_check_at = "unknown", now, now
            ledger.touch(message, current)
        else:
            opened.append(_attempt(tx, message, taken, backup_at=backup_at, now=now))
            message.attempt_no += 1
        ledger.move(message, "unknown")
    ledger.save()
    tx.many(store.ADD_ATTEMPT, opened)
    tx.many(
        settling.ADD_SETTLEMENT,
        [
            {
                "message_id": message.id,
                "at": now,
                "actor": WORKER,
                "action": "quarantined",
                "sid": None,
                "note": "It was due before the database was restored, so it may have been sent already.",
            }
            for message in ledger.messages.values()
        ],
    )
    return Quarantined(len(found), backup_at, [now] if found else [])


def _attempt(
    tx: Transaction, message: MessageState, taken: set[str], *, backup_at: float, now: float
) -> dict[str, object]:
    twin = (tx.one(store.TWIN_OF, {"id": message.id}) or {})["twin"]
    # One at a time of those that look alike, or the list could not be counted; the others wait for their turn.
    is_first = twin not in taken
    taken.add(twin)
    return {
        "account_id": message.account_id,
        "message_id": message.id,
        "n": message.attempt_no + 1,
        "worker": WORKER,
        "twin": twin,
        "sender": message.sender,
        "opened_at": min(backup_at, now),
        "outcome": "unknown" if is_first else "quarantined",
        "unknown_at": now,
        "next_check_at": now,
    }
