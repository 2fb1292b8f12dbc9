"""The tables of the send path."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Index, Integer, PrimaryKeyConstraint, Table, Text, UniqueConstraint, text

from ringline.database.schema import Seconds, metadata, row_number


def _where(predicate: str) -> dict[str, Any]:
    return {"sqlite_where": text(predicate), "postgresql_where": text(predicate)}


messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("credential_id", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("sender", Text),
    Column("service", Text),
    Column("pool_id", Text),
    Column("sender_id", Text),
    Column("body", Text),
    Column("media", Text),
    Column("content_sid", Text),
    Column("content_variables", Text),
    Column("options", Text),
    Column("purpose", Text, nullable=False),
    Column("policy", Text, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("segments", Integer),
    Column("encoding", Text),
    Column("check_number", Integer, nullable=False, server_default="1"),
    Column("stage", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("status_rank", Integer, nullable=False, server_default="0"),
    Column("error_code", Integer),
    Column("error_message", Text),
    Column("http_status", Integer),
    Column("attempt_no", Integer, nullable=False, server_default="0"),
    Column("unknowns", Integer, nullable=False, server_default="0"),
    Column("setbacks", Integer, nullable=False, server_default="0"),
    Column("sid", Text),
    Column("confirmed", Integer, nullable=False, server_default="0"),
    Column("duplicate", Integer, nullable=False, server_default="0"),
    Column("twin", Text, nullable=False),
    Column("send_at", Seconds, nullable=False),
    Column("schedule_at", Seconds),
    Column("expires_at", Seconds, nullable=False),
    Column("validity_seconds", Integer),
    Column("cancel_requested_at", Seconds),
    Column("cancel_outcome", Text),
    Column("refusal_reason", Text),
    Column("refusal_sentence", Text),
    Column("cooldown_key", Text),
    Column("caps", Text),
    Column("hold_reason", Text),
    Column("hold_sentence", Text),
    Column("idem_scope", Text),
    Column("idem_key", Text),
    Column("idem_hash", Text),
    Column("run_id", Text),
    Column("step", Text),
    Column("price", Text),
    Column("price_unit", Text),
    Column("created_at", Seconds, nullable=False),
    Column("sent_at", Seconds),
    Column("delivered_at", Seconds),
    Column("updated_at", Seconds, nullable=False),
    Column("poll_at", Seconds),
    Column("polls", Integer, nullable=False, server_default="0"),
    Column("delivery_unknown", Integer, nullable=False, server_default="0"),
    Column("closed_at", Seconds),
    Column("redacted_at", Seconds),
)
# Small indexes: of a row's life each holds only the part in which somebody looks for it there.
Index("messages_idem", messages.c.idem_scope, messages.c.idem_key, unique=True, **_where("idem_key IS NOT NULL"))
Index("messages_sid", messages.c.account_id, messages.c.sid, unique=True, **_where("sid IS NOT NULL"))
Index(
    "messages_ready",
    messages.c.sender_id,
    messages.c.priority.desc(),
    messages.c.send_at,
    messages.c.id,
    **_where("stage = 'ready'"),
)
# Those that have been put off. Whoever writes a row that may go at once wakes its sender itself.
Index("messages_postponed", messages.c.send_at, **_where("stage = 'ready' AND send_at > created_at"))
Index("messages_held_at", messages.c.send_at, **_where("stage = 'held'"))
Index("messages_expiring", messages.c.expires_at, **_where("stage IN ('held', 'ready')"))
# Ends that few messages come to; who looks for the others finds them by going through the newest.
RARE_STATUSES = ("read", "undelivered", "failed", "refused", "canceled", "unresolved")
IS_RARE = f"messages.status IN ({', '.join(repr(status) for status in RARE_STATUSES)})"
"""What a statement must say for that index to be used."""
Index(
    "messages_rare",
    messages.c.status,
    messages.c.id,
    **_where(IS_RARE.replace("messages.", "")),
)
Index("messages_unresolved", messages.c.id, **_where("stage = 'unresolved'"))
Index("messages_waiting_to", messages.c.to, **_where("stage IN ('held', 'ready')"))
Index("messages_scheduled_to", messages.c.to, **_where("status = 'scheduled'"))
Index("messages_poll_at", messages.c.poll_at, **_where("poll_at IS NOT NULL"))
Index("messages_pool", messages.c.pool_id, **_where("pool_id IS NOT NULL AND stage IN ('held', 'ready')"))
# What was said to one person, in its order.
Index("messages_to", messages.c.to, messages.c.id)
Index("messages_run", messages.c.run_id, **_where("run_id IS NOT NULL"))
Index(
    "messages_run_open",
    messages.c.run_id,
    **_where("run_id IS NOT NULL AND stage IN ('held', 'ready', 'posting', 'unknown')"),
)

attempts = Table(
    "attempts",
    metadata,
    row_number(),
    Column("account_id", Text, nullable=False),
    Column("message_id", Text, nullable=False),
    Column("n", Integer, nullable=False),
    Column("worker", Text, nullable=False),
    Column("twin", Text, nullable=False),
    Column("sender", Text),
    Column("opened_at", Seconds, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("sid", Text),
    Column("bound_by", Text),
    Column("http_status", Integer),
    Column("error_code", Integer),
    Column("error_message", Text),
    Column("request_id", Text),
    Column("unknown_at", Seconds),
    Column("next_check_at", Seconds),
    Column("none_at", Seconds),
    # How often Twilio's list was read for it, when last, and what that read showed (JSON).
    Column("checks", Integer, nullable=False, server_default="0"),
    Column("checked_at", Seconds),
    Column("check_note", Text),
    Column("never_resend", Integer, nullable=False, server_default="0"),
    Column("copy", Integer, nullable=False, server_default="0"),
    UniqueConstraint("message_id", "n", name="attempts_message_id_n_key"),
    sqlite_autoincrement=True,
)
Index("attempts_sid", attempts.c.account_id, attempts.c.sid, unique=True, **_where("sid IS NOT NULL"))
# At most one undecided attempt per recipient and text class: what makes counting listed messages exact.
Index("attempts_twin", attempts.c.twin, unique=True, **_where("outcome IN ('open', 'unknown')"))
Index("attempts_open", attempts.c.opened_at, **_where("outcome = 'open'"))
# Unknown ones that are to be looked up, and ones bound by a look that wait to be confirmed.
Index("attempts_check", attempts.c.next_check_at, **_where("next_check_at IS NOT NULL"))
Index("attempts_copy", attempts.c.id, **_where("copy = 1"))

status_events = Table(
    "status_events",
    metadata,
    row_number(),
    Column("account_id", Text, nullable=False),
    Column("sid", Text, nullable=False),
    Column("message_id", Text),
    Column("attempt_n", Integer),
    Column("status", Text, nullable=False),
    # Zero for none, so that the key below sees two events without an error as one.
    Column("error_code", Integer, nullable=False, server_default="0"),
    Column("source", Text, nullable=False),
    Column("raw", Text),
    Column("received_at", Seconds, nullable=False),
    Column("applied", Integer, nullable=False, server_default="0"),
    UniqueConstraint("account_id", "sid", "status", "error_code", "source", name="status_events_key"),
    sqlite_autoincrement=True,
)
# A flag and not "everything after the last id": on Postgres ids commit out of order.
Index("status_events_waiting", status_events.c.account_id, status_events.c.id, **_where("applied = 0"))
Index("status_events_raw", status_events.c.received_at, **_where("raw IS NOT NULL"))

settlements = Table(
    "settlements",
    metadata,
    row_number(),
    Column("message_id", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("sid", Text),
    Column("note", Text),
    sqlite_autoincrement=True,
)
Index("settlements_message", settlements.c.message_id)

senders = Table(
    "senders",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    # Set on rows that stand for a pool's queue, from which its senders take: they send nothing themselves.
    Column("pool_id", Text),
    # Seconds per segment; null for what the kind of sender is allowed, 0 for no pace.
    Column("interval_s", Seconds),
    Column("tat", Seconds, nullable=False, server_default="0"),
    Column("paused_until", Seconds),
    Column("paused_why", Text),
    Column("wake", Integer, nullable=False, server_default="0"),
    Column("woken_at", Seconds),
)

accounts = Table(
    "accounts",
    metadata,
    Column("id", Text, nullable=False),
    Column("paused_until", Seconds),
    Column("paused_why", Text),
    Column("wake", Integer, nullable=False, server_default="0"),
    Column("woken_at", Seconds),
    Column("wake_settle", Integer, nullable=False, server_default="0"),
    Column("settle_woken_at", Seconds),
    Column("callbacks_seen_at", Seconds),
    PrimaryKeyConstraint("id", name="accounts_pkey"),
)

pools = Table(
    "pools",
    metadata,
    Column("id", Text, primary_key=True),
    Column("account_id", Text, nullable=False),
    Column("geo_match", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
)

pool_senders = Table(
    "pool_senders",
    metadata,
    Column("pool_id", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("added_at", Seconds, nullable=False),
    # The error with which Twilio refused the sender itself; it is left out until it is added again.
    Column("rejected_code", Integer),
    PrimaryKeyConstraint("pool_id", "sender_id", name="pool_senders_pkey"),
)
Index("pool_senders_sender", pool_senders.c.sender_id)

sticky = Table(
    "sticky",
    metadata,
    Column("pool_id", Text, nullable=False),
    Column("recipient", Text, nullable=False),
    Column("sender_id", Text, nullable=False),
    Column("since", Seconds, nullable=False),
    PrimaryKeyConstraint("pool_id", "recipient", name="sticky_pkey"),
)
Index("sticky_sender", sticky.c.sender_id)
