"""An installation on each database, talking to a simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from ringline import Ringline
from ringline.simulator import Simulator


@pytest.fixture
async def ringline(simulator: Simulator, database_url: str) -> AsyncIterator[Ringline]:
    """Ringline on each of the two engines in turn, with the simulator's account as its credential."""
    async with Ringline(
        database_url,
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
    ) as installation:
        yield installation
