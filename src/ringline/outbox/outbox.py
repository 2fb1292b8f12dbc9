"""The durable send path: what is written down here is sent once, and what became of it can be seen."""

from __future__ import annotations

import functools
import logging
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ringline.compliance import cooldowns
from ringline.database.json_lists import as_list
from ringline.database.together import LANES, Together
from ringline.dispatch.ticker import Ticker
from ringline.ids import AFTER_EVERY_ID, new_id
from ringline.outbox import callbacks
from ringline.outbox.budgets import Spend, release
from ringline.outbox.calling import OnResource
from ringline.outbox.claiming import Permission
from ringline.outbox.clock_watch import ClockWatch
from ringline.outbox.draining import Drains
from ringline.outbox.forecast import SendForecast
from ringline.outbox.groups import Groups
from ringline.outbox.intake import Intake
from ringline.outbox.ledger import Ledger
from ringline.outbox.listing import Listing
from ringline.outbox.polling import Polls
from ringline.outbox.pool_list import PoolList
from ringline.outbox.quarantine import backup_time, quarantine
from ringline.outbox.results import ResultWriter
from ringline.outbox.retention import Retention
from ringline.outbox.rows import NewMessage, OutboxRow
from ringline.outbox.senders import Senders
from ringline.outbox.settings import OutboxSettings
from ringline.outbox.settlements import Settlements
from ringline.outbox.settling import Settling
from ringline.outbox.stopping import Stops
from ringline.outbox.store import reading
from ringline.outbox.store.intake import WITH_KEYS
from ringline.outbox.sweeping import Sweeps, Swept
from ringline.outbox.waiting import Waiters, not_found
from ringline.outbox.waking import APPLY, DRAIN, SETTLE, Waker
from ringline.twilio.statuses import is_final

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.dispatch import Dispatcher, Handler
    from ringline.outbox.changes import OnChange, OnTaken
    from ringline.twilio.client import TwilioClient
    from ringline.twilio.webhooks import StatusCallback

_log = logging.getLogger(__name__)

COMPACT_SECONDS = 86_400.0


