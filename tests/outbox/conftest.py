from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from outbox.fake_twilio import FakeTwilio, start
from outbox.send_path import Path
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.dispatch import open_dispatcher
from ringline.twilio.http import TwilioHttp


@pytest.fixture
async def twilio() -> AsyncIterator[FakeTwilio]:
    fake = FakeTwilio()
    runner = await start(fake)
    yield fake
    if fake.hold is not None:
        fake.hold.set()
    await runner.cleanup()


@pytest.fixture
async def path(database: Database, clock: VirtualClock, twilio: FakeTwilio) -> AsyncIterator[Path]:
    http = TwilioHttp()
    yield Path(database, await open_dispatcher(database, clock), clock, twilio, http)
    await http.close()
