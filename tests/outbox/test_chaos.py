"""Random misfortunes, and what holds all the same (`docs/guarantees.md`).

A few seeds run with the suite. ``make chaos SEEDS=200`` runs the first 200 on each database, ``make chaos SEEDS=17:18``
only seed 17; without make it is the variable ``CHAOS_SEEDS`` for pytest.
"""

from __future__ import annotations

import contextlib
import os
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest

from outbox.chaos import Door, Lives, World
from outbox.chaos_verdict import judge
from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.simulator import Simulator
from ringline.web import create_app
from ringline.web.server import address, listen, serving

MISFORTUNES = 40


def _seeds() -> range:
    first, colon, last = os.environ.get("CHAOS_SEEDS", "3").rpartition(":")
    return range(int(first) if colon else 0, int(last))


@contextlib.asynccontextmanager
async def world_of(
    seed: int, simulator: Simulator, clock: VirtualClock, url: str, postgres: Any | None
) -> AsyncIterator[World]:
    """Everything for one seed; every second one has a public URL, and on Postgres two installations share the work."""
    is_called = seed % 2 == 0
    door = Door(random.Random(seed))
    listener = listen("127.0.0.1", 0)
    public_url = address(listener) if is_called else None

    def open_ringline(number: int) -> Ringline:
        return Ringline(
            url if postgres is None else f"{url}&application_name=chaos-{number}",
            {"main": (simulator.account_sid, simulator.auth_token)},
            clock,
            simulator.base_url,
            public_url,
        )

    def cut(number: int) -> None:
        assert postgres is not None
        postgres.psql(
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'chaos-{number}'"
        )

    if public_url is not None:
        simulator.connect(f"{public_url}/twilio/sms")
    async with serving(door, listener):
        with Lives() as lives:
            world = World(
                seed,
                simulator,
                clock,
                open_ringline,
                door,
                lives,
                is_called=is_called,
                workers=1 if postgres is None else 2,
                make_app=create_app,
                cut=cut,
            )
            await world.begin()
            try:
                yield world
            finally:
                await world.end()


@pytest.mark.parametrize("seed", _seeds())
async def test_whatever_happens_each_message_goes_out_at_most_once_and_is_accounted_for(
    seed: int, simulator: Simulator, clock: VirtualClock, database_url: str, request: pytest.FixtureRequest
) -> None:
    postgres = request.getfixturevalue("postgres_server") if database_url.startswith("postgresql") else None
    async with world_of(seed, simulator, clock, database_url, postgres) as world:
        try:
            if seed % 5 == 4:
                await world.give_senders_a_pace()
            for _ in range(MISFORTUNES):
                await world.misfortune()
            await world.let_it_end()
            messages, attempts, events = [
                await world.rows(f"SELECT * FROM {table}") for table in ("messages", "attempts", "status_events")
            ]
            judge(world.story, simulator, messages, attempts, events, is_called=world.is_called)
        except BaseException:
            print("\n".join(world.story.lines))
            raise
