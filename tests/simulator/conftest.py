"""What the simulator's own tests share: SDK clients of both kinds, and an application that takes its webhooks."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from aiohttp import web
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from ringline.simulator import Simulator
from simulator.customer import ApplicationUnderTest, sdk


@pytest.fixture
def twilio(simulator: Simulator) -> Client:
    """The synchronous SDK, logged in to the ordinary account."""
    return sdk(simulator)


@pytest.fixture
async def async_twilio(simulator: Simulator) -> AsyncIterator[Client]:
    """The asynchronous SDK, logged in to the ordinary account."""
    http = AsyncTwilioHttpClient()
    yield sdk(simulator, http_client=http)
    await http.close()


@pytest.fixture
async def application() -> AsyncIterator[ApplicationUnderTest]:
    """A customer's application on loopback."""
    customer = ApplicationUnderTest()
    server = web.Application()
    server.router.add_route("*", "/{path:.*}", customer.handle)
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    customer.base_url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield customer
    await runner.cleanup()
