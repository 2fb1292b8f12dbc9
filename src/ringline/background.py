"""One event loop in a thread of its own, for what must be awaited while the caller is plain code."""

from __future__ import annotations

import asyncio
import atexit
import inspect
import os
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import CancelledError
from typing import Any, TypeVar

from ringline.errors import InvalidBlockBehaviourError

T = TypeVar("T")

_THREAD = "ringline-background"


class BackgroundLoop:
    """Runs awaitables for callers that have no event loop, or another one. Its thread starts with the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """What *work* returns. Where no loop runs in this thread the call blocks and never suspends."""
        future = asyncio.run_coroutine_threadsafe(work, self._started())
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            return future.result()
        return await asyncio.wrap_future(future)

    def wait_for(self, work: Awaitable[T]) -> T:
        """What *work* gives, or raises. The calling thread may have a running loop; it stands still meanwhile."""
        loop = self._started()
        if threading.current_thread().name == _THREAD:
            if inspect.iscoroutine(work):
                work.close()
            raise InvalidBlockBehaviourError(
                "A step called Workflow.run() and would wait for itself. Use `await workflow.arun()` inside a block.",
                "workflow_execution | step_execution",
            )
        future = asyncio.run_coroutine_threadsafe(_awaited(work), loop)
        try:
            return future.result()
        except CancelledError:
            raise
        except BaseException:
            # Ctrl-C in the waiting thread must not leave the work running.
            future.cancel()
            raise

    def close_at_exit(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Await *close* in this loop when the process ends, so that what lives in it ends in order."""
        owner = os.getpid()

        def close_in_loop() -> None:
            if self._loop is not None and self._process == owner == os.getpid():
                asyncio.run_coroutine_threadsafe(close(), self._loop).result(timeout=5.0)

        atexit.register(close_in_loop)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            # A forked child inherits this object but not its thread.
            if self._loop is None or self._process != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                threading.Thread(target=self._loop.run_forever, name=_THREAD, daemon=True).start()
            return self._loop


async def _awaited(work: Awaitable[T]) -> T:
    return await work


background_loop = BackgroundLoop()
"""The one that everything in this process shares."""
