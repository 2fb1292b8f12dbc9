"""Looking at messages without changing them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Select, and_, bindparam, func, or_, select, text

from ringline.database.json_lists import is_among
from ringline.outbox.store.tables import IS_RARE, RARE_STATUSES, attempts, messages, status_events

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

FILTERS = ("stage", "status", "to", "run_id", "step", "account_id", "channel", "purpose")
# Further conditions of a page: ids from and up to, messages with these ids or to these people, messages of these runs.
_CONDITIONS: dict[str, Any] = {
    "since": messages.c.id >= bindparam("wanted_since"),
    "until": messages.c.id < bindparam("wanted_until"),
    "ids": is_among(messages.c.id, "wanted_ids"),
    "people": is_among(messages.c.to, "wanted_people"),
    "runs": is_among(messages.c.run_id, "wanted_runs"),
}
CONDITIONS = tuple(_CONDITIONS)
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
_pages: dict[tuple[str, ...], Select[Any]] = {}


_UNDER_WAY = text(
    "messages.id IN (SELECT message_id FROM attempts WHERE outcome IN ('open', 'unknown')"
    " UNION ALL SELECT message_id FROM attempts WHERE next_check_at IS NOT NULL)"
)


def narrowed(wanted: Mapping[str, Any]) -> tuple[str, ...]:
    """By what else the rows wanted can be found, where hardly any are so: it leads to an index, and leaves out none."""
    if wanted.get("stage") in ("posting", "unknown"):
        return ("under_way",)
    if wanted.get("status") in RARE_STATUSES:
        return ("rare",)
    # Of what was never handed over the status is the stage.
    return ("rare", "same") if wanted.get("stage") in RARE_STATUSES else ()


def page(names: tuple[str, ...], narrow: tuple[str, ...] = ()) -> Select[Any]:
    """Messages newest first, older than ``:before``, equal to the given in the columns *names* or as `CONDITIONS`."""
    statement = _pages.get((*names, *narrow))
    if statement is None:
        statement = select(messages).where(messages.c.id < bindparam("before"))
        if "channel" not in names:
            statement = statement.where(messages.c.channel != text("'voice'"))
        for name in names:
            if name in FILTERS:
                statement = statement.where(messages.c[name] == bindparam(f"wanted_{name}"))
            elif name not in ("ids", "people"):
                statement = statement.where(_CONDITIONS[name])
        if "under_way" in narrow:
            statement = statement.where(_UNDER_WAY)
        if "rare" in narrow:
            statement = statement.where(text(IS_RARE))
        if "same" in narrow and "status" not in names:
            statement = statement.where(messages.c.status == bindparam("wanted_stage"))
        found = [_CONDITIONS[name] for name in ("ids", "people") if name in names]
        if found:
            statement = statement.where(or_(*found))
        statement = statement.order_by(messages.c.id.desc()).limit(bindparam("count"))
        _pages[(*names, *narrow)] = statement
    return statement
