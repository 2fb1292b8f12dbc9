"""Asking Twilio: how far a message is where no callback comes, what it cost, and to cancel it."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.errors import CredentialError, TwilioError, TwilioUnavailableError
from ringline.outbox.ledger import Ledger
from ringline.outbox.store import sweeps as store
from ringline.outbox.transitions import Transitions
from ringline.twilio.statuses import CANCELABLE, is_final

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.outbox.ledger import MessageState
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

TOO_LATE = 30409


@dataclass(frozen=True, slots=True)
class _Answer:
    message_id: str
    resource: dict[str, Any] | None
    error: TwilioError | CredentialError | None = None
    was_cancel: bool = False


class Polls:
    """Questions about messages whose `poll_at` has come."""

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
        self._places = asyncio.Semaphore(settings.polls_at_once)

    async def poll(self, now: float) -> int:
        """Ask about every message that is due by *now*; returns how many there were."""
        count = 0
        while found := await self._database.write(lambda tx: self._take(tx, now)):
            count += len(found)
            answers = await asyncio.gather(*(self._ask(row) for row in found))
            self._note_due(await self._database.write(functools.partial(self._apply, answers=answers)))
        await self._cancel_copies()
        return count

    def _take(self, tx: Transaction, now: float) -> list[dict[str, Any]]:
        rows = tx.all(store.POLLS_DUE, {"now": now, "count": self._settings.poll_rows})
        if rows:
            until = now + 2 * self._settings.http_timeout
            tx.run(store.PUSH_POLLS, {"ids": as_list(row["id"] for row in rows), "until": until})
        return rows

    async def _ask(self, row: dict[str, Any]) -> _Answer:
        wants_cancel = row["cancel_requested_at"] is not None and row["cancel_outcome"] is None
        async with self._places:
            try:
                client = await self._clients(row["credential_id"])
                if wants_cancel and row["status"] in CANCELABLE:
                    return _Answer(row["id"], await client.cancel_message(row["sid"]), was_cancel=True)
                return _Answer(row["id"], await client.fetch_message(row["sid"]))
            except (TwilioError, CredentialError) as error:
                return _Answer(row["id"], None, error, was_cancel=wants_cancel)

    def _apply(self, tx: Transaction, *, answers: Sequence[_Answer]) -> list[float]:
        ledger = Ledger(tx, self._waker, self._clock.time())
        ledger.load(answer.message_id for answer in answers)
        transitions = Transitions(ledger, self._settings, can_be_called=self._can_be_called())
        for answer in answers:
            message = ledger.messages.get(answer.message_id)
            if message is not None and message.sid is not None:
                self._note(ledger, transitions, message, message.sid, answer)
        ledger.save()
        return ledger.due

    def _note(self, ledger: Ledger, transitions: Transitions, message: MessageState, sid: str, answer: _Answer) -> None:
        resource, error = answer.resource, answer.error
        if answer.was_cancel:
            if resource is not None:
                message.cancel_outcome = "canceled"
            elif not isinstance(error, TwilioUnavailableError):
                message.cancel_outcome = "too_late" if getattr(error, "code", None) == TOO_LATE else "refused"
                _log.warning("message %s could not be canceled at Twilio: %s", message.id, error)
        elif error is not None:
            _log.warning("the status of message %s could not be asked for: %s", message.id, error)
        before = message.status
        if resource is not None:
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
        self._plan_next(ledger, message, has_moved=message.status != before)

    def _plan_next(self, ledger: Ledger, message: MessageState, *, has_moved: bool) -> None:
        settings, now = self._settings, ledger.now
        final = is_final(message.status)
        if final:
            delays = settings.price_delays
        elif self._can_be_called() and not (message.cancel_requested_at is not None and message.cancel_outcome is None):
            delays = settings.reconcile_delays
        else:
            delays = settings.poll_delays
        # Whoever has just become final begins with its first question about the price.
        message.polls = 0 if final and has_moved else message.polls + 1
        is_last = message.polls >= len(delays)
        asked_long_enough = now - (message.sent_at or message.created_at) >= settings.give_up_polling
        if (final and (message.price is not None or is_last)) or not delays or asked_long_enough:
            message.poll_at = None
        else:
            message.poll_at = now + delays[min(message.polls, len(delays) - 1)]
            ledger.due.append(message.poll_at)
        ledger.touch(message)

    async def _cancel_copies(self) -> None:
        """T11: a message Twilio has accepted twice; the second one is stopped if it still can be."""
        copies = await self._database.read(lambda tx: tx.all(store.COPIES, {"count": self._settings.poll_rows}))
        for copy in copies:
            try:
                client = await self._clients(copy["credential_id"])
                await client.cancel_message(copy["sid"])
                _log.warning("the copy %s was canceled", copy["sid"])
            except (TwilioError, CredentialError) as error:
                _log.error("the copy %s could not be canceled: %s", copy["sid"], error)
        if copies:
            await self._database.write(lambda tx: tx.many(store.COPY_DONE, [{"key": copy["id"]} for copy in copies]))
