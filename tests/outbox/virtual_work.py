"""Workers whose time jumps to what comes next whenever none of them waits for the database or for Twilio."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from outbox.send_path import Path
from ringline.outbox import Outbox, OutboxSettings
from ringline.simulator import Simulator
from ringline.twilio.client import TwilioClient

TURNS = 30
"""Of the loop: what follows from an answer without another question is done by then."""
PATIENCE = 100.0


class VirtualWork:
    """Outboxes on one database that send to the simulator."""

    def __init__(self, path: Path, simulator: Simulator, *, workers: int = 1, **settings: Any) -> None:
        self.path, self.simulator, self.clock = path, simulator, path.clock
        self._under_way = 0
        for name in ("write", "read"):
            setattr(path.database, name, self._counted(getattr(path.database, name)))
        client = TwilioClient(
            simulator.account_sid, simulator.auth_token, base_url=simulator.base_url, http=path.http, timeout=30.0
        )
        client.create_message = self._counted(client.create_message)  # type: ignore[method-assign]

        async def clients(credential_id: str) -> TwilioClient:
            return client

        # Results share a commit by the machine's own time; a job that would go on later has nobody to run it here.
        chosen = OutboxSettings(
            **{"rate": 1.0, "jitter": 0.0, "result_pause": 0.0, "hand_back": 1e9, "rest": 1e9, **settings}
        )
        self.outboxes = [
            Outbox(path.database, path.dispatcher, path.clock, clients, None, chosen) for _ in range(workers)
        ]

    @property
    def outbox(self) -> Outbox:
        return self.outboxes[0]

    async def drain(self, sender_ids: Sequence[str]) -> None:
        """Have every worker drain all of these, until nothing is left that is due."""
        drains = [asyncio.create_task(each.drain(sender)) for each in self.outboxes for sender in sender_ids]
        await self.until(lambda: all(task.done() for task in drains))
        await asyncio.gather(*drains)

    async def until(self, is_done: Callable[[], bool]) -> None:
        """Let time pass until then."""
        async with asyncio.timeout(PATIENCE):
            still = 0
            while not is_done():
                await asyncio.sleep(0.0005 if self._under_way else 0)
                still = 0 if self._under_way else still + 1
                if still > TURNS:
                    due = self.clock.next_due()
                    assert due is not None, "everybody waits, and for nothing"
                    self.clock.step(max(due, 0.0))
                    still = 0

    def received(self) -> list[tuple[float, str | None, int]]:
        """When the simulator took each message, from whom, and its segments."""
        return sorted((message.created, message.from_, message.num_segments) for message in self.simulator.messages)

    def _counted(self, call: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def counting(*arguments: Any, **keywords: Any) -> Any:
            self._under_way += 1
            try:
                return await call(*arguments, **keywords)
            finally:
                self._under_way -= 1

        return counting
