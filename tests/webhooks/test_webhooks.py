"""Events told to other systems: written down, signed, tried again, given up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from standardwebhooks import Webhook

from http_server import HttpServer
from ringline.clock import VirtualClock
from ringline.database import Database
from ringline.dispatch import Dispatcher, open_dispatcher
from ringline.egress import HttpClient, PrivateHosts
from ringline.errors import RequestError
from ringline.vault import Vault
from ringline.vault.keyring import Keyring, new_key
from ringline.webhooks import Delivery, WebhookEvent, Webhooks
from ringline.webhooks.delivery import PAUSES

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


class Installation:
    """Webhooks with a queue at work; `move` lets time pass until the next try."""

    def __init__(self, database: Database, clock: VirtualClock, dispatcher: Dispatcher, http: HttpClient) -> None:
        self.database = database
        self.clock = clock
        self.vault = Vault(database, clock, Keyring([new_key()]))
        self.webhooks = Webhooks(
            database,
            clock,
            dispatcher,
            http=http,
            vault=self.vault,
            environment={"HOOK_SECRET": SECRET},
        )
        self.webhooks.ticker.longest = 1e9

    async def tell(self, url: str, **fields: Any) -> str:
        event = WebhookEvent(**{"url": url, "type": "order.paid", "data": {"id": 7}, "secret": SECRET, **fields})
        body, delivery_id = self.webhooks.check(event), self.webhooks.new_id()
        written = await self.database.write(lambda tx: self.webhooks.write(tx, event, body, delivery_id))
        return written.id

    async def until(self, delivery_id: str, holds: Callable[[Delivery], bool]) -> Delivery:
        async with asyncio.timeout(20):
            while not holds(delivery := await self.webhooks.get(delivery_id)):  # noqa: ASYNC110
                await asyncio.sleep(0.005)
        return delivery

    async def next_try(self, delivery_id: str) -> Delivery:
        before = await self.webhooks.get(delivery_id)
        assert before.next_try_at is not None
        self.clock.step((before.next_try_at - self.clock.now()).total_seconds())
        return await self.until(delivery_id, lambda delivery: delivery.tries > before.tries or delivery.is_settled)


@pytest.fixture
async def installation(database: Database, clock: VirtualClock) -> AsyncIterator[Installation]:
    dispatcher = await open_dispatcher(database, clock)
    http = HttpClient(allowed=PrivateHosts.parse("127.0.0.1"), pooled=True)
    made = Installation(database, clock, dispatcher, http)
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(dispatcher.run(made.webhooks.handlers(), stop)),
        asyncio.create_task(made.webhooks.ticker.run(stop)),
    ]
    yield made
    stop.set()
    await asyncio.wait(tasks, timeout=20)
    await http.close()


async def test_an_event_arrives_signed(installation: Installation, server: HttpServer, clock: VirtualClock) -> None:
    clock.set_wall_time(datetime.now(UTC))  # the receiver's library holds the signature's time against its own clock
    settled: list[Delivery] = []
    installation.webhooks.on_settled.append(lambda tx, delivery: settled.append(delivery))

    delivery_id = await installation.tell(f"{server.url}/hook")

    delivery = await installation.until(delivery_id, lambda delivery: delivery.is_settled)
    [asked] = server.asked
    event = Webhook(SECRET).verify(asked.body, asked.headers)
    assert (event["type"], event["data"]) == ("order.paid", {"id": 7})
    assert asked.headers["webhook-id"] == delivery_id
    assert (delivery.status, delivery.tries, delivery.last_status) == ("delivered", 1, 200)
    assert [one.id for one in settled] == [delivery_id]
    with pytest.raises(Exception, match="No matching signature"):
        Webhook(SECRET).verify(asked.body.replace("7", "8"), asked.headers)


async def test_it_is_tried_again_with_the_same_id_until_it_is_taken(
    installation: Installation, server: HttpServer
) -> None:
    server.answers["/hook"] = [(500, "", {}), (302, "", {"Location": "/elsewhere"}), (204, "", {})]
    delivery_id = await installation.tell(f"{server.url}/hook")
    first = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)

    second = await installation.next_try(delivery_id)
    third = await installation.next_try(delivery_id)

    assert (first.status, first.last_error) == ("pending", "The endpoint answered 500 Internal Server Error.")
    assert (second.status, second.last_status, third.status, third.tries) == ("pending", 302, "delivered", 3)
    assert {asked.headers["webhook-id"] for asked in server.asked} == {delivery_id}
    assert {asked.path for asked in server.asked} == {"/hook"}
    assert len({asked.body for asked in server.asked}) == 1
    at = [tried["at"] for tried in third.history]
    assert [at[1] - at[0], at[2] - at[1]] == [5.0, 300.0]


async def test_after_ten_tries_it_is_given_up_and_can_be_sent_again(
    installation: Installation, server: HttpServer
) -> None:
    server.answers["/hook"] = (503, "", {})
    delivery_id = await installation.tell(f"{server.url}/hook")
    delivery = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)
    while not delivery.is_settled:
        delivery = await installation.next_try(delivery_id)

    assert (delivery.status, delivery.tries, len(server.asked)) == ("failed", len(PAUSES) + 1, len(PAUSES) + 1)
    server.answers["/hook"] = (200, "", {})
    await installation.webhooks.retry(delivery_id)
    again = await installation.until(delivery_id, lambda delivery: delivery.is_settled)
    assert (again.status, again.tries) == ("delivered", 1)


async def test_an_endpoint_may_ask_for_a_longer_pause(installation: Installation, server: HttpServer) -> None:
    server.answers["/hook"] = (429, "", {"Retry-After": "60"})

    delivery_id = await installation.tell(f"{server.url}/hook")

    delivery = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)
    assert delivery.next_try_at is not None
    assert delivery.next_try_at.timestamp() - delivery.history[0]["at"] == 60.0


@pytest.mark.parametrize(
    ("status", "host", "said"), [(410, None, "answered 410"), (200, "10.0.0.1", "lies inside a private network")]
)
async def test_what_cannot_get_better_is_given_up_at_once(
    installation: Installation, server: HttpServer, status: int, host: str | None, said: str
) -> None:
    server.answers["/hook"] = (status, "", {})

    delivery_id = await installation.tell(f"http://{host}/hook" if host else f"{server.url}/hook")

    delivery = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)
    assert delivery.status == "failed"
    assert said in str(delivery.last_error)


async def test_the_same_key_is_the_same_event(installation: Installation, server: HttpServer) -> None:
    first = await installation.tell(f"{server.url}/hook", key="run_1/tell")
    again = await installation.tell(f"{server.url}/hook", key="run_1/tell", data={"id": 8})

    await installation.until(first, lambda delivery: delivery.is_settled)
    assert again == first
    assert [json.loads(asked.body)["data"] for asked in server.asked] == [{"id": 7}]


async def test_two_workers_at_one_delivery_send_it_once(installation: Installation, server: HttpServer) -> None:
    gate = asyncio.Event()

    async def slow(request: Any) -> Any:
        from aiohttp import web

        await gate.wait()
        return web.Response()

    server.answers["/hook"] = slow
    delivery_id = await installation.tell(f"{server.url}/hook")
    async with asyncio.timeout(20):
        while not server.asked:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    await installation.webhooks.deliver(delivery_id)
    gate.set()

    await installation.until(delivery_id, lambda delivery: delivery.is_settled)
    assert len(server.asked) == 1


async def test_a_lost_job_is_found_by_the_sweep(
    database: Database, clock: VirtualClock, server: HttpServer, installation: Installation
) -> None:
    class Nothing:
        def enqueue(self, *_: Any, **__: Any) -> None:
            """The job gets lost."""

    working = installation.webhooks
    lost = Webhooks(
        database,
        clock,
        Nothing(),
        http=HttpClient(),
        vault=installation.vault,
        environment={},  # type: ignore[arg-type]
    )
    event = WebhookEvent(url=f"{server.url}/hook", type="a", data=None, secret=SECRET)
    await database.write(lambda tx: lost.write(tx, event, "{}", "whd_lost"))

    clock.step(31)
    await working.sweep()

    assert (await installation.until("whd_lost", lambda delivery: delivery.is_settled)).status == "delivered"


async def test_the_secret_is_nowhere_to_be_read(installation: Installation, server: HttpServer) -> None:
    from sqlalchemy import text

    server.answers["/hook"] = (500, "", {})
    delivery_id = await installation.tell(f"{server.url}/hook")
    delivery = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)

    rows = await installation.database.read(lambda tx: tx.all(text("SELECT * FROM webhook_deliveries")))
    assert SECRET[6:] not in str(rows) + str(delivery)
    secret_id = rows[0]["secret_id"]
    assert await installation.vault.unseal(secret_id) == SECRET
    installation.clock.step(2)
    is_needed = installation.webhooks.needs_secret_in
    assert await installation.database.read(lambda tx: is_needed(tx, secret_id))


async def test_a_secret_by_name_is_read_when_it_is_sent(installation: Installation, server: HttpServer) -> None:
    delivery_id = await installation.tell(f"{server.url}/hook", secret=None, secret_name="HOOK_SECRET")

    delivery = await installation.until(delivery_id, lambda delivery: delivery.tries == 1)
    assert delivery.status == "delivered"


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"secret": "whsec_"}, "secret cannot be read"),
        ({"secret": "not base64!"}, "secret cannot be read"),
        ({"secret": None}, "no secret to sign it with"),
        ({"secret": None, "secret_name": "NOWHERE"}, "no environment variable `NOWHERE`"),
        ({"data": "x" * 300_000}, "larger than 256,000 bytes"),
    ],
)
async def test_what_could_never_be_delivered_is_said_at_once(
    installation: Installation, fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(RequestError, match=said):
        await installation.tell("https://example.com", **fields)


async def test_what_was_settled_long_ago_is_forgotten(installation: Installation, server: HttpServer) -> None:
    delivery_id = await installation.tell(f"{server.url}/hook")
    await installation.until(delivery_id, lambda delivery: delivery.is_settled)

    kept = await installation.webhooks.forget_old()
    installation.clock.step(31 * 86_400)

    assert (kept, await installation.webhooks.forget_old()) == (0, 1)
