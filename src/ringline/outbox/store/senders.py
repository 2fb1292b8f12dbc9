"""Senders and accounts as people see and set them: rates, pauses, what waits."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.outbox.store.tables import accounts, senders

# Rows of pools' queues are no senders, though work waits for them in the same way.
_PAUSES = (accounts.c.paused_until.label("account_paused_until"), accounts.c.paused_why.label("account_paused_why"))
ALL = (
    select(senders, *_PAUSES)
    .outerjoin(accounts, accounts.c.id == senders.c.account_id)
    .where(senders.c.pool_id.is_(None))
    .order_by(senders.c.id)
)
OF_ACCOUNT = ALL.where(senders.c.account_id == bindparam("account_id"))
WAITING = text(
    """SELECT sender_id, count(*) AS messages,
        sum(CASE WHEN channel <> 'sms' OR media IS NOT NULL THEN 1 ELSE coalesce(segments, 1) END) AS units
    FROM messages WHERE stage = 'ready' GROUP BY sender_id"""
)
"""What is ready to go, by queue."""

ADD_SENDER = text(
    "INSERT INTO senders (id, account_id, pool_id) VALUES (:id, :account_id, :pool_id) ON CONFLICT DO NOTHING"
)
SET_INTERVAL = text("UPDATE senders SET interval_s = :interval_s WHERE id = :id")
PAUSE = text("UPDATE senders SET paused_until = :until, paused_why = :why WHERE id = :id")
RESUME = text("UPDATE senders SET paused_until = NULL, paused_why = NULL WHERE id = :id")
RESUME_ACCOUNT = text("UPDATE accounts SET paused_until = NULL, paused_why = NULL WHERE id = :id")
RELEASE_SLOT = text("UPDATE senders SET tat = :slot WHERE id = :id AND tat = :taken_until")
"""Only while nobody has taken a later one."""
