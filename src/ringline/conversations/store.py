"""The tables `conversations`, `conversation_addresses`, `conversation_marks` and `search_texts`, and their SQL."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from ringline.conversations import words
from ringline.database.json_lists import as_list
from ringline.database.schema import Seconds, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from sqlalchemy import TextClause

    from ringline.database import Row, Transaction


def _where(predicate: str) -> dict[str, Any]:
    return {"sqlite_where": text(predicate), "postgresql_where": text(predicate)}


addresses = Table(
    "conversation_addresses",
    metadata,
    Column("id", Text, primary_key=True),
    Column("address", Text, nullable=False),
    # The number from behind, so that its last digits are found by an index.
    Column("reversed", Text, nullable=False),
    # The contact that has it, or the number itself where nobody does.
    Column("whose", Text, nullable=False),
    Column("ours", Text),
    Column("account_id", Text, nullable=False),
    Column("last_at", Seconds, nullable=False),
    Column("last_kind", Text, nullable=False),
    Column("last_id", Text, nullable=False),
    Column("last_channel", Text, nullable=False),
    Column("last_words", Text, nullable=False),
    Column("unread", Integer, nullable=False, server_default="0"),
    # When they wrote last.
    Column("wrote_at", Seconds),
    UniqueConstraint("address", name="conversation_addresses_address_key"),
)
Index("conversation_addresses_reversed", addresses.c.reversed)
Index("conversation_addresses_whose", addresses.c.whose)

# What the addresses of one person come to, which is what the list is ordered and chosen by.
conversations = Table(
    "conversations",
    metadata,
    # That of one of the addresses.
    Column("id", Text, primary_key=True),
    Column("whose", Text, nullable=False),
    # The one that was used last, which has the words.
    Column("address", Text, nullable=False),
    Column("last_at", Seconds, nullable=False),
    Column("last_id", Text, nullable=False),
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("wrote_at", Seconds),
    UniqueConstraint("whose", name="conversations_whose_key"),
)
Index("conversations_last", conversations.c.last_at, conversations.c.id)
Index("conversations_unread", conversations.c.last_at, conversations.c.id, **_where("unread > 0"))
Index("conversations_wrote", conversations.c.last_at, conversations.c.id, **_where("wrote_at IS NOT NULL"))

marks = Table(
    "conversation_marks",
    metadata,
    Column("source", Text, primary_key=True),
    # How far it was read, how far nothing is missing for certain, and when that was found out. A number that was
    # erased stands here for some days as well, by a digest, with when that was.
    Column("seen", Text, nullable=False),
    Column("settled", Text, nullable=False),
    Column("settled_at", Seconds, nullable=False),
)

_IS_LATER = """excluded.last_at > {table}.last_at
        OR (excluded.last_at = {table}.last_at AND excluded.last_id > {table}.last_id)"""
_HAPPENED = text(
    f"""INSERT INTO conversations (id, whose, address, last_at, last_id, unread, wrote_at)
    VALUES (:id, :whose, :address, :at, :ref, :unread, :wrote_at)
    ON CONFLICT (whose) DO UPDATE
    SET address = excluded.address, last_at = excluded.last_at, last_id = excluded.last_id
    WHERE {_IS_LATER.format(table="conversations")}"""  # noqa: S608 - the condition above
)
_HAPPENED_AT = text(
    f"""INSERT INTO conversation_addresses
    (id, address, reversed, whose, ours, account_id, last_at, last_kind, last_id, last_channel, last_words, unread,
     wrote_at)
    VALUES (:id, :address, :reversed, :whose, :ours, :account_id, :at, :kind, :ref, :channel, :words, :unread,
     :wrote_at)
    ON CONFLICT (address) DO UPDATE
    SET ours = coalesce(excluded.ours, conversation_addresses.ours), account_id = excluded.account_id,
        last_at = excluded.last_at, last_kind = excluded.last_kind, last_id = excluded.last_id,
        last_channel = excluded.last_channel, last_words = excluded.last_words
    WHERE {_IS_LATER.format(table="conversation_addresses")}"""  # noqa: S608 - as above
)
_WROTE = text("UPDATE conversations SET unread = unread + 1, wrote_at = :at WHERE whose = :whose")
_WROTE_FROM = text("UPDATE conversation_addresses SET unread = unread + 1, wrote_at = :at WHERE address = :address")
_READ = text("UPDATE conversations SET unread = 0 WHERE whose = :whose AND unread > 0")
_READ_AT = text("UPDATE conversation_addresses SET unread = 0 WHERE whose = :whose AND unread > 0")

_SHOWN = """SELECT c.id, c.whose, c.unread, c.wrote_at, c.last_at, c.address AS person, a.ours, a.account_id,
        a.last_kind, a.last_id, a.last_channel, a.last_words
        FROM conversations c JOIN conversation_addresses a ON a.address = c.address"""
_GET = text(f"{_SHOWN} WHERE c.whose = :whose")
_PAGES = {
    which: text(
        f"""{_SHOWN} WHERE (c.last_at, c.id) < (:at, :id) {condition}
        ORDER BY c.last_at DESC, c.id DESC LIMIT :count"""
    )
    for which, condition in {
        "all": "",
        "unread": "AND c.unread > 0",
        "wrote": "AND c.wrote_at IS NOT NULL",
    }.items()
}
_LIST = {
    "sqlite": "SELECT value FROM json_each(:names)",
    "postgresql": "SELECT json_array_elements_text(CAST(:names AS JSON))",
}


def _of(statement: str) -> dict[str, TextClause]:
    return {dialect: text(statement.format(names=names)) for dialect, names in _LIST.items()}


_OF_PEOPLE = _of(
    f"""{_SHOWN}
    WHERE c.whose IN (SELECT whose FROM conversation_addresses WHERE address IN ({{names}}))
    AND (c.last_at, c.id) < (:at, :id) ORDER BY c.last_at DESC, c.id DESC LIMIT :count"""  # noqa: S608 - as above
)
_IDS_OF = _of("SELECT id FROM conversations WHERE whose IN ({names})")
_ADDRESSES_OF = _of("SELECT * FROM conversation_addresses WHERE whose IN ({names}) ORDER BY last_at DESC, last_id DESC")
_WHOSE = _of("SELECT address, whose FROM conversation_addresses WHERE address IN ({names})")
_WHOSE_BY_KEY = text("SELECT whose FROM conversation_addresses WHERE address = :key OR id = :key")
_BY_PREFIX = text("SELECT address FROM conversation_addresses WHERE address >= :low AND address < :high LIMIT :count")
_BY_SUFFIX = text("SELECT address FROM conversation_addresses WHERE reversed >= :low AND reversed < :high LIMIT :count")
_COUNT_UNREAD = text(
    "SELECT count(*) AS count FROM (SELECT 1 AS one FROM conversations WHERE unread > 0 LIMIT :most) x"
)
_FORGET = _of("DELETE FROM conversation_addresses WHERE address IN ({names})")
_GIVE = text("UPDATE conversation_addresses SET whose = :whose WHERE address = :address")
_TAKE_APART = _of("DELETE FROM conversations WHERE whose IN ({names})")
_PUT_TOGETHER = _of(
    """INSERT INTO conversations (id, whose, address, last_at, last_id, unread, wrote_at)
    SELECT first_id, whose, address, last_at, last_id, all_unread, last_wrote_at FROM (
        SELECT whose, address, last_at, last_id,
            min(id) OVER (PARTITION BY whose) AS first_id,
            sum(unread) OVER (PARTITION BY whose) AS all_unread,
            max(wrote_at) OVER (PARTITION BY whose) AS last_wrote_at,
            row_number() OVER (PARTITION BY whose ORDER BY last_at DESC, last_id DESC) AS place
        FROM conversation_addresses WHERE whose IN ({names})
    ) every WHERE place = 1"""
)
# Whoever writes down what happened shares it; whoever changes whose a number is has it alone. SQLite has one writer.
_KEEP_OWNERS = text("SELECT pg_advisory_xact_lock_shared(734)")
_CHANGE_OWNERS = text("SELECT pg_advisory_xact_lock(734)")

_MARK = text("SELECT * FROM conversation_marks WHERE source = :source")
_SET_MARK = text(
    """INSERT INTO conversation_marks (source, seen, settled, settled_at)
    VALUES (:source, :seen, :settled, :settled_at) ON CONFLICT (source) DO UPDATE
    SET seen = excluded.seen, settled = excluded.settled, settled_at = excluded.settled_at"""
)
_FORGOTTEN = _of("SELECT source, settled_at FROM conversation_marks WHERE source IN ({names})")
_FORGET_FORGOTTEN = text("DELETE FROM conversation_marks WHERE source LIKE 'gone/%' AND settled_at < :before")
_ALONE = text("SELECT CASE WHEN pg_try_advisory_xact_lock(733) THEN 1 ELSE 0 END AS is_free")


def keep_owners(tx: Transaction) -> None:
    """Have every number stay whose it is until the transaction ends."""
    if tx.dialect == "postgresql":
        tx.one(_KEEP_OWNERS)


def change_owners(tx: Transaction) -> None:
    """Have nobody else ask whose a number is until the transaction ends."""
    if tx.dialect == "postgresql":
        tx.one(_CHANGE_OWNERS)


def whose(tx: Transaction, numbers: Iterable[str]) -> dict[str, str]:
    """Whose these numbers are, of those that were talked with."""
    return {row["address"]: row["whose"] for row in tx.all(_WHOSE[tx.dialect], {"names": as_list(numbers)})}


def whose_by_key(tx: Transaction, key: str) -> str | None:
    """Whose a number is, by itself or by the id that the conversation with it has or had."""
    row = tx.one(_WHOSE_BY_KEY, {"key": key})
    return None if row is None else str(row["whose"])


def happened(tx: Transaction, people: Sequence[Mapping[str, Any]], at: Sequence[Mapping[str, Any]]) -> None:
    """Write down what was last with these people and *at* these addresses, where nothing later is known.

    Each is named once and in one order, people before addresses, so that two who write never cross.
    """
    tx.many(_HAPPENED, people)
    tx.many(_HAPPENED_AT, at)


def wrote(tx: Transaction, person: str, address: str, at: float) -> None:
    """They wrote something that nobody has read."""
    tx.run(_WROTE, {"whose": person, "at": at})
    tx.run(_WROTE_FROM, {"address": address, "at": at})


def read(tx: Transaction, person: str) -> bool:
    """Somebody has read it all; False where nothing was unread."""
    if not tx.run(_READ, {"whose": person}):
        return False
    tx.run(_READ_AT, {"whose": person})
    return True


def get(tx: Transaction, person: str) -> Row | None:
    """The conversation with somebody."""
    return tx.one(_GET, {"whose": person})


def ids_of(tx: Transaction, people: Iterable[str]) -> list[str]:
    """The conversations with these people."""
    return [row["id"] for row in tx.all(_IDS_OF[tx.dialect], {"names": as_list(people)})]


def addresses_of(tx: Transaction, people: Iterable[str]) -> list[Row]:
    """Every number of these people that was talked with, the one used last first."""
    return tx.all(_ADDRESSES_OF[tx.dialect], {"names": as_list(people)})


def page(tx: Transaction, *, which: str, before: tuple[float, str], count: int) -> list[Row]:
    """Conversations, the newest first: all, those unread, or those in which people wrote."""
    return tx.all(_PAGES[which], {"at": before[0], "id": before[1], "count": count})


def of_people(tx: Transaction, numbers: Iterable[str], *, before: tuple[float, str], count: int) -> list[Row]:
    """Conversations with whoever has these numbers, the newest first."""
    asked = {"names": as_list(numbers), "at": before[0], "id": before[1], "count": count}
    return tx.all(_OF_PEOPLE[tx.dialect], asked)


def by_number(tx: Transaction, *, prefix: str | None, suffix: str | None, count: int) -> list[str]:
    """Numbers that begin or end so."""
    found: dict[str, None] = {}
    for statement, part in ((_BY_PREFIX, prefix), (_BY_SUFFIX, suffix and suffix[::-1])):
        if part:
            rows = tx.all(statement, {"low": part, "high": part + AFTER_EVERY_ID, "count": count})
            found |= dict.fromkeys(row["address"] for row in rows)
    return [*found]


def count_unread(tx: Transaction, most: int) -> int:
    """How many conversations have something unread, counted up to *most*."""
    row = tx.one(_COUNT_UNREAD, {"most": most})
    return 0 if row is None else int(row["count"])


def give(tx: Transaction, owners: Mapping[str, str]) -> None:
    """Say whose these numbers are from now on; `put_together` then has to be told of all whom it concerns."""
    tx.many(_GIVE, [{"address": address, "whose": owner} for address, owner in sorted(owners.items())])


def put_together(tx: Transaction, people: Iterable[str]) -> None:
    """Make the conversations with these people anew out of their addresses; who has none left has none."""
    names = {"names": as_list(people)}
    tx.run(_TAKE_APART[tx.dialect], names)
    tx.run(_PUT_TOGETHER[tx.dialect], names)


def forget(tx: Transaction, numbers: Sequence[str]) -> int:
    """Delete what was last at these addresses, and the words it is found by; `put_together` has to follow."""
    texts = sum(words.forget_of(tx, number) for number in numbers)
    return texts + tx.run(_FORGET[tx.dialect], {"names": as_list(numbers)})


def note_forgotten(tx: Transaction, numbers: Iterable[str], *, now: float, keep: float) -> None:
    """What was at these numbers until now is not to be written down once more; older such notes go."""
    tx.run(_FORGET_FORGOTTEN, {"before": now - keep})
    gone = [{"source": _gone(one), "seen": "", "settled": "", "settled_at": now} for one in sorted({*numbers})]
    tx.many(_SET_MARK, gone)


def forgotten(tx: Transaction, numbers: Iterable[str]) -> dict[str, float]:
    """When what was at these numbers was erased, of those of which that is known."""
    named = {_gone(number): number for number in numbers}
    return {
        named[row["source"]]: row["settled_at"] for row in tx.all(_FORGOTTEN[tx.dialect], {"names": as_list(named)})
    }


def _gone(number: str) -> str:
    return f"gone/{hashlib.sha256(number.encode()).hexdigest()}"


def is_free(tx: Transaction) -> bool:
    """Whether nobody else reads the sources at this moment; nobody does until the transaction ends."""
    if tx.dialect == "sqlite":
        return True
    row = tx.one(_ALONE)
    return row is not None and row["is_free"] == 1


def mark(tx: Transaction, source: str) -> Row | None:
    """How far a source was read."""
    return tx.one(_MARK, {"source": source})


def set_mark(tx: Transaction, source: str, *, seen: str, settled: str, settled_at: float) -> None:
    """It was read so far."""
    tx.run(_SET_MARK, {"source": source, "seen": seen, "settled": settled, "settled_at": settled_at})
