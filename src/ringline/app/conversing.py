"""What was said with whom, gathered from the rooms that say it, and searches over all of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.conversations.conversation import News, Source
from ringline.conversations.conversations import Conversations, looks_like_number

if TYPE_CHECKING:
    from ringline.app.system import Ringline
    from ringline.database import Transaction
    from ringline.messaging.inbound import InboundRow
    from ringline.outbox import OutboxRow
    from ringline.voice.call import CallRow

MOST_RUNS = 500
"""The newest runs of a workflow whose messages a list shows."""
MOST_SAID = 100
"""Messages or calls that a search by words brings at once."""
_PREFIXES = ("msg_", "inb_", "call_", "run_", "con_", "cnv_", "ses_")


def assemble_conversations(parts: Ringline) -> Conversations:
    """Conversations over the messages and calls of *parts*."""
    sources: dict[str, Source] = {
        "msg": lambda tx, after, count: [_of_message(row) for row in parts.outbox.after_in(tx, after, count)],
        "inb": lambda tx, after, count: [news_of_inbound(row) for row in parts.inbound.after_in(tx, after, count)],
        "call": lambda tx, after, count: [_of_call(row) for row in parts.calls.after_in(tx, after, count)],
    }
    return Conversations(
        parts.database, parts.clock, lambda tx, numbers: parts.contacts.owner_ids_in(tx, numbers), sources
    )


def news_of_inbound(row: InboundRow) -> News:
    """A received message as the conversations take it."""
    words = row.body or ("Picture or file" if row.media else "")
    # Of what was erased nothing is told, not even with whom it was.
    person = row.from_ if row.form else ""
    return News(
        row.id, "inbound", person, row.to, row.account_sid, row.channel, words, row.received_at, row.body or None
    )


def _of_message(row: OutboxRow) -> News:
    words = row.body or (f"Template {row.content_sid}" if row.content_sid else "Picture or file" if row.media else "")
    person = row.to if row.redacted_at is None else ""
    return News(
        row.id, "message", person, row.sender, row.account_id, row.channel, words, row.created_at, row.body or None
    )


def _of_call(call: CallRow) -> News:
    is_ours = call.direction == "outbound"
    person, ours = (call.to, call.from_) if is_ours else (call.from_, call.to)
    said = call.announcement.message if call.announcement is not None else None
    words = said or ("We called" if is_ours else "They called")
    return News(
        call.id, "call", person, ours, call.account_id, "voice", words, call.created_at.timestamp(), said or None
    )


def forget_person(parts: Ringline, tx: Transaction, numbers: Sequence[str]) -> dict[str, int]:
    """Erase what conversations hold of somebody."""
    return {"inbox": parts.conversations.erase_in(tx, numbers)}


@dataclass(frozen=True, slots=True)
class Found:
    """What a search means: messages and calls by id, and everything of these people."""

    ids: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    down_to: str | None = None
    """The last of the ids, where older ones may have the words as well."""


async def find(parts: Ringline, text: str, *, kind: str | None = None, before: str | None = None) -> Found:
    """What *text* means: an id, a part of a number (its beginning or last digits), a name, or words that were said.

    *kind* is how the ids begin of what is sought by words, all where left out; *before* the id to go on from.
    """
    text = text.strip()
    if text.startswith(_PREFIXES):
        return Found(ids=(text,))
    if looks_like_number(text):
        people = await parts.conversations.by_number(text)
        return Found(people=tuple(people))
    said = await parts.conversations.by_words(text, kind=kind, before=before, count=MOST_SAID)
    named = await parts.contacts.list(search=text, limit=20)
    numbers = [one.address for contact in named for one in contact.addresses]
    ids = tuple(ref for ref, _ in said)
    return Found(ids, tuple(dict.fromkeys(numbers)), ids[-1] if len(ids) == MOST_SAID else None)


async def find_people(parts: Ringline, text: str) -> Sequence[str]:
    """Numbers of the people whom *text* means, or with whom these words were exchanged."""
    text = text.strip()
    if text.startswith("con_"):
        contact = await parts.contacts.get(text)
        return [one.address for one in contact.addresses]
    if looks_like_number(text):
        return await parts.conversations.by_number(text)
    named = await parts.contacts.list(search=text, limit=50)
    said = await parts.conversations.by_words(text)
    return [
        *dict.fromkeys(
            [*(one.address for contact in named for one in contact.addresses), *(person for _, person in said)]
        )
    ]


async def runs_of(parts: Ringline, workflow: str) -> list[str]:
    """The newest runs of a workflow."""
    return await parts.runs.listing.newest_ids(workflow, MOST_RUNS)
