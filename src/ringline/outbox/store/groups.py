"""Messages of one group."""

from __future__ import annotations

from sqlalchemy import TextClause, bindparam, select, text

from ringline.database.json_lists import is_among
from ringline.database.schema import Seconds
from ringline.outbox.store.tables import messages

_SECONDS = ("far", "half", "now")


def _hold(lock: str) -> TextClause:
    return text(
        f"""UPDATE messages SET stage = 'held', send_at = send_at + :far, expires_at = expires_at + :far,
        updated_at = :now
        WHERE id IN (SELECT id FROM messages WHERE run_id = :group AND stage IN ('held', 'ready') AND send_at < :half
        LIMIT :count {lock})"""  # noqa: S608 - constants
    ).bindparams(*(bindparam(name, type_=Seconds()) for name in _SECONDS))


def _release(lock: str, greatest: str) -> TextClause:
    return text(
        f"""UPDATE messages SET stage = CASE WHEN send_at - :far <= :now THEN 'ready' ELSE 'held' END,
        send_at = {greatest}(send_at - :far, :now), expires_at = expires_at - :far + :held_for, updated_at = :now
        WHERE id IN (SELECT id FROM messages WHERE run_id = :group AND stage IN ('held', 'ready') AND send_at >= :half
        LIMIT :count {lock}) RETURNING sender_id, stage, priority"""  # noqa: S608 - constants
    ).bindparams(*(bindparam(name, type_=Seconds()) for name in (*_SECONDS, "held_for")))


_LOCK = "FOR UPDATE SKIP LOCKED"
HOLD = {"sqlite": _hold(""), "postgresql": _hold(_LOCK)}
RELEASE = {"sqlite": _release("", "max"), "postgresql": _release(_LOCK, "greatest")}
_open = text("stage IN ('held', 'ready', 'posting', 'unknown')")
UNDECIDED = (
    select(messages.c.id)
    .where(messages.c.run_id == bindparam("group"), _open, messages.c.cancel_requested_at.is_(None))
    .limit(bindparam("count"))
)
OUTCOMES = select(
    *(
        messages.c[name]
        for name in (
            *("id", "to", "stage", "status", "sid", "error_code", "error_message", "refusal_reason"),
            *("refusal_sentence", "segments", "price", "price_unit", "sender", "sent_at", "body"),
        )
    )
).where(is_among(messages.c.id, "ids"))
