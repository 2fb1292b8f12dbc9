"""Finding what has fallen due: by index, a bounded number at a time."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, delete, func, or_, select, text, update

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import accounts, attempts, messages, senders, status_events

_STAGE_HELD, _STAGE_READY = messages.c.stage == text("'held'"), messages.c.stage == text("'ready'")
_WAITING = text("messages.stage IN ('held', 'ready')")
_OPEN = attempts.c.outcome == text("'open'")

HELD_DUE = (
    select(messages.c.id)
    .where(_STAGE_HELD, messages.c.send_at <= bindparam("now"))
    .order_by(messages.c.send_at)
    .limit(bindparam("count"))
)
EXPIRED = (
    select(messages.c.id)
    .where(_WAITING, messages.c.expires_at <= bindparam("now"))
    .order_by(messages.c.expires_at)
    .limit(bindparam("count"))
)
OPEN_TOO_LONG = (
    select(attempts.c.message_id, attempts.c.n)
    .where(_OPEN, attempts.c.opened_at <= bindparam("before"))
    .order_by(attempts.c.opened_at)
    .limit(bindparam("count"))
)
OPENED_BY_OTHERS = (
    select(attempts.c.message_id, attempts.c.n)
    .where(_OPEN, attempts.c.worker.not_like(bindparam("mine")))
    .limit(bindparam("count"))
)
WAITING_FOR = select(messages.c.id).where(
    _WAITING, messages.c.to == bindparam("recipient"), messages.c.account_id == bindparam("account_id")
)
UNSENT_OF_RUN = select(messages.c.id).where(
    messages.c.run_id == bindparam("run_id"),
    text("(messages.stage IN ('held', 'ready', 'posting', 'unknown') OR messages.status = 'scheduled')"),
)
SCHEDULED_FOR = select(messages.c.id).where(
    messages.c.status == text("'scheduled'"),
    messages.c.to == bindparam("recipient"),
    messages.c.account_id == bindparam("account_id"),
)

# Who has work and nobody on the way, and whose wake-up has been on the way for too long.
_READY_NOW = (
    select(messages.c.id)
    .where(_STAGE_READY, messages.c.sender_id == senders.c.id, messages.c.send_at <= bindparam("now"))
    .exists()
)
# A slot is free within what is taken ahead; or it lies so far ahead that the clock was set back since.
_HAS_SLOT = or_(
    senders.c.tat <= bindparam("soon"),
    senders.c.tat > bindparam("soon") + func.coalesce(senders.c.interval_s, bindparam("usual")) * bindparam("most"),
)
SENDERS_TO_WAKE = (
    select(senders.c.id, senders.c.wake)
    .outerjoin(accounts, accounts.c.id == senders.c.account_id)
    .where(
        and_(senders.c.wake == 1, senders.c.woken_at <= bindparam("lost_before"))
        | and_(
            senders.c.wake == 0,
            func.coalesce(senders.c.paused_until, 0) <= bindparam("now"),
            func.coalesce(accounts.c.paused_until, 0) <= bindparam("now"),
            _HAS_SLOT,
            _READY_NOW,
        )
    )
)
_WAITING_EVENT = (
    select(status_events.c.id)
    .where(status_events.c.applied == text("0"), status_events.c.account_id == accounts.c.id)
    .exists()
)
ACCOUNTS_TO_WAKE = select(accounts.c.id).where(
    and_(accounts.c.wake == 1, accounts.c.woken_at <= bindparam("lost_before"))
    | and_(accounts.c.wake == 0, _WAITING_EVENT)
)
MARK_SENDER = text("UPDATE senders SET wake = 1, woken_at = :now WHERE id = :id")
MARK_SETTLE = text("UPDATE accounts SET wake_settle = 1, settle_woken_at = :now WHERE id = :id")
MARK_ACCOUNT = text("UPDATE accounts SET wake = 1, woken_at = :now WHERE id = :id")

_ASKED = (
    *("id", "account_id", "sid", "credential_id", "status", "stage", "cancel_requested_at", "cancel_outcome"),
    *("schedule_at", "sent_at", "created_at", "channel"),
)
# When Twilio last said something of a message without being asked.
_HEARD_AT = (
    select(func.max(status_events.c.received_at))
    .where(status_events.c.account_id == messages.c.account_id, status_events.c.sid == messages.c.sid)
    .where(status_events.c.source != text("'fetch'"))
    .scalar_subquery()
)
POLLS_DUE = (
    select(
        *(messages.c[name] for name in _ASKED),
        _HEARD_AT.label("heard_at"),
        accounts.c.paused_until.label("paused_until"),
    )
    .outerjoin(accounts, accounts.c.id == messages.c.account_id)
    .where(messages.c.poll_at.is_not(None), messages.c.poll_at <= bindparam("now"), messages.c.sid.is_not(None))
    .order_by(messages.c.poll_at)
    .limit(bindparam("count"))
)
# Pushed in the transaction that finds them: it spreads the work over workers, and is no lock.
PUSH_POLLS = update(messages).where(is_among(messages.c.id, "ids")).values(poll_at=bindparam("until"))
POSTPONE_POLL = update(messages).where(messages.c.id == bindparam("key")).values(poll_at=bindparam("until"))
COPIES = (
    select(attempts.c.id, attempts.c.sid, messages.c.credential_id, messages.c.channel)
    .join(messages, messages.c.id == attempts.c.message_id)
    .where(attempts.c.copy == text("1"))
    .order_by(attempts.c.id)
    .limit(bindparam("count"))
)
COPY_DONE = update(attempts).where(attempts.c.id == bindparam("key")).values(copy=2)

FORGET_RAW = (
    update(status_events)
    .where(status_events.c.raw.is_not(None), status_events.c.received_at < bindparam("before"))
    .values(raw=None)
)
FORGET_STRAY = delete(status_events).where(
    status_events.c.message_id.is_(None), status_events.c.received_at < bindparam("before")
)

NEXT_DUE = text(
    """
    SELECT min(due) AS due FROM (
        SELECT min(send_at) AS due FROM messages WHERE stage = 'held'
        UNION ALL SELECT min(send_at) FROM messages
            WHERE stage = 'ready' AND send_at > created_at AND send_at > :now
        UNION ALL SELECT min(expires_at) FROM messages WHERE stage IN ('held', 'ready')
        UNION ALL SELECT min(poll_at) FROM messages WHERE poll_at IS NOT NULL AND sid IS NOT NULL
        UNION ALL SELECT min(opened_at) + :open_limit FROM attempts WHERE outcome = 'open'
        UNION ALL SELECT min(next_check_at) FROM attempts WHERE next_check_at > :now
        UNION ALL SELECT min(paused_until) FROM senders WHERE paused_until > :now
        UNION ALL SELECT min(paused_until) FROM accounts WHERE paused_until > :now
        UNION ALL SELECT min(tat) - :ahead FROM senders WHERE tat > :now + :ahead AND EXISTS (
            SELECT 1 FROM messages WHERE stage = 'ready' AND sender_id = senders.id AND send_at <= :now)
        UNION ALL SELECT min(woken_at) + :heal_after FROM senders WHERE wake = 1
        UNION ALL SELECT min(woken_at) + :heal_after FROM accounts WHERE wake = 1
        UNION ALL SELECT min(settle_woken_at) + :heal_after FROM accounts WHERE wake_settle = 1
    ) AS moments
    """
)
