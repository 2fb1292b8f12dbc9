"""Sending what is due at one sender, until there is nothing more or it is another's turn."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from typing import TYPE_CHECKING

from ringline.errors import CredentialError
from ringline.outbox.claiming import Claim, Permission, claim
from ringline.outbox.results import Result, ResultWriter
from ringline.outbox.slots import tolerance
from ringline.outbox.waking import DRAIN, Waker
from ringline.twilio.messages import PostResult

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.outbox.settings import OutboxSettings
    from ringline.twilio.client import TwilioClient

_log = logging.getLogger(__name__)


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
        self._can_be_called = can_be_called
        self._note_due = note_due
        self._running: dict[str, _Drain] = {}
        self.is_stopping = False
        """Set to have every drain finish what it has taken and leave the rest to others."""

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
        now = self._clock.time()

        def work(tx: Transaction) -> Claim:
            return claim(
                tx,
                sender_id=sender_id,
                count=count,
                now=now,
                worker=self._worker,
                settings=self._settings,
                waker=self._waker,
                can_be_called=self._can_be_called(),
            )

        taken = await self._database.write(work)
        self._note_due(taken.due)
        return taken

    async def hand_back(self, sender_id: str) -> None:
        """Leave the rest to the next job."""
        await self._database.write(lambda tx: self._waker.again(tx, DRAIN, sender_id))

    async def send(self, permission: Permission, claimed_at: float) -> None:
        """Write one request, if its time has not passed; whatever comes of it is put among the results."""
        try:
            outcome = await self._post(permission, claimed_at)
        except CredentialError as error:
            outcome = PostResult("rejected", message=error.message)
        except Exception as error:  # the edge of the sender: an attempt always gets a result
            _log.exception("message %s could not be sent", permission.message_id)
            outcome = PostResult("unknown", message=f"An error of Ringline's own: {type(error).__name__}.")
        self._results.put(Result(permission.message_id, permission.n, permission.account_id, outcome))

    async def _post(self, permission: Permission, claimed_at: float) -> PostResult:
        client = await self._clients(permission.credential_id)
        form = permission.form(self._status_callback(permission))
        if permission.interval > 0:
            early = permission.slot - self._clock.time()
            if early > 0:
                await self._clock.sleep(early)
            if self._clock.time() - permission.slot > tolerance(permission.interval):
                return PostResult("not_sent", message="Its turn had passed when it could have been written.")
        # The last thing before writing: a worker that was frozen since the claim must not write any more.
        if self._clock.monotonic() - claimed_at > self._settings.write_deadline:
            return PostResult("not_sent", message="Too much time had passed since it was taken to be written.")
        return await client.create_message(form)

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
        self._wants_another_look = True
        self._was_woken = True
        self._moved = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def wants_another_look(self) -> bool:
        """Whether somebody asked for a look that has not been taken."""
        return self._wants_another_look

    def look_again(self) -> None:
        self._wants_another_look = self._was_woken = True
        self._moved.set()

    async def run(self) -> None:
        drains, settings = self._drains, self._drains.settings
        stop_at = drains.clock.monotonic() + settings.hand_back
        low_water = settings.max_in_flight // 2
        while True:
            if self._wants_another_look and self._in_flight <= low_water:
                if drains.is_stopping or drains.clock.monotonic() >= stop_at:
                    break
                await self._take(settings.max_in_flight - self._in_flight)
                continue
            if self._in_flight == 0:
                # Results may have made rows ready again; who did that has woken us, or the next job will.
                await drains.results.flush()
                if not self._wants_another_look:
                    break
                continue
            self._moved.clear()
            await self._moved.wait()
        while self._in_flight:
            self._moved.clear()
            await self._moved.wait()
        await drains.results.flush()

    async def _take(self, count: int) -> None:
        drains = self._drains
        if self._was_woken:
            self._was_woken = False
            await drains.arrive(self._sender_id)
        self._wants_another_look = False
        # Taken before the claim is sent, so that the deadline counted from here ends before the attempt's age says so.
        claimed_at = drains.clock.monotonic()
        taken = await drains.claim(self._sender_id, count)
        if taken.looked_at:
            self._wants_another_look = True
        drains.results.expect(len(taken.permissions))
        self._in_flight += len(taken.permissions)
        for permission in taken.permissions:
            task = asyncio.create_task(drains.send(permission, claimed_at))
            self._tasks.add(task)
            task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        self._in_flight -= 1
        if self._in_flight in (0, self._drains.settings.max_in_flight // 2):
            self._moved.set()
