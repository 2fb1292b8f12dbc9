"""Random misfortunes, and what holds all the same (`docs/guarantees.md`).

A few seeds run with the suite. ``make chaos SEEDS=200`` runs the first 200 on each database, ``make chaos SEEDS=17:18``
only seed 17; without make it is the variable ``CHAOS_SEEDS`` for pytest.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import gc
import os
import random
import shutil
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from outbox.chaos import (
    HORIZON,
    NUMBERS,
    PATIENCE,
    PEOPLE,
    SERVICE,
    TEXTS,
    UNDER_WAY,
    Door,
    Lives,
    OptOut,
    Sent,
    Story,
    World,
    draw_fault,
    due_in,
    marked,
)
from outbox.chaos_process import KillableRingline, plan_for
from outbox.chaos_verdict import judge
from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.simulator import Simulator
from ringline.web import create_app
from ringline.web.server import address, listen, serving

MISFORTUNES = 30
LIVES = 3


def _seeds() -> range:
    first, colon, last = os.environ.get("CHAOS_SEEDS", "2").rpartition(":")
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
                make_app=functools.partial(create_app, with_api=False),
                cut=cut,
            )
            await world.begin()
            try:
                yield world
            finally:
                await world.end()
    _forget_the_dead()


@pytest.fixture(autouse=True)
def _nothing_is_left() -> Iterator[None]:
    """After the test, when nothing of its own holds what has crashed any more."""
    yield
    _forget_the_dead()


def _forget_the_dead() -> None:
    """What crashed has closed nothing; that is not to be said of a later test."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
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


@pytest.mark.parametrize("seed", _seeds())
async def test_a_process_that_is_killed_again_and_again_sends_everything_once(
    seed: int, simulator: Simulator, clock: VirtualClock, sqlite_template: Path, tmp_path: Path
) -> None:
    chance, story, is_called = random.Random(seed), Story(), seed % 2 == 0
    database = tmp_path / "ringline.db"
    shutil.copyfile(sqlite_template, database)
    port = _free_port() if is_called else None
    if is_called:
        simulator.connect(f"http://127.0.0.1:{port}/twilio/sms")
    ringline = KillableRingline(plan_for(simulator, database, tmp_path / "home", port), clock)
    try:
        for _ in range(LIVES):
            await ringline.start()
            await _live_dangerously(chance, story, simulator, ringline)
            story.tell("killed")
            await ringline.kill()
            story.cut_off |= {row["message_id"] for row in ringline.rows(UNDER_WAY)}
        simulator.faults.clear()
        await ringline.start()
        for seconds in (0.0, 5.0, 30.0, HORIZON, 120.0, 900.0, 3600.0, 6 * 3600.0, 12 * 3600.0, *2 * (86_400.0,)):
            ringline.step(seconds)
            await _nothing_is_due(simulator, ringline)
        await ringline.stop()
        for sent in story.sent:
            sent.id = ringline.sent.get(sent.body)
        messages, attempts, events = [
            ringline.rows(f"SELECT * FROM {table}") for table in ("messages", "attempts", "status_events")
        ]
        judge(story, simulator, messages, attempts, events, is_called=is_called)
    except BaseException:
        print("\n".join(story.lines))
        raise
    finally:
        if ringline.process is not None and ringline.process.is_alive():
            ringline.process.kill()


async def _live_dangerously(
    chance: random.Random, story: Story, simulator: Simulator, ringline: KillableRingline
) -> None:
    """A few things happen, and the last of them may be cut off anywhere."""
    for _ in range(chance.randint(1, 4)):
        fault = draw_fault(chance)
        if chance.random() < 0.4:
            fault.times = chance.choice((1, 2))
            story.faults.append((simulator.faults.add(fault), fault.times))
            story.tell(f"fault: {fault}")
        if chance.random() < 0.2 and ringline.plan.port is not None:
            await _opt_out(chance, story, simulator, ringline)
        count = chance.randint(1, 25)
        story.tell(f"{count} messages")
        for _ in range(count):
            origin = chance.choice((*NUMBERS, SERVICE))
            sent = Sent(marked(chance.choice(TEXTS), len(story.sent) + 1), chance.choice(PEOPLE), origin)
            story.sent.append(sent)
            by = "messaging_service_sid" if origin == SERVICE else "from_"
            ringline.ask("send", {"to": sent.to, "body": sent.body, by: origin, "key": f"key-{len(story.sent)}"})
        await asyncio.sleep(chance.random() ** 2 * 0.08)
        if chance.random() < 0.7:
            seconds = chance.choice((0.1, 3.0, 40.0, 200.0))
            story.tell(f"{seconds} s pass")
            ringline.step(seconds)
            await asyncio.sleep(chance.random() ** 2 * 0.05)


async def _opt_out(chance: random.Random, story: Story, simulator: Simulator, ringline: KillableRingline) -> None:
    to, origin = chance.choice(PEOPLE), chance.choice(NUMBERS)
    await simulator.handset(to).send("STOP", origin)
    if ringline.rows(
        "SELECT 1 FROM suppressions WHERE recipient = :to AND scope LIKE :scope", to=to, scope=f"%{origin}"
    ):
        [last] = ringline.rows("SELECT coalesce(max(id), 0) AS last FROM attempts")
        story.opt_outs.append(OptOut(to, origin, last["last"]))
        story.tell(f"{to} has opted out of {origin}")


async def _nothing_is_due(simulator: Simulator, ringline: KillableRingline) -> None:
    quiet, began = 0, time.monotonic()
    while quiet < 2:
        await simulator.settle()
        [due] = ringline.rows(due_in("1 = 1"), now=ringline.clock.time())
        quiet = quiet + 1 if not any(due.values()) else 0
        await asyncio.sleep(0.01)
        assert time.monotonic() - began < PATIENCE, f"this stays undone although it is due: {due}"


def _free_port() -> int:
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])
