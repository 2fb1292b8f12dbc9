"""Runs that the clock starts: rows whose time has come, each moved on and started in one transaction."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ringline.triggers import store
from ringline.triggers.published import PublishedTrigger
from ringline.workflow.schedules import as_utc
from ringline.workflow.triggers import ScheduleTrigger

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction
    from ringline.triggers.starting import Starter

_log = logging.getLogger(__name__)

AT_ONCE = 100
TOO_LATE = 300.0
"""Seconds after which `catch_up: skip` leaves a time out."""


class Schedules:
    """What the ticker sweeps. Any number of processes may: whoever moves a row on first starts the run."""

    def __init__(self, database: Database, clock: Clock, starter: Starter) -> None:
        self._database = database
        self._clock = clock
        self._starter = starter

    async def sweep(self, *, at_start: bool = False) -> float | None:
        """Start what is due; returns when the next schedule fires."""
        while True:
            now = self._clock.time()
            due = await self._due(now)
            failure: Exception | None = None
            for row in due:
                try:
                    await self._start(row, now)
                except Exception as error:  # the others must not wait for the one that cannot be started
                    _log.exception("the schedule %s of %s could not be started", row["key"], row["workflow"])
                    failure = error
            if failure is not None:
                raise failure
            if not due:
                return await self._database.read(store.next_due)

    async def _due(self, now: float) -> list[Row]:
        return await self._database.read(lambda tx: store.due(tx, now=now, count=AT_ONCE))

    async def _start(self, row: Row, now: float) -> None:
        await self._database.write(lambda tx: self._fire(tx, row, now))

    def _fire(self, tx: Transaction, row: Row, now: float) -> None:
        published = PublishedTrigger.of(row)
        trigger, due = published.trigger, row["next_at"]
        assert isinstance(trigger, ScheduleTrigger)
        schedule = published.schedule()
        if trigger.catch_up == "all":
            at, missed, following = due, 0, schedule.next_after(due)
        else:
            at, count = schedule.missed(due, now)
            missed, following = count - 1, schedule.next_after(max(at, now))
        if not store.move_on(tx, workflow=published.workflow, key=published.key, due=due, next_at=following):
            return
        if trigger.catch_up == "skip" and at < now - TOO_LATE:
            _log.info("schedule %s of %s: %s is over and left out", published.key, published.workflow, as_utc(at))
            return
        # From here on the row is ours; a version published since it was read starts this run.
        current = store.trigger(tx, published.workflow, published.key)
        assert current is not None
        published = PublishedTrigger.of(current)
        values = {"scheduled_at": as_utc(at), "started_at": as_utc(now), "missed": missed}
        self._starter.start(tx, published, event_id=as_utc(at), values=values, now=now)
