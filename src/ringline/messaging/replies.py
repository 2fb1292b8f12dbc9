"""Replies for those who wait for them: the question that was sent, and what came before somebody waited."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from ringline.clock import utc
from ringline.messaging import store
from ringline.messaging.inbound import InboundRow
from ringline.messaging.rows import message_of_row

if TYPE_CHECKING:
    from ringline.database import Transaction
    from ringline.messaging.message import Message
    from ringline.outbox import Outbox

SLACK = 5.0
"""Seconds before a question's moment of sending from which replies count: Twilio tells that moment in whole seconds,
and its answer to us may be slower than the person's to the question."""


class Waiting(Protocol):
    """The transaction in which somebody begins to wait."""

    tx: Transaction
    run_id: str

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None: ...

    def report(self, key: str, data: Mapping[str, Any]) -> None: ...


@dataclass(frozen=True, slots=True)
class Awaited:
    """Whose reply is awaited: from *person* to *sender* or *service*, written after *since*; None is any."""

    channel: str
    person: str
    since: float
    sender: str | None = None
    service: str | None = None
    account: str | None = None

    def admits(self, row: InboundRow) -> bool:
        """Whether a message of that person came to where the reply is awaited."""
        if self.account is not None and row.account_sid != self.account:
            return False
        if self.sender is not None:
            return row.to == self.sender
        return self.service is None or row.messaging_service_sid == self.service


class Replies:
    """What steps that wait for replies need of messages."""

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self.on_taken: list[Callable[[Transaction, InboundRow, str], None]] = []
        """Told of replies that a run takes some time after they came, with the run's id."""

    async def question(self, run_id: str, steps: Sequence[str]) -> Message | None:
        """The newest message that one of these steps of a run sent."""
        found = [row for step in steps for row in await self._outbox.list({"run_id": run_id, "step": step}, limit=1)]
        newest = max(found, key=lambda row: row.id, default=None)
        return None if newest is None else message_of_row(newest)

    async def message(self, message_id: str) -> Message:
        """A message as it stands now; raises `NotFoundError`."""
        return message_of_row(await self._outbox.get(message_id))

    def message_in(self, tx: Transaction, message_id: str) -> Message:
        """The same, as this transaction sees it, with changes held off until it ends."""
        return message_of_row(self._outbox.hold_in(tx, message_id))

    def take_in(
        self, on: Waiting, awaited: Awaited, *, key: str, reason: str, fits: Callable[[InboundRow], bool] | None = None
    ) -> bool:
        """Report the oldest reply that came already and that nobody took; False when there is none.

        From then on nobody else decides about this person's replies until the transaction ends.
        """
        store.hold_person(on.tx, awaited.channel, awaited.person)
        for values in store.untaken(on.tx, channel=awaited.channel, person=awaited.person, since=awaited.since):
            row = InboundRow.of(values)
            if awaited.admits(row) and (fits is None or fits(row)):
                store.note_taken(on.tx, row.id, by="run", reason=reason, run_id=on.run_id)
                for tell in self.on_taken:
                    tell(on.tx, row, on.run_id)
                on.report(key, reply_data(row))
                return True
        return False


def reply_data(row: InboundRow) -> dict[str, Any]:
    """A reply as it goes to the step that waits for it: plain values."""
    return {
        "id": row.id,
        "texts": list(row.texts),
        "from": row.from_,
        "to": row.to,
        "channel": row.channel,
        "media": [medium["url"] for medium in row.media],
        "received_at": utc(row.received_at).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        "at": row.received_at,
    }
