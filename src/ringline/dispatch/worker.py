"""What both queues do with handlers: one PgQueuer worker, set up against the traps that were measured in it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from pgqueuer.core.executors import (
    AbstractEntrypointExecutor,
    DatabaseRetryEntrypointExecutor,
    EntrypointExecutorParameters,
)

if TYPE_CHECKING:
    from pgqueuer.core.qm import QueueManager
    from pgqueuer.domain.types import OnFailure
    from pgqueuer.models import Job

    from ringline.dispatch import Handler

BATCH = 20
MAX_TASKS = 100
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
DEQUEUE_TIMEOUT = timedelta(seconds=5)
"""A dead worker's jobs are taken over after at most the sum of the two."""


def work_with(
    queue: QueueManager, handlers: Mapping[str, Handler], *, retry_delay: float, on_failure: OnFailure
) -> None:
    """Register *handlers*. One that raises is run again after *retry_delay* s, doubling, five times."""

    def executor(parameters: EntrypointExecutorParameters) -> AbstractEntrypointExecutor:
        return DatabaseRetryEntrypointExecutor(
            parameters=parameters, max_attempts=5, initial_delay=timedelta(seconds=retry_delay)
        )

    for name, handler in handlers.items():
        queue.entrypoint(name, accepts_context=False, on_failure=on_failure, executor_factory=executor)(
            _job_of(handler)
        )


def _job_of(handler: Handler) -> Any:
    async def run(job: Job) -> None:
        await handler((job.payload or b"").decode())

    return run


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
