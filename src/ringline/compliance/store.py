"""The tables `suppressions`, `whatsapp_windows` and `cooldowns`: every statement that touches them is here."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    Column,
    Index,
    PrimaryKeyConstraint,
    Select,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    text,
    tuple_,
    update,
)

from ringline.database.json_lists import is_among
from ringline.database.schema import Seconds, metadata

suppressions = Table(
    "suppressions",
    metadata,
    Column("recipient", Text, nullable=False),
    Column("scope", Text, nullable=False),
    Column("since", Seconds, nullable=False),
    Column("source", Text, nullable=False),
    Column("evidence", Text),
    # Ids sort by time: the list goes by them.
    Column("id", Text, nullable=False),
    # The one channel that it is about, empty where it covers all.
    Column("channel", Text, nullable=False),
    # The message or conversation that says so.
    Column("ref", Text),
    # The number from behind, so that its last digits are found by an index.
    Column("reversed", Text, nullable=False),
    # By recipient first: the gate knows the recipient and asks for all scopes at once.
    PrimaryKeyConstraint("recipient", "scope", name="suppressions_pkey"),
    UniqueConstraint("id", name="suppressions_id_key"),
)
Index("suppressions_channel", suppressions.c.channel, suppressions.c.id)
Index("suppressions_source", suppressions.c.source, suppressions.c.channel, suppressions.c.id)
Index("suppressions_reversed", suppressions.c.reversed)

windows = Table(
    "whatsapp_windows",
    metadata,
    Column("recipient", Text, nullable=False),
    Column("account_id", Text, nullable=False),
    Column("sender", Text, nullable=False),
    Column("service", Text),
    Column("last_inbound_at", Seconds, nullable=False),
    PrimaryKeyConstraint("recipient", "account_id", "sender", name="whatsapp_windows_pkey"),
)

cooldowns = Table(
    "cooldowns",
    metadata,
    Column("key", Text, primary_key=True),
    Column("since", Seconds, nullable=False),
    Column("until", Seconds, nullable=False),
    Column("holder", Text, nullable=False),
    Column("state", Text, nullable=False),
)
Index("cooldowns_since", cooldowns.c.since)

cap_counters = Table(
    "cap_counters",
    metadata,
    Column("scope", Text, nullable=False),
    # Who is counted: a person, or a credential.
    Column("recipient", Text, nullable=False),
    Column("window_start", Seconds, nullable=False),
    Column("window_end", Seconds, nullable=False),
    Column("count", BigInteger, nullable=False),
    PrimaryKeyConstraint("scope", "recipient", "window_start", name="cap_counters_pkey"),
)

SUPPRESS = text(
    """INSERT INTO suppressions (recipient, scope, since, source, evidence, id, channel, ref, reversed)
    VALUES (:recipient, :scope, :since, :source, :evidence, :id, :channel, :ref, :reversed) ON CONFLICT DO NOTHING"""
)
LIFT = (
    delete(suppressions)
    .where(suppressions.c.recipient == bindparam("recipient"), suppressions.c.scope == bindparam("scope"))
    .returning(suppressions.c.id)
)
_SHOWN = select(*(suppressions.c[name] for name in ("recipient", "scope", "since", "source", "evidence", "id", "ref")))
SUPPRESSIONS_OF = _SHOWN.where(is_among(suppressions.c.recipient, "recipients"))
SUPPRESSIONS_PAGE = (
    _SHOWN.where(
        (suppressions.c.recipient > bindparam("recipient"))
        | ((suppressions.c.recipient == bindparam("recipient")) & (suppressions.c.scope > bindparam("scope")))
    )
    .order_by(suppressions.c.recipient, suppressions.c.scope)
    .limit(bindparam("count"))
)


def _newest(*within: str) -> Select[Any]:
    """The newest of those that have one value each in these columns, as an index of them and the id holds them."""
    columns = [suppressions.c[name] for name in (*within, "id")]
    values: list[BindParameter[Any]] = [bindparam(name) for name in within]
    first, last = tuple_(*values, bindparam("since")), tuple_(*values, bindparam("before"))
    # Compared and ordered as a whole, which that index alone can do: by each column for itself Postgres walks through
    # all ids for those of a rare channel, once it plans for any value.
    return (
        _SHOWN.where(tuple_(*columns) >= first, tuple_(*columns) < last)
        .order_by(*(column.desc() for column in columns))
        .limit(bindparam("count"))
    )


NEWEST = _newest()
# Asked once for each channel, so that an index gives the newest at once, however rare they are.
NEWEST_OF_CHANNEL = _newest("channel")
NEWEST_OF_SOURCE = _newest("source", "channel")
_MARKS = select(*(suppressions.c[name] for name in ("id", "channel", "source"))).limit(bindparam("most"))
MARKS_OF = _MARKS.where(is_among(suppressions.c.recipient, "recipients"))
MARKS_BEGINNING = _MARKS.where(
    suppressions.c.recipient >= bindparam("part"), suppressions.c.recipient < bindparam("part_end")
)
MARKS_ENDING = _MARKS.where(
    suppressions.c.reversed >= bindparam("part"), suppressions.c.reversed < bindparam("part_end")
)
SUPPRESSIONS_BY_ID = _SHOWN.where(is_among(suppressions.c.id, "ids")).order_by(suppressions.c.id.desc())

NOTE_INBOUND = text(
    """INSERT INTO whatsapp_windows (recipient, account_id, sender, service, last_inbound_at)
    VALUES (:recipient, :account_id, :sender, :service, :at)
    ON CONFLICT (recipient, account_id, sender) DO UPDATE
    SET last_inbound_at = excluded.last_inbound_at, service = coalesce(excluded.service, whatsapp_windows.service)
    WHERE whatsapp_windows.last_inbound_at < excluded.last_inbound_at"""
)
WINDOWS_OF = select(windows).where(is_among(windows.c.recipient, "recipients"))

# `since + seconds`, and not `until`: what counts is the cooldown that is asked for now, so that a send without a
# cooldown still delays the next one that has one.
RESERVE = text(
    """INSERT INTO cooldowns (key, since, until, holder, state)
    VALUES (:key, :now, :until, :holder, 'reserved')
    ON CONFLICT (key) DO UPDATE
    SET since = excluded.since, until = excluded.until, holder = excluded.holder, state = 'reserved'
    WHERE :now - cooldowns.since >= :seconds RETURNING holder"""
)
COOLDOWN_SINCE = select(cooldowns.c.since).where(cooldowns.c.key == bindparam("key"))
CONFIRM = (
    update(cooldowns)
    .where(cooldowns.c.key == bindparam("of"), cooldowns.c.holder == bindparam("by"))
    .values(state="confirmed")
)
RELEASE = delete(cooldowns).where(cooldowns.c.key == bindparam("of"), cooldowns.c.holder == bindparam("by"))
FORGET_COOLDOWNS = delete(cooldowns).where(
    cooldowns.c.since < bindparam("before"), cooldowns.c.until < bindparam("now")
)

_ADDED = {
    "sqlite": "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), json_extract(value, '$[2]'), "
    "json_extract(value, '$[3]'), json_extract(value, '$[4]') FROM json_each(:rows) WHERE true",
    "postgresql": "SELECT r->>0, r->>1, CAST(r->>2 AS double precision), CAST(r->>3 AS double precision), "
    "CAST(r->>4 AS bigint) FROM json_array_elements(CAST(:rows AS JSON)) AS r",
}
COUNT = {
    dialect: text(
        f"""INSERT INTO cap_counters (scope, recipient, window_start, window_end, count) {rows}
        ON CONFLICT (scope, recipient, window_start) DO UPDATE SET count = cap_counters.count + excluded.count
        RETURNING scope, recipient, window_start, count"""
    )
    for dialect, rows in _ADDED.items()
}
UNCOUNT = text(
    """UPDATE cap_counters SET count = count - :times
    WHERE scope = :scope AND recipient = :recipient AND window_start = :start AND count >= :times"""
)
COUNTED = select(cap_counters.c.count).where(
    cap_counters.c.scope == bindparam("scope"),
    cap_counters.c.recipient == bindparam("recipient"),
    cap_counters.c.window_start == bindparam("start"),
)
FORGET_COUNTERS = delete(cap_counters).where(cap_counters.c.window_end < bindparam("now"))
