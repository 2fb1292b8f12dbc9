"""Messages taken out to be changed: loaded under lock, changed in memory, written back in few statements.

Whoever holds a ledger is alone with its rows (SQLite has one writer, Postgres locks them), so each decision is taken
on what is true when it is written.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ringline.compliance import caps, cooldowns, suppression
from ringline.database.json_lists import as_list
from ringline.live import ALL, touch
from ringline.outbox.changes import MessageChange, Standing
from ringline.outbox.rows import UNDECIDED
from ringline.outbox.store import ledger as store
from ringline.outbox.store.tables import attempts as attempt_table
from ringline.outbox.store.tables import messages as message_table
from ringline.outbox.waking import DRAIN, Waker

if TYPE_CHECKING:
    from sqlalchemy import Table

    from ringline.database import Transaction

CHANGED = "ringline_messages"
"""The channel on which the ids of decided or delivered messages are announced."""
_IDS_PER_NOTICE = 200


@dataclass(slots=True)
class MessageState:
    """The part of a message that decisions look at; its fields are in the order of `store.MESSAGE_COLUMNS`."""

    id: str
    account_id: str
    credential_id: str
    channel: str
    to: str
    service: str | None
    pool_id: str | None
    policy: str
    purpose: str
    created_at: float
    cooldown_key: str | None
    run_id: str | None
    step: str | None
    stage: str
    status: str
    status_rank: int
    error_code: int | None
    error_message: str | None
    http_status: int | None
    attempt_no: int
    unknowns: int
    setbacks: int
    sid: str | None
    confirmed: int
    duplicate: int
    send_at: float
    segments: int | None
    cancel_requested_at: float | None
    cancel_outcome: str | None
    refusal_reason: str | None
    refusal_sentence: str | None
    price: str | None
    price_unit: str | None
    sent_at: float | None
    updated_at: float
    poll_at: float | None
    polls: int
    delivery_unknown: int
    closed_at: float | None
    expires_at: float
    sender: str | None
    sender_id: str
    caps: str | None
    delivered_at: float | None
    hold_reason: str | None
    hold_sentence: str | None


@dataclass(slots=True)
class AttemptState:
    """One permission to write one request, and what came of it; in the order of `store.ATTEMPT_COLUMNS`."""

    id: int
    account_id: str
    message_id: str
    n: int
    twin: str
    opened_at: float
    outcome: str
    sid: str | None
    bound_by: str | None
    http_status: int | None
    error_code: int | None
    error_message: str | None
    request_id: str | None
    never_resend: int
    copy: int
    unknown_at: float | None
    next_check_at: float | None
    none_at: float | None
    checks: int
    checked_at: float | None
    check_note: str | None

    @property
    def key(self) -> tuple[str, int]:
        return self.message_id, self.n

    @property
    def is_undecided(self) -> bool:
        return self.outcome in ("open", "unknown")


@dataclass(slots=True)
class Ledger:
    """Load, change, `save`."""

    tx: Transaction
    waker: Waker
    now: float
    messages: dict[str, MessageState] = field(default_factory=dict)
    attempts: dict[tuple[str, int], AttemptState] = field(default_factory=dict)
    due: list[float] = field(default_factory=list)
    """When something here wants to be looked at again."""
    _messages_before: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    _attempts_before: dict[tuple[str, int], tuple[Any, ...]] = field(default_factory=dict)
    _changed: set[str] = field(default_factory=set)
    _changed_attempts: set[tuple[str, int]] = field(default_factory=set)
    _events: list[dict[str, Any]] = field(default_factory=list)
    _claimed_events: list[dict[str, Any]] = field(default_factory=list)
    _announced: set[str] = field(default_factory=set)
    _woken: dict[str, int] = field(default_factory=dict)
    _uncounted: list[str] = field(default_factory=list)

    def share_binding(self, account_ids: Iterable[str]) -> None:
        """Before `load`, where sids of these accounts may be bound: a report is nobody's only when none is."""
        if self.tx.dialect == "postgresql":
            for account_id in sorted(set(account_ids)):
                self.tx.one(store.SHARE_BINDING, {"id": account_id})

    def lock_binding(self, account_id: str) -> None:
        """Before `load`, where reports are to be called nobody's: every sid bound so far can be seen."""
        if self.tx.dialect == "postgresql":
            self.tx.one(store.LOCK_BINDING, {"id": account_id})

    def load(self, ids: Iterable[str]) -> None:
        """Take these messages and all their attempts; ids that do not exist are left out."""
        wanted = as_list(sorted(set(ids)))
        self._keep(self.tx.tuples(store.LOAD, {"ids": wanted}))

    def _keep(self, records: list[tuple[Any, ...]]) -> None:
        # By position, the id first: Python matches this many keywords slowly.
        fresh = [MessageState(*record) for record in records if record[0] not in self.messages]
        if not fresh:
            return
        for message in fresh:
            self.messages[message.id] = message
            self._messages_before[message.id] = _written_of_message(message)
        for record in self.tx.tuples(store.ATTEMPTS, {"ids": as_list(message.id for message in fresh)}):
            attempt = AttemptState(*record)
            self.attempts[attempt.message_id, attempt.n] = attempt
            self._attempts_before[attempt.message_id, attempt.n] = _written_of_attempt(attempt)

    def touch(self, message: MessageState, attempt: AttemptState | None = None) -> None:
        """Remember that these have been changed."""
        message.updated_at = self.now
        self._changed.add(message.id)
        if attempt is not None:
            self._changed_attempts.add((attempt.message_id, attempt.n))

    def move(self, message: MessageState, stage: str, *, status: str | None = None) -> None:
        """Put a message into *stage*; its public status is *status*, else the one the stage stands for."""
        was_undecided = message.stage in UNDECIDED
        message.stage = stage
        if status is not None:
            message.status = status
        elif stage in ("held", "ready", "posting"):
            message.status = "pending"
        elif stage != "accepted":
            message.status = stage
        self.touch(message)
        if stage not in UNDECIDED or not was_undecided:
            self.announce(message)
        if stage in ("ready", "held"):
            self.due.append(message.send_at)

    def announce(self, message: MessageState) -> None:
        """Tell whoever waits for this message that it has moved."""
        self._announced.add(message.id)

    def add_event(
        self,
        message: MessageState,
        *,
        sid: str,
        status: str,
        error_code: int | None,
        source: str,
        attempt_n: int | None = None,
    ) -> None:
        """Keep what was learned in the history; the same thing from the same source is kept once."""
        self._events.append(
            {
                "account_id": message.account_id,
                "sid": sid,
                "message_id": message.id,
                "attempt_n": attempt_n,
                "status": status,
                "error_code": error_code or 0,
                "source": source,
                "raw": None,
                "received_at": self.now,
                "applied": 1,
            }
        )

    def claim_event(self, event_id: int, message: MessageState, attempt_n: int | None) -> None:
        """A report that came before anybody knew whose it is belongs to this message."""
        self._claimed_events.append({"key": event_id, "new_message_id": message.id, "new_attempt_n": attempt_n})

    def wake_sender(self, message: MessageState, priority: int = 50) -> None:
        """Have the message's sender looked at once this is written."""
        self._woken[message.sender_id] = max(priority, self._woken.get(message.sender_id, 0))

    def pause_account(self, account_id: str, until: float, why: str) -> None:
        self.tx.run(store.PAUSE_ACCOUNT, {"id": account_id, "until": until, "why": why})
        touch(self.tx, "senders", ALL)
        self.due.append(until)

    def pause_sender(self, sender_id: str, until: float, why: str) -> None:
        self.tx.run(store.PAUSE_SENDER, {"id": sender_id, "until": until, "why": why})
        touch(self.tx, "senders", sender_id)
        self.due.append(until)

    def confirm_cooldown(self, message: MessageState) -> None:
        if message.cooldown_key is not None:
            cooldowns.confirm(self.tx, message.cooldown_key, holder=message.id)

    def release_cooldown(self, message: MessageState) -> None:
        """It did not go: its cooldown is over, and it does not count against any cap."""
        if message.cooldown_key is not None:
            cooldowns.release(self.tx, message.cooldown_key, holder=message.id)
        if message.caps is not None:
            self._uncounted.append(message.caps)
            message.caps = None
            self.touch(message)

    def suppress(self, message: MessageState, evidence: str) -> None:
        """Twilio says that the recipient has opted out, so we need not ask again."""
        suppression.suppress(
            self.tx,
            account_id=message.account_id,
            channel=message.channel,
            recipient=message.to,
            sender=message.sender,
            service=message.service,
            source="twilio",
            evidence=evidence,
            ref=message.id,
            now=self.now,
        )

    def save(self) -> None:
        """Write everything down; call it once, last."""
        tx = self.tx
        attempts = [(key, self.attempts[key]) for key in sorted(self._changed_attempts)]
        # Those that are decided first: another may become undecided that is a twin of theirs.
        for undecided in (False, True):
            chosen = [(key, attempt) for key, attempt in attempts if attempt.is_undecided is undecided]
            _save(tx, attempt_table, chosen, self._attempts_before, store.ATTEMPT_WRITTEN, _written_of_attempt)
        messages = [(key, self.messages[key]) for key in sorted(self._changed)]
        _save(tx, message_table, messages, self._messages_before, store.MESSAGE_WRITTEN, _written_of_message)
        caps.give_back(tx, self._uncounted)
        tx.many(store.ADD_EVENT, self._events)
        tx.many(store.CLAIM_EVENT, self._claimed_events)
        for sender_id, priority in sorted(self._woken.items()):
            self.waker.wake(tx, DRAIN, sender_id, now=self.now, priority=priority)
        announced = sorted(self._announced)
        for start in range(0, len(announced), _IDS_PER_NOTICE):
            tx.notify(CHANGED, " ".join(announced[start : start + _IDS_PER_NOTICE]))
        if self.waker.on_change:
            self.waker.tell(tx, self._changes(messages))

    def _changes(self, messages: Sequence[tuple[str, MessageState]]) -> list[MessageChange]:
        changes: list[MessageChange] = []
        for key, message in messages:
            before, after = self._messages_before[key], _written_of_message(message)
            if _told_of(before) == _told_of(after):
                continue
            was_stage, was_status = _what_it_was(before)
            changes.append(
                MessageChange(
                    message.id,
                    message.run_id,
                    message.step,
                    message.to,
                    message.sender,
                    message.stage,
                    message.status,
                    message.error_code,
                    was_stage,
                    was_status,
                    self.now,
                    message.price,
                    message.sent_at,
                    message.send_at,
                    message.channel,
                    message.credential_id,
                    Standing._make(_standing_of(before)),
                    Standing._make(_standing_of(after)),
                )
            )
        return changes


