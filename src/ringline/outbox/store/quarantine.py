"""Finding what may have been sent in a time that a restored database knows nothing of."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import attempts, messages

LAST_KNOWN = text(
    """
    SELECT max(at) AS at FROM (
        SELECT max(updated_at) AS at FROM messages
        UNION ALL SELECT max(opened_at) FROM attempts
        UNION ALL SELECT max(received_at) FROM status_events
    ) AS moments
    """
)
# What is held and was due would have been sent as well.
MAYBE_SENT = (
    select(messages.c.id)
    .where(
        text("messages.stage IN ('held', 'ready', 'posting')"),
        messages.c.send_at < bindparam("restored_at"),
        messages.c.created_at < bindparam("now"),
    )
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)
UNDECIDED_TWINS = select(attempts.c.twin).where(
    text("attempts.outcome IN ('open', 'unknown')"),
    attempts.c.twin.in_(select(messages.c.twin).where(is_among(messages.c.id, "ids"))),
)
TWIN_OF = select(messages.c.twin).where(messages.c.id == bindparam("id"))
_COLUMNS = ("account_id", "message_id", "n", "worker", "twin", "sender", "opened_at", "outcome", "unknown_at")
ADD_ATTEMPT = text(
    f"INSERT INTO attempts ({', '.join(_COLUMNS)}, next_check_at) "  # noqa: S608
    f"VALUES ({', '.join(':' + name for name in _COLUMNS)}, :next_check_at)"
).bindparams(*(bindparam(name, type_=attempts.c[name].type) for name in (*_COLUMNS, "next_check_at")))
