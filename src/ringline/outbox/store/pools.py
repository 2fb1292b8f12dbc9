"""Pools of senders: who belongs to them, who sticks to whom, and what waits in their queues."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, select, text

from ringline.database.json_lists import is_among
from ringline.outbox.store.claims import AMONG
from ringline.outbox.store.tables import attempts, messages, pool_senders, pools, senders, sticky

POOL = select(pools).where(pools.c.id == bindparam("id"))
# Shared by who puts messages into the pool's queues, exclusive for who changes which queues there are.
POOL_SHARED = POOL.with_for_update(read=True)
POOL_LOCKED = POOL.with_for_update()
ALL = select(pools).order_by(pools.c.id)
ADD = text(
    "INSERT INTO pools (id, account_id, geo_match, created_at) VALUES (:id, :account_id, :geo_match, :now) "
    "ON CONFLICT DO NOTHING"
)
SET_GEO_MATCH = text("UPDATE pools SET geo_match = :geo_match WHERE id = :id")
DELETE = delete(pools).where(pools.c.id == bindparam("id"))

_MEMBER = (pool_senders.c.pool_id, pool_senders.c.sender_id, pool_senders.c.rejected_code)
_MEMBERS = (
    select(*_MEMBER, senders.c.tat, senders.c.paused_until)
    .outerjoin(senders, senders.c.id == pool_senders.c.sender_id)
    .order_by(pool_senders.c.pool_id, pool_senders.c.added_at, pool_senders.c.sender_id)
)
MEMBERS = _MEMBERS.where(pool_senders.c.pool_id == bindparam("pool_id"))
ALL_MEMBERS = _MEMBERS
POOLS_OF = select(*_MEMBER).where(pool_senders.c.sender_id == bindparam("sender_id"))
ADD_MEMBER = text(
    """INSERT INTO pool_senders (pool_id, sender_id, added_at) VALUES (:pool_id, :sender_id, :now)
    ON CONFLICT (pool_id, sender_id) DO UPDATE SET rejected_code = NULL"""
)
REMOVE_MEMBER = delete(pool_senders).where(
    pool_senders.c.pool_id == bindparam("pool_id"), pool_senders.c.sender_id == bindparam("sender_id")
)
REJECT_MEMBER = text(
    "UPDATE pool_senders SET rejected_code = :code WHERE pool_id = :pool_id AND sender_id = :sender_id"
)
LOCK_SENDER = select(senders.c.id).where(senders.c.id == bindparam("id")).with_for_update()

STICK = text(
    """INSERT INTO sticky (pool_id, recipient, sender_id, since) VALUES (:pool_id, :recipient, :sender_id, :now)
    ON CONFLICT DO NOTHING"""
)
STUCK = select(sticky.c.recipient, sticky.c.sender_id).where(
    sticky.c.pool_id == bindparam("pool_id"), is_among(sticky.c.recipient, "recipients")
)
RESTICK = text(
    """INSERT INTO sticky (pool_id, recipient, sender_id, since) VALUES (:pool_id, :recipient, :sender_id, :now)
    ON CONFLICT (pool_id, recipient) DO UPDATE SET sender_id = excluded.sender_id, since = excluded.since"""
)
UNSTICK_SENDER = delete(sticky).where(
    sticky.c.sender_id == bindparam("sender_id"), sticky.c.pool_id == bindparam("pool_id")
)
UNSTICK_POOL = delete(sticky).where(sticky.c.pool_id == bindparam("pool_id"))

WAITING = (
    select(messages.c.id, messages.c.to, messages.c.sender_id, messages.c.priority, messages.c.stage)
    .where(
        messages.c.pool_id == bindparam("pool_id"),
        messages.c.pool_id.is_not(None),
        text("messages.stage IN ('held', 'ready')"),
    )
    .with_for_update()
)
IS_WAITED_FOR = (
    select(messages.c.id)
    .where(
        messages.c.pool_id == bindparam("pool_id"),
        messages.c.pool_id.is_not(None),
        text("messages.stage IN ('held', 'ready')"),
    )
    .limit(1)
)
MOVE = {
    dialect: text(
        "UPDATE messages SET sender_id = :sender_id, sender = :sender, updated_at = :now "  # noqa: S608
        f"WHERE stage IN ('held', 'ready') AND id {among}"
    )
    for dialect, among in AMONG.items()
}
QUEUED = (
    select(messages.c.id)
    .where(
        messages.c.stage == text("'ready'"),
        messages.c.sender_id == bindparam("queue_id"),
        messages.c.send_at <= bindparam("now"),
    )
    .limit(bindparam("count"))
)
TRIED = select(attempts.c.sender).where(
    and_(attempts.c.message_id == bindparam("message_id"), attempts.c.outcome == text("'rejected'"))
)
