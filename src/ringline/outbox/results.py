"""What came of requests, written down together: one commit for many, and none that waits for company."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.outbox.ledger import Ledger
from ringline.outbox.rebinding import take_back
from ringline.outbox.store import ledger as store
from ringline.outbox.transitions import Transitions
from ringline.twilio.messages import PostResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.outbox.ledger import AttemptState
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker

_log = logging.getLogger(__name__)

RETRY_PAUSES = (0.1, 0.5, 2.0, 5.0)
"""Seconds, by the machine's own time, between tries to write results down while the database cannot."""


@dataclass(frozen=True, slots=True)
class Result:
    """What one attempt came to."""

    message_id: str
    n: int
    account_id: str
    outcome: PostResult


def record_results(
    tx: Transaction,
    results: Sequence[Result],
    *,
    now: float,
    settings: OutboxSettings,
    waker: Waker,
    can_be_called: bool,
) -> list[float]:
    """Apply each result to its message; returns when something of it falls due. May be repeated, in any order."""
    ledger = Ledger(tx, waker, now)
    ledger.share_binding(result.account_id for result in results if result.outcome.sid is not None)
    ledger.load(result.message_id for result in results)
    transitions = Transitions(ledger, settings, can_be_called=can_be_called)
    owners, early = _known_sids(tx, results)
    for result in results:
        message = ledger.messages.get(result.message_id)
        attempt = ledger.attempts.get((result.message_id, result.n))
        if message is None or attempt is None:
            _log.error("the result of attempt %s.%d belongs to no row", result.message_id, result.n)
            continue
        outcome = result.outcome
        sid = outcome.sid if outcome.kind == "accepted" else None
        holder = attempt.key
        if sid is not None:
            holder = owners.setdefault((result.account_id, sid), attempt.key)
        if holder != attempt.key and _take_back(ledger, settings, holder, attempt):
            owners[result.account_id, sid or ""] = attempt.key
        elif holder != attempt.key:
            _log.error("message %s: Twilio answered with the sid of another message, %s", message.id, sid)
            outcome = PostResult(
                "unknown",
                http_status=outcome.http_status,
                message=f"Twilio answered with the sid of another message, {sid}.",
                request_id=outcome.request_id,
                never_resend=True,
            )
            sid = None
        transitions.answer(message, attempt, outcome)
        for event in early.get((result.account_id, sid), ()) if sid is not None else ():
            # A report that was here before the sid, and without a token that says whose it is.
            ledger.claim_event(event["id"], message, attempt.n)
            transitions.join_status(message, event["sid"], event["status"], event["error_code"], source="callback")
    ledger.save()
    return ledger.due


def _take_back(ledger: Ledger, settings: OutboxSettings, holder: tuple[str, int], owner: AttemptState) -> bool:
    """T12: Twilio's answer is better evidence than its list. False when the holder has it from Twilio itself."""
    ledger.load([holder[0]])
    message, attempt = ledger.messages.get(holder[0]), ledger.attempts.get(holder)
    if message is None or attempt is None or attempt.bound_by != "list":
        return False
    take_back(ledger, settings, message, attempt, owner=owner)
    return True


def _known_sids(
    tx: Transaction, results: Sequence[Result]
) -> tuple[dict[tuple[str, str], tuple[str, int]], dict[tuple[str, str], list[dict[str, Any]]]]:
    sids: dict[str, list[str]] = {}
    for result in results:
        if result.outcome.kind == "accepted" and result.outcome.sid:
            sids.setdefault(result.account_id, []).append(result.outcome.sid)
    owners: dict[tuple[str, str], tuple[str, int]] = {}
    early: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for account_id, of_account in sids.items():
        wanted = {"account_id": account_id, "sids": as_list(of_account)}
        for row in tx.all(store.ATTEMPTS_BY_SID, wanted):
            owners[account_id, row["sid"]] = (row["message_id"], row["n"])
        for row in tx.all(store.EVENTS_BY_SID, wanted):
            early.setdefault((account_id, row["sid"]), []).append(row)
    return owners, early


class ResultWriter:
    """Collects results and commits them: at once when nobody else is on the way, else many together."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        *,
        can_be_called: Callable[[], bool],
        note_due: Callable[[Sequence[float]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._can_be_called = can_be_called
        self._note_due = note_due
        self._waiting: list[Result] = []
        self._expected = 0
        self._full = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def expect(self, count: int) -> None:
        """So many requests more will end in `put`."""
        self._expected += count

    def put(self, result: Result) -> None:
        self._expected -= 1
        self._waiting.append(result)
        if self._expected <= 0 or len(self._waiting) >= self._settings.result_rows:
            self._full.set()
        if self._task is None:
            self._task = asyncio.create_task(self._write(), name="ringline-results")

    async def flush(self) -> None:
        """Wait until everything put so far is on disk."""
        while self._task is not None:
            self._full.set()
            await asyncio.shield(self._task)

    async def _write(self) -> None:
        try:
            while self._waiting:
                if not self._full.is_set():
                    # The machine's own time: it only decides how many share a commit, not what happens.
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._full.wait(), self._settings.result_pause)
                self._full.clear()
                batch = self._waiting[: self._settings.result_rows]
                del self._waiting[: len(batch)]
                await self._write_batch(batch)
        finally:
            self._task = None

    async def _write_batch(self, batch: Sequence[Result]) -> None:
        # Evidence that only we have: a database that is away for a moment must not turn a sid into a riddle.
        for pause in RETRY_PAUSES:
            try:
                await self._commit(batch)
            except Exception:
                _log.exception("the results of %d requests could not be written down; again in %g s", len(batch), pause)
                await asyncio.sleep(pause)
            else:
                return
        for result in batch:
            # One by one, should one of them be to blame.
            try:
                await self._commit([result])
            except Exception:
                # Its attempt stays open and is swept as unknown: nothing is sent twice, and a callback still binds it.
                _log.exception("what came of message %s could not be written down", result.message_id)

    async def _commit(self, batch: Sequence[Result]) -> None:
        now, can_be_called = self._clock.time(), self._can_be_called()

        def work(tx: Transaction) -> list[float]:
            return record_results(
                tx, batch, now=now, settings=self._settings, waker=self._waker, can_be_called=can_be_called
            )

        self._note_due(await self._database.write(work))
