"""T3: due messages are taken, checked at the gate once more, and each gets one attempt, in one transaction."""

from __future__ import annotations

import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.clock import utc
from ringline.compliance import caps
from ringline.compliance.gate import Refusal, check_many
from ringline.database.json_lists import as_list
from ringline.outbox.budgets import hold_back
from ringline.outbox.changes import MessageChange
from ringline.outbox.intake import CAPPED, asked_of, passage_of
from ringline.outbox.ledger import Ledger
from ringline.outbox.pools import assign, load, take_queued
from ringline.outbox.rates import interval_of, units_of
from ringline.outbox.slots import clamp, fitting, free_slots, next_look, take_slots
from ringline.outbox.store import claims as store
from ringline.outbox.transitions import Transitions
from ringline.twilio.messages import MessageForm, wire_address

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Row, Transaction
    from ringline.outbox.pools import Pool
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
    taken_until: float
    """The sender's next free slot, if nobody took one after this."""

    @property
    def channel(self) -> str:
        return str(self.record["channel"])

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
            send_at=utc(schedule_at),
            **_options(options),
        )


@dataclass(frozen=True, slots=True)
class Claim:
    """What one claim gave; *looked_at* counts the rows it found, so that zero means that there is nothing to do.

    *next_look* is when further slots of a paced sender can be taken, where slots, and not rows, were what was missing.
    """

    permissions: list[Permission]
    looked_at: int
    due: list[float]
    is_paced: bool = False
    next_look: float | None = None


def claim(
    tx: Transaction,
    *,
    sender_id: str,
    count: int,
    clock: Clock,
    worker: str,
    settings: OutboxSettings,
    waker: Waker,
    can_be_called: bool,
    lead: float = 0.0,
) -> Claim:
    """Take at most *count* due messages of a sender, those of its pools included.

    No slot is taken within *lead* seconds from now: that long it takes until the claim is on disk.
    """
    sender = tx.one(store.SENDER, {"id": sender_id})
    if sender is None:
        return Claim([], 0, [])
    # Now that its row is ours: whoever had it before may have kept us waiting.
    now = clock.time()
    paused_until = _paused_until(tx, sender)
    if paused_until > now:
        return Claim([], 0, [paused_until])
    interval = interval_of(sender, settings)
    tat = sender["tat"]
    if interval > 0:
        tat = clamp(tat, interval, now, settings.ahead)
        if tat != sender["tat"]:
            # Kept, or it would be as far ahead at every look.
            tx.run(store.TAKE_SLOTS, {"id": sender_id, "tat": tat})
        tat = max(tat, now + lead)
    count = free_slots(tat, interval, now, settings.ahead, min(count, settings.claim_rows))
    if count == 0:
        return Claim([], 0, [], True, next_look(tat, interval, now, settings.ahead))
    rows = _look(tx, sender, count, now, settings)
    if not rows:
        return Claim([], 0, [], interval > 0)
    looked_at = len(rows)
    units = [units_of(row["channel"], row["segments"], row["media"] is not None) for row in rows]
    rows = rows[: fitting(tat, interval, now, settings.ahead, units)]
    ledger = Ledger(tx, waker, now)
    pools = _pools_of(tx, rows, now, settings)
    unassigned = [row for row in rows if row["sender_id"] != sender_id]
    if unassigned:
        mine = {row["id"] for row in assign(tx, sender_id, unassigned, pools, waker=waker, now=now)}
        rows = [row for row in rows if row["sender_id"] == sender_id or row["id"] in mine]
    passing = _turn_away(tx, ledger, rows, pools, now, settings, can_be_called)
    passing = _count_what_was_held(tx, ledger, passing, now, settings, can_be_called)
    passing, held = _hold_what_twilio_would_not_schedule(tx, passing, now, settings)
    if waker.spend is not None and passing:
        transitions = Transitions(ledger, settings, can_be_called=can_be_called)
        passing = hold_back(tx, ledger, transitions, passing, waker.spend, now)
    winners = _open(tx, passing, now, f"{worker}#{next(_claim_numbers)}")
    if len(winners) < len(passing):
        won = {row["id"] for row in winners}
        losers = as_list(row["id"] for row in passing if row["id"] not in won)
        until = now + settings.twin_pause
        tx.run(store.POSTPONE[tx.dialect], {"ids": losers, "until": until, "now": now})
        ledger.due.append(until)
    units = [units_of(row["channel"], row["segments"], row["media"] is not None) for row in winners]
    slots, tat = take_slots(tat, interval, now, settings.ahead, units)
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
            taken_until=slot + size * interval,
        )
        for row, slot, size in zip(winners, slots, units, strict=True)
    ]
    return Claim(permissions, looked_at, ledger.due, interval > 0, next_look(tat, interval, now, settings.ahead))


def _paused_until(tx: Transaction, sender: Row) -> float:
    account = tx.one(store.ACCOUNT_PAUSE, {"id": sender["account_id"]}) or {}
    return max(sender["paused_until"] or 0.0, account.get("paused_until") or 0.0)


def _look(tx: Transaction, sender: Row, count: int, now: float, settings: OutboxSettings) -> list[Row]:
    """The sender's own due rows and those in its pools' queues, the most urgent first."""
    rows = tx.all(store.READY, {"sender_id": sender["id"], "now": now, "count": count})
    if not sender["is_in_pool"]:
        return rows
    queued = take_queued(tx, sender["id"], count=count, now=now, settings=settings)
    return sorted([*rows, *queued], key=lambda row: (-row["priority"], row["send_at"], row["id"]))[:count]


def _pools_of(tx: Transaction, rows: Sequence[Row], now: float, settings: OutboxSettings) -> dict[str, Pool]:
    ids = {row["pool_id"] for row in rows if row["pool_id"] is not None}
    found = {pool_id: load(tx, pool_id, now=now, settings=settings) for pool_id in sorted(ids)}
    return {pool_id: pool for pool_id, pool in found.items() if pool is not None}


def _turn_away(
    tx: Transaction,
    ledger: Ledger,
    rows: Sequence[Row],
    pools: Mapping[str, Pool],
    now: float,
    settings: OutboxSettings,
    can_be_called: bool,
) -> list[Row]:
    """Refuse or expire what may not go any more; returns the rest."""
    refusals = check_many(tx, [passage_of(row, pools.get(row["pool_id"])) for row in rows], now=now)
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


def _count_what_was_held(
    tx: Transaction, ledger: Ledger, rows: list[Row], now: float, settings: OutboxSettings, can_be_called: bool
) -> list[Row]:
    """What was over a cap when it was written down counts now; what is over it again waits for the next window."""
    held = [row for row in rows if row["hold_reason"] == CAPPED]
    if not held:
        return rows
    asked = [asked_of(row)._replace(at=now) for row in held]
    over = {row["id"]: answer for row, answer in zip(held, caps.count(tx, settings.caps, asked), strict=True)}
    ledger.load(over)
    transitions = Transitions(ledger, settings, can_be_called=can_be_called)
    for row in held:
        message, answer = ledger.messages[row["id"]], over[row["id"]]
        if answer.over is None:
            tx.run(store.COUNTED, {"id": row["id"], "caps": answer.counted})
            del over[row["id"]]
        elif answer.over.holds and answer.until < row["expires_at"]:
            transitions.hold(message, answer.until)
        else:
            transitions.refuse(message, CAPPED, answer.sentence)
    return [row for row in rows if row["id"] not in over]


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
        channel=row["channel"],
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
