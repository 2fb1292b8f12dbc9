"""`ringline.conversations`: who was talked with, the newest first, and who said certain words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from ringline.conversations import store
from ringline.conversations.conversation import Conversation, News, conversation_of
from ringline.conversations.gathering import TOPIC, Gathering, rows_of
from ringline.database.json_lists import as_list
from ringline.errors import NotFoundError, RequestError
from ringline.ids import AFTER_EVERY_ID
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.conversations.conversation import Source
    from ringline.database import Database, Transaction
    from ringline.dispatch.ticker import Ticker

Which = Literal["all", "unread", "wrote"]
MOST_PEOPLE = 100
"""People that a search by number or word brings at most."""
_WORD = re.compile(r"\w+", re.UNICODE)
_NUMBER = re.compile(r"[+0-9()\-./\s]+")
_FIRST = (9e15, AFTER_EVERY_ID)
_MOST_UNREAD = 1_000


class Conversations:
    """A row per person. What people write is counted where it is received; all else is gathered by a sweep."""

    def __init__(self, database: Database, clock: Clock, sources: dict[str, Source]) -> None:
        self._database = database
        self._clock = clock
        self._gathering = Gathering(database, clock, sources)

    @property
    def ticker(self) -> Ticker:
        """What gathers."""
        return self._gathering.ticker

    def note_changes(self, tx: Transaction, changes: Sequence[object]) -> None:
        """Something was sent or placed: look for it soon."""
        self._gathering.soon(tx)

    def note_received_in(self, tx: Transaction, news: News) -> None:
        """Somebody wrote, in the transaction that stores it; it counts as unread."""
        store.happened(tx, rows_of([news], now=self._clock.time()))
        store.wrote(tx, news.person, news.at)
        touch(tx, TOPIC, *store.ids_of(tx, [news.person]))
        self._gathering.soon(tx)

    async def list(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        which: Which = "all",
        people: Collection[str] | None = None,
    ) -> list[Conversation]:
        """Conversations, the newest first; of *people* (by number) alone if given."""
        before = _position(cursor)

        def work(tx: Transaction) -> list[Conversation]:
            if people is not None:
                rows = store.of_people(tx, as_list(people), before=before, count=limit)
            else:
                rows = store.page(tx, which=which, before=before, count=limit)
            return [conversation_of(row) for row in rows]

        return await self._database.read(work)

    async def get(self, key: str) -> Conversation:
        """One conversation, by id or number. Raises `NotFoundError`."""
        row = await self._database.read(lambda tx: store.get(tx, key))
        if row is None:
            raise NotFoundError(
                f"there is no conversation with {key!r}", fix="see who was talked with: GET /api/v1/conversations"
            )
        return conversation_of(row)

    async def mark_read(self, key: str) -> Conversation:
        """Nothing in it is unread any more. Raises `NotFoundError`."""
        found = await self.get(key)
        if found.unread:

            def work(tx: Transaction) -> None:
                if store.read(tx, found.person):
                    touch(tx, TOPIC, found.id)

            await self._database.write(work)
        return await self.get(found.person)

    async def count_unread(self) -> int:
        """How many have something that nobody has read, up to a thousand."""
        return await self._database.read(lambda tx: store.count_unread(tx, _MOST_UNREAD))

    async def by_number(self, text: str) -> Sequence[str]:
        """Numbers that begin with, or end in, what looks like a part of one; of people who were talked with."""
        digits = "".join(one for one in text if one.isdigit())
        is_whole = text.lstrip().startswith(("+", "00"))
        prefix = f"+{digits.removeprefix('00') if not text.lstrip().startswith('+') else digits}"
        suffix = None if is_whole else digits
        return await self._database.read(
            lambda tx: store.by_number(tx, prefix=prefix, suffix=suffix, count=MOST_PEOPLE)
        )

    async def by_words(
        self, text: str, *, kinds: str = "", before: str | None = None, count: int = MOST_PEOPLE
    ) -> Sequence[tuple[str, str]]:
        """Ids and people of the newest messages that hold words beginning so; *kinds* is how the ids begin."""
        words = _WORD.findall(text)
        if not words:
            return []
        low, high = kinds, before or kinds + AFTER_EVERY_ID

        def work(tx: Transaction) -> Sequence[tuple[str, str]]:
            asked = (
                " ".join(f'"{word}"*' for word in words)
                if tx.dialect == "sqlite"
                else " & ".join(f"{word}:*" for word in words)
            )
            return [(row["ref"], row["person"]) for row in store.find(tx, asked, low=low, high=high, count=count)]

        return await self._database.read(work)

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Forget what was said with these people; returns how many rows."""
        return sum(store.forget(tx, number) for number in numbers)

    def forget_texts_in(self, tx: Transaction, ids: Sequence[str]) -> None:
        """Messages lost their text: nobody finds them by it any more."""
        store.forget_texts(tx, ids)


def looks_like_number(text: str) -> bool:
    """Whether somebody who searches for this means a part of a number."""
    return bool(_NUMBER.fullmatch(text.strip())) and sum(one.isdigit() for one in text) >= 3


def _position(cursor: str | None) -> tuple[float, str]:
    if cursor is None:
        return _FIRST
    at, _, key = cursor.partition("/")
    try:
        return float(at), key
    except ValueError:
        raise RequestError("`cursor` is none of ours", field="cursor", fix="give `next` of the page before") from None
