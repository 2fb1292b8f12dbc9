"""A conversation as others see it, and what is told of what happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ringline.clock import utc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ringline.database import Row, Transaction

MAX_WORDS = 200
"""Characters of the last message that the list shows."""


class News(NamedTuple):
    """One message or call. *person* is their number, empty for what was erased; by *text* it may be found later."""

    id: str
    kind: str
    person: str
    ours: str | None
    account_id: str
    channel: str
    words: str
    at: float
    text: str | None = None


class Source(Protocol):
    """Gives the messages or calls whose ids follow *after*, in the order of their ids, at most *count*."""

    def __call__(self, tx: Transaction, after: str, count: int) -> list[News]: ...


@dataclass(frozen=True, slots=True)
class AtNumber:
    """What was said with somebody at one of their numbers."""

    number: str
    ours: str | None
    last_at: datetime
    last_channel: str
    unread: int
    wrote_at: datetime | None


@dataclass(frozen=True, slots=True)
class Conversation:
    """All that was said with one person, at whichever number and on whichever channel.

    *person* is the number used last, *whose* the contact's id, or the number where nobody is known to have it.
    *last_kind* is message, inbound or call.
    """

    id: str
    whose: str
    person: str
    ours: str | None
    account_id: str
    last_at: datetime
    last_kind: str
    last_id: str
    last_channel: str
    last_words: str
    unread: int
    wrote_at: datetime | None
    cursor: str
    """Where a list goes on after it."""
    at: tuple[AtNumber, ...]
    """By number, the one used last first."""

    @property
    def numbers(self) -> list[str]:
        """Their numbers that were talked with, the one used last first."""
        return [one.number for one in self.at]


def conversation_of(row: Row, addresses: Iterable[Row]) -> Conversation:
    """A conversation from its record and those of its addresses."""
    return Conversation(
        id=row["id"],
        whose=row["whose"],
        person=row["person"],
        ours=row["ours"],
        account_id=row["account_id"],
        last_at=utc(row["last_at"]),
        last_kind=row["last_kind"],
        last_id=row["last_id"],
        last_channel=row["last_channel"],
        last_words=row["last_words"],
        unread=row["unread"],
        wrote_at=utc(row["wrote_at"]),
        cursor=f"{row['last_at']!r}/{row['id']}",
        at=tuple(
            AtNumber(
                one["address"],
                one["ours"],
                utc(one["last_at"]),
                one["last_channel"],
                one["unread"],
                utc(one["wrote_at"]),
            )
            for one in addresses
        ),
    )
