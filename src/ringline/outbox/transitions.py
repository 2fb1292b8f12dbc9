"""What each piece of evidence does to a message; the numbers are those of `docs/reference/send-path.md`.

Evidence is taken from anybody at any time; a decision is taken only on the attempt that is the message's last and still
undecided.
"""

from __future__ import annotations

import hashlib
import logging
from typing import TYPE_CHECKING

from ringline.outbox.calling import first_question, is_call
from ringline.outbox.pools import another_sender
from ringline.outbox.rates import SenderId
from ringline.outbox.rebinding import release
from ringline.outbox.rows import UNDECIDED
from ringline.twilio.error_catalogue import find
from ringline.twilio.messages import moment_of
from ringline.twilio.statuses import can_be_stopped, is_final, rank

if TYPE_CHECKING:
    from ringline.outbox.ledger import AttemptState, Ledger, MessageState
    from ringline.outbox.settings import OutboxSettings
    from ringline.twilio.messages import PostResult

_log = logging.getLogger(__name__)

OPTED_OUT = 21610
QUEUE_FULL = 21611
BAD_SENDER = frozenset({21606, 21601, 21212, 63007})
"""The sender itself cannot send, whoever to."""
TOO_FAST_FOR_SENDER = frozenset({30001, 30022, 63018})
TOO_FAST_FOR_ACCOUNT = frozenset({63017})
RECEIVED = frozenset({"delivered", "read"})
DAY = 86_400.0


