"""WhatsApp's customer-service window: free text may go for 24 hours after the person's last message."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ringline.compliance import store
from ringline.database.json_lists import as_list

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

WINDOW_SECONDS = 24 * 3600.0


def note_inbound(
    tx: Transaction, *, account_id: str, recipient: str, sender: str, at: float, service: str | None = None
) -> None:
    """*recipient* wrote to our *sender* at this time (seconds since the epoch); an older time changes nothing."""
    values = {"recipient": recipient, "account_id": account_id, "sender": sender, "service": service, "at": at}
    tx.run(store.NOTE_INBOUND, values)


def is_open(
    tx: Transaction,
    *,
    account_id: str,
    recipient: str,
    sender: str | None,
    now: float,
    service: str | None = None,
) -> bool:
    """Whether free text may go now. Who never wrote has no window. Without *sender*, any of *service* counts."""
    found = windows_of(tx, [recipient]).get(recipient, [])
    return is_open_in(found, account_id=account_id, sender=sender, service=service, now=now)


def windows_of(tx: Transaction, recipients: Collection[str]) -> dict[str, list[Row]]:
    """What is known about when these people wrote, and to whom."""
    found: dict[str, list[Row]] = {}
    for row in tx.all(store.WINDOWS_OF, {"recipients": as_list(recipients)}):
        found.setdefault(row["recipient"], []).append(row)
    return found


def is_open_in(found: Sequence[Row], *, account_id: str, sender: str | None, service: str | None, now: float) -> bool:
    """`is_open` on what `windows_of` found for one person."""
    return any(
        row["account_id"] == account_id
        and (row["sender"] == sender if sender is not None else service is not None and row["service"] == service)
        and now - row["last_inbound_at"] < WINDOW_SECONDS
        for row in found
    )
