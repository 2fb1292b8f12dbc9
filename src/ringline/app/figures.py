"""What the rooms tell about themselves, put into the metrics of this process."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from time import perf_counter
from typing import TYPE_CHECKING

from ringline.outbox.figures import OutboxFigures, read_figures, wake_up_lags
from ringline.workflow import figures as run_figures
from ringline.workflow.reporting import ADVANCE

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Transaction
    from ringline.dispatch import Dispatcher
    from ringline.dispatch.workers import Workers
    from ringline.metrics import Metrics
    from ringline.outbox import MessageChange

_log = logging.getLogger(__name__)

KEEP_SECONDS = 15.0
"""How old figures may be when they are asked for again."""
SHARE = 0.02
"""Reading them takes at most this part of the time: the longer it takes, the rarer it is done."""
_DECIDED = frozenset({"accepted", "failed", "refused", "canceled", "unresolved"})


def count_changes(metrics: Metrics) -> Callable[[Transaction, Sequence[MessageChange]], None]:
    """Have *metrics* count what becomes of messages, once it is committed."""
    return lambda tx, changes: tx.after_commit(lambda: _count(metrics, changes))


def count_ends(metrics: Metrics) -> Callable[[Transaction, str, str], None]:
    """Have *metrics* count the runs that end, once it is committed."""
    return lambda tx, _, status: tx.after_commit(metrics.runs_ended.labels(status).inc)


def _count(metrics: Metrics, changes: Sequence[MessageChange]) -> None:
    for is_call, decided, statuses in (
        (False, metrics.decided, metrics.statuses),
        (True, metrics.calls_decided, metrics.call_statuses),
    ):
        these = [one for one in changes if (one.channel == "voice") is is_call]
        for stage, count in Counter(one.stage for one in these if one.stage != one.was_stage).items():
            if stage in _DECIDED:
                decided.labels(stage).inc(count)
        for status, count in Counter(one.status for one in these if one.status != one.was_status).items():
            statuses.labels(status).inc(count)
    for one in changes:
        if one.error_code is not None and (one.stage != one.was_stage or one.status != one.was_status):
            metrics.errors.labels(one.error_code).inc()
        if one.stage == "accepted" and one.was_stage != "accepted" and one.send_at is not None:
            metrics.send_seconds.observe(max(0.0, one.at - one.send_at))


class Figures:
    """The gauges that are read from the database, no more often than they are worth."""

    def __init__(
        self, database: Database, clock: Clock, dispatcher: Dispatcher, workers: Workers, metrics: Metrics
    ) -> None:
        self._database = database
        self._clock = clock
        self._dispatcher = dispatcher
        self._workers = workers
        self._metrics = metrics
        self._fresh_until = 0.0

    async def refresh(self) -> None:
        """Read them, unless they were read a moment ago; a database that does not answer is told by `database_up`."""
        metrics = self._metrics
        if self._workers.last_beat is not None:
            metrics.heartbeat_age_seconds.set(max(0.0, self._clock.time() - self._workers.last_beat))
        if perf_counter() < self._fresh_until:
            return
        started = perf_counter()
        # Whoever asks while they are being read gets the last ones.
        self._fresh_until = started + KEEP_SECONDS
        try:
            await self._read()
            metrics.database_up.set(1)
        except Exception:  # a scrape must say that the database is away, and not fail
            _log.exception("the figures could not be read from the database")
            metrics.database_up.set(0)
        took = perf_counter() - started
        metrics.figures_seconds.set(took)
        self._fresh_until = perf_counter() + max(KEEP_SECONDS, took / SHARE)

    async def wake_up_lags(self) -> dict[str, float]:
        """For how many seconds the oldest wake-up of each entrypoint has not been followed; 0 where all are."""
        now = self._clock.time()
        return await self._database.read(
            lambda tx: {**wake_up_lags(tx, now=now), ADVANCE: run_figures.wake_up_lag(tx, now=now)}
        )

    async def _read(self) -> None:
        now = self._clock.time()
        self._set_outbox(await self._database.read(lambda tx: read_figures(tx, now=now)))
        metrics = self._metrics
        for entrypoint, lag in (await self.wake_up_lags()).items():
            metrics.wake_up_lag_seconds.labels(entrypoint).set(lag)
        runs = await self._database.read(lambda tx: run_figures.read_figures(tx, now=now))
        for status, count in runs.by_status.items():
            metrics.runs.labels(status).set(count)
        metrics.runs_with_deadline.set(runs.with_deadline)
        metrics.waits.set(runs.waits)
        metrics.run_overdue_seconds.set(runs.overdue)
        metrics.jobs.clear()
        for (entrypoint, state), count in (await self._dispatcher.count_jobs()).items():
            metrics.jobs.labels(entrypoint, state).set(count)
        states: Counter[str] = Counter(worker.state for worker in await self._workers.list())
        for state in ("working", "stopping", "lost"):
            metrics.workers.labels(state).set(states[state])

    def _set_outbox(self, figures: OutboxFigures) -> None:
        metrics = self._metrics
        for stage, count in figures.by_stage.items():
            metrics.messages.labels(stage).set(count)
        metrics.messages_due.set(figures.due)
        metrics.oldest_due_seconds.set(figures.oldest_due)
        metrics.callbacks_waiting.set(figures.callbacks_waiting)
        metrics.callback_lag_seconds.set(figures.callback_lag)
