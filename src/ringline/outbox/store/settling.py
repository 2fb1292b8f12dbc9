"""Attempts that nobody answered for: finding those whose turn it is, and what else could own what the list shows."""

from __future__ import annotations

from sqlalchemy import Integer, Text, and_, bindparam, func, or_, select, text, update

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import accounts, attempts, messages, settlements, status_events

_UNDECIDED = text("attempts.outcome IN ('open', 'unknown')")
_IS_DUE = and_(attempts.c.next_check_at.is_not(None), attempts.c.next_check_at <= bindparam("now"))

DUE = (
    select(
        attempts.c.id,
        attempts.c.message_id,
        attempts.c.n,
        attempts.c.opened_at,
        attempts.c.outcome,
        attempts.c.twin,
        attempts.c.sender,
        messages.c.credential_id,
        messages.c.channel,
        messages.c.to,
        messages.c.sender.label("message_sender"),
        messages.c.service,
        messages.c.body,
        messages.c.options,
    )
    .join(messages, messages.c.id == attempts.c.message_id)
    .where(_IS_DUE, attempts.c.account_id == bindparam("account_id"))
    .order_by(attempts.c.next_check_at, attempts.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True, of=attempts)
)
# Pushed in the transaction that finds them: it spreads the work over workers, and is no lock.
PUSH = update(attempts).where(attempts.c.id == bindparam("key")).values(next_check_at=bindparam("until"))
PUSH_ALL = (
    update(attempts)
    .where(_IS_DUE, attempts.c.account_id == bindparam("of_account"))
    .values(next_check_at=bindparam("until"))
)
BOUND = select(attempts.c.sid).where(attempts.c.account_id == bindparam("account_id"), is_among(attempts.c.sid, "sids"))
# Reports with a token say whose a sid is, also before they are applied.
TOKENS = select(status_events.c.sid, status_events.c.message_id, status_events.c.attempt_n).where(
    status_events.c.account_id == bindparam("account_id"),
    is_among(status_events.c.sid, "sids"),
    status_events.c.message_id.is_not(None),
    status_events.c.applied == text("0"),
)
OWED = select(func.count().label("count")).where(
    attempts.c.twin == bindparam("twin"),
    text("attempts.outcome IN ('abandoned', 'superseded')"),
    attempts.c.sid.is_(None),
    attempts.c.opened_at > bindparam("since"),
    attempts.c.id != bindparam("id"),
)
UNDECIDED_AS = select(attempts.c.id).where(_UNDECIDED, attempts.c.twin == bindparam("twin"))
UNDECIDED_TO = (
    select(attempts.c.id)
    .where(
        _UNDECIDED,
        func.substr(attempts.c.twin, 1, bindparam("length", type_=Integer())) == bindparam("prefix", type_=Text()),
        attempts.c.id != bindparam("id"),
    )
    .limit(1)
)
OTHER_TWIN = select(attempts.c.id).where(
    _UNDECIDED,
    attempts.c.twin == bindparam("twin"),
    attempts.c.id != bindparam("id"),
    attempts.c.id != bindparam("but"),
)
ACCOUNT = select(accounts.c.paused_until, accounts.c.callbacks_seen_at).where(accounts.c.id == bindparam("id"))
FINAL_SINCE = select(func.min(status_events.c.received_at).label("at")).where(
    status_events.c.account_id == bindparam("account_id"),
    status_events.c.sid == bindparam("sid"),
    text(
        "status_events.status IN ('delivered', 'undelivered', 'failed', 'canceled', 'read', "
        "'completed', 'busy', 'no-answer')"
    ),
)
UNBIND_ATTEMPT = update(attempts).where(attempts.c.id == bindparam("key")).values(sid=None)
UNBIND_MESSAGE = update(messages).where(messages.c.id == bindparam("key")).values(sid=None)

# Whose attempts are due, and whose wake-up has been on the way for too long.
ACCOUNTS_DUE = select(accounts.c.id).where(
    or_(
        and_(accounts.c.wake_settle == 1, accounts.c.settle_woken_at <= bindparam("lost_before")),
        and_(
            accounts.c.wake_settle == 0,
            select(attempts.c.id).where(_IS_DUE, attempts.c.account_id == accounts.c.id).exists(),
        ),
    )
)

ADD_SETTLEMENT = text(
    "INSERT INTO settlements (message_id, at, actor, action, sid, note) "
    "VALUES (:message_id, :at, :actor, :action, :sid, :note)"
).bindparams(
    *(
        bindparam(name, type_=settlements.c[name].type)
        for name in ("message_id", "at", "actor", "action", "sid", "note")
    )
)
WAITING = (
    select(messages)
    .where(
        messages.c.stage == text("'unresolved'"),
        messages.c.closed_at.is_(None),
        messages.c.id < bindparam("before"),
    )
    .order_by(messages.c.id.desc())
    .limit(bindparam("count"))
)
SETTLEMENTS = select(settlements).where(settlements.c.message_id == bindparam("id")).order_by(settlements.c.id)
