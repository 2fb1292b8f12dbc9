"""Many callers, one transaction: what is asked for side by side is done in one go."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Generic, TypeVar

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

LANES = {"sqlite": 1, "postgresql": 3}
"""Works under way at once, by dialect. On Postgres one may have to wait for a lock, and others go on meanwhile."""


class Together(Generic[Asked, Answer]):
    """Answers callers with one work for all who ask at the same moment, or while the work before is under way.

    A statement for a hundred rows costs little more than one for a single row, and on Postgres every statement is a
    trip. Nobody waits for others to come: a lone caller is served at once.
    """

    def __init__(
        self, work: Callable[[Sequence[Asked]], Awaitable[Sequence[Answer]]], *, most: int = 250, lanes: int = 1
    ) -> None:
        """*work* gives an answer for each thing asked, in the same order, and has done nothing where it raises: then
        each is done alone, so that what is wrong with one is not held against the others.

        At most *most* go into one work, and *lanes* works are under way at once.
        """
        self._work = work
        self._most = most
        self._lanes = lanes
        self._waiting: deque[tuple[Asked, asyncio.Future[Answer]]] = deque()
        self._serving = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def ask(self, asked: Asked) -> Answer:
        """The answer for *asked*, or the error of its own."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Answer] = loop.create_future()
        self._waiting.append((asked, future))
        if self._serving < self._lanes:
            self._serving += 1
            # It begins in the next turn of the loop, so that whoever asks in this one comes along.
            task = loop.create_task(self._serve(), name="ringline-together")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await future

    async def _serve(self) -> None:
        try:
            while self._waiting:
                count = min(len(self._waiting), self._most)
                batch = [self._waiting.popleft() for _ in range(count)]
                # Who has gone away meanwhile wants nothing any more.
                batch = [(asked, future) for asked, future in batch if not future.done()]
                if batch:
                    await self._answer(batch)
        finally:
            # In the same turn in which nobody was found waiting: whoever asks next needs another.
            self._serving -= 1

    async def _answer(self, batch: Sequence[tuple[Asked, asyncio.Future[Answer]]]) -> None:
        try:
            answers = await self._work([asked for asked, _ in batch])
        except Exception as error:  # it is the caller's, who gets it raised
            if len(batch) > 1:
                await asyncio.gather(*(self._answer([one]) for one in batch))
            elif not batch[0][1].done():
                batch[0][1].set_exception(error)
            return
        except BaseException as error:  # the process is about to end: nothing is tried again
            for _, future in batch:
                if not future.done():
                    future.set_exception(error)
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            if not future.done():
                future.set_result(answer)
