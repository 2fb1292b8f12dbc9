"""T1: a message becomes a row, in the transaction of whoever wants it sent."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.compliance import caps, cooldowns
from ringline.compliance.gate import Passage, check_many
from ringline.database.json_lists import as_list
from ringline.errors import IdempotencyConflict, RequestError
from ringline.ids import new_id
from ringline.outbox.calling import LINE, is_call
from ringline.outbox.changes import MessageChange, Standing
from ringline.outbox.pools import Pool, destinations, is_queue, load_able
from ringline.outbox.rates import POOL_PREFIX, SenderId
from ringline.outbox.rows import OTP_PURPOSES, URGENT_PURPOSES, NewMessage, OutboxRow, policy_of, priority_of
from ringline.outbox.store import intake as store
from ringline.outbox.store.pools import POOL_SHARED
from ringline.outbox.store.senders import ADD_SENDER
from ringline.outbox.twins import twin_of
from ringline.outbox.waking import DRAIN, Waker
from ringline.segments import count_segments

if TYPE_CHECKING:
    from ringline.database import Row, Transaction
    from ringline.outbox.settings import OutboxSettings

_log = logging.getLogger(__name__)

TAKES_FIRST = frozenset({"step"})
"""Key scopes in which another content under the same key is no mistake."""


CAPPED = "capped"
"""Why a message is refused, or held, when as many as a cap allows have gone."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What was written: the rows in the order of the requests, and when the first of them falls due."""

    rows: list[OutboxRow]
    due_at: float | None


