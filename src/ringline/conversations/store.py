"""The tables `conversations`, `conversation_marks` and `search_texts`: every statement that touches them is here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, Table, Text, UniqueConstraint, text

from ringline.database.json_lists import as_list
from ringline.database.schema import ROW_NUMBER, Seconds, beside, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from ringline.database import Row, Transaction


def _where(predicate: str) -> dict[str, Any]:
    return {"sqlite_where": text(predicate), "postgresql_where": text(predicate)}


conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("person", Text, nullable=False),
    # The number from behind, so that its last digits are found by an index.
    Column("reversed", Text, nullable=False),
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
    UniqueConstraint("person", name="conversations_person_key"),
)
Index("conversations_last", conversations.c.last_at, conversations.c.id)
Index("conversations_unread", conversations.c.last_at, conversations.c.id, **_where("unread > 0"))
Index("conversations_wrote", conversations.c.last_at, conversations.c.id, **_where("wrote_at IS NOT NULL"))
Index("conversations_reversed", conversations.c.reversed)

marks = Table(
    "conversation_marks",
    metadata,
    Column("source", Text, primary_key=True),
    # How far it was read, how far nothing is missing for certain, and when that was found out.
    Column("seen", Text, nullable=False),
    Column("settled", Text, nullable=False),
    Column("settled_at", Seconds, nullable=False),
)

search_texts = Table(
    "search_texts",
    metadata,
    Column("n", ROW_NUMBER, primary_key=True, autoincrement=True),
    # The message or call.
    Column("ref", Text, nullable=False),
    Column("person", Text, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("ref", name="search_texts_ref_key"),
    sqlite_autoincrement=True,
)
Index("search_texts_person", search_texts.c.person)

# The words themselves: an index of SQLite's own kind that triggers keep, and one of Postgres' own kind.
beside(
    "sqlite",
    "CREATE VIRTUAL TABLE search_words USING fts5(body, content='search_texts', content_rowid='n', "
    "tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN "
    "INSERT INTO search_words (rowid, body) VALUES (new.n, new.body); END",
    "CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN "
    "INSERT INTO search_words (search_words, rowid, body) VALUES ('delete', old.n, old.body); END",
)
beside("postgresql", "CREATE INDEX search_words ON search_texts USING gin (to_tsvector('simple', body))")

_HAPPENED = text(
    """INSERT INTO conversations
    (id, person, reversed, ours, account_id, last_at, last_kind, last_id, last_channel, last_words, unread, wrote_at)
    VALUES (:id, :person, :reversed, :ours, :account_id, :at, :kind, :ref, :channel, :words, :unread, :wrote_at)
    ON CONFLICT (person) DO UPDATE
    SET ours = coalesce(excluded.ours, conversations.ours), account_id = excluded.account_id,
        last_at = excluded.last_at, last_kind = excluded.last_kind, last_id = excluded.last_id,
        last_channel = excluded.last_channel, last_words = excluded.last_words
    WHERE excluded.last_at > conversations.last_at
        OR (excluded.last_at = conversations.last_at AND excluded.last_id > conversations.last_id)"""
)
_WROTE = text("""UPDATE conversations SET unread = unread + 1, wrote_at = :at WHERE person = :person""")
_READ = text("UPDATE conversations SET unread = 0 WHERE person = :person AND unread > 0")
_GET = text("SELECT * FROM conversations WHERE person = :key OR id = :key")
_PAGES = {
    which: text(
        f"""SELECT * FROM conversations WHERE (last_at, id) < (:at, :id) {condition}
        ORDER BY last_at DESC, id DESC LIMIT :count"""  # noqa: S608 - one of the conditions below
    )
    for which, condition in {
        "all": "",
        "unread": "AND unread > 0",
        "wrote": "AND wrote_at IS NOT NULL",
    }.items()
}
_LIST = {
    "sqlite": "SELECT value FROM json_each(:people)",
    "postgresql": "SELECT json_array_elements_text(CAST(:people AS JSON))",
}
_OF_PEOPLE = {
    dialect: text(
        f"""SELECT * FROM conversations WHERE person IN ({people}) AND (last_at, id) < (:at, :id)
        ORDER BY last_at DESC, id DESC LIMIT :count"""  # noqa: S608 - one of the lists above
    )
    for dialect, people in _LIST.items()
}
_IDS_OF = {
    dialect: text(f"SELECT id FROM conversations WHERE person IN ({people})")  # noqa: S608 - as above
    for dialect, people in _LIST.items()
}
_BY_PREFIX = text("SELECT person FROM conversations WHERE person >= :low AND person < :high LIMIT :count")
_BY_SUFFIX = text("SELECT person FROM conversations WHERE reversed >= :low AND reversed < :high LIMIT :count")
_COUNT_UNREAD = text(
    "SELECT count(*) AS count FROM (SELECT 1 AS one FROM conversations WHERE unread > 0 LIMIT :most) x"
)
_FORGET = text("DELETE FROM conversations WHERE person = :person")

_MARK = text("SELECT * FROM conversation_marks WHERE source = :source")
_SET_MARK = text(
    """INSERT INTO conversation_marks (source, seen, settled, settled_at)
    VALUES (:source, :seen, :settled, :settled_at) ON CONFLICT (source) DO UPDATE
    SET seen = excluded.seen, settled = excluded.settled, settled_at = excluded.settled_at"""
)
_ALONE = text("SELECT CASE WHEN pg_try_advisory_xact_lock(733) THEN 1 ELSE 0 END AS is_free")

_ADD_TEXT = text("INSERT INTO search_texts (ref, person, body) VALUES (:ref, :person, :body) ON CONFLICT DO NOTHING")
_FORGET_TEXTS_OF = text("DELETE FROM search_texts WHERE person = :person")
_FORGET_TEXT = text("DELETE FROM search_texts WHERE ref = :ref")
_FIND = {
    "sqlite": text(
        """SELECT t.ref, t.person FROM search_words JOIN search_texts t ON t.n = search_words.rowid
        WHERE search_words MATCH :words AND t.ref >= :low AND t.ref < :high
        ORDER BY search_words.rowid DESC LIMIT :count"""
    ),
    "postgresql": text(
        """SELECT ref, person FROM search_texts
        WHERE to_tsvector('simple', body) @@ to_tsquery('simple', :words) AND ref >= :low AND ref < :high
        ORDER BY n DESC LIMIT :count"""
    ),
}


def happened(tx: Transaction, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write down what was last with these people, each named once and in one order, where nothing later is known."""
    tx.many(_HAPPENED, rows)


