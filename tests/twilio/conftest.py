from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ringline.twilio.client import TwilioClient
from twilio_wire import SID, TOKEN, Wire, wire


@pytest.fixture
async def server() -> AsyncIterator[Wire]:
    async with wire() as state:
        yield state


@pytest.fixture
async def client(server: Wire) -> AsyncIterator[TwilioClient]:
    twilio = TwilioClient(SID, TOKEN, base_url=server.url, timeout=2.0)
    yield twilio
    await twilio.close()
