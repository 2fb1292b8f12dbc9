"""Going through all that was received, for who counts it anew."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from ringline.messaging.store import inbound_messages

PAGE = (
    select(
        *(
            inbound_messages.c[name]
            for name in ("id", "account_sid", "channel", "from", "received_at", "taken_by", "run_id")
        )
    )
    .where(inbound_messages.c.id > bindparam("after"))
    .order_by(inbound_messages.c.id)
    .limit(bindparam("count"))
)
