"""`ringline.inbound`: what people write to our numbers, stored once, with what follows from it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, cast

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
_KEYWORDS: dict[str, Keyword] = {"STOP": "stop", "START": "start", "HELP": "help"}

ANSWERS: dict[Keyword, str] = {
    "stop": "You will get no more messages from this number. Reply START to get them again.",
    "start": "You will get messages from this number again. Reply STOP to end them.",
    "help": "Reply STOP to get no more messages from this number.",
}
"""What a sender of ours that answers opt-outs itself says."""


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
    """

    def __init__(
        self, database: Database, clock: Clock, *, outbox: Outbox | None = None, opt_out_ours: Collection[str] = ()
    ) -> None:
        self._database = database
        self._clock = clock
        self._outbox = outbox
        self._opt_out_ours = frozenset(opt_out_ours)

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
                self._follow(tx, inbound, keyword, now)
            row = store.inbound_by_sid(tx, inbound.account_sid, inbound.sid)
            assert row is not None
            return row, is_new

        row, is_new = await self._database.write(write)
        return Received(_message(row), is_new, keyword, self._answer(inbound, keyword))

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

    def _follow(self, tx: Transaction, inbound: InboundMessage, keyword: Keyword | None, now: float) -> None:
        rules = CHANNELS.get(inbound.channel)
        if rules is not None and rules.has_window:
            windows.note_inbound(
                tx,
                account_id=inbound.account_sid,
                recipient=inbound.from_,
                sender=inbound.to,
                at=now,
                service=inbound.messaging_service_sid,
            )
        if keyword == "stop":
            self._opt_out(tx, inbound, now)
        elif keyword == "start" and not _is_ignored_by_carrier(inbound):
            suppression.lift(
                tx,
                account_id=inbound.account_sid,
                channel=inbound.channel,
                recipient=inbound.from_,
                sender=inbound.to,
                service=inbound.messaging_service_sid,
            )

    def _opt_out(self, tx: Transaction, inbound: InboundMessage, now: float) -> None:
        about: dict[str, Any] = {
            "account_id": inbound.account_sid,
            "channel": inbound.channel,
            "recipient": inbound.from_,
            "sender": inbound.to,
            "service": inbound.messaging_service_sid,
            "source": "reply",
            "evidence": f"{inbound.sid}: {inbound.body[:160]}",
        }
        if self._outbox is None:
            suppression.suppress(tx, now=now, **about)
        else:
            self._outbox.opt_out_in(tx, **about)

    def _answer(self, inbound: InboundMessage, keyword: Keyword | None) -> str | None:
        # With an opt-out type Twilio has answered already, whatever we think about the sender.
        if keyword is None or inbound.opt_out_type is not None or inbound.to not in self._opt_out_ours:
            return None
        return ANSWERS[keyword]


def _keyword(inbound: InboundMessage) -> Keyword | None:
    """Twilio's own verdict where it gives one: it knows keywords in other languages too."""
    if inbound.opt_out_type is not None:
        return _KEYWORDS.get(inbound.opt_out_type)
    return classify(inbound.body)


def _is_ignored_by_carrier(inbound: InboundMessage) -> bool:
    """Toll-free opt-outs lie with the carrier, who takes START and UNSTOP but not YES."""
    return inbound.to.startswith(_TOLL_FREE) and inbound.body.strip().upper() == "YES"


def _message(row: Row) -> Message:
    received_at = datetime.fromtimestamp(row["received_at"], UTC)
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
        created_at=received_at,
        sent_at=received_at,
        updated_at=received_at,
    )
