"""The table `search_texts`: the words that messages and calls are found by. Every statement that touches it is here.

Whoever searches wants the newest. An index of words knows no time: of a word that half of all messages hold it would
give them all, to be sorted. So the newest are looked through one by one first, which finds what is common, and only
what is not common enough to be found there is left to the index.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Table, Text, TextClause, UniqueConstraint, bindparam, text

from ringline.database.schema import ROW_NUMBER, beside, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from ringline.database import Transaction

LOOKED_THROUGH = 10_000
"""The newest texts, of which each is looked at."""
SAMPLE = 25
"""The part of them that is fetched at first: what very many hold is found there, and it shows which words do."""
COMMON = 0.25
"""A word that more of them hold is common."""
MORE = 20
"""How many times as many are fetched as are wanted where the common words of a search are looked for in what comes."""
MOST_WORDS = 8
"""Words of a search that count."""
KINDS = ("msg", "inb", "call")
"""How the ids begin of what has words."""
_LONGEST = 100
_WORD = re.compile(r"[^\W_]+", re.UNICODE)
# Each kind has numbers of its own that count up as its texts come, so that on SQLite, where the index of words is in
# the order of the numbers, those of one kind are found without going through the others.
_COUNT_BITS = 48
_SLACK = 1_000
"""Texts that may have come later than others with later ids."""

search_texts = Table(
    "search_texts",
    metadata,
    Column("n", ROW_NUMBER, primary_key=True, autoincrement=False),
    # The message or call.
    Column("ref", Text, nullable=False),
    Column("person", Text, nullable=False),
    # Its words, each once, as `words_of` gives them.
    Column("words", Text, nullable=False),
    UniqueConstraint("ref", name="search_texts_ref_key"),
)
Index("search_texts_person", search_texts.c.person)

# An index of SQLite's own kind that triggers keep, and one of Postgres' own kind.
beside(
    "sqlite",
    "CREATE VIRTUAL TABLE search_words USING fts5(words, content='search_texts', content_rowid='n', "
    "tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER search_texts_added AFTER INSERT ON search_texts BEGIN "
    "INSERT INTO search_words (rowid, words) VALUES (new.n, new.words); END",
    "CREATE TRIGGER search_texts_removed AFTER DELETE ON search_texts BEGIN "
    "INSERT INTO search_words (search_words, rowid, words) VALUES ('delete', old.n, old.words); END",
)
beside("postgresql", "CREATE INDEX search_words ON search_texts USING gin (to_tsvector('simple', words))")

_LAST = text("SELECT max(n) AS n FROM search_texts WHERE n >= :first AND n < :end").bindparams(
    bindparam("first", type_=ROW_NUMBER), bindparam("end", type_=ROW_NUMBER)
)
_ADD = text(
    "INSERT INTO search_texts (n, ref, person, words) VALUES (:n, :ref, :person, :words) ON CONFLICT DO NOTHING"
).bindparams(bindparam("n", type_=ROW_NUMBER))
_FORGET = text("DELETE FROM search_texts WHERE ref = :ref")
_FORGET_OF = text("DELETE FROM search_texts WHERE person = :person")
_NEWEST = text(
    "SELECT ref, person, words FROM search_texts WHERE ref >= :low AND ref < :high ORDER BY ref DESC LIMIT :count"
)
_BOUND = text(
    "SELECT ref, n FROM search_texts WHERE ref >= :low AND ref < :high ORDER BY ref DESC LIMIT 1 OFFSET :offset"
)
_FIND = text(
    """SELECT t.ref, t.person, t.words FROM search_words JOIN search_texts t ON t.n = search_words.rowid
    WHERE search_words MATCH :words AND search_words.rowid >= :first AND search_words.rowid <= :last
        AND t.ref >= :low AND t.ref < :high
    ORDER BY search_words.rowid DESC LIMIT :count"""
)
# A plan made for any word does not know how rare this one is.
_PLAN_EACH = text("SET LOCAL plan_cache_mode = force_custom_plan")
Found = tuple[str, str]
"""The id of what was found, and the number of whom it was said with."""


def words_of(written: str) -> list[str]:
    """The words of a text as they are looked for: small, without accents, each once."""
    plain = written
    if not written.isascii():
        plain = "".join(one for one in unicodedata.normalize("NFKD", written) if not unicodedata.combining(one))
    return [*dict.fromkeys(word[:_LONGEST] for word in _WORD.findall(plain.casefold()))]


def add(tx: Transaction, kind: str, texts: Iterable[Mapping[str, str]]) -> None:
    """Have messages of one kind be found by their words; nobody else adds any until the transaction ends."""
    first = first_number(kind)
    last = tx.one(_LAST, {"first": first, "end": first + (1 << _COUNT_BITS)})
    n = first - 1 if last is None or last["n"] is None else int(last["n"])
    rows = []
    for one in texts:
        words = words_of(one["text"])
        if words:
            n += 1
            rows.append({"n": n, "ref": one["ref"], "person": one["person"], "words": " ".join(words)})
    tx.many(_ADD, rows)


def forget(tx: Transaction, refs: Sequence[str]) -> None:
    """Have these messages not be found by their words any more."""
    tx.many(_FORGET, [{"ref": ref} for ref in refs])


def forget_of(tx: Transaction, person: str) -> int:
    """Have nothing that was said with somebody be found; returns how many texts there were."""
    return tx.run(_FORGET_OF, {"person": person})


def find(tx: Transaction, searched: str, *, kind: str | None, before: str | None, count: int) -> list[Found]:
    """The newest messages and calls that hold words beginning so; of one kind, older than the id *before*, or all."""
    words = words_of(searched)[:MOST_WORDS]
    if not words:
        return []
    if tx.dialect == "postgresql":
        tx.run(_PLAN_EACH)
    found: list[Found] = []
    rests: list[_Rest] = []
    for each in [kind] if kind else KINDS:
        # What is older than enough of another kind is not wanted.
        since = _moment(found[count - 1]) if len(found) >= count else ""
        low, high = f"{each}_{since}", before or f"{each}_{AFTER_EVERY_ID}"
        newest, rest = _look_at_newest(tx, words, low, high, each, count)
        found += newest
        if rest is not None and tx.dialect == "sqlite":
            found += _older(tx, words, rest, count - len(newest))
        elif rest is not None:
            rests.append(rest)
        found.sort(key=_moment, reverse=True)
    if rests:
        # Its index gives what all kinds have at once.
        found += _older_of_all(tx, words, rests, count)
        found.sort(key=_moment, reverse=True)
    return found[:count]


def _moment(found: Found) -> str:
    """Behind the kind an id says when it was made."""
    return found[0].partition("_")[2]


@dataclass(frozen=True, slots=True)
class _Rest:
    """What is left to the index of words: ids from *low* to *high*, with the numbers that such texts have at most."""

    low: str
    high: str
    first: int
    last: int
    seldom: Sequence[str]
    """Those of the words that are not common."""


def _look_at_newest(
    tx: Transaction, words: Sequence[str], low: str, high: str, kind: str, count: int
) -> tuple[list[Found], _Rest | None]:
    """Those among the newest, and what was not looked through, where they are not enough."""
    at_first = max(1, LOOKED_THROUGH // SAMPLE)
    sample = tx.tuples(_NEWEST, {"low": low, "high": high, "count": at_first})
    found = _holding(words, sample, count)
    if len(found) == count or len(sample) < at_first:
        return found, None
    high = sample[-1][0]
    bound = tx.tuples(_BOUND, {"low": low, "high": high, "offset": LOOKED_THROUGH - 1})
    looked_through = {"low": bound[0][0] if bound else low, "high": high, "count": count - len(found)}
    spaced = {f"word_{place}": f" {word}" for place, word in enumerate(words)}
    found += [(row[0], row[1]) for row in tx.tuples(_look_through(tx.dialect, len(words)), looked_through | spaced)]
    if len(found) == count or not bound:
        return found, None
    seldom = [word for word in words if sum(f" {word}" in f" {one[2]}" for one in sample) < at_first * COMMON]
    return found, _Rest(low, bound[0][0], first_number(kind), bound[0][1] + _SLACK, seldom)


@lru_cache(maxsize=2 * MOST_WORDS)
def _look_through(dialect: str, count: int) -> TextClause:
    """Those of a range that hold so many words."""
    place_of = "instr" if dialect == "sqlite" else "strpos"
    holding = " AND ".join(f"{place_of}(' ' || words, :word_{place}) > 0" for place in range(count))
    return text(
        f"SELECT ref, person FROM search_texts WHERE ref >= :low AND ref < :high AND {holding} "  # noqa: S608 - ours
        "ORDER BY ref DESC LIMIT :count"
    )


def _holding(words: Sequence[str], rows: Iterable[tuple[Any, ...]], count: int) -> list[Found]:
    """The first of the rows that hold all the words."""
    first, *others = [f" {word}" for word in words]
    found: list[Found] = []
    for row in rows:
        spaced = f" {row[2]}"
        if first in spaced and all(one in spaced for one in others):
            found.append((row[0], row[1]))
            if len(found) == count:
                break
    return found


def _older(tx: Transaction, words: Sequence[str], rest: _Rest, count: int) -> list[Found]:
    """Those of the rest, on SQLite, whose index gives the newest first."""
    if rest.seldom and len(rest.seldom) < len(words):
        # The index takes its time for words that are common, and the others may be enough to find it by.
        rows = _by_index(tx, rest.seldom, rest, count * MORE)
        found = _holding(words, rows, count)
        if len(found) == count or len(rows) < count * MORE:
            return found
    return [(row[0], row[1]) for row in _by_index(tx, words, rest, count)]


def _by_index(tx: Transaction, words: Sequence[str], rest: _Rest, count: int) -> list[tuple[Any, ...]]:
    asked = {"words": " ".join(f'"{word}"*' for word in words), "count": count}
    asked |= {"first": rest.first, "last": rest.last, "low": rest.low, "high": rest.high}
    return tx.tuples(_FIND, asked)


def _older_of_all(tx: Transaction, words: Sequence[str], rests: Sequence[_Rest], count: int) -> list[Found]:
    """Those of the rest of several kinds, on Postgres."""
    asked: dict[str, Any] = {"words": " & ".join(f"{word}:*" for word in words), "count": count}
    for place, rest in enumerate(rests):
        asked |= {f"low_{place}": rest.low, f"high_{place}": rest.high}
    return [(row[0], row[1]) for row in tx.tuples(_of_kinds(len(rests)), asked)]


@lru_cache(maxsize=len(KINDS))
def _of_kinds(count: int) -> TextClause:
    """The newest of so many ranges of ids.

    Sorted outside, or else the planner would rather go through the whole table in the order that is asked for; and of
    many that are found only the ids, of which but the newest stay in memory.
    """
    ranges = " OR ".join(f"(ref >= :low_{place} AND ref < :high_{place})" for place in range(count))
    moment = "ref" if count == 1 else "split_part(ref, '_', 2)"
    return text(
        f"""SELECT t.ref, t.person FROM (
            SELECT ref FROM (
                SELECT ref FROM search_texts
                WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :words) AND ({ranges})
                OFFSET 0
            ) AS found ORDER BY {moment} DESC LIMIT :count
        ) AS newest JOIN search_texts AS t ON t.ref = newest.ref"""  # noqa: S608 - ours
        + (" ORDER BY t.ref DESC" if count == 1 else "")
    )


def first_number(kind: str) -> int:
    """The number of the first text of a kind; those of the next kind are far above."""
    return (KINDS.index(kind) + 1) << _COUNT_BITS