class Transitions:
    """The transitions, on one ledger. *can_be_called* says whether Twilio can reach us with status callbacks."""

    def __init__(self, ledger: Ledger, settings: OutboxSettings, *, can_be_called: bool) -> None:
        self._ledger = ledger
        self._settings = settings
        self._can_be_called = can_be_called

    # --- T4 to T8: what came of the request ----------------------------------------------------------------------

    def answer(self, message: MessageState, attempt: AttemptState, result: PostResult) -> None:
        """The worker that wrote, or did not write, has this to say."""
        if result.kind == "accepted" and result.sid is not None:
            self.accept(message, attempt, result.sid, bound_by="response")
            self._note_answer(attempt, result)
            self.join_status(
                message, result.sid, result.status or "queued", None, source="response", attempt_n=attempt.n
            )
            self.note_resource(message, result.body or {})
        elif not attempt.is_undecided:
            return  # it has been settled by other evidence; what we failed to see changes nothing
        elif result.kind == "rejected":
            self._note_answer(attempt, result)
            self._reject(message, attempt, result)
        elif result.kind == "throttled":
            self._note_answer(attempt, result)
            self._throttle(message, attempt, result)
        elif result.kind == "not_sent":
            self._note_answer(attempt, result)
            self._back(message, attempt, "not_sent", delay=result.retry_after, is_setback=result.retry_after is None)
        elif attempt.outcome == "open":
            self._note_answer(attempt, result)
            self.lose(message, attempt)

    def lose(self, message: MessageState, attempt: AttemptState) -> None:
        """T8, T9: the request may or may not have been executed. Nothing is sent again on that account."""
        attempt.outcome, attempt.unknown_at = "unknown", self._ledger.now
        attempt.next_check_at = self._ledger.now + self._settings.checks[0]
        self._ledger.due.append(attempt.next_check_at)
        self._ledger.touch(message, attempt)
        if self.is_current(message, attempt) and message.stage == "posting":
            self._ledger.move(message, "unknown")

    # --- T5, T10, T11: a sid -------------------------------------------------------------------------------------

    def accept(self, message: MessageState, attempt: AttemptState, sid: str, *, bound_by: str) -> bool:
        """Attempt *attempt* made the message *sid*; True unless it is a copy of one that is bound already.

        *bound_by* says who knows: Twilio's ``response``, a report's ``token``, the ``list``, or a ``human``.
        """
        ledger = self._ledger
        if attempt.sid is not None and attempt.sid != sid and attempt.bound_by == "list":
            _log.error("message %s: its sid is %s, not %s as the list suggested", message.id, sid, attempt.sid)
            release(ledger, message, attempt, "unknown")
        if attempt.sid is not None and attempt.sid != sid:
            _log.error(
                "message %s: Twilio names two messages, %s and %s, for one request", message.id, attempt.sid, sid
            )
            message.duplicate = 1
            ledger.touch(message)
            return False
        if attempt.sid is None:
            attempt.sid, attempt.bound_by, attempt.outcome, attempt.next_check_at = sid, bound_by, "accepted", None
            ledger.touch(message, attempt)
        if message.sid is None:
            message.sid = sid
            message.setbacks = 0
            message.closed_at = None
            message.error_code = message.error_message = message.http_status = None
            message.sent_at = message.sent_at or ledger.now
            message.status, message.status_rank = "accepted", 0
            message.polls = 0
            if message.cancel_requested_at is not None and message.cancel_outcome is None:
                message.poll_at = ledger.now
                ledger.due.append(ledger.now)
            else:
                self._poll_later(message)
            ledger.move(message, "accepted")
            ledger.confirm_cooldown(message)
        elif message.sid != sid:
            _log.error(
                "message %s was accepted twice by Twilio, as %s and as %s; canceling the copy if it can be",
                message.id,
                message.sid,
                sid,
            )
            message.duplicate = 1
            attempt.copy = 1
            ledger.touch(message, attempt)
            ledger.due.append(ledger.now)
            return False
        if bound_by in ("token", "human") and not message.confirmed:
            message.confirmed = 1
            ledger.touch(message)
        return True

    def join_status(
        self,
        message: MessageState,
        sid: str,
        status: str,
        error_code: int | None,
        *,
        source: str,
        attempt_n: int | None = None,
        error_message: str | None = None,
    ) -> None:
        """The status becomes the highest ever reported, so order and repetition of reports do not matter."""
        ledger = self._ledger
        if source != "callback":
            ledger.add_event(message, sid=sid, status=status, error_code=error_code, source=source, attempt_n=attempt_n)
        if sid != message.sid:
            return
        if error_code and (error_code != message.error_code or error_message):
            message.error_code = error_code
            message.error_message = error_message or message.error_message or find(error_code).sentence
            ledger.touch(message)
            if error_code == OPTED_OUT:
                ledger.suppress(message, f"Twilio reported error {error_code} for {sid}")
            self._slow_down(message, error_code)
        new = rank(status, message.channel)
        if new <= message.status_rank:
            return
        message.status, message.status_rank = status, new
        message.delivery_unknown = 0
        if status in RECEIVED and message.delivered_at is None:
            message.delivered_at = ledger.now
        ledger.touch(message)
        ledger.announce(message)
        if is_final(status, message.channel):
            self._after_final(message)

    def note_resource(self, message: MessageState, resource: dict[str, object]) -> None:
        """Segments and price as Twilio reports them, and the sender a service has chosen."""
        if is_call(message.channel):
            self._ledger.waker.tell_resource(self._ledger.tx, message.id, resource)
        segments = str(resource.get("num_segments") or "")
        if segments.isdigit() and int(segments) > 0 and int(segments) != message.segments:
            message.segments = int(segments)
            self._ledger.touch(message)
        sent_at = moment_of(resource.get("date_sent"))
        if sent_at is not None and sent_at != message.sent_at:
            message.sent_at = sent_at
            self._ledger.touch(message)
        price, unit = resource.get("price"), resource.get("price_unit")
        if price is not None and str(price) != message.price:
            message.price, message.price_unit = str(price), str(unit) if unit is not None else None
            self._ledger.touch(message)
            self._ledger.announce(message)
            if is_final(message.status, message.channel):
                message.poll_at = None

    # --- T2, T18 to T21, T23: before anything was written --------------------------------------------------------

    def cancel(self, message: MessageState) -> None:
        """T18 to T20: at once while nothing was written, else by asking Twilio as soon as there is a sid."""
        ledger = self._ledger
        if message.stage in ("held", "ready"):
            ledger.move(message, "canceled")
            ledger.release_cooldown(message)
        elif message.stage in ("posting", "unknown") and message.cancel_requested_at is None:
            message.cancel_requested_at = ledger.now
            ledger.touch(message)
        elif message.stage == "accepted" and self._can_be_stopped(message) and message.cancel_requested_at is None:
            message.cancel_requested_at = ledger.now
            message.poll_at = ledger.now
            ledger.due.append(ledger.now)
            ledger.touch(message)

    def cancel_before_sending(self, message: MessageState) -> None:
        """T15: it was asked to stop while it was being written, and Twilio turns out not to have it."""
        message.cancel_outcome = "before_sending"
        self._ledger.move(message, "canceled")
        self._ledger.release_cooldown(message)

    def refuse(self, message: MessageState, reason: str, sentence: str) -> None:
        """T3a, T21: the gate says no."""
        message.refusal_reason, message.refusal_sentence = reason, sentence
        self._ledger.move(message, "refused")
        self._ledger.release_cooldown(message)

    def hold(self, message: MessageState, until: float, *, reason: str | None = None, sentence: str = "") -> None:
        """T3a: it may not go before then."""
        message.send_at = until
        if reason is not None:
            message.hold_reason, message.hold_sentence = reason, sentence
        self._ledger.move(message, "held")

    def expire(self, message: MessageState) -> None:
        """T23: it was not written in time."""
        if message.error_message is None:
            why = f" {message.hold_sentence}" if message.hold_sentence else ""
            message.error_message = f"The message expired before it could be sent.{why}"
        self._ledger.move(message, "failed")
        self._ledger.release_cooldown(message)

    # --- pieces --------------------------------------------------------------------------------------------------

    def _reject(self, message: MessageState, attempt: AttemptState, result: PostResult) -> None:
        retry = find(result.code).retry if result.code is not None else "never"
        message.error_code, message.http_status = result.code, result.http_status
        message.error_message = result.message
        if retry == "later":
            self._back(message, attempt, "rejected", delay=self._settings.backoff_of(message.setbacks + 1))
            return
        if retry == "now" and message.setbacks < self._settings.max_retries_now:
            self._back(message, attempt, "rejected", delay=0.0)
            return
        if retry == "next_day":
            self._back(message, attempt, "rejected", delay=DAY)
            return
        if retry == "unsafe":
            self.lose(message, attempt)
            return
        if retry == "other_sender" and self._go_from_another(message, attempt, result):
            return
        attempt.outcome = "rejected"
        self._ledger.touch(message, attempt)
        if result.code == OPTED_OUT:
            self._ledger.suppress(message, f"Twilio refused message {message.id} with error {result.code}")
        if self.is_current(message, attempt) and message.stage in ("posting", "unknown"):
            self._ledger.move(message, "failed")
            self._ledger.release_cooldown(message)

    def _throttle(self, message: MessageState, attempt: AttemptState, result: PostResult) -> None:
        delay = self._settings.backoff_of(message.setbacks + 1)
        if result.retry_after is not None:
            # "At once" is no answer to having asked too often.
            delay = max(result.retry_after, self._settings.backoff_of(1))
        # Apart from one another: those that were refused together must not come back together.
        delay *= 1 + self._settings.jitter * spread_of(message.id)
        until = self._ledger.now + delay
        if result.code == QUEUE_FULL:
            self._ledger.pause_sender(message.sender_id, until, f"Twilio's queue for it is full (error {QUEUE_FULL})")
        else:
            self._ledger.pause_account(
                message.account_id, until, f"Twilio asked for less (error {result.code or result.http_status})"
            )
        self._back(message, attempt, "throttled", delay=delay)

    def _go_from_another(self, message: MessageState, attempt: AttemptState, result: PostResult) -> bool:
        """T6: Twilio does not take it from this sender, and its pool has another that has not been tried."""
        if message.pool_id is None or message.sender is None or result.code is None:
            return False
        ledger = self._ledger
        if not self.is_current(message, attempt) or message.stage not in ("posting", "unknown"):
            return False
        chosen = another_sender(
            ledger.tx,
            message.pool_id,
            message_id=message.id,
            recipient=message.to,
            sender=message.sender,
            code=result.code,
            is_bad=result.code in BAD_SENDER,
            now=ledger.now,
            settings=self._settings,
            waker=ledger.waker,
        )
        if chosen is None:
            return False
        message.sender_id, message.sender = chosen, SenderId.of(chosen).address
        self._back(message, attempt, "rejected", delay=0.0, is_setback=False)
        return True

    def _back(
        self,
        message: MessageState,
        attempt: AttemptState,
        outcome: str,
        *,
        delay: float | None,
        is_setback: bool = True,
    ) -> None:
        """The attempt certainly made nothing, so the message may have another."""
        ledger = self._ledger
        attempt.outcome, attempt.next_check_at = outcome, None
        ledger.touch(message, attempt)
        if not self.is_current(message, attempt) or message.stage not in ("posting", "unknown"):
            return
        if message.cancel_requested_at is not None:
            self.cancel_before_sending(message)
            return
        message.setbacks += is_setback
        message.send_at = ledger.now + (self._settings.backoff_of(message.setbacks) if delay is None else delay)
        ledger.move(message, "ready")
        if message.send_at <= ledger.now:
            ledger.wake_sender(message)

    def _slow_down(self, message: MessageState, code: int) -> None:
        """A carrier has turned an accepted message away for coming too fast; the next ones are to fare better."""
        pause = self._settings.carrier_pause
        if code in TOO_FAST_FOR_ACCOUNT:
            why = f"the account sent too fast (error {code})"
            self._ledger.pause_account(message.account_id, self._ledger.now + pause, why)
        elif code in TOO_FAST_FOR_SENDER and message.service is None:
            why = f"it sent too fast for the carrier (error {code})"
            self._ledger.pause_sender(message.sender_id, self._ledger.now + pause, why)

    def _after_final(self, message: MessageState) -> None:
        message.polls = 0
        delays = self._settings.price_delays
        message.poll_at = None if message.price is not None or not delays else self._ledger.now + delays[0]
        if message.cancel_requested_at is not None and message.cancel_outcome is None:
            message.cancel_outcome = "canceled" if message.status == "canceled" else "too_late"
        if message.poll_at is not None:
            self._ledger.due.append(message.poll_at)

    def _poll_later(self, message: MessageState) -> None:
        if is_call(message.channel):
            delay = first_question(self._settings, can_be_called=self._can_be_called)
        else:
            delay = (self._settings.reconcile_delays if self._can_be_called else self._settings.poll_delays)[0]
        message.poll_at = self._ledger.now + delay
        self._ledger.due.append(message.poll_at)

    @staticmethod
    def _note_answer(attempt: AttemptState, result: PostResult) -> None:
        attempt.http_status, attempt.request_id = result.http_status, result.request_id
        attempt.error_code, attempt.error_message = result.code, result.message
        attempt.never_resend = int(result.never_resend)

    @property
    def can_be_called(self) -> bool:
        return self._can_be_called

    @staticmethod
    def _can_be_stopped(message: MessageState) -> bool:
        return can_be_stopped(message.status, message.channel)

    @staticmethod
    def is_current(message: MessageState, attempt: AttemptState) -> bool:
        return attempt.n == message.attempt_no and message.stage in UNDECIDED


def spread_of(text: str) -> float:
    """A share between 0 and 1 that is the message's own, and the same each time."""
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=4).digest()) / 2**32
