"""Runs that people start by writing to one of our numbers: which trigger a message belongs to."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import regex

from ringline.triggers import store
from ringline.triggers.published import PublishedTrigger
from ringline.workflow.schedules import as_utc
from ringline.workflow.triggers import InboundMessageTrigger, Match

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.messaging.inbound import InboundRow
    from ringline.triggers.starting import Starter

FindContact = Callable[["Transaction", str, str], Mapping[str, Any] | None]
"""What is known of the person behind a channel and an address."""

# Marks belong to the letter before them, which in some scripts and spellings makes a word.
_WORD = regex.compile(r"[\p{L}\p{N}][\p{L}\p{N}\p{M}]*(?:['’\-][\p{L}\p{N}\p{M}]+)*")
_SIGNS_BEFORE = " \t\r\n.,:;!?-–—\"'”’»)]"


@dataclass(frozen=True, slots=True)
class Heard:
    """Why a message belongs to a trigger: the keyword that was found, as its author wrote it, and what follows it."""

    keyword: str | None
    rest: str


def hear(text: str, words: Iterable[str], way: Match) -> Heard | None:
    """Whether *text* has one of the keywords where *way* says; the longest of several counts.

    Upper and lower case, accents written in one or two characters, and signs around words make no difference.
    """
    if way == "anything":
        return Heard(None, text.strip())
    spoken = _spoken(text)
    found: list[tuple[int, str, int]] = []
    for keyword in words:
        wanted = [word for word, _ in _spoken(keyword)]
        # A keyword of signs alone, such as "👍" or "?", is compared as it stands.
        if not wanted:
            if _folded(keyword) == _folded(text):
                return Heard(keyword, "")
            continue
        end = _end_of(spoken, wanted, way)
        if end is not None:
            found.append((len(wanted), keyword, end))
    if not found:
        return None
    _, keyword, end = max(found, key=lambda one: one[0])
    return Heard(keyword, _rest(text[end:]))


def _end_of(spoken: Sequence[tuple[str, int]], wanted: list[str], way: Match) -> int | None:
    """Where the keyword ends in the text; None if it is not where it must be."""
    said, count = [word for word, _ in spoken], len(wanted)
    if way == "whole":
        starts = [0] if said == wanted else []
    elif way == "first_word":
        starts = [0] if said[:count] == wanted else []
    else:
        starts = [start for start in range(len(said) - count + 1) if said[start : start + count] == wanted]
    return spoken[starts[0] + count - 1][1] if starts else None


@lru_cache(maxsize=2048)
def _spoken(text: str) -> tuple[tuple[str, int], ...]:
    """The words of a text in the form they are compared in, with the place where each ends."""
    # Kept, because one message is compared with every keyword, and one keyword with every message.
    return tuple((_folded(found.group()), found.end()) for found in _WORD.finditer(text))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().replace("’", "'").strip()


def _rest(text: str) -> str:
    return text.lstrip(_SIGNS_BEFORE).strip()


def rank(trigger: InboundMessageTrigger, heard: Heard) -> tuple[int, ...]:
    """How specific a trigger is, the most specific highest: number and keyword, keyword, number, anything."""
    has_keyword, has_number = bool(trigger.words), bool(trigger.to)
    return (
        2 * has_keyword + has_number,
        bool(trigger.from_),
        trigger.channel is not None,
        ("anything", "contains", "first_word", "whole").index(trigger.way),
        len(heard.keyword or ""),
    )


class InboundMessages:
    """Offered every message that no run waits for; takes it where a trigger fits."""

    def __init__(self, starter: Starter, *, find_contact: FindContact | None = None) -> None:
        self._starter = starter
        self._find_contact = find_contact

    def take(self, tx: Transaction, row: InboundRow) -> bool:
        """Start a run of the most specific trigger that fits; of two alike, of the one published first.

        A message whose trigger cannot fill the run's inputs is left for the inbox, and the reason with the trigger.
        """
        fitting = []
        for number, record in enumerate(store.triggers_of_type(tx, "inbound_message")):
            published = PublishedTrigger.of(record)
            trigger = published.trigger
            assert isinstance(trigger, InboundMessageTrigger)
            heard = self._fits(trigger, row)
            if heard is not None:
                fitting.append((rank(trigger, heard), -number, published, heard))
        if not fitting:
            return False
        _, _, published, heard = max(fitting, key=lambda one: one[:2])
        values = self._values(tx, row, heard)
        started = self._starter.start(tx, published, event_id=row.id, values=values, now=row.received_at)
        if started.run_id is None:
            return False
        why = f"the keyword {heard.keyword}" if heard.keyword is not None else "any message"
        return row.take(
            f"trigger/{published.workflow}/{published.key}",
            f"It started the workflow `{published.workflow}`, which waits for {why}.",
            run_id=started.run_id,
        )

    def _fits(self, trigger: InboundMessageTrigger, row: InboundRow) -> Heard | None:
        if trigger.to and row.to not in trigger.to:
            return None
        if trigger.from_ and row.from_ not in trigger.from_:
            return None
        if trigger.channel is not None and trigger.channel != row.channel:
            return None
        return hear(row.body, trigger.words, trigger.way)

    def _values(self, tx: Transaction, row: InboundRow, heard: Heard) -> dict[str, Any]:
        contact = self._find_contact(tx, row.channel, row.from_) if self._find_contact is not None else None
        return {
            "id": row.id,
            "sid": row.sid,
            "body": row.body,
            "from": row.from_,
            "to": row.to,
            "channel": row.channel,
            "media": [dict(medium) for medium in row.media],
            "keyword": heard.keyword,
            "rest": heard.rest,
            "received_at": as_utc(row.received_at),
            "profile_name": row.profile_name,
            "contact": dict(contact) if contact is not None else None,
        }