def wrote(tx: Transaction, person: str, at: float) -> None:
    """They wrote something that nobody has read."""
    tx.run(_WROTE, {"person": person, "at": at})


def read(tx: Transaction, person: str) -> bool:
    """Somebody has read it all; False where nothing was unread."""
    return tx.run(_READ, {"person": person}) > 0


def get(tx: Transaction, key: str) -> Row | None:
    """One conversation, by its id or the person's number."""
    return tx.one(_GET, {"key": key})


def ids_of(tx: Transaction, people: Sequence[str]) -> list[str]:
    """The conversations with these numbers."""
    return [row["id"] for row in tx.all(_IDS_OF[tx.dialect], {"people": as_list(people)})]


def page(tx: Transaction, *, which: str, before: tuple[float, str], count: int) -> list[Row]:
    """Conversations, the newest first: all, those unread, or those in which people wrote."""
    return tx.all(_PAGES[which], {"at": before[0], "id": before[1], "count": count})


def of_people(tx: Transaction, people: str, *, before: tuple[float, str], count: int) -> list[Row]:
    """Conversations with these numbers (a list as JSON), the newest first."""
    return tx.all(_OF_PEOPLE[tx.dialect], {"people": people, "at": before[0], "id": before[1], "count": count})


def by_number(tx: Transaction, *, prefix: str | None, suffix: str | None, count: int) -> list[str]:
    """Numbers that begin or end so."""
    found: dict[str, None] = {}
    for statement, part in ((_BY_PREFIX, prefix), (_BY_SUFFIX, suffix and suffix[::-1])):
        if part:
            rows = tx.all(statement, {"low": part, "high": part + AFTER_EVERY_ID, "count": count})
            found |= dict.fromkeys(row["person"] for row in rows)
    return [*found]


def count_unread(tx: Transaction, most: int) -> int:
    """How many conversations have something unread, counted up to *most*."""
    row = tx.one(_COUNT_UNREAD, {"most": most})
    return 0 if row is None else int(row["count"])


def forget(tx: Transaction, person: str) -> int:
    """Delete a conversation and the words it is found by."""
    return tx.run(_FORGET_TEXTS_OF, {"person": person}) + tx.run(_FORGET, {"person": person})


def forget_texts(tx: Transaction, refs: Sequence[str]) -> None:
    """Have these messages not be found by their words any more."""
    tx.many(_FORGET_TEXT, [{"ref": ref} for ref in refs])


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


def add_texts(tx: Transaction, rows: Sequence[Mapping[str, str]]) -> None:
    """Have messages be found by their words."""
    tx.many(_ADD_TEXT, rows)


def find(tx: Transaction, words: str, *, low: str, high: str, count: int) -> list[Row]:
    """The newest messages and calls with these words, whose ids lie between."""
    return tx.all(_FIND[tx.dialect], {"words": words, "low": low, "high": high, "count": count})
