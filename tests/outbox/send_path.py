"""The send path with everything around it, for tests."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any

from outbox.fake_twilio import ACCOUNT, FakeTwilio
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.dispatch import Dispatcher
from ringline.outbox import NewMessage, Outbox, OutboxRow, OutboxSettings
from ringline.twilio.client import TwilioClient
from ringline.twilio.http import TwilioHttp
from ringline.twilio.webhooks import StatusCallback

ANA, BEN = "+14155550101", "+14155550102"
NUMBER = "+14155550001"
PUBLIC_URL = "https://ringline.example"
SOON = 20.0


@dataclass
class Path:
    """The send path with everything around it."""

    database: Database
    dispatcher: Dispatcher
    clock: VirtualClock
    twilio: FakeTwilio
    http: TwilioHttp
    timeout: float = 5.0
    outboxes: list[Outbox] = field(default_factory=list)

    def outbox(self, *, public_url: str | None = PUBLIC_URL, **settings: Any) -> Outbox:
        """One that paces nobody and draws out no pause, unless *settings* say so."""
        settings = {"rate": None, "jitter": 0.0, **settings}
        client = TwilioClient(ACCOUNT, "token", base_url=self.twilio.base_url, timeout=self.timeout, http=self.http)

        async def clients(credential_id: str) -> TwilioClient:
            return client

        made = Outbox(self.database, self.dispatcher, self.clock, clients, public_url, OutboxSettings(**settings))
        self.outboxes.append(made)
        return made

    async def settle(self, outbox: Outbox) -> None:
        """What falls due now among the attempts without an answer."""
        await outbox.sweep()
        await outbox.settle(ACCOUNT)

    @contextlib.asynccontextmanager
    async def working(self, outbox: Outbox, *, ticking: bool = True) -> AsyncIterator[None]:
        stop = asyncio.Event()
        tasks = [asyncio.create_task(self.dispatcher.run(outbox.handlers(), stop))]
        if ticking:
            tasks.append(asyncio.create_task(outbox.ticker.run(stop)))
        try:
            yield
        finally:
            stop.set()
            await asyncio.wait_for(asyncio.gather(*tasks), SOON)


def new(text: str = "hello", **changes: Any) -> NewMessage:
    base = NewMessage(account_id=ACCOUNT, credential_id="crd_1", to=ANA, sender=NUMBER, body=text)
    return dataclasses.replace(base, **changes)


def report(row: OutboxRow, status: str, *, sid: str | None = None, **changes: Any) -> StatusCallback:
    values = {"account_sid": row.account_id, "sid": sid or row.sid, "status": status, **changes}
    return StatusCallback(**{"raw": {"MessageStatus": status}, **values})


async def until(condition: Callable[[], Any]) -> None:
    async with asyncio.timeout(SOON):
        while not condition():  # noqa: ASYNC110 - the condition is not ours to make an event of
            await asyncio.sleep(0.005)


def sender_of(row: OutboxRow) -> str:
    assert row.sender_id is not None
    return row.sender_id
