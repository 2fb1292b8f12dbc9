"""`ringline.conversations`: who was talked with, the newest first, and who said certain words."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Literal

from ringline.conversations import store, words
from ringline.conversations.conversation import Conversation, News, conversation_of
from ringline.conversations.gathering import TOPIC, Gathering
from ringline.conversations.people import Owners, People
from ringline.errors import NotFoundError, RequestError
from ringline.ids import AFTER_EVERY_ID
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.conversations.conversation import Source
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch.ticker import Ticker

Which = Literal["all", "unread", "wrote"]
MOST_PEOPLE = 100
"""People that a search by number or word brings at most."""
_NUMBER = re.compile(r"[+0-9()\-./\s]+")
_FIRST = (9e15, AFTER_EVERY_ID)
_LAST_DIGITS = 4
_MOST_UNREAD = 1_000


class Conversations:
    """A row per person. What people write is counted where it is received; all else is gathered by a sweep.

    *owners* says whose a number is; who knows better later tells `note_numbers_in`.
    """

    def __init__(self, database: Database, clock: Clock, owners: Owners, sources: dict[str, Source]) -> None:
        self._database = database
        self._clock = clock
        self._people = People(owners)
        self._gathering = Gathering(database, clock, self._people, sources)

    @property
    def ticker(self) -> Ticker:
        """What gathers."""
        return self._gathering.ticker

    def note_changes(self, tx: Transaction, changes: Sequence[object]) -> None:
        """Something was sent or placed: look for it soon."""
        self._gathering.soon(tx)

    def note_received_in(self, tx: Transaction, news: News) -> None:
        """Somebody wrote, in the transaction that stores it; it counts as unread."""
        found = self._people.happened(tx, [news], now=self._clock.time())
        self._people.wrote(tx, news.person, news.at)
        touch(tx, TOPIC, *found)
        self._gathering.soon(tx)

    def note_numbers_in(self, tx: Transaction, numbers: Collection[str]) -> None:
        """These numbers came to a contact or left one, or the contact has another name: join, part, and show it."""
        touch(tx, TOPIC, *self._people.numbers_changed(tx, numbers))

    async def list(
        self,
        *,
        limit: int = 50,
        cursor: str | None = None,
        which: Which = "all",
        people: Collection[str] | None = None,
    ) -> list[Conversation]:
        """Conversations, the newest first; of *people* (by any of their numbers) alone if given."""
        before = _position(cursor)

        def work(tx: Transaction) -> list[Conversation]:
            if people is not None:
                return _conversations(tx, store.of_people(tx, people, before=before, count=limit))
            return _conversations(tx, store.page(tx, which=which, before=before, count=limit))

        return await self._database.read(work)

    async def get(self, key: str) -> Conversation:
        """One conversation, by its id, one of the person's numbers, or the contact's id. Raises `NotFoundError`."""
        found = await self._database.read(lambda tx: self._find(tx, key))
        if found is None:
            # What was sent a moment ago may not be gathered yet.
            await self._gathering.sweep(at_once=True)
            found = await self._database.read(lambda tx: self._find(tx, key))
        if found is None:
            raise NotFoundError(
                f"there is no conversation with {key!r}", fix="see who was talked with: GET /api/v1/conversations"
            )
        return found

    def _find(self, tx: Transaction, key: str) -> Conversation | None:
        person = self._people.find(tx, key)
        row = None if person is None else store.get(tx, person)
        return None if row is None else _conversations(tx, [row])[0]

    async def mark_read(self, key: str) -> Conversation:
        """Nothing in it is unread any more. Raises `NotFoundError`."""
        found = await self.get(key)
        if found.unread:

            def work(tx: Transaction) -> None:
                store.keep_owners(tx)
                person = self._people.find(tx, key)
                if person is not None and store.read(tx, person):
                    touch(tx, TOPIC, *store.ids_of(tx, [person]))

            await self._database.write(work)
        return await self.get(key)

    async def count_unread(self) -> int:
        """How many have something that nobody has read, up to a thousand."""
        return await self._database.read(lambda tx: store.count_unread(tx, _MOST_UNREAD))

    async def by_number(self, text: str) -> Sequence[str]:
        """Numbers that begin with, or end in, what looks like a part of one; of people who were talked with."""
        digits = "".join(one for one in text if one.isdigit())
        prefix: str | None = f"+{digits}"
        suffix = None if text.lstrip().startswith("+") else digits
        if suffix is not None and digits.startswith("00"):
            # As many as stand at the end of a number are the last ones of some; more begin one, as + does.
            prefix = f"+{digits[2:]}" if len(digits) > _LAST_DIGITS else None
        return await self._database.read(
            lambda tx: store.by_number(tx, prefix=prefix, suffix=suffix, count=MOST_PEOPLE)
        )

    async def by_words(
        self, text: str, *, kind: str | None = None, before: str | None = None, count: int = MOST_PEOPLE
    ) -> Sequence[tuple[str, str]]:
        """Ids and people of the newest messages that hold words beginning so; *kind* is how the ids begin."""
        return await self._database.read(lambda tx: words.find(tx, text, kind=kind, before=before, count=count))

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Forget what was said with these people; returns how many rows."""
        return self._people.forget(tx, numbers, now=self._clock.time())

    def forget_texts_in(self, tx: Transaction, ids: Sequence[str]) -> None:
        """Messages lost their text: nobody finds them by it any more."""
        words.forget(tx, ids)


def _conversations(tx: Transaction, rows: Sequence[Row]) -> list[Conversation]:
    by_person: dict[str, list[Row]] = {}
    for one in store.addresses_of(tx, [row["whose"] for row in rows]):
        by_person.setdefault(one["whose"], []).append(one)
    return [conversation_of(row, by_person.get(row["whose"], ())) for row in rows]


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
