"""An installation without its server: database, vault, outbox and a worker, all on the test's clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable
from dataclasses import dataclass
from typing import TypeVar

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.dispatch import open_dispatcher
from ringline.messaging.inbound import Inbound
from ringline.messaging.links import Links
from ringline.messaging.media import Media
from ringline.messaging.messages import DurableSender, Messages
from ringline.outbox import Outbox, OutboxSettings
from ringline.simulator import Simulator
from ringline.vault import Vault

T = TypeVar("T")

PUBLIC_URL = "https://ring.example.com"


async def within(work: Awaitable[T], seconds: float = 20.0) -> T:
    """What *work* gives, or a failure: the test's clock stands still, so a wait by it would never end."""
    async with asyncio.timeout(seconds):
        return await work


@dataclass
class Installation:
    """The parts of one installation; the worker sends while the test waits."""

    database: Database
    vault: Vault
    outbox: Outbox
    sender: DurableSender
    messages: Messages
    inbound: Inbound
    links: Links
    media: Media


@pytest.fixture
async def installation(database: Database, clock: VirtualClock, simulator: Simulator) -> AsyncIterator[Installation]:
    dispatcher = await open_dispatcher(database, clock)
    vault = Vault(database, clock, b"k" * 32, base_url=simulator.base_url)
    await vault.add("main", simulator.account_sid, simulator.auth_token, default_from="+15550001111")
    # The clock stands, so nobody may wait for a turn.
    outbox = Outbox(database, dispatcher, clock, clients=vault.client, settings=OutboxSettings(rate=None))
    links = Links(database, clock, public_url=PUBLIC_URL)
    media = Media(database, clock, key=b"k" * 32, public_url=PUBLIC_URL)
    sender = DurableSender(outbox, vault, clock, links=links, media=media)
    stop = asyncio.Event()
    worker = asyncio.create_task(dispatcher.run(outbox.handlers(), stop))
    ticker = asyncio.create_task(outbox.ticker.run(stop))
    yield Installation(
        database, vault, outbox, sender, Messages(sender, outbox), Inbound(database, clock, outbox=outbox), links, media
    )
    # As a program that ends does: what waits for its sender's turn is left to the next one.
    outbox.stop()
    stop.set()
    await asyncio.gather(worker, ticker)
    await vault.close()
