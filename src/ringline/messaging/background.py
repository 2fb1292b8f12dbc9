"""One event loop in a thread of its own, for HTTP that synchronous code asks for."""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


class BackgroundLoop:
    """Runs coroutines for callers that have no event loop, or another one. Starts at the first call."""

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

    def close_at_exit(self, close: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Await *close* in this loop when the process ends, so that what lives in it ends in order."""
        owner = os.getpid()

        def close_in_loop() -> None:
            if self._loop is not None and self._process == owner == os.getpid():
                asyncio.run_coroutine_threadsafe(close(), self._loop).result(timeout=5.0)

        atexit.register(close_in_loop)

    def _started(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            # A forked child inherits the object but not the thread.
            if self._loop is None or self._process != os.getpid():
                self._loop = asyncio.new_event_loop()
                self._process = os.getpid()
                threading.Thread(target=self._loop.run_forever, name="ringline-http", daemon=True).start()
            return self._loop


background_loop = BackgroundLoop()
"""The one that all bare workflows of this process share."""
