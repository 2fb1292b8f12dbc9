"""Reading messages with their attempts in order to change them, and writing the changes."""

from __future__ import annotations

from sqlalchemy import Table, Update, and_, bindparam, select, text, update

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import attempts, messages, status_events

# What decisions look at or change; text and media stay where they are.
MESSAGE_READ = (
    *("id", "account_id", "credential_id", "channel", "to", "service", "pool_id", "policy", "purpose"),
    *("created_at", "cooldown_key", "run_id", "step"),
)
MESSAGE_WRITTEN = (
    *("stage", "status", "status_rank", "error_code", "error_message", "http_status", "attempt_no", "unknowns"),
    *("setbacks", "sid", "confirmed", "duplicate", "send_at", "segments", "cancel_requested_at", "cancel_outcome"),
    *("refusal_reason", "refusal_sentence", "price", "price_unit", "sent_at", "updated_at", "poll_at", "polls"),
    *("delivery_unknown", "closed_at", "expires_at", "sender", "sender_id", "caps", "delivered_at"),
    *("hold_reason", "hold_sentence"),
)
ATTEMPT_READ = ("id", "account_id", "message_id", "n", "twin", "opened_at")
ATTEMPT_WRITTEN = (
    *("outcome", "sid", "bound_by", "http_status", "error_code", "error_message", "request_id", "never_resend", "copy"),
    *("unknown_at", "next_check_at", "none_at", "checks", "checked_at", "check_note"),
)
MESSAGE_COLUMNS = [messages.c[name] for name in (*MESSAGE_READ, *MESSAGE_WRITTEN)]
ATTEMPT_COLUMNS = [attempts.c[name] for name in (*ATTEMPT_READ, *ATTEMPT_WRITTEN)]

# In the order of ids, so that two of these never wait for each other crosswise.
LOAD = select(*MESSAGE_COLUMNS).where(is_among(messages.c.id, "ids")).order_by(messages.c.id).with_for_update()
ATTEMPTS = select(*ATTEMPT_COLUMNS).where(is_among(attempts.c.message_id, "ids"))
ATTEMPTS_BY_SID = select(attempts.c.account_id, attempts.c.sid, attempts.c.message_id, attempts.c.n).where(
    attempts.c.account_id == bindparam("account_id"), is_among(attempts.c.sid, "sids")
)
EVENTS_BY_SID = select(
    status_events.c.id,
    status_events.c.account_id,
    status_events.c.sid,
    status_events.c.status,
    status_events.c.error_code,
).where(
    status_events.c.account_id == bindparam("account_id"),
    is_among(status_events.c.sid, "sids"),
    status_events.c.message_id.is_(None),
)

_saves: dict[tuple[str, tuple[str, ...]], Update] = {}


def save(table: Table, names: tuple[str, ...]) -> Update:
    """The statement that writes just these columns of one row, so that no index of the others is touched."""
    statement = _saves.get((table.name, names))
    if statement is None:
        values = {table.c[name]: bindparam(f"new_{name}", type_=table.c[name].type) for name in names}
        statement = _saves[table.name, names] = update(table).where(table.c.id == bindparam("key")).values(values)
    return statement


CLAIM_EVENT = (
    update(status_events)
    .where(and_(status_events.c.id == bindparam("key"), status_events.c.message_id.is_(None)))
    .values(message_id=bindparam("new_message_id"), attempt_n=bindparam("new_attempt_n"))
)

_EVENT = (
    *("account_id", "sid", "message_id", "attempt_n", "status", "error_code", "source", "raw"),
    *("received_at", "applied"),
)
ADD_EVENT = text(
    f"INSERT INTO status_events ({', '.join(_EVENT)}) VALUES ({', '.join(':' + name for name in _EVENT)}) "  # noqa: S608
    "ON CONFLICT DO NOTHING"
).bindparams(*(bindparam(name, type_=status_events.c[name].type) for name in _EVENT))

# Shared by who may bind a sid, exclusive for who calls a report nobody's: without it a report could be read before the
# sid's binding is committed, and the binding be made before the report is. Taken before any row. SQLite has one writer.
SHARE_BINDING = text("SELECT pg_advisory_xact_lock_shared(728, hashtext(:id))")
LOCK_BINDING = text("SELECT pg_advisory_xact_lock(728, hashtext(:id))")

PAUSE_ACCOUNT = text(
    "UPDATE accounts SET paused_until = :until, paused_why = :why "
    "WHERE id = :id AND (paused_until IS NULL OR paused_until < :until)"
)
PAUSE_SENDER = text(
    "UPDATE senders SET paused_until = :until, paused_why = :why "
    "WHERE id = :id AND (paused_until IS NULL OR paused_until < :until)"
)
