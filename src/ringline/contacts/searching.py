"""What somebody means who searches for a person: what names begin with, and the beginning or end of a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.contacts import store
from ringline.database.json_lists import as_list
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from sqlalchemy import TextClause

    from ringline.database import Row, Transaction

MOST_FOUND = 1_000
"""People that a search brings at most; whoever looks for one writes more of the name."""
MOST_SCANNED = 10_000
"""Names or numbers that are looked at, where more than that begin with the rarest thing searched for."""
MOST_WORDS = 5
_LAST = "\U0010ffff"
_LAST_DIGITS = 4
_WORD = re.compile(r"\w+", re.UNICODE)
_NUMBER = re.compile(r"[+0-9()\-./\s]+")


def words_of(name: str | None) -> list[str]:
    """The words of a name as they are looked for: small, and without accents."""
    plain = unicodedata.normalize("NFKD", name or "")
    plain = "".join(one for one in plain if not unicodedata.combining(one)).casefold()
    return [*dict.fromkeys(word[:100] for word in _WORD.findall(plain))]


def find_people_in(tx: Transaction, searched: str, *, list_id: str | None, before: str, count: int) -> list[Row]:
    """Those whose name has words that begin so, or whose number begins or ends so; the newest first."""
    words = _by_rarity(tx, words_of(searched)[:MOST_WORDS])
    numbers = parts_of_number(searched)
    if not words and not numbers:
        return []
    parameters: dict[str, Any] = {"before": before, "count": count, "most": MOST_FOUND, "scanned": MOST_SCANNED}
    for n, word in enumerate(words):
        parameters |= {f"word_{n}": word, f"word_{n}_end": word + _LAST}
    for column, part in numbers.items():
        parameters |= {column: part, f"{column}_end": f"{part}~"}
    if list_id is not None:
        parameters["list_id"] = list_id
        if _count(tx, store.COUNT_MEMBERS, list_id=list_id) < MOST_SCANNED:
            return tx.all(store.found_on_list(len(words), tuple(numbers)), parameters)
    return tx.all(store.found(len(words), tuple(numbers), on_list=list_id is not None), parameters)


def numbers_found_in(tx: Transaction, searched: str) -> list[str]:
    """The numbers of those people, as many as a search brings."""
    people = find_people_in(tx, searched, list_id=None, before=AFTER_EVERY_ID, count=MOST_FOUND)
    return [row["address"] for row in tx.all(store.ADDRESSES_OF, {"ids": as_list(row["id"] for row in people)})]


def write_words(tx: Transaction, names: Iterable[tuple[str, str | None]], *, known: bool) -> None:
    """Have people, by id, be found by these names; *known* ones may have had another before."""
    named = [*names]
    if known:
        tx.many(store.REMOVE_WORDS, [{"id": contact_id} for contact_id, _ in named])
    rows = [{"contact_id": contact_id, "word": word} for contact_id, name in named for word in words_of(name)]
    tx.many(store.ADD_WORD, rows)


def _by_rarity(tx: Transaction, words: Sequence[str]) -> Sequence[str]:
    """The words with the one first that the fewest names have."""
    if len(words) < 2:
        return words
    counts = {word: _count(tx, store.COUNT_WORD, word=word, word_end=word + _LAST) for word in words}
    return sorted(words, key=counts.__getitem__)


def _count(tx: Transaction, statement: TextClause, **parameters: str) -> int:
    row = tx.one(statement, {**parameters, "scanned": MOST_SCANNED})
    return 0 if row is None else int(row["count"])


def parts_of_number(searched: str) -> Mapping[str, str]:
    """Parts of numbers by the column that begins with them."""
    written = searched.strip()
    digits = "".join(one for one in written if one.isascii() and one.isdigit())
    if len(digits) < 3 or not _NUMBER.fullmatch(written):
        return {}
    if written.startswith("+"):
        return {"address": f"+{digits}"}
    if digits.startswith("00"):
        # As many as stand at the end of a number are the last ones of some; more begin one, as + does.
        begins = {"address": f"+{digits[2:]}"} if len(digits) > _LAST_DIGITS else {}
        return begins | {"reversed": digits[::-1]}
    return {"address": f"+{digits}", "reversed": digits[::-1]}