class Outbox:
    """Takes messages, sends them, and keeps what Twilio says about them.

    *clients* gives the Twilio client of a credential's id. *public_url* is where Twilio reaches this installation;
    without it no status callback is asked for, and statuses are polled.
    """

    def __init__(
        self,
        database: Database,
        dispatcher: Dispatcher,
        clock: Clock,
        clients: Callable[[str], Awaitable[TwilioClient]],
        public_url: str | None = None,
        settings: OutboxSettings | None = None,
    ) -> None:
        self.settings = settings or OutboxSettings()
        self.public_url = public_url
        self._database = database
        self._clock = clock
        self._waker = Waker(dispatcher)
        self._worker = new_id("wrk", at=clock.time()) + f".{os.getpid()}"
        self._intake = Intake(self._waker, self.settings)
        self._takes: Together[NewMessage, OutboxRow] = Together(self.enqueue_many, lanes=LANES[database.dialect])
        self._sweeps = Sweeps(self.settings, self._waker, can_be_called=self._can_be_called)
        longest = self.settings.tick_shared if database.dialect == "postgresql" else self.settings.tick
        self._ticker = Ticker(self, clock, longest=longest, what="outbox")
        self._waiters = Waiters(database, clock, self.get)
        parts = (database, clock, self.settings, self._waker)
        self._results = ResultWriter(*parts, can_be_called=self._can_be_called, note_due=self._ticker.note)
        self._polls = Polls(*parts, clients=clients, can_be_called=self._can_be_called, note_due=self._ticker.note)
        self._watch = ClockWatch(clock, slack=self.settings.clock_slack, span=self.settings.horizon)
        self._settling = Settling(
            *parts, clients=clients, can_be_called=self._can_be_called, note_due=self._ticker.note, watch=self._watch
        )
        self.listing = Listing(database)
        self.settlements = Settlements(
            *parts, clients=clients, can_be_called=self._can_be_called, note_due=self._ticker.note
        )
        self.retention = Retention(database, clock, self.settings, clients=clients)
        self._drains = Drains(
            *parts,
            self._results,
            worker=self._worker,
            clients=clients,
            status_callback=self._status_callback,
            public_url=lambda: self.public_url,
            can_be_called=self._can_be_called,
            note_due=self._ticker.note,
        )
        self.senders = Senders(*parts, look=self._ticker.now)
        self.pools = PoolList(*parts, look=self._ticker.now)
        self.stops = Stops(*parts[1:], can_be_called=self._can_be_called, note_due=self._ticker.note)
        self.groups = Groups(self._waker, self.stops, time=clock.time)
        self._compacted_at = clock.time()

    @property
    def worker(self) -> str:
        """The id under which this process opens attempts."""
        return self._worker

    @property
    def ticker(self) -> Ticker:
        """What sweeps it."""
        return self._ticker

    def stop(self) -> None:
        """Claim nothing new: what is being sent is finished, and the rest left to others or the next start."""
        self._drains.stop()

    @property
    def database(self) -> Database:
        """Where it writes, for what has to commit together with a message."""
        return self._database

    @property
    def on_taken(self) -> list[OnTaken]:
        """Who is told, in the transaction that writes them down, of new messages."""
        return self._waker.on_taken

    @property
    def on_change(self) -> list[OnChange]:
        """Who is told, in the transaction that writes it, what has become of messages; append to it before starting.

        Told are changes of stage, status, error, price and moment of sending; not that a message has been taken, which
        `enqueue_in` returns.
        """
        return self._waker.on_change

    @property
    def on_refused(self) -> list[OnChange]:
        """Who is told, in the transaction that takes messages, which of them are refused at once."""
        return self._waker.on_refused

    @property
    def spend(self) -> Spend | None:
        """Who is asked, in the transaction that opens the attempts, whether budgets let messages go."""
        return self._waker.spend

    @spend.setter
    def spend(self, spend: Spend | None) -> None:
        self._waker.spend = spend

    def release_in(self, tx: Transaction) -> int:
        """Have what budgets hold be counted anew at once; returns how many messages that are."""
        now = self._clock.time()
        tx.after_commit(self._ticker.now)
        return release(tx, now)

    @property
    def on_resource(self) -> list[OnResource]:
        """Who is told, in the transaction that takes it in, all that Twilio shows of a call."""
        return self._waker.on_resource

    # --- taking messages -----------------------------------------------------------------------------------------

    def enqueue_in(self, tx: Transaction, message: NewMessage) -> OutboxRow:
        """Write a message down in the caller's transaction; it is sent if that commits.

        The same key gives the first message back (``found``). What may not be sent is a row too, with stage
        ``refused``. Raises `IdempotencyConflict` and `RequestError`.
        """
        return self.enqueue_many_in(tx, [message])[0]

    def enqueue_many_in(self, tx: Transaction, messages: Sequence[NewMessage]) -> list[OutboxRow]:
        """As `enqueue_in`, for many at the cost of few statements; all or none."""
        taken = self._intake.take(tx, messages, now=self._clock.time())
        if taken.due_at is not None:
            due = taken.due_at
            tx.after_commit(lambda: self._ticker.note([due]))
        return taken.rows

    async def enqueue(self, message: NewMessage) -> OutboxRow:
        """`enqueue_in` without a transaction of the caller's: it shares one with what others enqueue at the moment."""
        return await self._takes.ask(message)

    async def enqueue_many(self, messages: Sequence[NewMessage]) -> list[OutboxRow]:
        """`enqueue_many_in` in a transaction of its own."""
        return await self._database.write(lambda tx: self.enqueue_many_in(tx, messages))

    async def is_cooling_down(self, key: str, seconds: float) -> bool:
        """Whether a message with this cooldown would be refused now."""
        now = self._clock.time()
        return await self._database.read(lambda tx: cooldowns.is_active(tx, key, seconds, now=now))

    async def cancel(self, id: str) -> OutboxRow:
        """Stop a message if it still can be: at once before it is written, else by asking Twilio (best effort).

        What cannot be stopped any more comes back as it stands. Raises `NotFoundError`.
        """
        await self._database.write(lambda tx: self.stops.cancel_in(tx, id))
        return await self.get(id)

    # --- looking -------------------------------------------------------------------------------------------------

    async def get(self, id: str) -> OutboxRow:
        """One message. Raises `NotFoundError`."""
        record = await self._database.read(lambda tx: tx.one(reading.GET, {"id": id}))
        if record is None:
            raise not_found(id)
        return OutboxRow.of(record)

    async def has_key(self, scope: str, key: str) -> bool:
        """Whether there is a message with this key already."""
        wanted = {"scope": scope, "keys": as_list([key])}
        return await self._database.read(lambda tx: tx.one(WITH_KEYS, wanted)) is not None

    def hold_in(self, tx: Transaction, id: str) -> OutboxRow:
        """One message as this transaction sees it; nobody changes it until the transaction ends. `NotFoundError`."""
        record = tx.one(reading.GET_HELD, {"id": id})
        if record is None:
            raise not_found(id)
        return OutboxRow.of(record)

    async def list(
        self, filters: Mapping[str, Any] | None = None, *, cursor: str | None = None, limit: int = 50
    ) -> list[OutboxRow]:
        """So many, newest first, older than the message whose id is *cursor*; `listing` names the filters."""
        return await self.listing.newest(filters or {}, before=cursor, limit=limit)

    def after_in(self, tx: Transaction, after: str, count: int) -> Sequence[OutboxRow]:
        """Messages whose ids follow that one, in the order of ids; without calls."""
        found = tx.all(reading.AFTER, {"after": after, "until": f"msg_{AFTER_EVERY_ID}", "count": count})
        return [OutboxRow.of(record) for record in found]

    async def cost_of(self, person: str) -> dict[str, tuple[int, float]]:
        """What messages and calls to a number cost, as far as Twilio has said: how many and how much, by currency."""
        rows = await self._database.read(lambda tx: tx.all(reading.COST_OF, {"person": person}))
        return {row["price_unit"] or "USD": (int(row["count"]), float(row["amount"])) for row in rows}

    async def wait(self, id: str, timeout: float | None = None, *, for_delivery: bool = False) -> OutboxRow:
        """The message once its send is decided, or as it stands after *timeout* seconds.

        With *for_delivery*, once its delivery is final as well. Raises `NotFoundError`.
        """

        def is_enough(row: OutboxRow) -> bool:
            return row.is_decided and (not for_delivery or row.stage != "accepted" or is_final(row.status, row.channel))

        return await self._waiters.wait(id, timeout, is_enough)

    async def events(self, id: str) -> Sequence[Row]:
        """What Twilio reported about a message, in the order in which it arrived; ``raw`` is the form as JSON."""
        return await self._database.read(lambda tx: tx.all(reading.EVENTS, {"id": id}))

    async def attempts(self, id: str) -> Sequence[Row]:
        """Every request that was permitted for a message, and what came of it."""
        return await self._database.read(lambda tx: tx.all(reading.ATTEMPTS, {"id": id}))

    def needs_credential_in(self, tx: Transaction, credential_id: str) -> bool:
        """Whether a message that is not settled yet was, or is to be, sent with this credential."""
        return tx.one(reading.CREDENTIAL_IN_USE, {"id": credential_id}) is not None

    async def count_by_stage(self) -> dict[str, int]:
        """How many messages are in each stage."""
        rows = await self._database.read(lambda tx: tx.all(reading.COUNT_BY_STAGE))
        return {row["stage"]: row["count"] for row in rows}

    async def forecast(
        self,
        *,
        account_id: str,
        sender: str | None = None,
        service: str | None = None,
        channel: str = "sms",
        segments: float = 0,
    ) -> SendForecast:
        """When a sender, a messaging service or a pool (``pool:name``) will have sent that many segments more.

        WhatsApp messages and those with media count one each. Raises `RequestError` for a pool that cannot send.
        """
        return await self.senders.forecast(
            account_id=account_id, sender=sender, service=service, channel=channel, segments=segments
        )

    # --- working -------------------------------------------------------------------------------------------------

    def handlers(self) -> dict[str, Handler]:
        """What the dispatcher has to run."""
        return {DRAIN: self.drain, APPLY: self.apply_callbacks, SETTLE: self.settle}

    async def drain(self, sender_id: str) -> None:
        """Send what is due at a sender. May run any number of times at once, in any number of processes."""
        await self._drains.drain(sender_id)

    async def record_callback(
        self, callback: StatusCallback, *, message_id: str | None = None, attempt_no: int | None = None
    ) -> None:
        """Store a status callback whose signature has been checked; *message_id* and *attempt_no* from its URL.

        When this returns it is on disk, and a job will apply it.
        """
        await self._database.write(
            lambda tx: self.record_callback_in(tx, callback, message_id=message_id, attempt_no=attempt_no)
        )

    def record_callback_in(
        self, tx: Transaction, callback: StatusCallback, *, message_id: str | None, attempt_no: int | None
    ) -> None:
        """As `record_callback`, in the caller's transaction."""
        token = (message_id, attempt_no) if message_id is not None and attempt_no is not None else (None, None)
        callbacks.store_callback(
            tx, callback, message_id=token[0], attempt_no=token[1], waker=self._waker, now=self._clock.time()
        )

    def passes_in(self, tx: Transaction, id: str, n: int, sid: str, *, account_id: str) -> bool:
        """Whether attempt *n* of a call is its current one, and *sid* may be what it made: the fence before it talks.

        The rows stay ours until the transaction ends.
        """
        ledger = Ledger(tx, self._waker, self._clock.time())
        ledger.load([id])
        message, attempt = ledger.messages.get(id), ledger.attempts.get((id, n))
        if message is None or attempt is None or message.account_id != account_id or message.attempt_no != n:
            return False
        if message.cancel_requested_at is not None or message.stage in ("canceled", "refused"):
            return False
        # What the list suggested gives way to the call that knows the attempt's own address.
        return attempt.sid in (None, sid) or attempt.bound_by == "list"

    async def apply_callbacks(self, account_id: str) -> None:
        """Apply the status callbacks that wait for an account."""
        await self._database.write(lambda tx: self._waker.arrived(tx, APPLY, account_id))

        def work(tx: Transaction, *, strays_too: bool) -> callbacks.Applied:
            return callbacks.apply_batch(
                tx,
                account_id,
                now=self._clock.time(),
                settings=self.settings,
                waker=self._waker,
                can_be_called=self._can_be_called(),
                strays_too=strays_too,
            )

        strays_too = False
        while True:
            applied = await self._database.write(functools.partial(work, strays_too=strays_too))
            self._ticker.note(applied.due)
            if applied.count < self.settings.apply_rows and not applied.has_strays:
                return
            strays_too = applied.has_strays

    async def settle(self, account_id: str) -> None:
        """Read Twilio's list for the account's attempts without an answer, and decide what became of them."""
        await self._settling.settle(account_id)

    async def poll_statuses(self, now: float | None = None) -> int:
        """Ask Twilio about the messages that are due; returns how many."""
        return await self._polls.poll(self._clock.time() if now is None else now)

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Do what time alone brings about; returns when something falls due next.

        *at_start* of a process on SQLite every open attempt of another worker belongs to a dead one.
        """
        not_by = self._worker if at_start and self._database.dialect == "sqlite" else None
        is_full = True
        while is_full:
            now, ages_count = self._clock.time(), not self._watch.is_suspended
            once = functools.partial(self._sweep_once, now=now, not_by=not_by, ages_count=ages_count)
            swept = await self._database.write(once)
            is_full = swept.is_full
        await self.poll_statuses()
        if self._clock.time() - self._compacted_at >= COMPACT_SECONDS:
            await self.compact()
        # As of that last look: what has fallen due since then has been seen by nobody.
        due = await self._database.read(lambda tx: self._sweeps.next_due(tx, now=now))
        if due is not None and due <= now and self._watch.is_suspended:
            # An open attempt that looks too old stays where it is until ages can be believed again.
            return now + 1.0
        return due

    async def compact(self) -> None:
        """Forget what is older than it is to be kept; see `retention.Retention.compact`."""
        self._compacted_at = self._clock.time()
        await self.retention.compact()

    async def quarantine(self, *, backup_at: float | None = None, restored_at: float | None = None) -> int:
        """After a restore: look up, before it is sent, what may have been sent in the time that is lost.

        *backup_at* is when the backup was made, by default the last moment its data knows of; *restored_at* when it was
        put in force, by default now. Returns how many messages that concerns. Call it before anything is sent.
        """
        now = self._clock.time()
        known = await self._database.read(backup_time)
        since = backup_at if backup_at is not None else known if known is not None else now
        work = functools.partial(
            quarantine,
            backup_at=since,
            restored_at=now if restored_at is None else restored_at,
            now=now,
            settings=self.settings,
            waker=self._waker,
        )
        count = 0
        while (taken := await self._database.write(work)).count:
            count += taken.count
            self._ticker.note(taken.due)
        return count

    async def look_again(self) -> None:
        """Have whoever has work looked at: a pause has ended, or a rate has changed."""
        self._ticker.now()

    # --- pieces --------------------------------------------------------------------------------------------------

    def _sweep_once(self, tx: Transaction, *, now: float, not_by: str | None, ages_count: bool) -> Swept:
        return self._sweeps.all(
            tx,
            now=now,
            not_by=not_by,
            is_draining=self._drains.is_running,
            nudge=self._nudge,
            ages_count=ages_count,
        )

    def _nudge(self, sender_id: str) -> None:
        if not self._drains.nudge(sender_id):
            # It has ended in the meantime, so the next sweep sends a job.
            self._ticker.now()

    def _can_be_called(self) -> bool:
        return self.public_url is not None

    def _status_callback(self, permission: Permission) -> str | None:
        if self.public_url is None:
            return None
        # The attempt's number is part of it: only so a second message of one row can be told apart.
        return f"{self.public_url.rstrip('/')}/twilio/status/{permission.message_id}.{permission.n}"
