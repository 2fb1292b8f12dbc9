"""Settling attempts without an answer: Twilio's list is read, and what it shows or lacks decides (`verdicts`)."""

from __future__ import annotations

import asyncio
import functools
import json
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING, Any

from ringline.database.json_lists import as_list
from ringline.errors import CredentialError, RinglineError, TwilioError
from ringline.outbox.ledger import Ledger
from ringline.outbox.matching import Matches, Sought, matches_of
from ringline.outbox.store import ledger as ledger_store
from ringline.outbox.store import settling as store
from ringline.outbox.transitions import Transitions
from ringline.outbox.twins import ANY_TEXT
from ringline.outbox.verdicts import Evidence, Verdicts
from ringline.outbox.waking import SETTLE
from ringline.twilio.listing import ListRead, read_list
from ringline.twilio.messages import wire_address

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.outbox.clock_watch import ClockWatch
    from ringline.outbox.settings import OutboxSettings
    from ringline.outbox.waking import Waker
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)


class Settling:
    """Looks after the attempts whose `next_check_at` has come."""

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
        watch: ClockWatch,
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._clients = clients
        self._can_be_called = can_be_called
        self._note_due = note_due
        self._watch = watch

    async def settle(self, account_id: str) -> None:
        """Look at every attempt of the account that is due. Harmless when it runs twice at once."""
        await self._database.write(lambda tx: self._waker.arrived(tx, SETTLE, account_id))
        while found := await self._database.write(lambda tx: self._take(tx, account_id)):
            by_list: dict[tuple[str, str, str], list[Row]] = {}
            for row in found:
                if row["outcome"] == "unknown":
                    by_list.setdefault((row["credential_id"], row["channel"], row["to"]), []).append(row)
                else:
                    await self._change(account_id, row, self._confirm_or_let_in)
            places = asyncio.Semaphore(self._settings.lists_at_once)
            await asyncio.gather(*(self._look(account_id, rows, places) for rows in by_list.values()))

    def _take(self, tx: Transaction, account_id: str) -> list[Row]:
        now = self._clock.time()
        account = tx.one(store.ACCOUNT, {"id": account_id})
        paused_until = None if account is None else account["paused_until"]
        if paused_until is not None and paused_until > now:
            tx.run(store.PUSH_ALL, {"of_account": account_id, "now": now, "until": paused_until})
            return []
        rows = tx.all(store.DUE, {"account_id": account_id, "now": now, "count": self._settings.settle_rows})
        until = now + 2 * self._settings.http_timeout
        tx.many(store.PUSH, [{"key": row["id"], "until": until} for row in rows])
        if rows:
            tx.after_commit(lambda: self._note_due([until]))
        return rows

    async def _look(self, account_id: str, rows: Sequence[Row], places: asyncio.Semaphore) -> None:
        """One read of the list to one person, for all that is sought there."""
        began, read, problem = self._clock.time(), None, None
        visible = [row for row in rows if not _hides_address(row)]
        if visible:
            async with places:
                began = self._clock.time()
                try:
                    read = await self._read(visible, began)
                except (TwilioError, CredentialError) as error:
                    problem = error.message
                    _log.warning(
                        "the list of messages could not be read to settle %s: %s", rows[0]["message_id"], error
                    )
                    await self._heed_throttle(account_id, error)
        for row in rows:
            hidden = row not in visible
            why = "The address is hidden at Twilio, so its list cannot show the message." if hidden else problem
            known = None if hidden else read

            decide = functools.partial(self._decide, began=began, read=known, problem=why)
            await self._change(account_id, row, decide)

    async def _read(self, rows: Sequence[Row], began: float) -> ListRead:
        settings, first = self._settings, rows[0]
        client = await self._clients(first["credential_id"])
        return await read_list(
            client,
            to=wire_address(first["to"], first["channel"]),
            since=min(row["opened_at"] for row in rows) - settings.list_slack,
            now=began,
            page_size=settings.list_page,
            most_pages=settings.list_pages,
            channel=first["channel"],
        )

    async def _heed_throttle(self, account_id: str, error: RinglineError) -> None:
        if getattr(error, "status", None) != 429:
            return
        settings, wait = self._settings, getattr(error, "retry_after", None)
        until = self._clock.time() + max(wait or 0.0, settings.backoff_of(1))

        def work(tx: Transaction) -> None:
            ledger = Ledger(tx, self._waker, self._clock.time())
            ledger.pause_account(account_id, until, "Twilio asked for less when its list was read")

        await self._database.write(work)

    async def _change(
        self, account_id: str, row: Row, decide: Callable[[Ledger, Row, Transitions, Verdicts], None]
    ) -> None:
        is_suspended = self._watch.is_suspended

        def work(tx: Transaction) -> list[float]:
            ledger = Ledger(tx, self._waker, self._clock.time())
            # Nobody may bind a sid between our look at who has it and our own binding.
            ledger.lock_binding(account_id)
            ledger.load([row["message_id"]])
            if row["message_id"] in ledger.messages:
                transitions = Transitions(ledger, self._settings, can_be_called=self._can_be_called())
                verdicts = Verdicts(ledger, transitions, self._settings, is_suspended=is_suspended)
                decide(ledger, row, transitions, verdicts)
            ledger.save()
            return ledger.due

        self._note_due(await self._database.write(work))

    def _decide(
        self,
        ledger: Ledger,
        row: Row,
        transitions: Transitions,
        verdicts: Verdicts,
        *,
        began: float,
        read: ListRead | None,
        problem: str | None,
    ) -> None:
        tx = ledger.tx
        message, attempt = ledger.messages[row["message_id"]], ledger.attempts[row["message_id"], row["n"]]
        if attempt.outcome != "unknown":
            return
        if read is None:
            verdicts.weigh(message, attempt, Evidence(began, None, Matches(), problem=problem))
            return
        sought = _sought(row)
        settings = self._settings
        found = matches_of(sought, read, now=began, slack=settings.list_slack, drift=settings.list_drift)
        free = found.without(self._taken(tx, row, found.sids, account_id=message.account_id))
        evidence = Evidence(
            began,
            read,
            free,
            owed=self._owed(tx, row) if free.strong else 0,
            is_postponed=sought.has_any_text and self._something_else_is_under_way(tx, row),
        )
        verdicts.weigh(message, attempt, evidence)
        if attempt.sid is not None:
            self._hear_early_reports(ledger, transitions, message.id, attempt.n, attempt.sid)

    def _confirm_or_let_in(self, ledger: Ledger, row: Row, transitions: Transitions, verdicts: Verdicts) -> None:
        message, attempt = ledger.messages[row["message_id"]], ledger.attempts[row["message_id"], row["n"]]
        if attempt.outcome == "accepted":
            verdicts.confirm(message, attempt)
        elif attempt.outcome == "quarantined":
            ledger.touch(message, attempt)
            other = {"twin": attempt.twin, "id": attempt.id, "but": attempt.id}
            if ledger.tx.one(store.OTHER_TWIN, other) is None:
                attempt.outcome, attempt.unknown_at, attempt.next_check_at = "unknown", ledger.now, ledger.now
            else:
                attempt.next_check_at = ledger.now + self._settings.negative_gap
            ledger.due.append(attempt.next_check_at)
        elif attempt.outcome != "unknown":
            ledger.touch(message, attempt)
            attempt.next_check_at = None

    @staticmethod
    def _taken(tx: Transaction, row: Row, sids: Sequence[str], *, account_id: str) -> frozenset[str]:
        """Those that are bound, or that a report waiting to be applied gives to another attempt."""
        if not sids:
            return frozenset()
        wanted = {"account_id": account_id, "sids": as_list(sids)}
        bound = {found["sid"] for found in tx.all(store.BOUND, wanted)}
        named = {
            found["sid"]
            for found in tx.all(store.TOKENS, wanted)
            if (found["message_id"], found["attempt_n"]) != (row["message_id"], row["n"])
        }
        return frozenset(bound | named)

    def _owed(self, tx: Transaction, row: Row) -> int:
        since = self._clock.time() - self._settings.owed_for
        counted = tx.one(store.OWED, {"twin": row["twin"], "since": since, "id": row["id"]})
        prefix = row["twin"].rpartition("|")[0]
        any_text = tx.all(store.UNDECIDED_AS, {"twin": f"{prefix}|{ANY_TEXT}"})
        return (counted["count"] if counted else 0) + len(any_text)

    @staticmethod
    def _something_else_is_under_way(tx: Transaction, row: Row) -> bool:
        prefix = row["twin"].rpartition("|")[0] + "|"
        return tx.one(store.UNDECIDED_TO, {"prefix": prefix, "length": len(prefix), "id": row["id"]}) is not None

    @staticmethod
    def _hear_early_reports(ledger: Ledger, transitions: Transitions, message_id: str, n: int, sid: str) -> None:
        message = ledger.messages[message_id]
        wanted = {"account_id": message.account_id, "sids": as_list([sid])}
        for event in ledger.tx.all(ledger_store.EVENTS_BY_SID, wanted):
            ledger.claim_event(event["id"], message, n)
            transitions.join_status(message, sid, event["status"], event["error_code"] or None, source="callback")


def _sought(row: Row) -> Sought:
    return Sought(
        message_id=row["message_id"],
        n=row["n"],
        opened_at=row["opened_at"],
        channel=row["channel"],
        to=row["to"],
        sender=row["sender"] or row["message_sender"],
        service=row["service"],
        body=row["body"],
        twin=row["twin"],
    )


def _hides_address(row: Row) -> bool:
    options: dict[str, Any] = json.loads(row["options"]) if row["options"] else {}
    return options.get("address_retention") == "obfuscate"
