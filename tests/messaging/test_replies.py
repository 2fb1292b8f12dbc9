"""Replies that came before anybody waited for them."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.database import Database, Transaction, open_database
from ringline.messaging import store
from ringline.messaging.inbound import Inbound
from ringline.messaging.replies import Awaited, Replies
from ringline.twilio.webhooks import parse_inbound

ACCOUNT = "AC" + "1" * 32
PHONE, OURS = "+14155550123", "+15550001111"
STANDS_IN_LINE = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
SERVICE = "MG" + "0" * 32


class Step:
    """A step's transaction that notes what it is told."""

    run_id = "run_1"

    def __init__(self, tx: Transaction, told: list[Mapping[str, Any]]) -> None:
        self.tx = tx
        self.told = told

    def wait_for(self, key: str, data: Mapping[str, Any] | None = None) -> None:
        raise AssertionError("`take_in` leaves that to the step")

    def report(self, key: str, data: Mapping[str, Any]) -> None:
        self.told.append(data)


async def write(inbound: Inbound, body: str, number: int, **form: str) -> None:
    about = {"AccountSid": ACCOUNT, "MessageSid": f"SM{number:032x}", "From": PHONE, "To": OURS, "Body": body}
    await inbound.receive(parse_inbound({**about, **form}))


async def taken(database: Database, awaited: Awaited) -> list[str]:
    told: list[Mapping[str, Any]] = []
    replies = Replies(None)  # type: ignore[arg-type]  # no question is looked up here
    await database.write(lambda tx: replies.take_in(Step(tx, told), awaited, key="reply/x", reason="It was early."))
    return [data["texts"][0] for data in told]


@pytest.mark.parametrize(
    ("awaited", "expected"),
    [
        ({}, ["one"]),
        ({"sender": OURS}, ["one"]),
        ({"sender": "+15550002222"}, ["elsewhere"]),
        ({"service": SERVICE}, ["served"]),
        ({"account": "AC" + "2" * 32}, []),
        ({"person": "+14155550199"}, []),
        ({"channel": "whatsapp"}, []),
    ],
)
async def test_the_oldest_reply_that_came_to_the_right_place_is_taken(
    awaited: dict[str, str], expected: list[str], database: Database, clock: VirtualClock
) -> None:
    inbound = Inbound(database, clock)
    await write(inbound, "before", 1)
    clock.step(1)
    since = clock.time()
    for number, (body, form) in enumerate(
        [("one", {}), ("two", {}), ("elsewhere", {"To": "+15550002222"}), ("served", {"MessagingServiceSid": SERVICE})]
    ):
        clock.step(1)
        await write(inbound, body, 10 + number, **form)
    about: Any = {"channel": "sms", "person": PHONE, "since": since, **awaited}

    assert await taken(database, Awaited(**about)) == expected
    if expected == ["one"]:
        [message] = [message for message in await inbound.list() if message.body == "one"]
        assert (message.taken_by, message.run_id, message.taken_reason) == ("run", "run_1", "It was early.")
        assert await taken(database, Awaited(**about)) == ["two"], "each is taken once"


async def test_whoever_begins_to_wait_sees_a_reply_that_is_being_stored(postgres_url: str, clock: VirtualClock) -> None:
    """On SQLite one writer comes after the other anyway."""
    database = await open_database(postgres_url, clock=clock)
    inbound = Inbound(database, clock)
    await write(inbound, "hello", 1)
    awaited = Awaited("sms", PHONE, clock.time() - 1)
    connection = await database.connect()  # type: ignore[attr-defined]  # Postgres has it
    try:
        async with connection.transaction():
            await connection.execute(str(store._HOLD_PERSON).replace(":id", "$1"), f"sms/{PHONE}")
            await connection.execute("UPDATE inbound_messages SET body = 'changed'")
            waiting = asyncio.create_task(taken(database, awaited))
            async with asyncio.timeout(20):  # the database tells nobody who stands in line
                while not await connection.fetchval(STANDS_IN_LINE):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)
            assert not waiting.done()
        assert await asyncio.wait_for(waiting, 20) == ["changed"]
    finally:
        await connection.close()
        await database.close()
