"""A whole installation whose calls go through the simulated Twilio, in virtual time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aiohttp import ClientSession

from ringline.app import Ringline
from ringline.app.timing import Timing
from ringline.clock import VirtualClock
from ringline.settings import load_settings
from ringline.simulator import Simulator
from ringline.web import create_app
from ringline.web.server import address, listen, serving

TOKEN = "rlt_for_tests"
OURS, PHONE = "+15550001111", "+14155550123"
REAL_SECONDS = 30.0


@dataclass
class Installation:
    """A running server with its simulator."""

    url: str
    ringline: Ringline
    simulator: Simulator
    clock: VirtualClock
    session: ClientSession

    async def until(self, is_so: Callable[[], Any], *, step: float = 1.0, within: float = 900.0) -> Any:
        """Let virtual time pass until *is_so* (a coroutine function) gives something; that is given back."""
        passed = 0.0
        async with asyncio.timeout(REAL_SECONDS):
            while not (found := await is_so()):
                assert passed < within, "it did not happen"
                # Workers get to what is due before the clock moves on.
                await asyncio.sleep(0.01)
                await self.simulator.advance(step)
                passed += step
        return found

    async def ended(self, call_id: str, **more: float) -> Any:
        """The call once it is over."""

        async def over() -> Any:
            call = await self.ringline.calls.get(call_id)
            return call if call.is_over else None

        return await self.until(over, **more)

    async def ask(self, method: str, path: str, **options: Any) -> tuple[int, Any, Any]:
        """A request to the API: status, headers, and the JSON or the bytes."""
        headers = {"Authorization": f"Bearer {TOKEN}", **options.pop("headers", {})}
        async with self.session.request(method, self.url + path, headers=headers, **options) as got:
            body = await got.json() if "json" in got.content_type else await got.read()
            return got.status, got.headers, body

    def heard(self, index: int = -1) -> list[str]:
        """What we said in a call."""
        return [line.text for line in self.simulator.calls[index].transcript if line.who == "us"]


@asynccontextmanager
async def installation(
    home: Path,
    database_url: str,
    simulator: Simulator,
    clock: VirtualClock,
    *,
    is_public: bool = True,
    with_api: bool = False,
    **more: Any,
) -> AsyncIterator[Installation]:
    """Start one. Without *is_public* Twilio has no address of it; the API, which takes a while, only *with_api*."""
    listener = listen("127.0.0.1", 0)
    url = address(listener)
    settings = load_settings(
        home=home,
        database_url=database_url,
        api_token=TOKEN,
        public_url=url if is_public else None,
        twilio_base_url=simulator.base_url,
        **more,
    )
    async with Ringline(settings=settings, clock=clock, timing=Timing.alone(3600.0)) as ringline:
        await ringline.credentials.add("main", simulator.account_sid, simulator.auth_token, default_from=OURS)
        async with serving(create_app(ringline, with_api=with_api), listener), ClientSession() as session:
            yield Installation(url, ringline, simulator, clock, session)
