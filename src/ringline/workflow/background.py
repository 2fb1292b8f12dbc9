"""One event loop in a thread of its own, for steps that await while the run itself was called from plain code."""

from __future__ import annotations

import asyncio
import inspect
import os
import threading
from collections.abc import Awaitable
from concurrent.futures import CancelledError
from typing import Any

from ringline.errors import InvalidBlockBehaviourError


class BackgroundLoop:
    """Runs awaitables for callers that block until they are done. Its thread starts with the first one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._process = 0

    def wait_for(self, work: Awaitable[Any]) -> Any:
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
            # Ctrl-C in the waiting thread must not leave the step running.
            future.cancel()
            raise

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            # A forked child inherits this object but not its thread.
            if self._loop is None or self._process != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                threading.Thread(target=self._loop.run_forever, name=_THREAD, daemon=True).start()
            return self._loop


_THREAD = "ringline-steps"


async def _awaited(work: Awaitable[Any]) -> Any:
    return await work


background_loop = BackgroundLoop()
"""The one all runs of this process share."""
