"""Sending what is due at one sender, until there is nothing more or it is another's turn."""

from __future__ import annotations

import asyncio
import functools
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from ringline.errors import CredentialError
from ringline.outbox.calling import call_form, is_call
from ringline.outbox.claiming import Claim, Permission, claim
from ringline.outbox.pools import idle_takers, is_queue
from ringline.outbox.results import Result, ResultWriter
from ringline.outbox.slots import tolerance
from ringline.outbox.store.senders import RELEASE_SLOT
from ringline.outbox.waking import DRAIN, Waker
from ringline.twilio.messages import PostResult

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)

MISSED_SLOT = "Its turn had passed when it could have been written."
SLOW_CLAIM = 0.02
"""Seconds of a claim from which on its slots are taken as much later."""


class Drains:
    """Runs `drain` for senders; a second one for the same sender in this process only makes the first look again."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        settings: OutboxSettings,
        waker: Waker,
        results: ResultWriter,
        *,
        worker: str,
        clients: Callable[[str], Awaitable[TwilioClient]],
        status_callback: Callable[[Permission], str | None],
        public_url: Callable[[], str | None],
        can_be_called: Callable[[], bool],
        note_due: Callable[[Sequence[float]], None],
    ) -> None:
        self._database = database
        self._clock = clock
        self._settings = settings
        self._waker = waker
        self._results = results
        self._worker = worker
        self._clients = clients
        self._status_callback = status_callback
        self._public_url = public_url
        self._can_be_called = can_be_called
        self._note_due = note_due
        self._running: dict[str, _Drain] = {}
        self._lead = 0.0
        self.is_stopping = False
        self._stop = asyncio.Event()

    def stop(self) -> None:
        """Have every drain finish what it has taken and leave the rest to others."""
        self.is_stopping = True
        self._stop.set()
        for running in self._running.values():
            running.stop_resting()

    def is_running(self, sender_id: str) -> bool:
        return sender_id in self._running

    def nudge(self, sender_id: str) -> bool:
        """Have the drain of this sender look again; False if none is running here."""
        running = self._running.get(sender_id)
        if running is not None:
            running.look_again()
        return running is not None

    async def drain(self, sender_id: str) -> None:
        if self.nudge(sender_id):
            return
        if is_queue(sender_id):
            await self.wake_takers(sender_id)
            return
        drain = self._running[sender_id] = _Drain(self, sender_id)
        try:
            await drain.run()
        finally:
            del self._running[sender_id]
        if drain.wants_another_look:
            # Somebody came while the last results were on their way to the disk, and relies on our having looked.
            await self.hand_back(sender_id)

    async def arrive(self, sender_id: str) -> None:
        """Take the wake-up: rows committed from here on bring another."""
        # A transaction of its own: on Postgres producers wait for the lock it holds.
        await self._database.write(lambda tx: self._waker.arrived(tx, DRAIN, sender_id))

    async def claim(self, sender_id: str, count: int) -> Claim:
        lead = self._lead

        def work(tx: Transaction) -> Claim:
            return claim(
                tx,
                sender_id=sender_id,
                count=count,
                clock=self._clock,
                worker=self._worker,
                settings=self._settings,
                waker=self._waker,
                can_be_called=self._can_be_called(),
                lead=lead,
            )

        began = self._clock.monotonic()
        taken = await self._database.write(work)
        took = self._clock.monotonic() - began
        # What the disk takes on a slow day must not use up the moments that the first slots have to be used in.
        self._lead = min(took, self._settings.ahead / 2) if took > SLOW_CLAIM else 0.0
        self._note_due(taken.due)
        return taken

    def may_rest(self, until: float) -> bool:
        """Whether a drain may wait here for its next slot; if not, the ticker wakes its sender then."""
        if until - self._clock.time() <= self._settings.rest and len(self._running) <= self._settings.rest_at_most:
            return True
        self._note_due([until])
        return False

    async def wake_takers(self, queue_id: str) -> None:
        """Have those members of a pool look at its queue that are free first, as many as there are messages."""
        await self.arrive(queue_id)

        def work(tx: Transaction) -> list[str]:
            return idle_takers(tx, queue_id, now=self._clock.time(), settings=self._settings)

        for sender_id in await self._database.read(work):
            if not self.nudge(sender_id):
                await self._database.write(functools.partial(self._wake, sender_id))

    def _wake(self, sender_id: str, tx: Transaction) -> None:
        self._waker.wake(tx, DRAIN, sender_id, now=self._clock.time())

    async def hand_back(self, sender_id: str) -> None:
        """Leave the rest to the next job."""
        await self._database.write(lambda tx: self._waker.again(tx, DRAIN, sender_id))

    async def send(self, permission: Permission, claimed_at: float) -> None:
        """Write one request, if its time has not passed; whatever comes of it is put among the results."""
        try:
            outcome = await self._post(permission, claimed_at)
        except CredentialError as error:
            outcome = PostResult("rejected", message=error.message)
            await self._release(permission)
        except Exception as error:  # the edge of the sender: an attempt always gets a result
            _log.exception("message %s could not be sent", permission.message_id)
            outcome = PostResult("unknown", message=f"An error of Ringline's own: {type(error).__name__}.")
        self._results.put(Result(permission.message_id, permission.n, permission.account_id, outcome))

    async def _post(self, permission: Permission, claimed_at: float) -> PostResult:
        client = await self._clients(permission.credential_id)
        if permission.interval > 0:
            early = permission.slot - self._clock.time()
            if early > 0 and not await self._slot_comes(early):
                await self._release(permission)
                return PostResult("not_sent", message="This process ended before its turn came.", retry_after=0.0)
            if self._clock.time() - permission.slot > tolerance(permission.interval):
                # Given up: whoever claims it again takes another slot, and the rate holds.
                return PostResult("not_sent", message=MISSED_SLOT, retry_after=0.0)
        # The last thing before writing: a worker that was frozen since the claim must not write any more.
        if self._clock.monotonic() - claimed_at > self._settings.write_deadline:
            return PostResult("not_sent", message="Too much time had passed since it was taken to be written.")
        if is_call(permission.channel):
            return await client.create_call(call_form(permission.record, permission.n, self._public_url()))
        return await client.create_message(permission.form(self._status_callback(permission)))

    async def _slot_comes(self, seconds: float) -> bool:
        """Wait for a slot; False if this process is to stop before, in which nobody should wait for a clock."""
        slot = asyncio.ensure_future(self._clock.sleep(seconds))
        stop = asyncio.ensure_future(self._stop.wait())
        await asyncio.wait((slot, stop), return_when=asyncio.FIRST_COMPLETED)
        has_come = slot.done()
        slot.cancel()
        stop.cancel()
        return has_come

    async def _release(self, permission: Permission) -> None:
        # Nothing has begun to be written, so its slot may go to another; unless a later one has been taken.
        values = {"slot": permission.slot, "taken_until": permission.taken_until, "id": permission.record["sender_id"]}
        if permission.interval > 0:
            await self._database.write(lambda tx: tx.run(RELEASE_SLOT, values))

    @property
    def settings(self) -> OutboxSettings:
        return self._settings

    @property
    def clock(self) -> Clock:
        return self._clock

    @property
    def results(self) -> ResultWriter:
        return self._results


class _Drain:
    """One run of one sender."""

    def __init__(self, drains: Drains, sender_id: str) -> None:
        self._drains = drains
        self._sender_id = sender_id
        self._in_flight = 0
        self._most = drains.settings.max_in_flight
        self._wants_another_look = True
        self._was_woken = True
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._alarm: asyncio.Task[None] | None = None

    @property
    def wants_another_look(self) -> bool:
        """Whether somebody asked for a look that has not been taken."""
        return self._wants_another_look

    def look_again(self) -> None:
        self._wants_another_look = self._was_woken = True
        self._moved.set()

    async def run(self) -> None:
        try:
            await self._work()
        finally:
            self.stop_resting()
        while self._in_flight:
            self._moved.clear()
            await self._moved.wait()
        await self._drains.results.flush()

    async def _work(self) -> None:
        drains = self._drains
        stop_at = drains.clock.monotonic() + drains.settings.hand_back
        while True:
            if self._wants_another_look and self._in_flight <= self._most // 2:
                if drains.is_stopping or drains.clock.monotonic() >= stop_at:
                    return
                await self._take(self._most - self._in_flight)
                continue
            if self._in_flight == 0 and self._alarm is None:
                # Results may have made rows ready again; who did that has woken us, or the next job will.
                await drains.results.flush()
                if not self._wants_another_look:
                    return
                continue
            if drains.is_stopping:
                return
            self._moved.clear()
            await self._moved.wait()

    async def _take(self, count: int) -> None:
        drains = self._drains
        if self._was_woken:
            self._was_woken = False
            await drains.arrive(self._sender_id)
        self._wants_another_look = False
        self.stop_resting()
        # Taken before the claim is sent, so that the deadline counted from here ends before the attempt's age says so.
        claimed_at = drains.clock.monotonic()
        taken = await drains.claim(self._sender_id, count)
        # Most of what a paced sender has in flight waits for its slot, so there may be more of it.
        self._most = drains.settings.claim_rows if taken.is_paced else drains.settings.max_in_flight
        if taken.next_look is not None and taken.next_look > drains.clock.time():
            self._rest(taken.next_look)
        elif taken.looked_at:
            self._wants_another_look = True
        drains.results.expect(len(taken.permissions))
        self._in_flight += len(taken.permissions)
        for permission in taken.permissions:
            task = asyncio.create_task(drains.send(permission, claimed_at))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _rest(self, until: float) -> None:
        if self._drains.may_rest(until):
            self._alarm = asyncio.create_task(self._look_at(until), name=f"slot of {self._sender_id}")

    async def _look_at(self, moment: float) -> None:
        await self._drains.clock.sleep(moment - self._drains.clock.time())
        self._alarm = None
        self._wants_another_look = True
        self._moved.set()

    def stop_resting(self) -> None:
        """Do not wait for the next slot any longer."""
        if self._alarm is not None:
            self._alarm.cancel()
            self._alarm = None
            self._moved.set()

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._in_flight -= 1
        if self._in_flight in (0, self._most // 2):
            self._moved.set()
