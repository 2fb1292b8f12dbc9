"""What both queues do with handlers: one PgQueuer worker, set up against the traps that were measured in it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from datetime import timedelta
from time import perf_counter
from typing import TYPE_CHECKING, Any

from pgqueuer.core.executors import (
    AbstractEntrypointExecutor,
    DatabaseRetryEntrypointExecutor,
    EntrypointExecutorParameters,
)
from pgqueuer.domain.errors import RetryRequested

if TYPE_CHECKING:
    from pgqueuer.core.qm import QueueManager
    from pgqueuer.domain.types import OnFailure
    from pgqueuer.models import Job

    from ringline.dispatch import Handler

BATCH = 20
MAX_TASKS = 100
"""Handlers that one process has under way at once, unless told otherwise."""
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
DEQUEUE_TIMEOUT = timedelta(seconds=5)
"""A dead worker's jobs are taken over after at most the sum of the two."""

JobObserver = Callable[[str, float, bool], None]
"""Told of every handler that has ended: its entrypoint, how many seconds it took, and whether it ended well."""


def work_with(
    queue: QueueManager,
    handlers: Mapping[str, Handler],
    *,
    retry_delay: float,
    on_failure: OnFailure,
    observe: JobObserver | None = None,
) -> None:
    """Register *handlers*. One that raises is run again after *retry_delay* s, doubling, five times."""

    def executor(parameters: EntrypointExecutorParameters) -> AbstractEntrypointExecutor:
        return DatabaseRetryEntrypointExecutor(
            parameters=parameters, max_attempts=5, initial_delay=timedelta(seconds=retry_delay)
        )

    for name, handler in handlers.items():
        queue.entrypoint(name, accepts_context=False, on_failure=on_failure, executor_factory=executor)(
            _job_of(name, handler, observe)
        )


def _job_of(name: str, handler: Handler, observe: JobObserver | None) -> Any:
    async def run(job: Job) -> None:
        started, ended_well = perf_counter(), False
        try:
            await handler((job.payload or b"").decode())
            ended_well = True
        except asyncio.CancelledError as error:
            # PgQueuer deletes the job of a handler that was canceled; the work it stands for is not done.
            raise RetryRequested(reason="its worker was ended in the middle of it") from error
        finally:
            if observe is not None:
                observe(name, perf_counter() - started, ended_well)

    return run


def limits(concurrency: int) -> dict[str, int]:
    """What PgQueuer is told so that at most *concurrency* handlers run at once; it needs two at least."""
    most = max(2, concurrency)
    return {"batch_size": min(BATCH, most // 2), "max_concurrent_tasks": most}


async def run_until(stop: asyncio.Event, queue: QueueManager, **options: Any) -> None:
    """Run *queue* until *stop* is set; then it takes nothing new, and handlers under way end by themselves."""

    async def shut_down_when_told() -> None:
        await stop.wait()
        queue.shutdown.set()

    watcher = asyncio.create_task(shut_down_when_told(), name="ringline-dispatch-stop")
    try:
        await queue.run(**options)
    finally:
        watcher.cancel()
