"""`ringline.inbound`: what people write to our numbers, stored once, with what follows from it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, cast

from ringline.clock import utc
from ringline.compliance import suppression, windows
from ringline.compliance.keywords import Keyword, classify
from ringline.errors import NotFoundError
from ringline.ids import new_id
from ringline.messaging import store
from ringline.messaging.channels import CHANNELS
from ringline.messaging.message import Channel, Message

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox import Outbox
    from ringline.twilio.webhooks import InboundMessage

_TOLL_FREE = ("+1800", "+1833", "+1844", "+1855", "+1866", "+1877", "+1888")
_TAPPED = ("ButtonText", "ButtonPayload", "ListTitle", "ListId")
_KEYWORDS: dict[str, Keyword] = {"STOP": "stop", "START": "start", "HELP": "help"}

ANSWERS: dict[Keyword, str] = {
    "stop": "You will get no more messages from this number. Reply START to get them again.",
    "start": "You will get messages from this number again. Reply STOP to end them.",
    "help": "Reply STOP to get no more messages from this number.",
}
"""What a sender of ours that answers opt-outs itself says."""


@dataclass(slots=True)
class InboundRow:
    """A message that has just been stored, for whoever may act on it. *from_* is theirs, *to* ours, both bare numbers.

    Who takes it says so with `take`; what stands there then is kept with the message, for people to see.
    """

    id: str
    account_sid: str
    sid: str
    channel: str
    from_: str
    to: str
    body: str
    media: tuple[Mapping[str, str], ...]
    messaging_service_sid: str | None
    keyword: Keyword | None
    profile_name: str | None
    form: Mapping[str, str]
    """Every field as Twilio sent it, such as `ButtonPayload` and `OriginalRepliedMessageSid`."""
    received_at: float
    taken_by: str | None = None
    taken_reason: str | None = None
    run_id: str | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> InboundRow:
        """From a record of the table."""
        return cls(**{name: values[name] for name in _KEPT}, from_=values["from"], media=tuple(values["media"]))

    @property
    def texts(self) -> tuple[str, ...]:
        """What it says: the text, then the button or list entry that was tapped, by its label and by its id."""
        found = (self.body, *(self.form.get(name, "") for name in _TAPPED))
        return tuple(dict.fromkeys(text for text in found if text.strip()))

    @property
    def quoted_sid(self) -> str | None:
        """SID of the message it was written in reply to, where the person quoted one."""
        return self.form.get("OriginalRepliedMessageSid") or None

    def take(self, by: str, reason: str, *, run_id: str | None = None) -> bool:
        """Note who took the message and why, in a sentence; always True, so that a hook can return it."""
        self.taken_by, self.taken_reason, self.run_id = by, reason, run_id
        return True


Hook = Callable[["Transaction", InboundRow], bool]
"""What may take a message, in the transaction that stores it; True when it has. It may run again after a conflict."""


@dataclass(frozen=True, slots=True)
class Received:
    """A message as it was stored; *answer* is the text to reply with, ``None`` to say nothing.

    *is_new* is False when Twilio delivered the message before; the answer is the same again.
    """

    message: Message
    is_new: bool
    keyword: Keyword | None
    answer: str | None


class Inbound:
    """Stores messages received, records who opts out and in, and notes when WhatsApp's 24 hours begin.

    Twilio answers STOP, START and HELP by itself. Only for the senders in *opt_out_ours* (numbers for which its
    handling is switched off, and short codes) the answer is ours to give.

    A message that stops nothing is offered to `on_reply`, then to `on_new`, until one takes it; what nobody takes is in
    the inbox. STOP is offered to nobody, nor is START to somebody who is opted out; YES opts in only somebody who is
    opted out and whom no run waits for.
    """

    def __init__(
        self, database: Database, clock: Clock, *, outbox: Outbox | None = None, opt_out_ours: Collection[str] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._opt_out_ours = frozenset(opt_out_ours)
        self.on_reply: list[Hook] = []
        """Runs that wait for the person."""
        self.on_new: list[Hook] = []
        """Whoever else may act on what people write, such as triggers; the most specific first."""
        self.on_received: list[Callable[[Transaction, InboundRow], None]] = []
        """Told of every new message, whoever took it; they may run again after a conflict."""
        self.on_opt_out: list[Callable[[Transaction, InboundRow], None]] = []
        """Told of everybody who opts out, once that is recorded; they may run again after a conflict."""

    async def erase_older_than(self, seconds: float) -> int:
        """Erase what older messages say; that they came, and what took them, stays. Returns how many."""
        before = self._clock.time() - seconds
        return await self._database.write(lambda tx: store.erase_inbound(tx, before))

    def erase_in(self, tx: Transaction, numbers: Sequence[str]) -> int:
        """Erase what these numbers wrote; that they wrote, and what took it, stays. Returns how many messages."""
        return store.erase_inbound_of(tx, numbers)

    async def receive(self, inbound: InboundMessage) -> Received:
        """Store a message and everything that follows from it, in one transaction; a repeated one changes nothing."""
        now = self._clock.time()
        keyword = _keyword(inbound)
        values = {
            "id": new_id("inb", at=now),
            "account_sid": inbound.account_sid,
            "sid": inbound.sid,
            "channel": inbound.channel,
            "from": inbound.from_,
            "to": inbound.to,
            "body": inbound.body,
            "media": [{"url": medium.url, "content_type": medium.content_type} for medium in inbound.media],
            "segments": inbound.segments,
            "messaging_service_sid": inbound.messaging_service_sid,
            "keyword": keyword,
            "opt_out_type": inbound.opt_out_type,
            "profile_name": inbound.profile_name,
            "form": dict(inbound.raw),
            "received_at": now,
        }

        def write(tx: Transaction) -> tuple[Row, bool]:
            is_new = store.add_inbound(tx, values)
            if is_new:
                row = InboundRow.of(values)
                self._follow(tx, row)
                if row.taken_by is not None or row.taken_reason is not None:
                    store.note_taken(tx, row.id, by=row.taken_by, reason=row.taken_reason, run_id=row.run_id)
                for tell in self.on_received:
                    tell(tx, row)
            stored = store.inbound_by_sid(tx, inbound.account_sid, inbound.sid)
            assert stored is not None
            return stored, is_new

        row, is_new = await self._database.write(write)
        return Received(_message(row), is_new, keyword, self._answer(row))

    async def get(self, message_id: str) -> Message:
        """One message received; `NotFoundError` if there is none of that id."""
        row = await self._database.read(lambda tx: store.inbound_by_id(tx, message_id))
        if row is None:
            raise NotFoundError(
                f"There is no received message {message_id}.", fix="List them: ringline messages inbound"
            )
        return _message(row)

    async def list(self, *, limit: int = 50, before: str | None = None, from_: str | None = None) -> list[Message]:
        """Messages received, newest first, of one sender if given; *before* is the id to go on from."""
        rows = await self._database.read(lambda tx: store.inbound_page(tx, sender=from_, before=before, count=limit))
        return [_message(row) for row in rows]

    def after_in(self, tx: Transaction, after: str, count: int) -> Sequence[InboundRow]:
        """Messages whose ids follow that one, in the order of ids."""
        return [InboundRow.of(row) for row in store.inbound_after(tx, after, count)]

    async def keywords_from(self, person: str, *, limit: int = 50) -> Sequence[Message]:
        """The messages by which somebody opted out or in, the newest first."""
        rows = await self._database.read(lambda tx: store.keywords_from(tx, person, limit))
        return [_message({**row, "media": []}) for row in rows]

    def _follow(self, tx: Transaction, row: InboundRow) -> None:
        rules = CHANNELS.get(row.channel)
        if rules is not None and rules.has_window:
            windows.note_inbound(
                tx,
                account_id=row.account_sid,
                recipient=row.from_,
                sender=row.to,
                at=row.received_at,
                service=row.messaging_service_sid,
            )
        # What waits for this person is looked up on one side and stored on the other: one after the other.
        store.hold_person(tx, row.channel, row.from_)
        hooks: list[Hook] = [*self.on_reply, *self.on_new]
        if row.keyword == "stop":
            hooks = [self._opt_out]
        elif row.keyword == "start":
            hooks = [*self.on_reply, self._opt_in, *self.on_new] if _is_yes(row) else [self._opt_in, *hooks]
        for hook in hooks:
            if hook(tx, row):
                row.taken_by = row.taken_by or getattr(hook, "__name__", type(hook).__name__)
                return

    def _opt_out(self, tx: Transaction, row: InboundRow) -> bool:
        about: dict[str, Any] = {
            **_scope_of(row),
            "source": "reply",
            "evidence": f"{row.sid}: {row.body[:160]}",
            "ref": row.id,
        }
        if self._outbox is None:
            suppression.suppress(tx, now=row.received_at, **about)
        else:
            self._outbox.stops.opt_out_in(tx, **about)
        for tell in self.on_opt_out:
            tell(tx, row)
        return row.take("opt_out", f"{row.body.strip()[:40]} opts out; nothing more is sent from {_ours(row)}.")

    def _opt_in(self, tx: Transaction, row: InboundRow) -> bool:
        """Whether the person was opted out and is no more."""
        # Toll-free opt-outs lie with the carrier, who takes START and UNSTOP but not YES.
        if (row.to.startswith(_TOLL_FREE) and _is_yes(row)) or not suppression.lift(tx, **_scope_of(row)):
            return False
        return row.take("opt_in", f"{row.body.strip()[:40]} opts in again to messages from {_ours(row)}.")

    def _answer(self, row: Row) -> str | None:
        # With an opt-out type Twilio has answered already, whatever we think about the sender.
        keyword: Keyword | None = row["keyword"]
        if keyword is None or row["opt_out_type"] is not None or row["to"] not in self._opt_out_ours:
            return None
        if row["body"].strip().upper() == "YES" and row["taken_by"] != "opt_in":
            return None
        return ANSWERS[keyword]


_KEPT = tuple(
    field.name
    for field in fields(InboundRow)
    if field.name not in ("from_", "media", "taken_by", "taken_reason", "run_id")
)


def _scope_of(row: InboundRow) -> dict[str, Any]:
    return {
        "account_id": row.account_sid,
        "channel": row.channel,
        "recipient": row.from_,
        "sender": row.to,
        "service": row.messaging_service_sid,
    }


def _ours(row: InboundRow) -> str:
    return row.messaging_service_sid or row.to


def _keyword(inbound: InboundMessage) -> Keyword | None:
    """Twilio's own verdict where it gives one: it knows keywords in other languages too."""
    if inbound.opt_out_type is not None:
        return _KEYWORDS.get(inbound.opt_out_type)
    return classify(inbound.body)


def _is_yes(row: InboundRow) -> bool:
    return row.body.strip().upper() == "YES"


def _message(row: Row) -> Message:
    received_at = utc(row["received_at"])
    return Message(
        id=row["id"],
        channel=cast("Channel", row["channel"]),
        direction="inbound",
        to=row["to"],
        from_=row["from"],
        body=row["body"],
        stage="received",
        status="received",
        segments=row["segments"],
        sid=row["sid"],
        account_sid=row["account_sid"],
        messaging_service_sid=row["messaging_service_sid"],
        media=tuple(medium["url"] for medium in row["media"]),
        run_id=row["run_id"],
        taken_by=row["taken_by"],
        taken_reason=row["taken_reason"],
        created_at=received_at,
        sent_at=received_at,
        updated_at=received_at,
    )
