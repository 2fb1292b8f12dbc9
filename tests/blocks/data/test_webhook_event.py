"""`data/webhook_event@v1`: what it writes with the run, and what it says when the delivery has ended."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any

import pytest

from http_server import HttpServer
from ringline import Ringline, Workflow
from ringline.blocks.data.webhook_event import WebhookEventBlock, data_of, key_of
from ringline.clock import VirtualClock
from ringline.errors import DurableRunRequired, RequestError
from ringline.workflow.block import Done, StepContext, Wait, Woken

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
STEP = StepContext(run_id="run_1", step="tell", key="run_1/tell", is_durable=True)


@pytest.fixture
async def server() -> AsyncIterator[HttpServer]:
    async with HttpServer() as running:
        yield running


@pytest.fixture
async def ringline(database_url: str, clock: VirtualClock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Ringline]:
    monkeypatch.setenv("RINGLINE_ALLOWED_PRIVATE_HOSTS", "127.0.0.1")
    async with Ringline(database_url, clock=clock) as installation:
        yield installation


class Committing:
    """Runs a step's effects in one transaction, and keeps what they say."""

    def __init__(self, tx: Any) -> None:
        self.tx = tx
        self.run_id = "run_1"
        self.keys: list[str] = []
        self.reports: list[tuple[str, Any]] = []

    def wait_for(self, key: str, data: Any = None) -> None:
        self.keys.append(key)

    def report(self, key: str, data: Any) -> None:
        self.reports.append((key, data))


async def commit(ringline: Ringline, result: Done | Wait) -> Committing:
    def work(tx: Any) -> Committing:
        on = Committing(tx)
        for effect in result.effects:
            effect(on)
        return on

    return await ringline.database.write(work)


def run(ringline: Ringline, url: str, **fields: Any) -> Done | Wait:
    block = WebhookEventBlock(webhooks=ringline.webhooks)
    given = {"event": "order.paid", "payload": {"id": 7}, "secret": SECRET, "secret_name": None, "wait": False}
    return block.run(url=url, **{**given, **fields}, step=STEP)


async def settled(ringline: Ringline, delivery_id: str) -> Any:
    async with asyncio.timeout(20):
        while not (delivery := await ringline.webhooks.get(delivery_id)).is_settled:  # noqa: ASYNC110
            await asyncio.sleep(0.005)
    return delivery


async def test_the_run_goes_on_and_the_event_is_delivered_after_it(ringline: Ringline, server: HttpServer) -> None:
    result = run(ringline, f"{server.url}/hook")

    assert isinstance(result, Done)
    assert server.asked == []
    on = await commit(ringline, result)
    assert (result.outcome, result.outputs["status"], on.keys) == ("queued", "pending", [])
    delivery = await settled(ringline, result.outputs["id"])
    assert (delivery.status, delivery.run_id, delivery.step) == ("delivered", "run_1", "tell")
    woken = Woken(key_of(delivery.id), data_of(delivery), None, datetime.now(UTC))
    later = WebhookEventBlock(webhooks=ringline.webhooks).follow(woken=woken, step=STEP)
    assert (later["status"], later["tries"], later["response_status"]) == ("delivered", 1, 200)
    assert result.follow == (key_of(delivery.id),)


@pytest.mark.parametrize(("status", "outcome"), [(200, "delivered"), (410, "failed")])
async def test_a_step_that_waits_ends_as_the_delivery_does(
    ringline: Ringline, server: HttpServer, status: int, outcome: str
) -> None:
    server.answers["/hook"] = (status, "", {})
    result = run(ringline, f"{server.url}/hook", wait=True)

    assert isinstance(result, Wait)
    on = await commit(ringline, result)
    [key] = on.keys
    delivery = await settled(ringline, key.partition("/")[2])
    woken = Woken(key, data_of(delivery), None, datetime.now(UTC))
    done = WebhookEventBlock(webhooks=ringline.webhooks).resume(woken=woken, step=STEP)
    assert (done.outcome, done.outputs["response_status"]) == (outcome, status)
    assert ("given up after 1 tries" in str(done.outputs["error"])) is (outcome == "failed")
    # A step that runs again after a crash finds what it told before.
    again = await commit(ringline, run(ringline, f"{server.url}/hook", wait=True))
    assert (again.keys, [report[0] for report in again.reports]) == ([key], [key])
    assert len(server.asked) == 1


@pytest.mark.parametrize("url", ["example.com", "ftp://example.com/", "https://user:pw@example.com/"])
async def test_an_address_that_is_none_is_an_error(ringline: Ringline, url: str) -> None:
    with pytest.raises(RequestError, match="not an http or https address"):
        run(ringline, url)


def test_a_bare_workflow_says_what_it_lacks() -> None:
    step = {
        "type": "data/webhook_event@v1",
        "name": "tell",
        "url": "https://example.com",
        "event": "a",
        "secret_name": "H",
    }
    workflow = Workflow.from_dict({"version": "1.0", "inputs": [], "steps": [step], "outputs": []})

    with pytest.raises(DurableRunRequired):
        workflow.run()


async def test_in_a_run_a_request_and_a_webhook_that_is_waited_for(ringline: Ringline, server: HttpServer) -> None:
    server.answers["/ask"] = (200, '{"id": 7}', {"Content-Type": "application/json"})
    server.answers["/broken"] = (410, "", {})
    steps = [
        {"type": "data/http_request@v1", "name": "ask", "url": f"{server.url}/ask", "method": "POST", "json": {"a": 1}},
        {
            "type": "data/webhook_event@v1",
            "name": "tell",
            "url": f"{server.url}/hook",
            "event": "order.paid",
            "payload": {"id": "{{steps.ask.json.id}}"},
            "secret": "$inputs.secret",
            "wait": True,
        },
        {
            "type": "data/webhook_event@v1",
            "name": "again",
            "url": f"{server.url}/broken",
            "event": "order.{{steps.tell.status}}",
            "secret": "$inputs.secret",
            "wait": True,
        },
    ]
    definition = {
        "version": "1.0",
        "name": "orders",
        "inputs": [{"type": "WorkflowParameter", "name": "secret", "kind": ["secret"]}],
        "steps": steps,
        "outputs": [
            {"type": "JsonField", "name": name, "selector": f"$steps.{name}.outcome"}
            for name in ("ask", "tell", "again")
        ],
    }

    run = await ringline.workflow(definition).start({"secret": SECRET})

    assert await run.result(20) == [{"ask": "ok", "tell": "delivered", "again": "failed"}]
    assert [asked.path for asked in server.asked] == ["/ask", "/hook", "/broken"]
    assert '"data": {"id": 7}' in server.asked[1].body
    assert '"type": "order.delivered"' in server.asked[2].body
    assert server.asked[0].headers["idempotency-key"] == f"{run.id}/ask"
    assert SECRET not in str(await ringline.runs.get(run.id)) + str(await ringline.runs.history(run.id))
