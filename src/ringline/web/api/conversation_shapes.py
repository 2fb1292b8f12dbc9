"""What the answers about conversations look like."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from ringline.web.api.calls import CallOut, call_out
from ringline.web.api.inbound import InboundOut, inbound_out
from ringline.web.api.messages import MessageOut, message_out
from ringline.web.api.opt_outs import OptOutOut
from ringline.web.api.paging import Page
from ringline.web.api.sessions import SessionOut, session_out

if TYPE_CHECKING:
    from ringline.app.replying import Entry, Knowledge, Way
    from ringline.conversations.conversation import Conversation


class LastOut(BaseModel):
    """What was last in a conversation."""

    id: str
    kind: Literal["message", "inbound", "call"]
    channel: str
    words: str
    at: datetime
    status: str | None = Field(description="Twilio's word for how a message or call of ours stands.")
    stage: str | None


class AtNumberOut(BaseModel):
    """One of a person's numbers, and what was said there."""

    number: str
    channels: list[str] = Field(description="What the contact has the number for; only with a single conversation.")
    ours: str | None = Field(description="Our number that was used last with this one.")
    last_at: datetime | None = Field(description="When something was said there last; null where nothing was yet.")
    last_channel: str | None
    unread: int
    wrote_at: datetime | None = Field(description="When they wrote from it last.")
    opted_out: bool = Field(description="Whether at least one of our senders must not write to this number.")


class ConversationOut(BaseModel):
    """Everything said with one person: with a contact at all of their numbers, else with one number."""

    id: str
    person: str = Field(description="Their number that was used last.")
    name: str | None
    contact: str | None = Field(description="The contact it is with.")
    numbers: list[AtNumberOut] = Field(description="Their numbers, the one used last first.")
    ours: str | None = Field(description="Our number that was used last.")
    last: LastOut
    unread: int
    opted_out: bool = Field(description="Whether they want nothing from at least one of our senders.")
    wrote_at: datetime | None = Field(description="When they wrote last.")


class ConversationPage(Page[ConversationOut]):
    """Conversations; `unread` is how many of all have something that nobody has read, counted up to 1,000."""

    unread: int


class ThreadEntryOut(BaseModel):
    """One thing that happened: exactly one of the last four is there, the one that `kind` names."""

    kind: Literal["message", "inbound", "call", "interview"]
    at: datetime
    message: MessageOut | None = None
    inbound: InboundOut | None = None
    call: CallOut | None = None
    interview: SessionOut | None = Field(
        default=None, description="An interview; with a call the one that was held on it."
    )


class WayOut(BaseModel):
    """A way to write to them, and why it is closed where it is."""

    channel: Literal["sms", "whatsapp"]
    to: str = Field(description="Their number.")
    from_: str = Field(serialization_alias="from")
    credential: str | None
    allowed: bool
    reason: str | None = Field(description="The rule that refuses it, such as `opted_out`.")
    sentence: str | None
    fix: str | None
    window_until: datetime | None = Field(description="Until when WhatsApp takes free text.")


class ThreadOut(BaseModel):
    """A conversation with its newest entries first; `next` is the cursor of older ones."""

    conversation: ConversationOut
    opt_outs: list[OptOutOut]
    opt_out_history: list[MessageOut] = Field(description="The messages by which they opted out and in again.")
    ways: list[WayOut] = Field(description="How they can be written to; first the way by which they wrote last.")
    costs: list[dict[str, Any]] = Field(
        description="What Twilio charged so far: `{unit, amount, count}` by currency, messages and calls together."
    )
    items: list[ThreadEntryOut]
    next: str | None = None


class ReplyIn(BaseModel):
    """An answer to somebody."""

    model_config = ConfigDict(extra="forbid", strict=True)

    message: str | None = Field(default=None, description="The text.", examples=["Thank you, see you at nine."])
    to: str | None = Field(default=None, description="One of their numbers; the one they wrote from last if left out.")
    channel: Literal["sms", "whatsapp"] | None = Field(default=None, description="The usual one if left out.")
    from_: str | None = Field(default=None, alias="from", description="Our number; the usual one if left out.")
    media: list[str] = Field(default=[], max_length=10, description="Addresses of pictures and files to go with it.")
    content_sid: str | None = Field(
        default=None,
        description="SID of an approved content template in place of the text: what WhatsApp takes when its 24 hours "
        "are over.",
    )
    content_variables: dict[str, str] = Field(default={}, description="Values for the content template.")


def conversation_out(
    one: Conversation, known: Knowledge, reachable: Mapping[str, Sequence[str]] | None = None
) -> ConversationOut:
    """The conversation in the API's form; *reachable* adds numbers with which nothing was said yet."""
    reachable = reachable or {}
    numbers = [
        AtNumberOut(
            number=at.number,
            channels=list(reachable.get(at.number, ())),
            ours=at.ours,
            last_at=at.last_at,
            last_channel=at.last_channel,
            unread=at.unread,
            wrote_at=at.wrote_at,
            opted_out=bool(known.opt_outs.get(at.number)),
        )
        for at in one.at
    ]
    numbers += [
        AtNumberOut(
            number=number,
            channels=list(channels),
            ours=None,
            last_at=None,
            last_channel=None,
            unread=0,
            wrote_at=None,
            opted_out=bool(known.opt_outs.get(number)),
        )
        for number, channels in reachable.items()
        if number not in one.numbers
    ]
    person = known.people.get(one.person)
    status, stage = known.standing.get(one.last_id, (None, None))
    kinds: dict[str, Literal["message", "inbound", "call"]] = {"inbound": "inbound", "call": "call"}
    return ConversationOut(
        id=one.id,
        person=one.person,
        name=person.name if person is not None else None,
        contact=person.id if person is not None else None,
        numbers=numbers,
        ours=one.ours,
        last=LastOut(
            id=one.last_id,
            kind=kinds.get(one.last_kind, "message"),
            channel=one.last_channel,
            words=one.last_words,
            at=one.last_at,
            status=status,
            stage=stage,
        ),
        unread=one.unread,
        opted_out=any(at.opted_out for at in numbers),
        wrote_at=one.wrote_at,
    )


def entry_out(entry: Entry) -> ThreadEntryOut:
    """One entry in the API's form."""
    interview = None if entry.session is None else session_out(entry.session)
    if entry.call is not None:
        return ThreadEntryOut(kind="call", at=entry.at, call=call_out(entry.call), interview=interview)
    if entry.message is None:
        return ThreadEntryOut(kind="interview", at=entry.at, interview=interview)
    if entry.message.direction == "inbound":
        return ThreadEntryOut(kind="inbound", at=entry.at, inbound=inbound_out(entry.message))
    return ThreadEntryOut(kind="message", at=entry.at, message=message_out(entry.message))


def way_out(way: Way) -> WayOut:
    """A way to write in the API's form."""
    return WayOut(
        channel=way.channel,
        to=way.to,
        from_=way.sender,
        credential=way.credential,
        allowed=way.refusal is None,
        reason=way.refusal.reason if way.refusal is not None else None,
        sentence=way.refusal.sentence if way.refusal is not None else None,
        fix=way.fix,
        window_until=way.window_until,
    )
