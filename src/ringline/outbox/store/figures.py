"""What is waiting, counted by indexes that hold only what waits: nothing here reads messages that are done."""

from __future__ import annotations

from sqlalchemy import text

# One pass over each small index. Every row of `messages_ready` holds its `send_at`.
HELD = text("SELECT count(*) AS count FROM messages WHERE stage = 'held'")
READY = text(
    """
    SELECT count(*) AS count, coalesce(sum(CASE WHEN send_at <= :now THEN 1 ELSE 0 END), 0) AS due,
        min(send_at) AS first
    FROM messages WHERE stage = 'ready'
    """
)
OPEN = text("SELECT count(*) AS count FROM attempts WHERE outcome = 'open'")
UNKNOWN = text("SELECT count(*) AS count FROM attempts WHERE outcome = 'unknown'")
UNRESOLVED = text("SELECT count(*) AS count FROM messages WHERE stage = 'unresolved'")
WAITING_CALLBACKS = text("SELECT count(*) AS count FROM status_events WHERE applied = 0")

# By account, since the index is; there are few accounts, and their wake-ups stand in the same rows.
FIRST_CALLBACK = text(
    """
    SELECT min((
        SELECT e.received_at FROM status_events e
        WHERE e.applied = 0 AND e.account_id = accounts.id ORDER BY e.id LIMIT 1
    )) AS first FROM accounts
    """
)
LAST_CHANGE = text("SELECT max(updated_at) AS at FROM messages")

FIRST_WAKE_UPS = text(
    """
    SELECT (SELECT min(woken_at) FROM senders WHERE wake = 1) AS drain_sender,
        (SELECT min(woken_at) FROM accounts WHERE wake = 1) AS apply_callbacks
    """
)
