"""Erasing what messages said, and keeping that they were."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text, update

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import attempts, messages, status_events

# What is still to be sent, or looked for by its text, keeps it. A message asked after for long enough is done.
_IS_DONE = text(
    "(messages.stage IN ('failed', 'refused', 'canceled') "
    "OR (messages.stage = 'accepted' AND messages.status NOT IN "
    "('scheduled', 'accepted', 'queued', 'sending', 'initiated', 'ringing', 'in-progress')) "
    "OR (messages.stage = 'unresolved' AND messages.closed_at IS NOT NULL))"
)
OLD = (
    select(messages.c.id, messages.c.sid, messages.c.credential_id, messages.c.channel)
    .where(
        messages.c.id > bindparam("after"),
        messages.c.created_at < bindparam("before"),
        messages.c.redacted_at.is_(None),
        _IS_DONE,
    )
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)
IS_DONE = select(messages.c.id).where(messages.c.id == bindparam("id"), _IS_DONE)
OF_PEOPLE = select(messages.c.id).where(is_among(messages.c.to, "people"), messages.c.redacted_at.is_(None))
# Twilio has it, or it never goes: nobody looks for it by its text any more.
NEEDS_NO_TEXT = select(messages.c.id).where(
    is_among(messages.c.id, "ids"), text("messages.stage NOT IN ('held', 'ready', 'posting', 'unknown')")
)
REDACT = (
    update(messages)
    .where(messages.c.id == bindparam("key"))
    .values(body=None, media=None, content_variables=None, redacted_at=bindparam("now"), updated_at=bindparam("now"))
)
# The forms name the recipient and may hold the text.
REDACT_EVENTS = (
    update(status_events)
    .where(
        status_events.c.raw.is_not(None),
        status_events.c.sid.in_(
            select(attempts.c.sid).where(
                is_among(attempts.c.message_id, "ids"), attempts.c.account_id == status_events.c.account_id
            )
        ),
    )
    .values(raw=None)
)
