"""T10, T11: status callbacks. At the door a report is only stored; what it means is worked out in a job."""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.outbox.ledger import Ledger
from ringline.outbox.rebinding import take_back
from ringline.outbox.store import callbacks as store
from ringline.outbox.store.intake import ADD_ACCOUNT
from ringline.outbox.transitions import Transitions
from ringline.outbox.waking import APPLY, Waker

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.outbox.ledger import AttemptState
    from ringline.outbox.settings import OutboxSettings
    from ringline.twilio.webhooks import StatusCallback

_log = logging.getLogger(__name__)


def store_callback(
    tx: Transaction,
    callback: StatusCallback,
    *,
    message_id: str | None,
    attempt_no: int | None,
    waker: Waker,
    now: float,
) -> bool:
    """Keep a report; False if just this one was here before. *message_id* and *attempt_no* are the token's."""
    values = {
        "account_id": callback.account_sid,
        "sid": callback.sid,
        "message_id": message_id,
        "attempt_n": attempt_no,
        "status": callback.status,
        "error_code": callback.error_code or 0,
        "source": "callback",
        "raw": json.dumps(dict(callback.raw)) if callback.raw else None,
        "received_at": now,
    }
    is_new = tx.run(store.ADD, values) == 1
    if is_new:
        tx.run(ADD_ACCOUNT, {"id": callback.account_sid})
        waker.wake(tx, APPLY, callback.account_sid, now=now, priority=90)
    if message_id is not None:
        tx.run(store.SEEN, {"id": callback.account_sid, "now": now})
    return is_new


@dataclass(frozen=True, slots=True)
class Applied:
    """How many reports one batch looked at, what falls due, and whether it left some that seem to be nobody's."""

    count: int
    due: list[float]
    has_strays: bool = False


def apply_batch(
    tx: Transaction,
    account_id: str,
    *,
    now: float,
    settings: OutboxSettings,
    waker: Waker,
    can_be_called: bool,
    strays_too: bool = False,
) -> Applied:
    """Apply the reports that wait for this account.

    A report without a token whose sid nobody has may belong to an answer that is being committed on Postgres just now.
    It is left, unless with *strays_too*, which waits until no answer is, and then calls it nobody's.
    """
    ledger = Ledger(tx, waker, now)
    if strays_too:
        ledger.lock_binding(account_id)
    else:
        ledger.share_binding([account_id])
    events = tx.all(store.WAITING, {"account_id": account_id, "count": settings.apply_rows})
    if not events:
        return Applied(0, [])
    owners = {
        row["sid"]: (row["message_id"], row["n"])
        for row in tx.all(
            store.OWNERS, {"account_id": account_id, "sids": as_list(sorted({event["sid"] for event in events}))}
        )
    }
    named = {event["message_id"] for event in events if event["message_id"] is not None}
    ledger.load(named | {message_id for message_id, _ in owners.values()})
    transitions = Transitions(ledger, settings, can_be_called=can_be_called)
    applied: list[dict[str, Any]] = []
    for event in events:
        owner = _apply(ledger, transitions, settings, event, owners)
        message_id, n = owner or (None, None)
        if owner is not None or event["message_id"] is not None or strays_too or tx.dialect == "sqlite":
            applied.append({"key": event["id"], "new_message_id": message_id, "new_attempt_n": n})
    ledger.save()
    tx.many(store.APPLIED, applied)
    return Applied(len(events), ledger.due, has_strays=len(applied) < len(events))


def _apply(
    ledger: Ledger,
    transitions: Transitions,
    settings: OutboxSettings,
    event: dict[str, Any],
    owners: dict[str, tuple[str, int]],
) -> tuple[str, int] | None:
    """Apply one report and return whose it is: by its token, else by its sid. Nobody's yet is no fault."""
    sid = event["sid"]
    token = (event["message_id"], event["attempt_n"]) if event["message_id"] is not None else None
    owner = owners.get(sid)
    if token is not None:
        message, attempt = ledger.messages.get(token[0]), ledger.attempts.get(token)
        if message is None or attempt is None or message.account_id != event["account_id"]:
            _log.warning("a status callback for %s carries a token that is not of this account's: %s.%s", sid, *token)
        elif owner is not None and owner != token and not _take_back(ledger, settings, owner, attempt):
            _log.error("a status callback names %s for attempt %s.%s, and it belongs to another", sid, *token)
        else:
            owners[sid] = owner = token
            transitions.accept(message, attempt, sid, bound_by="token")
    if owner is None or owner[0] not in ledger.messages:
        return None
    message = ledger.messages[owner[0]]
    transitions.join_status(
        message,
        sid,
        event["status"],
        event["error_code"] or None,
        source="callback",
        error_message=_words_of(event["raw"]),
    )
    return owner


def _take_back(ledger: Ledger, settings: OutboxSettings, holder: tuple[str, int], owner: AttemptState) -> bool:
    """T12: a token is better evidence than the list. False when what holds the sid has it from Twilio itself."""
    message, attempt = ledger.messages.get(holder[0]), ledger.attempts.get(holder)
    if message is None or attempt is None or attempt.bound_by != "list":
        return False
    take_back(ledger, settings, message, attempt, owner=owner)
    return True


def _words_of(raw: str | None) -> str | None:
    fields: Mapping[str, str] = json.loads(raw) if raw else {}
    return fields.get("ErrorMessage") or fields.get("ChannelStatusMessage") or None
