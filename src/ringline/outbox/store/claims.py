"""Taking messages that are due, with the permission to write each of them once."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import accounts, attempts, messages, pool_senders, senders

# Locked first: it makes workers on one sender take their slots one after the other.
SENDER = (
    select(
        senders,
        select(pool_senders.c.pool_id).where(pool_senders.c.sender_id == senders.c.id).exists().label("is_in_pool"),
    )
    .where(senders.c.id == bindparam("id"))
    .with_for_update(of=senders)
)
ACCOUNT_PAUSE = select(accounts.c.paused_until).where(accounts.c.id == bindparam("id"))
TAKE_SLOTS = text("UPDATE senders SET tat = :tat WHERE id = :id")

_NEEDED = (
    *("id", "account_id", "credential_id", "channel", "to", "sender", "service", "body", "media", "content_sid"),
    *("content_variables", "options", "purpose", "check_number", "segments", "twin", "attempt_no", "send_at"),
    *("schedule_at", "expires_at", "validity_seconds", "cooldown_key", "run_id", "step", "pool_id", "sender_id"),
    *("priority", "hold_reason", "policy"),
)
READY = (
    select(*(messages.c[name] for name in _NEEDED))
    .where(
        messages.c.stage == text("'ready'"),
        messages.c.sender_id == bindparam("sender_id"),
        messages.c.send_at <= bindparam("now"),
    )
    .order_by(messages.c.priority.desc(), messages.c.send_at, messages.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
FREED = text("UPDATE messages SET hold_reason = NULL, hold_sentence = NULL WHERE id = :id")
RELEASE_HELD = text(
    "UPDATE messages SET send_at = :now WHERE stage = 'held' AND hold_reason = :reason AND send_at < :half"
).bindparams(bindparam("now", type_=messages.c.send_at.type), bindparam("half", type_=messages.c.send_at.type))
COUNTED = text("UPDATE messages SET caps = :caps, hold_reason = NULL WHERE id = :id")
OPEN = text(
    """INSERT INTO attempts (account_id, message_id, n, worker, twin, sender, opened_at, outcome)
    VALUES (:account_id, :message_id, :n, :worker, :twin, :sender, :opened_at, 'open') ON CONFLICT DO NOTHING"""
).bindparams(
    *(
        bindparam(name, type_=attempts.c[name].type)
        for name in ("account_id", "message_id", "n", "worker", "twin", "sender", "opened_at")
    )
)
OPENED = select(attempts.c.message_id).where(
    is_among(attempts.c.message_id, "ids"),
    attempts.c.outcome == text("'open'"),
    attempts.c.worker == bindparam("worker"),
)
AMONG = {
    "sqlite": "IN (SELECT value FROM json_each(:ids))",
    "postgresql": "= ANY(ARRAY(SELECT json_array_elements_text(CAST(:ids AS JSON))))",
}
POST = {
    dialect: text(
        "UPDATE messages SET stage = 'posting', attempt_no = attempt_no + 1, updated_at = :now "  # noqa: S608
        f"WHERE stage = 'ready' AND id {among}"
    )
    for dialect, among in AMONG.items()
}
POSTPONE = {
    dialect: text(
        f"UPDATE messages SET send_at = :until, updated_at = :now WHERE stage = 'ready' AND id {among}"  # noqa: S608
    )
    for dialect, among in AMONG.items()
}
HOLD_UNTIL_SCHEDULED = {
    dialect: text(
        "UPDATE messages SET stage = 'held', send_at = schedule_at, schedule_at = NULL, updated_at = :now "  # noqa: S608
        f"WHERE stage = 'ready' AND id {among}"
    )
    for dialect, among in AMONG.items()
}
