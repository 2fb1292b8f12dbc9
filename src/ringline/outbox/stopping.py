"""Messages that are not wanted any more: of a run that ended, of somebody who opted out, or by a person's word."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ringline.compliance import suppression
from ringline.compliance.scopes import scope_of_opt_out, scopes_of
from ringline.outbox.ledger import Ledger, MessageState
from ringline.outbox.store import sweeps
from ringline.outbox.transitions import Transitions
from ringline.outbox.waiting import not_found

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker


class Stops:
    """Stops messages: at once before they are written, else by asking Twilio (best effort)."""

    def __init__(
        self,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        *,
        can_be_called: Callable[[], bool],
        note_due: Callable[[Sequence[float]], None],
    ) -> None:
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._can_be_called = can_be_called
        self._note_due = note_due

    def cancel_in(self, tx: Transaction, id: str) -> None:
        """Stop one message; what cannot be stopped any more stays as it is. Raises `NotFoundError`."""
        if not self.cancel_many_in(tx, [id]):
            raise not_found(id)

    def cancel_many_in(self, tx: Transaction, ids: Iterable[str]) -> int:
        """As `cancel_in`, for those that there are; returns how many."""
        with self._changing(tx, ids) as (messages, transitions):
            for message in messages:
                transitions.cancel(message)
        return len(messages)

    def cancel_run_in(self, tx: Transaction, run_id: str) -> int:
        """Stop what a run has not sent yet; returns how many messages there were."""
        rows = tx.all(sweeps.UNSENT_OF_RUN, {"run_id": run_id})
        return self.cancel_many_in(tx, (row["id"] for row in rows)) if rows else 0

    def cancel_unsent_in(self, tx: Transaction, ids: Sequence[str]) -> int:
        """Stop those of the messages that are held, ready or scheduled at Twilio; returns how many there were."""
        with self._changing(tx, ids) as (messages, transitions):
            unsent = [one for one in messages if one.stage in ("held", "ready") or one.status == "scheduled"]
            for message in unsent:
                transitions.cancel(message)
        return len(unsent)

    def opt_out_in(
        self,
        tx: Transaction,
        *,
        account_id: str,
        channel: str,
        recipient: str,
        source: str,
        sender: str | None = None,
        service: str | None = None,
        evidence: str | None = None,
        ref: str | None = None,
    ) -> int:
        """T21: suppress the recipient (as `compliance.suppression.suppress` does) and refuse what waits to be sent.

        Messages scheduled at Twilio are canceled there. Returns how many messages were refused.
        """
        suppression.suppress(
            tx,
            account_id=account_id,
            channel=channel,
            recipient=recipient,
            sender=sender,
            service=service,
            source=source,
            evidence=evidence,
            ref=ref,
            now=self._clock.time(),
        )
        scope = scope_of_opt_out(account_id, channel, sender, service)
        who = {"recipient": recipient, "account_id": account_id}
        rows = [*tx.all(sweeps.WAITING_FOR, who), *tx.all(sweeps.SCHEDULED_FOR, who)]
        refused = 0
        with self._changing(tx, (row["id"] for row in rows)) as (messages, transitions):
            for message in messages:
                if scope not in scopes_of(message.account_id, message.channel, message.sender, message.service):
                    continue
                if message.stage in ("held", "ready"):
                    transitions.refuse(message, "opted_out", f"The recipient has opted out ({source}).")
                    refused += 1
                elif message.status == "scheduled":
                    transitions.cancel(message)
        return refused

    @contextmanager
    def _changing(self, tx: Transaction, ids: Iterable[str]) -> Iterator[tuple[list[MessageState], Transitions]]:
        """These messages, and what may become of them; it is written at the end."""
        ledger = Ledger(tx, self._waker, self._clock.time())
        ledger.load(ids)
        transitions = Transitions(ledger, self._settings, can_be_called=self._can_be_called())
        yield list(ledger.messages.values()), transitions
        ledger.save()
        due = list(ledger.due)
        tx.after_commit(lambda: self._note_due(due))
