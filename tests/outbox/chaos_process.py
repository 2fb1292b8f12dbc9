"""An installation in a process of its own: killed at any instruction, and started again on the same file."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
import os
import sqlite3
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.simulator import Simulator
from ringline.web import create_app
from ringline.web.server import listen, serving

_CONTEXT = multiprocessing.get_context("forkserver")
# Imported once: a new life begins by a fork and not by importing everything again.
_CONTEXT.set_forkserver_preload([__name__, "ringline.app.system", "ringline.web.application", "twilio.rest"])

HTTP_TIMEOUT = 0.3


@dataclass(frozen=True)
class Plan:
    """What an installation needs to know to begin."""

    database: Path
    home: Path
    account_sid: str
    auth_token: str
    base_url: str
    port: int | None


@dataclass
class KillableRingline:
    """One installation through all its lives. Its time is moved by `step` together with the simulator's."""

    plan: Plan
    clock: VirtualClock
    process: Any = None
    sent: dict[str, str] = field(default_factory=dict)
    """Text of each message whose `send` came back, and the id it gave."""
    _pipe: Connection | None = None
    _is_up: asyncio.Event = field(default_factory=asyncio.Event)
    _is_down: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Begin a life; returns when it works."""
        ours, theirs = _CONTEXT.Pipe()
        self._is_up.clear()
        self._is_down.clear()
        self.process = _CONTEXT.Process(target=_live, args=(theirs, self.plan, self.clock.time()), daemon=True)
        await asyncio.to_thread(self.process.start)
        theirs.close()
        self._pipe = ours
        asyncio.get_running_loop().add_reader(ours.fileno(), self._hear, ours)
        await asyncio.wait_for(self._is_up.wait(), 20)

    def ask(self, *command: Any) -> None:
        """Say something to it; it may be dead before it hears."""
        assert self._pipe is not None
        with contextlib.suppress(BrokenPipeError):
            self._pipe.send(command)

    def step(self, seconds: float) -> None:
        """Let time go on for everybody."""
        self.clock.step(seconds)
        self.ask("step", seconds)

    async def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        await asyncio.wait_for(self._is_down.wait(), 20)
        await asyncio.to_thread(self.process.join)
        assert self.process.exitcode == -9, f"it had ended by itself with {self.process.exitcode}"

    async def stop(self) -> None:
        """Let it end as it should."""
        self.ask("stop")
        await asyncio.wait_for(self._is_down.wait(), 30)
        await asyncio.to_thread(self.process.join)
        assert self.process.exitcode == 0

    def rows(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        """What its database says, whether it lives or not."""
        with contextlib.closing(sqlite3.connect(self.plan.database)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(sql, values)]

    def _hear(self, pipe: Connection) -> None:
        try:
            heard = pipe.recv()
        except (EOFError, ConnectionResetError):
            asyncio.get_running_loop().remove_reader(pipe.fileno())
            pipe.close()
            self._is_down.set()
            return
        if heard[0] == "up":
            self._is_up.set()
        else:
            body, message_id = heard[1:]
            assert self.sent.setdefault(body, message_id) == message_id


def plan_for(simulator: Simulator, database: Path, home: Path, port: int | None) -> Plan:
    """The installation that talks to *simulator*."""
    return Plan(database, home, simulator.account_sid, simulator.auth_token, simulator.base_url, port)


def _live(pipe: Connection, plan: Plan, now: float) -> None:
    os.environ["RINGLINE_HOME"] = str(plan.home)
    asyncio.run(_work(pipe, plan, VirtualClock(datetime.fromtimestamp(now, UTC))))


async def _work(pipe: Connection, plan: Plan, clock: VirtualClock) -> None:
    ringline = Ringline(
        f"sqlite:///{plan.database}",
        {"main": (plan.account_sid, plan.auth_token)},
        clock,
        plan.base_url,
        None if plan.port is None else f"http://127.0.0.1:{plan.port}",
    )
    stop = asyncio.Event()
    tasks: set[asyncio.Task[None]] = set()

    async def send(request: dict[str, Any]) -> None:
        message = await ringline.messages.send(**request)
        pipe.send(("sent", request["body"], message.id))

    def hear() -> None:
        command, *values = pipe.recv()
        if command == "step":
            clock.step(*values)
        elif command == "send":
            task = asyncio.ensure_future(send(*values))
            tasks.add(task)
            task.add_done_callback(tasks.discard)
        else:
            stop.set()

    await ringline.start()
    ringline.credentials._timeout = HTTP_TIMEOUT
    async with _served(ringline, plan.port):
        asyncio.get_running_loop().add_reader(pipe.fileno(), hear)
        pipe.send(("up",))
        await stop.wait()
        asyncio.get_running_loop().remove_reader(pipe.fileno())
    await ringline.close()


@contextlib.asynccontextmanager
async def _served(ringline: Ringline, port: int | None) -> AsyncIterator[None]:
    if port is None:
        yield
        return
    async with serving(create_app(ringline, with_api=False), listen("127.0.0.1", port)):
        yield
