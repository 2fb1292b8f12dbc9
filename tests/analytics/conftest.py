"""A whole installation beside a simulated Twilio, in virtual time."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ringline import Ringline
from ringline.simulator import Simulator


@pytest.fixture
async def ringline(simulator: Simulator, database_url: str) -> AsyncIterator[Ringline]:
    credentials = {"main": (simulator.account_sid, simulator.auth_token)}
    async with Ringline(database_url, credentials, simulator.clock, simulator.base_url) as running:
        yield running
