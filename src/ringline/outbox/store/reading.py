"""Looking at messages without changing them."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, select, text

from ringline.outbox.store.tables import attempts, messages, status_events

GET = select(messages).where(messages.c.id == bindparam("id"))
# Whoever changes it waits until this transaction is over; on SQLite only one writes anyway.
GET_HELD = GET.with_for_update(read=True)
COUNT_BY_STAGE = select(messages.c.stage, func.count().label("count")).group_by(messages.c.stage)
# By the sids of its attempts: an index on the message would cost every report more than this costs a reader.
EVENTS = (
    select(status_events)
    .join(attempts, and_(attempts.c.account_id == status_events.c.account_id, attempts.c.sid == status_events.c.sid))
    .where(attempts.c.message_id == bindparam("id"))
    .order_by(status_events.c.id)
)
ATTEMPTS = select(attempts).where(attempts.c.message_id == bindparam("id")).order_by(attempts.c.n)
# Where the work on a message is not over: it waits, is being sent, is unknown, or Twilio has to be asked about it.
CREDENTIAL_IN_USE = text(
    """
    SELECT 1 AS found FROM messages WHERE stage IN ('held', 'ready') AND credential_id = :id
    UNION ALL
    SELECT 1 FROM attempts JOIN messages ON messages.id = attempts.message_id
    WHERE attempts.outcome IN ('open', 'unknown') AND messages.credential_id = :id
    UNION ALL
    SELECT 1 FROM attempts JOIN messages ON messages.id = attempts.message_id
    WHERE attempts.next_check_at IS NOT NULL AND attempts.outcome = 'quarantined' AND messages.credential_id = :id
    UNION ALL
    SELECT 1 FROM messages WHERE poll_at IS NOT NULL AND credential_id = :id
    LIMIT 1
    """
)

# What was written down after an id, in the order of ids; calls have a room of their own.
AFTER = (
    select(messages)
    .where(messages.c.id > bindparam("after"), messages.c.id < bindparam("until"))
    .order_by(messages.c.id)
    .limit(bindparam("count"))
)
COST_OF = text(
    """SELECT price_unit, count(*) AS count, sum(CAST(price AS DOUBLE PRECISION)) AS amount FROM messages
    WHERE "to" = :person AND price IS NOT NULL GROUP BY price_unit"""
)
