"""The room on a database of each kind, with hashing that is quick enough for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from argon2 import PasswordHasher

from ringline.access import Access
from ringline.access.passwords import Passwords
from ringline.clock import VirtualClock
from ringline.database import Database


@pytest.fixture
async def access(database: Database, clock: VirtualClock) -> AsyncIterator[Access]:
    """Users, sign-ins, keys and the log."""
    made = Access(database, clock, passwords=Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)))
    yield made
    made.close()
