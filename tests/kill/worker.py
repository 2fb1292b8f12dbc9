"""One installation in a process of its own, forked with everything imported; it does what the lane tells it."""

from __future__ import annotations

import asyncio
import functools
import gc
import logging
import os
import pickle
import socket
import struct
import traceback
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from kill import doings
from kill.mutations import MUTATIONS
from kill.points import DoorWithPoints, Points, Strike, install
from kill.shared_time import SEEN, Memory, SharedClock, WorkerSelector
from ringline import Ringline
from ringline.app.timing import Timing
from ringline.outbox.settings import OutboxSettings
from ringline.settings import Settings, load_settings
from ringline.web import create_app
from ringline.web.server import serving

LONG = 30 * 86_400.0
SHARED_TICK = 30.0
LENGTH = struct.Struct("!I")


@dataclass(frozen=True)
class Plan:
    """What a worker needs to know to begin."""

    slot: int
    url: str
    home: str
    account: tuple[str, str]
    twilio: str
    public_url: str
    http_timeout: float
    strike: Strike | None = None
    mutation: str | None = None
    outbox: Mapping[str, Any] = field(default_factory=dict)


def live(pipe: socket.socket, plan: Plan, memory: Memory, lock: Any, listener: socket.socket) -> None:
    """A worker's life; it never returns to whoever forked it."""
    status = 1
    try:
        slot = memory.slot(plan.slot)
        selector = WorkerSelector(slot, memory.bell)
        points = Points(memory.numbers, lock, plan.strike, plan.slot)
        install(points)
        if plan.mutation is not None:
            MUTATIONS[plan.mutation]()
        gc.disable()  # a life is too short to be tidied up in
        with asyncio.Runner(loop_factory=lambda: CountingLoop(selector)) as runner:
            runner.run(_Worker(pipe, plan, memory, listener, points, selector).work())
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


@functools.lru_cache(maxsize=1)
def settings_at(home: str) -> Settings:
    """Read once, before the fork: it costs more than a short story."""
    return load_settings(home=home, database_url="sqlite://")


class CountingLoop(asyncio.SelectorEventLoop):
    """Knows how many works of other threads it has not heard back from."""

    def __init__(self, selector: WorkerSelector) -> None:
        super().__init__(selector)
        self.pending = 0

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:
        future = super().run_in_executor(executor, func, *args)
        self.pending += 1
        future.add_done_callback(self._heard)
        return future

    def _heard(self, _: object) -> None:
        self.pending -= 1


class _Worker:
    def __init__(
        self,
        pipe: socket.socket,
        plan: Plan,
        memory: Memory,
        listener: socket.socket,
        points: Points,
        selector: WorkerSelector,
    ) -> None:
        self._pipe = pipe
        self._plan = plan
        self._slot = memory.slot(plan.slot)
        self._listener = listener
        self._points = points
        self._selector = selector
        self._clock = selector.clock = SharedClock(memory.numbers)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stop = asyncio.Event()
        self._received = bytearray()
        self._queries = 0

    async def work(self) -> None:
        plan = self._plan
        is_alone = plan.url.startswith("sqlite")
        tick = LONG if is_alone else SHARED_TICK
        timing = Timing(
            OutboxSettings(**plan.outbox, tick=tick, tick_shared=tick),
            tidy=LONG,
            tick=tick,
            tick_shared=tick,
            beat=LONG,
        )
        settings = settings_at(plan.home).with_changes(
            "the case",
            database_url=plan.url,
            public_url=plan.public_url,
            twilio_base_url=plan.twilio,
            rate_limit=1_000_000,
            allowed_private_hosts="127.0.0.1",
        )
        if not is_alone:
            self._count_queries()
        self.ringline = Ringline(
            credentials={"main": plan.account},
            clock=self._clock,
            settings=settings,
            environment={"HOOK_TOKEN": "battery"},
            timing=timing,
        )
        loop = asyncio.get_running_loop()
        await self.ringline.start()
        # No client has been made yet: the worker's tasks have not run.
        self.ringline.credentials._timeout = plan.http_timeout
        self._selector.busy = self._busy
        self._selector.requests = lambda: self.ringline.requests_in_flight
        self._pipe.setblocking(False)
        app = DoorWithPoints(create_app(self.ringline, with_api=False), self._points)
        async with serving(app, self._listener):
            loop.add_reader(self._pipe.fileno(), self._hear)
            self._say("up")
            await self._stop.wait()
            loop.remove_reader(self._pipe.fileno())
        await self.ringline.close()

    def _busy(self) -> int:
        loop: Any = asyncio.get_running_loop()
        ringline: Any = self.ringline
        busy = loop.pending + self._queries + len(self._tasks)
        if ringline.database.dialect == "sqlite":
            # Not the jobs at work: they wait for time, or for what is counted here anyway.
            busy += ringline.database.is_busy + bool(ringline.dispatcher._waiting) + ringline.dispatcher._queued
        return int(busy)

    def _count_queries(self) -> None:
        """What is asked of Postgres is on its way until it is answered."""
        from asyncpg.connection import Connection

        for name in ("execute", "executemany", "fetch", "fetchrow", "fetchval"):
            setattr(Connection, name, self._counted(getattr(Connection, name)))

    def _counted(self, ask: Any) -> Any:
        async def counted(connection: Any, *given: Any, **more: Any) -> Any:
            self._queries += 1
            try:
                return await ask(connection, *given, **more)
            finally:
                self._queries -= 1

        return counted

    # --- talking with the lane ---------------------------------------------------------------------------------------

    def _hear(self) -> None:
        try:
            received = self._pipe.recv(1 << 20)
        except BlockingIOError:
            return
        if not received:
            os._exit(1)  # the lane is gone
        self._received += received
        while len(self._received) >= LENGTH.size:
            [length] = LENGTH.unpack_from(self._received)
            if len(self._received) < LENGTH.size + length:
                return
            command = pickle.loads(bytes(self._received[LENGTH.size : LENGTH.size + length]))
            del self._received[: LENGTH.size + length]
            self._obey(*command)

    def _obey(self, what: str, *values: Any) -> None:
        if what == "wake":
            self._clock.catch_up()
            self._slot[SEEN] = values[0]
        elif what == "do":
            number, name, arguments = values
            task = asyncio.ensure_future(self._do(number, name, arguments))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif what == "counts":
            self._say("counts", dict(self._points.counts))
        else:
            self._stop.set()

    async def _do(self, number: int, name: str, arguments: Mapping[str, Any]) -> None:
        try:
            result = await getattr(doings, name)(self.ringline, **arguments)
        except Exception as error:  # told to the lane, which fails the case
            logging.getLogger(__name__).debug("%s failed", name, exc_info=True)
            self._say("failed", number, "".join(traceback.format_exception(error)))
        else:
            self._say("done", number, result)

    def _say(self, *message: Any) -> None:
        told = pickle.dumps(message)
        self._pipe.setblocking(True)
        self._pipe.sendall(LENGTH.pack(len(told)) + told)
        self._pipe.setblocking(False)
