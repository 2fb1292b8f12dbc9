"""Durable runs on each database, with a simulated Twilio; time moves when a test moves it."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, TypeVar

import pytest

from ringline import Ringline
from ringline.simulator import Simulator
from ringline.twilio.webhooks import InboundMessage

T = TypeVar("T")
OURS = "+15550001111"


class Rig:
    """An installation, and what tests do to it and wait for."""

    def __init__(self, ringline: Ringline, simulator: Simulator) -> None:
        self.ringline = ringline
        self.simulator = simulator
        self.clock = simulator.clock
        self._numbers = itertools.count(1)

    async def start(self, steps: list[dict[str, Any]], *, inputs: dict[str, Any] | None = None, **more: Any) -> str:
        """Start a run of a workflow of these steps; gives its id."""
        given = inputs or {}
        definition = {
            "version": "1.0",
            "name": "flow",
            "inputs": [{"type": "WorkflowParameter", "name": name} for name in given],
            "steps": steps,
            "outputs": [
                {"type": "JsonField", "name": step["name"], "selector": f"$steps.{step['name']}.*"} for step in steps
            ],
            **more,
        }
        return (await self.ringline.workflow(definition).start(given)).id

    async def until(self, look: Callable[[], Awaitable[T | None]]) -> T:
        """What *look* gives, once it gives something."""
        try:
            async with asyncio.timeout(15):
                while (found := await look()) is None or found is False:  # noqa: ASYNC110
                    await asyncio.sleep(0.005)
        except TimeoutError:
            raise AssertionError(await self.report()) from None
        return found

    async def report(self) -> str:
        """How everything stands, for a test that waits in vain."""
        lines: list[Any] = []
        for run in await self.ringline.runs.list():
            lines += [run, *await self.ringline.runs.history(run.id)]
        lines += await self.ringline.messages.list()
        lines += await self.ringline.inbound.list()
        return "\n".join(map(str, lines))

    async def waiting(self, run_id: str) -> Any:
        """The run, once it has nothing left to do but wait."""

        async def look() -> Any:
            run = await self.ringline.runs.get(run_id)
            return run if run.status == "waiting" or run.finished_at is not None else None

        return await self.until(look)

    async def ended(self, run_id: str) -> Any:
        """The run, once it has ended."""

        async def look() -> Any:
            run = await self.ringline.runs.get(run_id)
            return run if run.finished_at is not None else None

        return await self.until(look)

    async def outputs(self, run_id: str) -> dict[str, Any]:
        """The outputs of a run that completes."""
        run = await self.ended(run_id)
        assert run.status == "completed", run.error
        return dict(run.outputs[0])

    async def accepted(self, count: int) -> list[Any]:
        """Our messages, oldest first, once Twilio has taken so many of them."""

        async def look() -> Any:
            messages = list(reversed(await self.ringline.messages.list()))
            return messages if sum(message.sid is not None for message in messages) >= count else None

        return await self.until(look)

    async def says(self, number: str, text: str, to: str = OURS) -> Any:
        """Somebody writes to us."""
        number_of_it = next(self._numbers)
        inbound = InboundMessage(
            sid=f"SM{number_of_it:032d}",
            account_sid=self.simulator.account_sid,
            from_=number,
            to=to,
            channel="sms",
            body=text,
            raw={},
        )
        return await self.ringline.inbound.receive(inbound)


@pytest.fixture
async def rig(simulator: Simulator, database_url: str) -> AsyncIterator[Rig]:
    async with Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
    ) as ringline:
        ringline.acknowledgements._prefix = "https://ring.example.com/a/"
        yield Rig(ringline, simulator)