class Intake:
    """Writes messages down."""

    def __init__(self, waker: Waker, settings: OutboxSettings) -> None:
        self._waker = waker
        self._settings = settings
        # Rows of `senders` that are certainly there, so that each message need not make sure again.
        self._known_senders: set[tuple[str, str]] = set()

    def take(self, tx: Transaction, requests: Sequence[NewMessage], *, now: float) -> Taken:
        """One row per request, or the earlier row with the same key.

        Raises `IdempotencyConflict` when a key came before with another content, `RequestError` for what cannot be
        sent at all; then nothing is written.
        """
        for request in requests:
            _check(request)
        earlier = self._find_earlier(tx, requests)
        fresh = [request for request in requests if (request.key_scope, request.key) not in earlier]
        records = self._write(tx, fresh, now)
        lost = self._find_lost(tx, fresh, records)
        if lost:
            # On Postgres somebody else committed the same key between our look and our insert.
            for record in (record for record in records if record["id"] in lost):
                _release(tx, record)
            earlier |= self._find_earlier(tx, [request for request in fresh if request.key is not None])
            records = [record for record in records if record["id"] not in lost]
        self._wake(tx, records, now)
        self._waker.tell_taken(tx, records)
        if self._waker.on_refused:
            self._waker.tell_refused(tx, [_change(one, now) for one in records if one["stage"] == "refused"])
        written = iter(records)
        first_of_key: dict[tuple[str, str], Row] = {}
        rows: list[OutboxRow] = []
        for request in requests:
            key = (request.key_scope, request.key) if request.key is not None else None
            found = (earlier.get(key) or first_of_key.get(key)) if key is not None else None
            if found is not None:
                _compare(request, found)
                rows.append(OutboxRow.of(found, found=True))
                continue
            record = next(written)
            if key is not None:
                first_of_key[key] = record
            rows.append(OutboxRow.of(record))
        due = [record["send_at"] for record in records if record["stage"] == "held"]
        return Taken(rows, min(due, default=None))

    def _find_earlier(self, tx: Transaction, requests: Sequence[NewMessage]) -> dict[tuple[str, str], Row]:
        by_scope: dict[str, list[str]] = {}
        for request in requests:
            if request.key is not None:
                by_scope.setdefault(request.key_scope, []).append(request.key)
        return {
            (record["idem_scope"], record["idem_key"]): record
            for scope, keys in by_scope.items()
            for record in tx.all(store.WITH_KEYS, {"scope": scope, "keys": as_list(keys)})
        }

    def _write(self, tx: Transaction, requests: Sequence[NewMessage], now: float) -> list[Row]:
        seen: set[tuple[str, str]] = set()
        once: list[NewMessage] = []
        for request in requests:
            if request.key is not None:
                if (request.key_scope, request.key) in seen:
                    continue
                seen.add((request.key_scope, request.key))
            once.append(request)
        records = [self._record(request, now) for request in once]
        pools = self._route(tx, records, now)
        refusals = check_many(tx, [passage_of(record, pools.get(record["pool_id"])) for record in records], now=now)
        for request, record, refusal in zip(once, records, refusals, strict=True):
            if refusal is not None:
                _refuse(record, refusal.reason, refusal.sentence)
            elif request.cooldown_key is not None and not cooldowns.reserve(
                tx, request.cooldown_key, request.cooldown_seconds, holder=record["id"], now=now
            ):
                record["cooldown_key"] = None
                _refuse(record, "cooldown", "The last message with this cooldown is too recent.")
        if self._settings.caps:
            self._count(tx, [record for record in records if record["stage"] != "refused"], now)
        tx.many(store.ADD, records)
        return records

    def _route(self, tx: Transaction, records: Sequence[Row], now: float) -> dict[str, Pool]:
        """Have what comes from a pool wait at the right place; returns the pools."""
        pools: dict[str, Pool] = {}
        for pool_id in sorted({record["pool_id"] for record in records if record["pool_id"] is not None}):
            pool = pools[pool_id] = load_able(tx, pool_id, now=now, settings=self._settings, lock=POOL_SHARED)
            of_pool = [record for record in records if record["pool_id"] == pool_id]
            to = destinations(tx, pool, {record["to"] for record in of_pool})
            for record in of_pool:
                record["sender_id"] = to[record["to"]]
                if not is_queue(record["sender_id"]):
                    record["sender"] = SenderId.of(record["sender_id"]).address
        return pools

    def _count(self, tx: Transaction, records: Sequence[Row], now: float) -> None:
        """Count them against the caps; what is over is refused, or held until its window has ended."""
        answers = caps.count(tx, self._settings.caps, [asked_of(record) for record in records])
        for record, answer in zip(records, answers, strict=True):
            record["caps"] = answer.counted
            if answer.over is None:
                continue
            if answer.over.holds and answer.until < record["expires_at"]:
                record["stage"], record["hold_reason"], record["send_at"] = "held", CAPPED, answer.until
                record["schedule_at"] = None
            else:
                _release(tx, record)
                _refuse(record, CAPPED, answer.sentence)

    def _find_lost(self, tx: Transaction, requests: Sequence[NewMessage], records: Sequence[Row]) -> set[str]:
        if tx.dialect == "sqlite" or all(request.key is None for request in requests):
            return set()
        keyed = {record["id"] for record in records if record["idem_key"] is not None}
        return keyed - {row["id"] for row in tx.all(store.IDS, {"ids": as_list(keyed)})}

    def _wake(self, tx: Transaction, records: Sequence[Row], now: float) -> None:
        ready: dict[str, int] = {}
        for record in records:
            if record["stage"] == "ready":
                sender_id = record["sender_id"]
                ready[sender_id] = max(ready.get(sender_id, 0), record["priority"])
        new = {(record["sender_id"], record["account_id"]) for record in records} - self._known_senders
        queues = {record["sender_id"]: record["pool_id"] for record in records if record["sender"] is None}
        for sender_id, account_id in sorted(new):
            tx.run(ADD_SENDER, {"id": sender_id, "account_id": account_id, "pool_id": queues.get(sender_id)})
            tx.run(store.ADD_ACCOUNT, {"id": account_id})
        if new:
            tx.after_commit(lambda: self._known_senders.update(new))
        # In one order, as each locks its sender's row.
        for sender_id, priority in sorted(ready.items()):
            self._waker.wake(tx, DRAIN, sender_id, now=now, priority=80 if priority >= 80 else 50)

    def _record(self, request: NewMessage, now: float) -> Row:
        settings = self._settings
        send_at = max(request.send_at, now) if request.send_at is not None else now
        schedule_at, send_at = self._schedule(request, send_at, now)
        expires_at = request.expires_at
        if expires_at is None:
            span = settings.expire_after_by_purpose.get(request.purpose, settings.expire_after)
            expires_at = send_at + (request.validity_seconds or span)
        counted = count_segments(request.body) if request.body and request.channel == "sms" else None
        address = LINE if is_call(request.channel) else request.service or request.sender
        sender_id = f"{request.account_id}/{request.channel}/{address}"
        from_pool = request.service is None and str(request.sender).startswith(POOL_PREFIX)
        return {
            **store.BLANK,
            "id": request.id or new_id("msg", at=now),
            "account_id": request.account_id,
            "credential_id": request.credential_id,
            "channel": request.channel,
            "to": request.to,
            "sender": None if from_pool else request.sender,
            "service": request.service,
            "pool_id": sender_id if from_pool else None,
            "sender_id": sender_id,
            "body": request.body,
            "media": json.dumps(request.media) if request.media else None,
            "content_sid": request.content_sid,
            "content_variables": json.dumps(dict(request.content_variables)) if request.content_variables else None,
            "options": json.dumps(dict(request.options)) if request.options else None,
            "purpose": request.purpose,
            "policy": request.policy or policy_of(request.purpose),
            "priority": priority_of(request.purpose) if request.priority is None else request.priority,
            "segments": counted.segments if counted else None,
            "encoding": counted.encoding if counted else None,
            "check_number": int(request.check_number),
            "stage": "held" if send_at > now else "ready",
            "status": "pending",
            "twin": twin_of(
                request.account_id,
                request.channel,
                request.to,
                request.body,
                request.content_sid,
                is_kept=request.options.get("content_retention") != "discard",
            ),
            "send_at": send_at,
            "schedule_at": schedule_at,
            "expires_at": expires_at,
            "validity_seconds": request.validity_seconds,
            "cooldown_key": request.cooldown_key,
            "idem_scope": request.key_scope if request.key is not None else None,
            "idem_key": request.key,
            "idem_hash": content_hash(request) if request.key is not None else None,
            "run_id": request.run_id,
            "step": request.step,
            "created_at": now,
            "updated_at": now,
        }

    def _schedule(self, request: NewMessage, send_at: float, now: float) -> tuple[float | None, float]:
        """When Twilio is to send it, and when we are to hand it over."""
        settings = self._settings
        can_wait_at_twilio = settings.schedule_at_twilio and request.service is not None
        if can_wait_at_twilio and settings.schedule_from <= send_at - now <= settings.schedule_until:
            return send_at, now
        return None, send_at


