"""The queue that says who should look at what. Rows decide; a job is a hint that may come twice, or be lost and healed by a sweep."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ringline.database import Transaction

Handler = Callable[[str], Awaitable[None]]


class Dispatcher(Protocol):
    """Hands ids to handlers, now or as soon as a worker is free."""

    def enqueue(self, tx: Transaction, entrypoint: str, payload: str, *, priority: int = 50) -> None:
        """Ask for *entrypoint* to look at *payload* once *tx* commits; higher priorities go first."""
        ...

    async def run(self, handlers: Mapping[str, Handler], stop: asyncio.Event) -> None:
        """Work until *stop* is set, then finish what is in hand and return."""
        ...
