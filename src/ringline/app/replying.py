"""One conversation: what is known of the person, what was said, how they can be written to, and writing to them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

from ringline.clock import utc
from ringline.compliance.gate import Refusal, check
from ringline.compliance.suppression import suppressions_of
from ringline.compliance.windows import WINDOW_SECONDS, windows_of
from ringline.contacts.reading import opt_out_of
from ringline.errors import RequestError
from ringline.messaging.rows import what_to_do

if TYPE_CHECKING:
    from ringline.app.system import Ringline
    from ringline.contacts.contact import OptOut, Person
    from ringline.conversations.conversation import Conversation
    from ringline.database import Transaction
    from ringline.messaging.message import Channel, Message
    from ringline.outbox import Beside
    from ringline.voice.call import CallRow
    from ringline.voice.sessions.session import Session

PURPOSE = "transactional"
"""Somebody answers somebody: no caps for marketing hold it back."""
_RECENT = 20
"""Messages that are looked at for the senders a person knows."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What other rooms know of people and of what was last: by number, and by id (status and stage)."""

    people: Mapping[str, Person]
    opt_outs: Mapping[str, Sequence[OptOut]]
    standing: Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened. *mark* is where a list goes on after it: what the ids have behind their prefix."""

    mark: str
    at: datetime
    message: Message | None = None
    call: CallRow | None = None
    session: Session | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """A sender that can write to one of somebody's numbers, or why it may not."""

    channel: Channel
    to: str
    sender: str
    account_id: str
    credential: str | None
    refusal: Refusal | None = None
    fix: str | None = None
    window_until: datetime | None = field(default=None)


async def knowledge_of(ringline: Ringline, found: Sequence[Conversation], *, also: Collection[str] = ()) -> Knowledge:
    """What is known of these conversations' people and *also* of these numbers, in few queries for all."""
    numbers = {*also, *(number for one in found for number in (one.person, *one.numbers))}
    people = await ringline.contacts.owners(numbers)

    def work(tx: Transaction) -> dict[str, list[OptOut]]:
        return {
            number: [opt_out_of(one) for one in several] for number, several in suppressions_of(tx, numbers).items()
        }

    opt_outs = await ringline.database.read(work)
    ids = [one.last_id for one in found if one.last_kind == "message"]
    rows = await ringline.outbox.list({"ids": ids}, limit=len(ids)) if ids else []
    standing = {row.id: (row.status, str(row.stage)) for row in rows}
    calls = [one.last_id for one in found if one.last_kind == "call"]
    if calls:
        standing |= {call.id: (call.status, call.stage) for call in await ringline.calls.list(ids=calls, people=[])}
    return Knowledge(people, opt_outs, standing)


async def reachable_of(ringline: Ringline, found: Conversation) -> Mapping[str, Sequence[str]]:
    """Every number of the one talked with, and the channels that the contact says it has; the one used last first."""
    channels: dict[str, list[str]] = {number: [] for number in found.numbers}
    if found.whose != found.person:
        for one in (await ringline.contacts.get(found.whose)).addresses:
            channels.setdefault(one.address, []).append(one.channel)
    return channels


async def thread_of(ringline: Ringline, numbers: Collection[str], *, limit: int, before: str | None) -> list[Entry]:
    """What was said at these numbers, the newest first; *before* is the mark to go on from."""
    entries = [one for number in numbers for one in await _said_at(ringline, number, limit=limit, before=before)]
    return sorted(entries, key=lambda one: one.mark, reverse=True)[:limit]


async def _said_at(ringline: Ringline, person: str, *, limit: int, before: str | None) -> list[Entry]:
    def start(prefix: str) -> str | None:
        return None if before is None else f"{prefix}_{before}"

    sent = await ringline.messages.list(to=person, limit=limit, before=start("msg"))
    received = await ringline.inbound.list(from_=person, limit=limit, before=start("inb"))
    calls = await ringline.calls.with_person(person, limit=limit, before=start("call"))
    sessions = await ringline.sessions.with_person(person, limit=limit, before=start("ses"))
    entries = [Entry(_mark(one.id), one.created_at or _moment(0), message=one) for one in (*sent, *received)]
    on_calls = {leg.ref: one for one in sessions for leg in one.legs if leg.channel == "voice"}
    for call in calls:
        session = on_calls.get(call.id)
        if session is None and call.ref is not None:
            session = await ringline.sessions.get(call.ref)
        entries.append(Entry(_mark(call.id), call.created_at, call=call, session=session))
    by_text = [one for one in sessions if all(leg.channel != "voice" for leg in one.legs)]
    return entries + [Entry(_mark(one.id), one.created_at, session=one) for one in by_text]


