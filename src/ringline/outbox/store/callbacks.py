"""Reports from Twilio: stored at the door, applied in batches."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import attempts, status_events

_COLUMNS = ("account_id", "sid", "message_id", "attempt_n", "status", "error_code", "source", "raw", "received_at")
ADD = text(
    f"INSERT INTO status_events ({', '.join(_COLUMNS)}, applied) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)}, 0) ON CONFLICT DO NOTHING"
).bindparams(*(bindparam(name, type_=status_events.c[name].type) for name in _COLUMNS))
SEEN = text("UPDATE accounts SET callbacks_seen_at = :now WHERE id = :id")

WAITING = (
    select(status_events)
    .where(status_events.c.applied == text("0"), status_events.c.account_id == bindparam("account_id"))
    .order_by(status_events.c.id)
    .limit(bindparam("count"))
    .with_for_update(skip_locked=True)
)
APPLIED = (
    update(status_events)
    .where(status_events.c.id == bindparam("key"))
    .values(applied=1, message_id=bindparam("new_message_id"), attempt_n=bindparam("new_attempt_n"))
)
OWNERS = select(attempts.c.sid, attempts.c.message_id, attempts.c.n).where(
    attempts.c.account_id == bindparam("account_id"), is_among(attempts.c.sid, "sids")
)
