"""Who has opted out: what compliance holds, with whose numbers they are and where it was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ringline.compliance.listing import Numbers, newest_in
from ringline.contacts.reading import opt_out_of
from ringline.contacts.searching import numbers_found_in, parts_of_number
from ringline.ids import first_id

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.app.system import Ringline
    from ringline.contacts.contact import OptOut, Person


@dataclass(frozen=True, slots=True)
class OptedOut:
    """An opt-out, the contact who has the number if one does, and the id of the conversation with them."""

    opt_out: OptOut
    person: Person | None
    conversation: str | None


async def list_opt_outs(
    parts: Ringline,
    *,
    limit: int,
    before: str | None = None,
    search: str | None = None,
    channel: str | None = None,
    source: str | None = None,
    since: datetime | None = None,
) -> list[OptedOut]:
    """Opt-outs, the newest first; *before* is the id of one.

    *search* is the beginning or the last digits of a number, a contact's id, or how words of a contact's name begin.
    """
    numbers = await _numbers(parts, search.strip()) if search and search.strip() else None
    first = None if since is None else first_id("opt", at=since.timestamp())
    found = await parts.database.read(
        lambda tx: newest_in(
            tx, count=limit, before=before, since=first, channel=channel, source=source, numbers=numbers
        )
    )
    shown = {one.recipient for one in found}
    people = await parts.contacts.owners(shown)
    talks = await parts.conversations.list(limit=len(shown), people=shown) if shown else []
    conversations = {number: talk.id for talk in talks for number in talk.numbers}
    return [OptedOut(opt_out_of(one), people.get(one.recipient), conversations.get(one.recipient)) for one in found]


async def _numbers(parts: Ringline, text: str) -> Numbers:
    part = parts_of_number(text)
    if part:
        ending = part.get("reversed")
        return Numbers(beginning=part.get("address"), ending=None if ending is None else ending[::-1])
    if text.startswith("con_"):
        contacts: Sequence[str] = [one.address for one in (await parts.contacts.get(text)).addresses]
        return Numbers(exact=contacts)
    return Numbers(exact=await parts.database.read(lambda tx: numbers_found_in(tx, text)))
