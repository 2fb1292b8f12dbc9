"""Going through all messages, for who counts them anew."""

from __future__ import annotations

from sqlalchemy import bindparam, select, text

from ringline.outbox.changes import Standing
from ringline.outbox.store.tables import messages

BEFORE_EVERY_ID = ""
_FIRST = ("id", "run_id", "credential_id", "channel")
# Calls are counted from their own rows.
PAGE = (
    select(*(messages.c[name] for name in (*_FIRST, *Standing._fields)))
    .where(messages.c.id > bindparam("after"), messages.c.channel != text("'voice'"))
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)
"""Id, run, credential and channel, then what a `Standing` has."""
LAST_RUN_TO = (
    select(messages.c.run_id)
    .where(messages.c.to == bindparam("person"), messages.c.id < bindparam("before"), messages.c.run_id.is_not(None))
    .order_by(messages.c.id.desc())
    .limit(1)
)
"""The run that wrote to a person last before an id."""
