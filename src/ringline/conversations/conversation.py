"""A conversation as others see it, and what is told of what happened in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple, Protocol

from ringline.clock import utc

if TYPE_CHECKING:
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
class Conversation:
    """All that was said with one person, on whichever channel. *last_kind* is message, inbound or call."""

    id: str
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


def conversation_of(row: Row) -> Conversation:
    """A conversation from its record."""
    last_at = utc(row["last_at"])
    assert last_at is not None
    return Conversation(
        id=row["id"],
        person=row["person"],
        ours=row["ours"],
        account_id=row["account_id"],
        last_at=last_at,
        last_kind=row["last_kind"],
        last_id=row["last_id"],
        last_channel=row["last_channel"],
        last_words=row["last_words"],
        unread=row["unread"],
        wrote_at=utc(row["wrote_at"]),
        cursor=f"{row['last_at']!r}/{row['id']}",
    )
