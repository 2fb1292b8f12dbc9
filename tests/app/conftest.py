"""An installation on each database, talking to a simulator."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from ringline import Ringline
from ringline.simulator import Simulator


@pytest.fixture
async def ringline(simulator: Simulator, tmp_path: Path) -> AsyncIterator[Ringline]:
    """Ringline on a SQLite file, with the simulator's account as its credential."""
    async with Ringline(
        f"sqlite:///{tmp_path / 'ringline.db'}",
        {"main": (simulator.account_sid, simulator.auth_token)},
        clock=simulator.clock,
        twilio_base_url=simulator.base_url,
    ) as installation:
        yield installation
