"""Who works on this database: each process says that it is alive, and notices those that have stopped saying so."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Literal

from ringline.clock import SystemClock, utc
from ringline.dispatch import store

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

    _Work = Callable[[Transaction, float], object]

_log = logging.getLogger(__name__)

BEAT_SECONDS = 10.0
LOST_AFTER = 30.0
"""A process that has been silent for so long counts as dead; one that was only frozen comes back with its next beat."""
KEEP_LOST = 86_400.0

WorkerState = Literal["working", "stopping", "lost"]


@dataclass(frozen=True, slots=True)
class Worker:
    """One process that works, or did until it fell silent."""

    id: str
    kind: str
    """The command it runs: ``serve``, ``worker``, ``dev`` …"""
    host: str
    pid: int
    version: str
    handles: tuple[str, ...]
    started_at: datetime
    seen_at: datetime
    state: WorkerState


class Workers:
    """This process' entry among the workers, and a view of all of them.

    An entry proves nothing about the work: what a dead process had in hand is taken over by its own age (an attempt's,
    a job's heartbeat, a run's lease). It is there for people, probes and metrics.
    """

    def __init__(
        self,
        database: Database,
        clock: Clock,
        *,
        id: str,
        kind: str,
        handles: Sequence[str],
        beat: float = BEAT_SECONDS,
    ) -> None:
        self._database = database
        self._clock = clock
        self._entry = {
            "id": id,
            "kind": kind,
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "version": version("ringline"),
            "handles": ",".join(sorted(handles)),
        }
        self._beat_seconds = beat
        self.id = id
        self.last_beat: float | None = None
        """When this process last said that it is alive; ``None`` before the first time."""
        self._beaten_at = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Beat until *stop* is set, then say that this process is stopping."""
        await self._beat(self._enter)
        stopping = asyncio.create_task(stop.wait(), name="ringline-heartbeat-stop")
        try:
            while not stop.is_set():
                pause = asyncio.ensure_future(self._clock.sleep(self._beat_seconds))
                await asyncio.wait((pause, stopping), return_when=asyncio.FIRST_COMPLETED)
                pause.cancel()
                if not stop.is_set():
                    await self._beat(self._see)
            await self._beat(lambda tx, _: tx.run(store.STOP, {"key": self.id}))
        finally:
            stopping.cancel()

    async def leave(self) -> None:
        """Take this process off the list: it has finished what it had in hand."""
        await self._beat(lambda tx, _: tx.run(store.REMOVE, {"key": self.id}))

    async def list(self) -> list[Worker]:
        """Every process that works or was lost within a day, the longest running first."""
        rows = await self._database.read(lambda tx: tx.all(store.LIST))
        now = self._clock.time()
        return [_worker({**row, "seen_at": now} if self._has_leapt(row) else row, now) for row in rows]

    def _has_leapt(self, row: Row) -> bool:
        """Whether this is our own entry, and only a clock moved by hand has made it old."""
        if row["id"] != self.id or row["seen_at"] != self.last_beat:
            return False
        return SystemClock().monotonic() - self._beaten_at < LOST_AFTER

    async def _beat(self, work: _Work) -> None:
        now = self._clock.time()
        try:
            await self._database.write(lambda tx: work(tx, now))
        except Exception:  # the edge of a background loop: the database may be back at the next beat
            _log.exception("the heartbeat could not be written down")
        else:
            self.last_beat = now
            self._beaten_at = SystemClock().monotonic()

    def _enter(self, tx: Transaction, now: float) -> None:
        if tx.dialect == "sqlite":
            # The file belongs to this process alone, so whoever else stands there has died.
            tx.run(store.REMOVE_OTHERS, {"key": self.id})
        tx.run(store.ADD, {**self._entry, "started_at": now, "seen_at": now})

    def _see(self, tx: Transaction, now: float) -> None:
        if not tx.run(store.SEE, {"key": self.id, "now": now}):
            self._enter(tx, now)
        for row in tx.all(store.NOTE_LOST, {"before": now - LOST_AFTER, "now": now}):
            _log.warning(
                "worker %s (process %d on %s) has not been seen for %.0f s; what it had in hand is taken over",
                row["id"],
                row["pid"],
                row["host"],
                now - row["seen_at"],
            )
        tx.run(store.FORGET, {"before": now - KEEP_LOST})


def _worker(row: Row, now: float) -> Worker:
    is_lost = row["lost_at"] is not None or now - row["seen_at"] > LOST_AFTER
    return Worker(
        id=row["id"],
        kind=row["kind"],
        host=row["host"],
        pid=row["pid"],
        version=row["version"],
        handles=tuple(row["handles"].split(",")),
        started_at=utc(row["started_at"]),
        seen_at=utc(row["seen_at"]),
        state="lost" if is_lost else "stopping" if row["stopping"] else "working",
    )
