"""Writing messages down, and waking who sends them."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import messages

# Not those that begin as nothing or with their default.
COLUMNS = (
    *("id", "account_id", "credential_id", "channel", "to", "sender", "service", "pool_id", "sender_id"),
    *("body", "media", "caps", "hold_reason"),
    *("content_sid", "content_variables", "options", "purpose", "policy", "priority", "segments", "encoding"),
    *("check_number", "stage", "status", "twin", "send_at", "schedule_at", "expires_at", "validity_seconds"),
    *("refusal_reason", "refusal_sentence", "cooldown_key", "idem_scope", "idem_key", "idem_hash", "run_id", "step"),
    *("created_at", "updated_at"),
)
BLANK = {column.name: 0 if column.server_default is not None else None for column in messages.columns}
"""What the other columns begin as."""

_NAMES = ", ".join(f'"{name}"' for name in COLUMNS)
_VALUES = ", ".join(f":{name}" for name in COLUMNS)
ADD = text(f"INSERT INTO messages ({_NAMES}) VALUES ({_VALUES}) ON CONFLICT DO NOTHING").bindparams(  # noqa: S608
    *(bindparam(name, type_=messages.c[name].type) for name in COLUMNS)
)
WITH_KEYS = select(messages).where(
    messages.c.idem_scope == bindparam("scope"), messages.c.idem_key.is_not(None), is_among(messages.c.idem_key, "keys")
)
IDS = select(messages.c.id).where(is_among(messages.c.id, "ids"))

ADD_ACCOUNT = text("INSERT INTO accounts (id) VALUES (:id) ON CONFLICT DO NOTHING")

# Shared by producers, exclusive for who clears the flag: without it a producer may see the flag set, the handler clear
# it and look, and the producer commit its row afterwards, with nobody on the way. SQLite has one writer.
SHARE_WAKE = text("SELECT pg_advisory_xact_lock_shared(727, hashtext(:id))")
LOCK_WAKE = text("SELECT pg_advisory_xact_lock(727, hashtext(:id))")
WAKE_SENDER = text("UPDATE senders SET wake = 1, woken_at = :now WHERE id = :id AND wake = 0")
WAKE_ACCOUNT = text("UPDATE accounts SET wake = 1, woken_at = :now WHERE id = :id AND wake = 0")
CLEAR_SENDER = text("UPDATE senders SET wake = 0 WHERE id = :id AND wake = 1")
CLEAR_ACCOUNT = text("UPDATE accounts SET wake = 0 WHERE id = :id AND wake = 1")
WAKE_SETTLE = text("UPDATE accounts SET wake_settle = 1, settle_woken_at = :now WHERE id = :id AND wake_settle = 0")
CLEAR_SETTLE = text("UPDATE accounts SET wake_settle = 0 WHERE id = :id AND wake_settle = 1")
