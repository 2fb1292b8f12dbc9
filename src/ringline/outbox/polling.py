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
from ringline.outbox.calling import is_call
from ringline.outbox.ledger import Ledger
from ringline.outbox.store import sweeps as store
from ringline.outbox.transitions import Transitions
from ringline.twilio.statuses import NOT_ANSWERED, can_be_stopped, is_final

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.ledger import MessageState
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

TOO_LATE = frozenset({30409, 21220})
TOO_MANY = 429
MINUTE = 60.0


@dataclass(frozen=True, slots=True)
class _Answer:
    message_id: str
    resource: dict[str, Any] | None
    error: TwilioError | CredentialError | None = None
    was_cancel: bool = False
    quiet_since: float = 0.0


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
        # By account: when the present minute of questions for missing reports began, and how many there were.
        self._asked: dict[str, tuple[float, int]] = {}

    async def poll(self, now: float) -> int:
        """Ask about every message that is due by *now*; returns how many there were."""
        count = 0
        while True:
            found, is_done = await self._database.write(functools.partial(self._take, now=now))
            if found:
                count += len(found)
                answers = await asyncio.gather(*(self._ask(row) for row in found))
                self._note_due(await self._database.write(functools.partial(self._apply, answers=answers)))
            if is_done:
                break
        await self._cancel_copies()
        return count

    def _take(self, tx: Transaction, *, now: float) -> tuple[list[Row], bool]:
        """Those to ask about, and whether that was all; whose time has not come after all is put off."""
        rows = tx.all(store.POLLS_DUE, {"now": now, "count": self._settings.poll_rows})
        asked: list[Row] = []
        later: list[Row] = []
        for row in rows:
            moment = self._not_before(row, now)
            if moment <= now:
                asked.append(row)
            else:
                later.append({"key": row["id"], "until": moment})
        until = now + 2 * self._settings.http_timeout
        tx.run(store.PUSH_POLLS, {"ids": as_list(row["id"] for row in asked), "until": until})
        tx.many(store.POSTPONE_POLL, later)
        if later:
            soonest = min(row["until"] for row in later)
            tx.after_commit(lambda: self._note_due([soonest]))
        return asked, len(rows) < self._settings.poll_rows

    def _not_before(self, row: Row, now: float) -> float:
        """When this may be asked: not while the account is paused, not soon after a report, not too many at once."""
        if row["paused_until"] is not None and row["paused_until"] > now:
            return float(row["paused_until"])
        if not self._is_reconciled(row):
            return now
        quiet_since = _quiet_since(row)
        first = self._reconcile_delays(row["channel"])[0]
        if quiet_since + first > now:
            return quiet_since + first
        began, count = self._asked.get(row["account_id"], (now, 0))
        if now >= began + MINUTE:
            began, count = now, 0
        if count >= self._settings.reconcile_rows:
            return began + MINUTE
        self._asked[row["account_id"]] = (began, count + 1)
        return now

    def _is_reconciled(self, row: Row) -> bool:
        """Whether Twilio reports on it by itself, so that only missing reports are asked for."""
        wants_cancel = row["cancel_requested_at"] is not None and row["cancel_outcome"] is None
        has_delays = bool(self._reconcile_delays(row["channel"]))
        is_over = is_final(row["status"], row["channel"])
        return self._can_be_called() and has_delays and not is_over and not wants_cancel

    async def _ask(self, row: Row) -> _Answer:
        wants_cancel = row["cancel_requested_at"] is not None and row["cancel_outcome"] is None
        quiet_since = _quiet_since(row)
        async with self._places:
            try:
                client = await self._clients(row["credential_id"])
                if wants_cancel and can_be_stopped(row["status"], row["channel"]):
                    return _Answer(row["id"], await _stop(client, row), was_cancel=True)
                fetch = client.fetch_call if is_call(row["channel"]) else client.fetch_message
                return _Answer(row["id"], await fetch(row["sid"]), quiet_since=quiet_since)
            except (TwilioError, CredentialError) as error:
                return _Answer(row["id"], None, error, was_cancel=wants_cancel, quiet_since=quiet_since)

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
                message.cancel_outcome = "too_late" if getattr(error, "code", None) in TOO_LATE else "refused"
                _log.warning("message %s could not be canceled at Twilio: %s", message.id, error)
        elif error is not None:
            _log.warning("the status of message %s could not be asked for: %s", message.id, error)
            if getattr(error, "status", None) == TOO_MANY:
                wait = max(getattr(error, "retry_after", None) or 0.0, self._settings.backoff_of(1))
                ledger.pause_account(message.account_id, ledger.now + wait, "Twilio asked for less (error 20429)")
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
        has_moved = message.status != before
        wants_cancel = message.cancel_requested_at is not None and message.cancel_outcome is None
        if (
            self._can_be_called()
            and self._reconcile_delays(message.channel)
            and not is_final(message.status, message.channel)
            and not wants_cancel
        ):
            self._reconcile_next(ledger, message, quiet_since=ledger.now if has_moved else answer.quiet_since)
        else:
            self._plan_next(ledger, message, has_moved=has_moved)

    def _reconcile_next(self, ledger: Ledger, message: MessageState, *, quiet_since: float) -> None:
        """10 min, 1 h, 6 h, 24 h after the last report; then no receipt will come any more."""
        moments = [quiet_since + delay for delay in self._reconcile_delays(message.channel)]
        message.poll_at = next((moment for moment in moments if moment > ledger.now), None)
        if message.poll_at is None:
            message.delivery_unknown = 1
        else:
            ledger.due.append(message.poll_at)
        ledger.touch(message)

    def _plan_next(self, ledger: Ledger, message: MessageState, *, has_moved: bool) -> None:
        settings, now = self._settings, ledger.now
        final = is_final(message.status, message.channel)
        if final:
            delays = settings.price_delays
        elif is_call(message.channel):
            delays = settings.call_poll_delays
        else:
            delays = settings.poll_delays
        # Whoever has just become final begins with its first question about the price.
        message.polls = 0 if final and has_moved else message.polls + 1
        is_last = message.polls >= len(delays)
        asked_long_enough = now - (message.sent_at or message.created_at) >= settings.give_up_polling
        if (final and (message.price is not None or is_last)) or not delays or asked_long_enough:
            message.poll_at = None
            message.delivery_unknown = int(not final)
        else:
            message.poll_at = now + delays[min(message.polls, len(delays) - 1)]
            ledger.due.append(message.poll_at)
        ledger.touch(message)

    def _reconcile_delays(self, channel: str) -> tuple[float, ...]:
        return self._settings.call_reconcile_delays if is_call(channel) else self._settings.reconcile_delays

    async def _cancel_copies(self) -> None:
        """T11: a message Twilio has accepted twice; the second one is stopped if it still can be."""
        copies = await self._database.read(lambda tx: tx.all(store.COPIES, {"count": self._settings.poll_rows}))
        for copy in copies:
            try:
                client = await self._clients(copy["credential_id"])
                if is_call(copy["channel"]):
                    await client.end_call(copy["sid"], is_answered=True)
                else:
                    await client.cancel_message(copy["sid"])
                _log.warning("the copy %s was canceled", copy["sid"])
            except (TwilioError, CredentialError) as error:
                _log.error("the copy %s could not be canceled: %s", copy["sid"], error)
        if copies:
            await self._database.write(lambda tx: tx.many(store.COPY_DONE, [{"key": copy["id"]} for copy in copies]))


async def _stop(client: TwilioClient, row: Row) -> dict[str, Any]:
    """Cancel a message, or end a call, at Twilio."""
    if is_call(row["channel"]):
        return await client.end_call(row["sid"], is_answered=row["status"] not in NOT_ANSWERED)
    return await client.cancel_message(row["sid"])


def _quiet_since(row: Row) -> float:
    """Since when nothing was heard of a message; one that waits at Twilio for its time is not heard of before."""
    moments: list[float | None] = [row["heard_at"], row["schedule_at"], row["created_at"]]
    return max(moment for moment in moments if moment is not None)