def content_hash(request: NewMessage) -> str:
    """What two requests with one key must have in common."""
    if request.request_hash is not None:
        return request.request_hash
    content = [
        *(request.account_id, request.channel, request.to, request.sender, request.service, request.body),
        *(list(request.media), request.content_sid, request.purpose),
        dict(request.content_variables) if request.content_variables is not None else None,
    ]
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def asked_of(record: Row) -> caps.Asked:
    """A row of `messages` as the caps see it."""
    purpose = record["purpose"]
    at = record["schedule_at"] if record["schedule_at"] is not None else record["send_at"]
    passes = purpose in URGENT_PURPOSES or purpose in OTP_PURPOSES
    return caps.Asked(record["to"], record["credential_id"], purpose, at, passes)


def passage_of(record: Row, pool: Pool | None = None) -> Passage:
    """A row of `messages` as the gate sees it."""
    return Passage(
        record["account_id"],
        record["channel"],
        record["to"],
        record["sender"],
        record["service"],
        record["purpose"],
        "template" if record["content_sid"] is not None else "free_text",
        bool(record["check_number"]),
        () if pool is None else pool.scopes(),
    )


def _check(request: NewMessage) -> None:
    if request.sender is None and request.service is None:
        raise RequestError(
            "the message has no sender",
            field="from",
            fix="give a number of yours in `from`, or a messaging service (MG…)",
        )
    if is_call(request.channel):
        _check_call(request)
    elif not request.body and not request.media and request.content_sid is None:
        raise RequestError(
            "the message is empty", field="body", fix="give it a text, media, or a content template (HX…)"
        )
    for name, text in (("body", request.body), ("to", request.to), ("from", request.sender), ("key", request.key)):
        if text is not None and "\x00" in text:
            raise RequestError(f"`{name}` contains a NUL character", field=name, fix="remove it: no phone can show it")


def _check_call(request: NewMessage) -> None:
    if request.sender is None or not request.sender.startswith("+"):
        raise RequestError(
            f"a call cannot come from {request.sender or 'a messaging service'}",
            field="from",
            fix="give a number of yours that can call, such as +15551234567",
        )


def _change(record: Row, now: float) -> MessageChange:
    """A message that nobody has heard of yet, as one whose stage has changed."""
    stage, status = record["stage"], record["status"]
    standing = Standing(stage, status, record["send_at"], None, None, record["segments"], None, None)
    return MessageChange(
        id=record["id"],
        run_id=record["run_id"],
        step=record["step"],
        to=record["to"],
        sender=record["sender"],
        stage=stage,
        status=status,
        error_code=None,
        was_stage="",
        was_status="",
        at=now,
        channel=record["channel"],
        credential_id=record["credential_id"],
        standing=standing,
    )


def _refuse(record: Row, reason: str, sentence: str) -> None:
    record["stage"] = record["status"] = "refused"
    record["refusal_reason"], record["refusal_sentence"] = reason, sentence


def _release(tx: Transaction, record: Row) -> None:
    if record["cooldown_key"] is not None:
        cooldowns.release(tx, record["cooldown_key"], holder=record["id"])
    if record["caps"] is not None:
        caps.give_back(tx, [record["caps"]])


def _compare(request: NewMessage, found: Any) -> None:
    if content_hash(request) == found["idem_hash"]:
        return
    if request.key_scope in TAKES_FIRST:
        _log.info("message %s stands for a repeated step whose text differs; the first text counts", found["id"])
        return
    raise IdempotencyConflict(
        f"the key {request.key!r} was used before for another message ({found['id']})",
        fix="use a new key for a new message; repeat the same content to get the first one back",
    )