_written_of_message = operator.attrgetter(*store.MESSAGE_WRITTEN)
_what_it_was = operator.itemgetter(*(store.MESSAGE_WRITTEN.index(name) for name in ("stage", "status")))
_TOLD = ("stage", "status", "error_code", "price", "sent_at", "closed_at", "segments", "delivered_at")
_told_of = operator.itemgetter(*(store.MESSAGE_WRITTEN.index(name) for name in _TOLD))
_standing_of = operator.itemgetter(*(store.MESSAGE_WRITTEN.index(name) for name in Standing._fields))
_written_of_attempt = operator.attrgetter(*store.ATTEMPT_WRITTEN)


def _save(
    tx: Transaction,
    table: Table,
    states: Sequence[tuple[Any, MessageState | AttemptState]],
    before: Mapping[Any, tuple[Any, ...]],
    names: tuple[str, ...],
    written_of: Callable[[Any], tuple[Any, ...]],
) -> None:
    """Write what differs from what was loaded: one statement for all rows that differ in the same columns."""
    by_columns: dict[tuple[int, ...], list[dict[str, Any]]] = {}
    for key, state in states:
        old, new = before[key], written_of(state)
        changed = tuple([place for place, value in enumerate(new) if value != old[place]])
        if changed:
            values = {f"new_{names[place]}": new[place] for place in changed}
            values["key"] = state.id
            by_columns.setdefault(changed, []).append(values)
    for changed, rows in by_columns.items():
        tx.many(store.save(table, tuple(names[place] for place in changed)), rows)