async def ways_to_reply(ringline: Ringline, reachable: Mapping[str, Sequence[str]]) -> list[Way]:
    """Our senders that can write to each of these numbers, and of each whether it may now, and why not.

    The way by which they wrote last comes first, then the others as they were used last. *reachable* is what
    `reachable_of` gives.
    """
    credentials = list(await ringline.credentials.list())
    by_account: dict[str, Any] = {}
    for one in credentials:
        by_account.setdefault(one.account_sid, one)
    recent = [message for number in reachable for message in await _recent(ringline, number)]
    recent.sort(key=lambda one: _mark(one.id), reverse=True)
    last_from_them = next((one for one in recent if one.direction == "inbound"), None)
    wanted: dict[tuple[Channel, str, str, str], None] = {}
    for message in [last_from_them, *recent] if last_from_them is not None else recent:
        theirs, ours = message.to, message.from_
        if message.direction == "inbound":
            theirs, ours = ours or "", theirs
        if ours is not None and ours.startswith("+") and message.account_sid in by_account:
            wanted[message.channel, theirs, ours, message.account_sid] = None
    for number, channels in reachable.items():
        for one in credentials:
            if one.default_from is not None and (not channels or "sms" in channels):
                wanted["sms", number, one.default_from, one.account_sid] = None
    now = ringline.clock.time()

    def work(tx: Transaction) -> list[Way]:
        windows = windows_of(tx, reachable)
        ways = []
        for channel, theirs, ours, account in wanted:
            refusal = check(
                tx,
                account_id=account,
                channel=channel,
                to=theirs,
                sender=ours,
                service=None,
                purpose=PURPOSE,
                kind="free_text",
                now=now,
            )
            last = [
                row["last_inbound_at"]
                for row in windows.get(theirs, ())
                if (row["account_id"], row["sender"]) == (account, ours)
            ]
            until = utc(last[0] + WINDOW_SECONDS) if channel == "whatsapp" and last else None
            fix = what_to_do(refusal.reason) if refusal is not None else None
            ways.append(Way(channel, theirs, ours, account, by_account[account].name, refusal, fix, until))
        return ways

    return await ringline.database.read(work)


async def cost_of(ringline: Ringline, numbers: Collection[str]) -> list[dict[str, Any]]:
    """What Twilio charged for messages and calls to these numbers, by currency."""
    costs: dict[str, tuple[int, float]] = {}
    for number in numbers:
        for unit, (count, amount) in (await ringline.outbox.cost_of(number)).items():
            counted, charged = costs.get(unit, (0, 0.0))
            costs[unit] = counted + count, charged + amount
    return [
        {"unit": unit, "amount": f"{-amount:.4f}", "count": count} for unit, (count, amount) in sorted(costs.items())
    ]


async def keywords_of(ringline: Ringline, numbers: Collection[str]) -> list[Message]:
    """The messages by which somebody opted out or in from these numbers, the newest first."""
    found = [one for number in numbers for one in await ringline.inbound.keywords_from(number)]
    return sorted(found, key=lambda one: _mark(one.id), reverse=True)


async def send_reply(
    ringline: Ringline,
    found: Conversation,
    *,
    text: str | None,
    media: tuple[str, ...],
    to: str | None,
    channel: Channel | None,
    sender: str | None,
    key: str | None,
    content_sid: str | None = None,
    content_variables: Mapping[str, str] | None = None,
    beside: Beside | None = None,
) -> Message:
    """Write to them by the way asked for, else by the usual one: a text, or a content template.

    Raises `RequestError` where there is no way.
    """
    reachable = await reachable_of(ringline, found)
    if to is not None and to not in reachable:
        raise RequestError(
            f"{to} is not a number of theirs",
            field="to",
            fix=f"write to one of {', '.join(reachable)}, or leave it out",
        )
    ways = await ways_to_reply(ringline, reachable)
    fitting = [
        one for one in ways if to in (None, one.to) and channel in (None, one.channel) and sender in (None, one.sender)
    ]
    way = next(iter(fitting), None)
    if way is None and (sender is None or not ways):
        raise RequestError(
            "there is no number of ours to write from",
            field="from",
            fix="name one, or give a credential a default sender",
        )
    message = await ringline.messages.send(
        to=to or (way or ways[0]).to,
        from_=sender or cast("Way", way).sender,
        body=text,
        media=media,
        channel=channel or (way.channel if way is not None else "sms"),
        credential=(way or ways[0]).credential,
        content_sid=content_sid,
        content_variables=content_variables,
        purpose=PURPOSE,
        key=key,
        beside=beside,
    )
    if found.unread:
        await ringline.conversations.mark_read(found.id)
    return message


async def _recent(ringline: Ringline, person: str) -> list[Message]:
    sent = await ringline.messages.list(to=person, limit=_RECENT)
    received = await ringline.inbound.list(from_=person, limit=_RECENT)
    return sorted([*sent, *received], key=lambda one: _mark(one.id), reverse=True)


def _mark(id: str) -> str:
    return id.partition("_")[2]


def _moment(seconds: float) -> datetime:
    moment = utc(seconds)
    assert moment is not None
    return moment
