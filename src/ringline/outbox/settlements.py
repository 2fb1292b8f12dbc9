"""T24: what could not be found out is settled by a person, who has looked, and it is written down who that was."""

from __future__ import annotations

import logging
import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.errors import RequestError, TwilioRejectedError
from ringline.ids import AFTER_EVERY_ID
from ringline.outbox.calling import is_call
from ringline.outbox.ledger import AttemptState, Ledger, MessageState
from ringline.outbox.rows import OutboxRow
from ringline.outbox.store import ledger as ledger_store
from ringline.outbox.store import reading
from ringline.outbox.store import settling as store
from ringline.outbox.transitions import Transitions
from ringline.outbox.waiting import not_found
from ringline.twilio.messages import wire_address

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

_SID = re.compile(r"^(SM|MM)[0-9a-fA-F]{32}$")
_CALL_SID = re.compile(r"^CA[0-9a-fA-F]{32}$")


@dataclass(frozen=True, slots=True)
class Evidence:
    """All that is known of whether a message went out: each attempt with the looks at Twilio's list, every report,
    and what people decided.
    """

    attempts: Sequence[Row]
    events: Sequence[Row]
    settlements: Sequence[Row]


class Settlements:
    """The messages that wait for a person, and what a person may do with them."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        *,
        clients: Callable[[str], Awaitable[TwilioClient]],
        can_be_called: Callable[[], bool],
        note_due: Callable[[Sequence[float]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._clients = clients
        self._can_be_called = can_be_called
        self._note_due = note_due

    async def waiting(self, *, cursor: str | None = None, limit: int = 50) -> list[OutboxRow]:
        """The messages nobody could settle yet, newest first, older than the one whose id is *cursor*."""
        wanted = {"before": cursor or AFTER_EVERY_ID, "count": limit}
        records = await self._database.read(lambda tx: tx.all(store.WAITING, wanted))
        return [OutboxRow.of(record) for record in records]

    async def evidence(self, id: str) -> Evidence:
        """What is known of one message. Raises `NotFoundError`."""

        def work(tx: Transaction) -> Evidence:
            if tx.one(reading.GET, {"id": id}) is None:
                raise not_found(id)
            wanted = {"id": id}
            return Evidence(
                tx.all(reading.ATTEMPTS, wanted), tx.all(reading.EVENTS, wanted), tx.all(store.SETTLEMENTS, wanted)
            )

        return await self._database.read(work)

    async def bind(self, id: str, sid: str, *, actor: str, note: str | None = None) -> OutboxRow:
        """It is Twilio's message *sid*, which Twilio is asked to confirm.

        Raises `NotFoundError`, `RequestError` where the message cannot be that one, and `TwilioError`.
        """
        row = await self._get(id)
        what, form, start = ("call", _CALL_SID, "CA") if is_call(row.channel) else ("message", _SID, "SM or MM")
        if not form.match(sid):
            raise RequestError(
                f"`sid` is {sid!r}, which is no {what}'s",
                field="sid",
                fix=f"copy it from Twilio's {what} log: {start} and 32 hexadecimal digits",
            )
        client = await self._clients(row.credential_id)
        try:
            fetch = client.fetch_call if is_call(row.channel) else client.fetch_message
            resource = await fetch(sid)
        except TwilioRejectedError as error:
            if error.status != 404:
                raise
            raise RequestError(
                f"Twilio has no {what} {sid} in this account", field="sid", fix=f"copy it from Twilio's {what} log"
            ) from error
        _check_is_to(row, sid, resource)

        def decide(ledger: Ledger, message: MessageState, attempt: AttemptState) -> None:
            if message.stage not in ("unresolved", "unknown"):
                raise _not_open(message)
            wanted = {"account_id": message.account_id, "sids": as_list([sid])}
            for owner in ledger.tx.all(ledger_store.ATTEMPTS_BY_SID, wanted):
                if owner["message_id"] != id:
                    raise RequestError(
                        f"{sid} belongs to message {owner['message_id']} already",
                        field="sid",
                        fix="look for the other message with this text in Twilio's log",
                    )
            transitions = Transitions(ledger, self._settings, can_be_called=self._can_be_called())
            transitions.accept(message, attempt, sid, bound_by="human")
            code = resource.get("error_code")
            transitions.join_status(
                message,
                sid,
                str(resource.get("status") or "queued"),
                int(code) if code else None,
                source="fetch",
                error_message=resource.get("error_message") or None,
            )
            transitions.note_resource(message, resource)

        return await self._settle(id, decide, actor=actor, action="bound", sid=sid, note=note)

    async def send_again(self, id: str, *, actor: str, note: str | None = None) -> OutboxRow:
        """It was not sent, so it gets one more attempt. Raises `NotFoundError` and `RequestError`."""
        row = await self._get(id)
        if row.redacted_at is not None:
            raise RequestError(
                f"the text of message {id} has been erased, so it cannot be sent again",
                field="send_again",
                fix="send a new message, and close this one",
            )

        def decide(ledger: Ledger, message: MessageState, attempt: AttemptState) -> None:
            if message.stage != "unresolved":
                raise _not_open(message)
            if attempt.is_undecided:
                # It was still being looked for; a person knows better.
                attempt.outcome, attempt.next_check_at = "abandoned", None
                ledger.touch(message, attempt)
            settings = self._settings
            span = settings.expire_after_by_purpose.get(message.purpose, settings.expire_after)
            message.send_at = ledger.now
            message.expires_at = max(message.expires_at, ledger.now + span)
            message.closed_at = None
            message.error_code = message.error_message = message.http_status = None
            ledger.move(message, "ready")
            ledger.wake_sender(message)

        return await self._settle(id, decide, actor=actor, action="sent_again", note=note)

    async def close(self, id: str, *, actor: str, note: str | None = None) -> OutboxRow:
        """Leave it as it is: it stays unresolved, and asks nobody any more. Raises `NotFoundError`, `RequestError`."""

        def decide(ledger: Ledger, message: MessageState, _: AttemptState) -> None:
            if message.stage != "unresolved" or message.closed_at is not None:
                raise _not_open(message)
            message.closed_at = ledger.now
            ledger.touch(message)

        return await self._settle(id, decide, actor=actor, action="closed", note=note)

    async def _get(self, id: str) -> OutboxRow:
        record = await self._database.read(lambda tx: tx.one(reading.GET, {"id": id}))
        if record is None:
            raise not_found(id)
        return OutboxRow.of(record)

    async def _settle(
        self,
        id: str,
        decide: Callable[[Ledger, MessageState, AttemptState], None],
        *,
        actor: str,
        action: str,
        sid: str | None = None,
        note: str | None = None,
    ) -> OutboxRow:
        account_id = (await self._get(id)).account_id

        def work(tx: Transaction) -> list[float]:
            ledger = Ledger(tx, self._waker, self._clock.time())
            ledger.lock_binding(account_id)
            ledger.load([id])
            message = ledger.messages[id]
            attempt = ledger.attempts.get((id, message.attempt_no))
            if attempt is None:
                raise _not_open(message)
            decide(ledger, message, attempt)
            ledger.save()
            entry = {"message_id": id, "at": ledger.now, "actor": actor, "action": action, "sid": sid, "note": note}
            tx.run(store.ADD_SETTLEMENT, entry)
            return ledger.due

        self._note_due(await self._database.write(work))
        _log.info("message %s was settled by %s: %s %s", id, actor, action, sid or "")
        return await self._get(id)


def _check_is_to(row: OutboxRow, sid: str, resource: dict[str, Any]) -> None:
    to, shown = wire_address(row.to, row.channel), str(resource.get("to") or "")
    is_hidden = shown.endswith("XXXX") and to.startswith(shown[:-4])
    if shown != to and not is_hidden:
        raise RequestError(
            f"{sid} went to {shown}, and message {row.id} is to {to}",
            field="sid",
            fix="look for a message to this number in Twilio's log",
        )
    if str(resource.get("direction") or "outbound").startswith("inbound"):
        raise RequestError(f"{sid} is a message that came in", field="sid", fix="look for one that went out")


def _not_open(message: MessageState) -> RequestError:
    is_closed = message.stage == "unresolved"
    return RequestError(
        f"message {message.id} {'was closed' if is_closed else f'is {message.stage}'}, so there is nothing to settle",
        code="not_unresolved",
        fix="`ringline messages unresolved` lists those that wait for somebody",
    )
