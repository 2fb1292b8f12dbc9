"""T12, T22: a sid that was found in the list turns out to be another's, and what it was bound to loses it."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ringline.outbox.store import settling as store

if TYPE_CHECKING:
    from ringline.outbox.ledger import AttemptState, Ledger, MessageState
    from ringline.outbox.settings import OutboxSettings

_log = logging.getLogger(__name__)


def take_back(
    ledger: Ledger, settings: OutboxSettings, message: MessageState, attempt: AttemptState, *, owner: AttemptState
) -> None:
    """T12: Twilio itself says that the sid belongs to *owner*; *attempt*, which had it from the list, is sought again.

    Under the assumptions of `docs/guarantees.md` this does not happen.
    """
    _log.error(
        "message %s: %s, found for it in Twilio's list, belongs to message %s",
        message.id,
        attempt.sid,
        owner.message_id,
    )
    other = {"twin": attempt.twin, "id": attempt.id, "but": owner.id}
    if ledger.tx.one(store.OTHER_TWIN, other) is None:
        release(ledger, message, attempt, "unknown")
        attempt.outcome, attempt.unknown_at = "unknown", ledger.now
        attempt.next_check_at = ledger.now + settings.checks[0]
        ledger.due.append(attempt.next_check_at)
    else:
        # A twin is under way by now, so this one cannot be sought any more.
        release(ledger, message, attempt, "unresolved")


def release(ledger: Ledger, message: MessageState, attempt: AttemptState, stage: str) -> None:
    """Take the sid away from both, and put the message into *stage*."""
    sid = attempt.sid
    # At once: in this same transaction another may get it, and what is saved last must not meet what was first.
    ledger.tx.run(store.UNBIND_ATTEMPT, {"key": attempt.id})
    attempt.sid, attempt.bound_by, attempt.outcome = None, None, "abandoned"
    attempt.next_check_at = attempt.none_at = None
    ledger.touch(message, attempt)
    if message.sid != sid:
        return
    ledger.tx.run(store.UNBIND_MESSAGE, {"key": message.id})
    message.sid, message.status_rank, message.confirmed = None, 0, 0
    message.poll_at, message.polls, message.delivery_unknown = None, 0, 0
    message.error_code = message.error_message = None
    message.price = message.price_unit = message.sent_at = message.delivered_at = None
    if attempt.n != message.attempt_no:
        current = ledger.attempts[message.id, message.attempt_no]
        stage = {"open": "posting", "unknown": "unknown"}.get(current.outcome, "unresolved")
    ledger.move(message, stage)
