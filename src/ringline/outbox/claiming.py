"""T3: due messages are taken, checked at the gate once more, and each gets one attempt, in one transaction."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ringline.compliance.gate import Refusal, check_many
from ringline.database.json_lists import as_list
from ringline.outbox.changes import MessageChange
from ringline.outbox.intake import passage_of
from ringline.outbox.ledger import Ledger
from ringline.outbox.slots import free_slots, take_slots
from ringline.outbox.store import claims as store
from ringline.outbox.transitions import Transitions
from ringline.twilio.messages import MessageForm, wire_address

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker

_claim_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Permission:
    """To write one request once. *slot* is the moment it may leave, in the database's time."""

    message_id: str
    n: int
    account_id: str
    credential_id: str
    slot: float
    interval: float
    record: Row = field(repr=False)

    def form(self, status_callback: str | None) -> MessageForm:
        """The request's fields."""
        record = self.record
        channel = record["channel"]
        media, variables, options = record["media"], record["content_variables"], record["options"]
        schedule_at = record["schedule_at"]
        return MessageForm(
            to=wire_address(record["to"], channel),
            from_=wire_address(record["sender"], channel) if record["sender"] is not None else None,
            body=record["body"],
            messaging_service_sid=record["service"],
            media=tuple(json.loads(media)) if media else (),
            content_sid=record["content_sid"],
            content_variables=json.loads(variables) if variables else None,
            status_callback=status_callback,
            validity_seconds=record["validity_seconds"],
            send_at=datetime.fromtimestamp(schedule_at, UTC) if schedule_at is not None else None,
            **_options(options),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claim gave; *looked_at* counts the rows it found, so that zero means that there is nothing to do."""

    permissions: list[Permission]
    looked_at: int
    due: list[float]


def claim(
    tx: Transaction,
    *,
    sender_id: str,
    count: int,
    now: float,
    worker: str,
    settings: OutboxSettings,
    waker: Waker,
    can_be_called: bool,
) -> Claim:
    """Take at most *count* due messages of a sender."""
    sender = tx.one(store.SENDER, {"id": sender_id})
    if sender is None:
        return Claim([], 0, [])
    pauses = [
        sender["paused_until"],
        (tx.one(store.ACCOUNT_PAUSE, {"id": sender["account_id"]}) or {}).get("paused_until"),
    ]
    paused_until = max((until for until in pauses if until is not None), default=0.0)
    if paused_until > now:
        return Claim([], 0, [paused_until])
    interval = sender["interval_s"]
    count = free_slots(sender["tat"], interval, now, settings.ahead, min(count, settings.claim_rows))
    if count == 0:
        return Claim([], 0, [sender["tat"] - settings.ahead])
    rows = tx.all(store.READY, {"sender_id": sender_id, "now": now, "count": count})
    if not rows:
        return Claim([], 0, [])
    ledger = Ledger(tx, waker, now)
    passing = _turn_away(tx, ledger, rows, now, settings, can_be_called)
    passing, held = _hold_what_twilio_would_not_schedule(tx, passing, now, settings)
    winners = _open(tx, passing, now, f"{worker}#{next(_claim_numbers)}")
    if len(winners) < len(passing):
        won = {row["id"] for row in winners}
        losers = as_list(row["id"] for row in passing if row["id"] not in won)
        until = now + settings.twin_pause
        tx.run(store.POSTPONE[tx.dialect], {"ids": losers, "until": until, "now": now})
        ledger.due.append(until)
    slots, tat = take_slots(sender["tat"], interval, now, settings.ahead, [row["segments"] or 1 for row in winners])
    if interval > 0 and winners:
        tx.run(store.TAKE_SLOTS, {"id": sender_id, "tat": tat})
    ledger.save()
    if waker.on_change:
        waker.tell(tx, [_change(row, "posting", now) for row in winners] + [_change(row, "held", now) for row in held])
    permissions = [
        Permission(
            message_id=row["id"],
            n=row["attempt_no"] + 1,
            account_id=row["account_id"],
            credential_id=row["credential_id"],
            slot=slot,
            interval=interval,
            record=row,
        )
        for row, slot in zip(winners, slots, strict=True)
    ]
    return Claim(permissions, len(rows), ledger.due)


def _turn_away(
    tx: Transaction, ledger: Ledger, rows: Sequence[Row], now: float, settings: OutboxSettings, can_be_called: bool
) -> list[Row]:
    """Refuse or expire what may not go any more; returns the rest."""
    refusals = check_many(tx, [passage_of(row) for row in rows], now=now)
    passing: list[Row] = []
    refused: dict[str, Refusal] = {}
    expired: list[str] = []
    for row, refusal in zip(rows, refusals, strict=True):
        if refusal is not None:
            refused[row["id"]] = refusal
        elif row["expires_at"] <= now:
            expired.append(row["id"])
        else:
            passing.append(row)
    if refused or expired:
        ledger.load([*refused, *expired])
        transitions = Transitions(ledger, settings, can_be_called=can_be_called)
        for message_id, refusal in refused.items():
            transitions.refuse(ledger.messages[message_id], refusal.reason, refusal.sentence)
        for message_id in expired:
            transitions.expire(ledger.messages[message_id])
    return passing


def _hold_what_twilio_would_not_schedule(
    tx: Transaction, rows: list[Row], now: float, settings: OutboxSettings
) -> tuple[list[Row], list[Row]]:
    """A message meant to wait at Twilio that has been delayed too long here goes by our own clock: the rest, these."""
    too_soon = {row["id"] for row in rows if row["schedule_at"] and row["schedule_at"] - now < settings.schedule_from}
    if not too_soon:
        return rows, []
    tx.run(store.HOLD_UNTIL_SCHEDULED[tx.dialect], {"ids": as_list(too_soon), "now": now})
    return [row for row in rows if row["id"] not in too_soon], [row for row in rows if row["id"] in too_soon]


def _change(row: Row, stage: str, now: float) -> MessageChange:
    return MessageChange(
        row["id"],
        row["run_id"],
        row["step"],
        row["to"],
        row["sender"],
        stage,
        "pending",
        None,
        "ready",
        "pending",
        now,
    )


def _open(tx: Transaction, rows: Sequence[Row], now: float, worker: str) -> list[Row]:
    """Open an attempt for each row whose twin is free; returns these rows, in the order given."""
    if not rows:
        return []
    # By twin: whoever meets an uncommitted one waits for it, and in one order nobody waits crosswise.
    tx.many(
        store.OPEN,
        [
            {
                "account_id": row["account_id"],
                "message_id": row["id"],
                "n": row["attempt_no"] + 1,
                "worker": worker,
                "twin": row["twin"],
                "sender": row["sender"],
                "opened_at": now,
            }
            for row in sorted(rows, key=lambda row: (row["twin"], row["id"]))
        ],
    )
    ids = as_list(row["id"] for row in rows)
    opened = {found["message_id"] for found in tx.all(store.OPENED, {"ids": ids, "worker": worker})}
    winners = [row for row in rows if row["id"] in opened]
    tx.run(store.POST[tx.dialect], {"ids": as_list(opened), "now": now})
    return winners


def _options(text: str | None) -> dict[str, Any]:
    if not text:
        return {}
    options: dict[str, Any] = json.loads(text)
    # JSON has no tuples, and the form wants them.
    return {name: tuple(value) if isinstance(value, list) else value for name, value in options.items()}
