"""Whoever waits for a run's end: hears of it from this process, or from the database when another one ended it."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from ringline.workflow.committing import ENDED
from ringline.workflow.run import Run, number_of_run, run_of_row

if TYPE_CHECKING:
    from ringline.database import Database, Row


class Watch:
    """A handle on a run that was started here; it hears of its end without asking the database."""

    __slots__ = ("__weakref__", "error", "run", "workflow")

    def __init__(self, workflow: tuple[str, int]) -> None:
        self.workflow = workflow
        """Name and version."""
        self.run: Run | None = None
        """How it ended, if it did so here."""
        self.error: Exception | None = None
        """What ended the run, as it was raised, if this process has seen it."""


class Ends:
    """The ends of runs that somebody waits for."""

    def __init__(
        self, database: Database, get: Callable[[str], Awaitable[Run]], has_in_hand: Callable[[int], bool]
    ) -> None:
        """*get* reads a run as it stands; *has_in_hand* says whether this process is at work on the run of a number."""
        self._database = database
        self._get = get
        self._has_in_hand = has_in_hand
        self._waiting: dict[int, set[asyncio.Future[None]]] = {}
        self._listening: Callable[[], None] | None = None
        self._watches: weakref.WeakValueDictionary[int, Watch] = weakref.WeakValueDictionary()

    def watch(self, number: int, name: str, version: int) -> Watch:
        """A handle on a run of that workflow, which has been started here."""
        watch = self._watches[number] = Watch((name, version))
        return watch

    def close(self) -> None:
        """Hear no more."""
        if self._listening is not None:
            self._listening()
            self._listening = None

    async def wait(self, run_id: str, timeout: float | None = None, *, watch: Watch | None = None) -> Run:
        """The run once it has ended, or as it stands after *timeout* seconds of the running process.

        With the *watch* of a run that was started here the database is not asked what this process knows.
        """
        if self._listening is None:
            self._listening = self._database.listen(ENDED, self._heard)
        number = number_of_run(run_id)
        deadline = None if timeout is None else asyncio.get_running_loop().time() + timeout
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(number, set()).add(future)
        try:
            while True:
                if watch is not None and watch.run is not None:
                    return watch.run
                left = None if deadline is None else deadline - asyncio.get_running_loop().time()
                if watch is None or (left is not None and left <= 0) or not self._has_in_hand(number):
                    run = await self._get(run_id)
                    if run.finished_at is not None or (left is not None and left <= 0):
                        return run
                await asyncio.wait([future], timeout=left)
                if future.done():
                    # Some news may have been missed, so that it was woken without having ended.
                    self._waiting[number].discard(future)
                    future = asyncio.get_running_loop().create_future()
                    self._waiting[number].add(future)
        finally:
            waiters = self._waiting[number]
            waiters.discard(future)
            if not waiters:
                del self._waiting[number]

    def _heard(self, names: str) -> None:
        for number in map(number_of_run, names.split()) if names else list(self._waiting):
            self._wake(number)

    def _wake(self, number: int) -> None:
        for future in self._waiting.get(number, ()):
            if not future.done():
                future.set_result(None)

    def note(self, number: int, row: Row | None, error: Exception | None) -> None:
        """A run has ended here: its *row*, and what ended it as it was raised."""
        watch = self._watches.get(number)
        if watch is not None:
            watch.error = error
            if row is not None:
                watch.run = run_of_row({**row, "name": watch.workflow[0], "version": watch.workflow[1]})
        self._wake(number)
