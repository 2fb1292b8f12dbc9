"""Runs that begin when a message reaches a status, and how workflows are kept from answering each other for ever."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ringline import Ringline
from ringline.simulator import Simulator
from ringline.triggers.statuses import LONGEST_CHAIN
from ringline.triggers.store import last_events
from ringline.twilio.webhooks import parse_status_callback
from triggers.conftest import OURS, PHONE, WITHIN, flow, publish, runs_of, texting, written

TOLD = "{{trigger.status}} {{trigger.to}} {{trigger.workflow || 'nobody'}} {{trigger.body}}"


def status(*words: str, **keys: Any) -> dict[str, Any]:
    return {"type": "message_status", "status": list(words), "inputs": {"got": TOLD}, **keys}


async def delivered(ringline: Ringline, simulator: Simulator, message_id: str) -> None:
    """Twilio says, twice, that a message has arrived; returns when we know it."""
    told = False
    async with asyncio.timeout(WITHIN):
        while True:
            message = await ringline.messages.get(message_id)
            if message.status == "delivered":
                return
            if message.sid is not None and not told:
                form = {"AccountSid": simulator.account_sid, "MessageSid": message.sid, "MessageStatus": "delivered"}
                for _ in range(2):
                    await ringline.outbox.record_callback(parse_status_callback(form))
                told = True
            await asyncio.sleep(0.01)


async def test_a_status_starts_a_run_once(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("watch", status("delivered")))
    message = await ringline.messages.send(to=PHONE, from_=OURS, body="Hi")

    await delivered(ringline, simulator, message.id)

    [run] = await runs_of(ringline, "watch", 1)
    assert run.outputs == [{"got": f"delivered {PHONE} nobody Hi"}]
    assert run.trigger is not None
    assert run.trigger["event_id"] == f"{message.id}/delivered"
    assert run.trigger["message_id"] == message.id


async def test_filters_choose_among_messages(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("codes", status("delivered", purpose="otp")))
    await publish(ringline, flow("one person", status("delivered", to="+14155550199")))
    await publish(ringline, flow("of another", status("delivered", workflow="sender")))
    await publish(ringline, flow("all", status("delivered")))
    await publish(ringline, texting("sender"))
    code = await ringline.messages.send(to=PHONE, from_=OURS, body="123", purpose="otp")
    run = await ringline.workflows.start("sender", {})
    await runs_of(ringline, "sender", 1)
    [sent] = [message for message in await ringline.messages.list() if message.run_id == run.id]
    for message in (code, sent):
        await delivered(ringline, simulator, message.id)

    async def got(workflow: str, count: int) -> list[str]:
        return sorted(run.inputs["got"] for run in await runs_of(ringline, workflow, count))

    assert await got("all", 2) == [f"delivered {PHONE} nobody 123", f"delivered {PHONE} sender Hello"]
    assert await got("codes", 1) == [f"delivered {PHONE} nobody 123"]
    assert await got("of another", 1) == [f"delivered {PHONE} sender Hello"]
    assert await got("one person", 0) == []


async def test_a_refusal_is_told_in_our_own_word(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("watch", status("refused")))
    await ringline.inbound.receive(written("STOP", AccountSid=simulator.account_sid))

    await ringline.messages.send(to=PHONE, from_=OURS, body="Hi")

    [run] = await runs_of(ringline, "watch", 1)
    assert run.inputs["got"] == f"refused {PHONE} nobody Hi"


async def test_a_workflows_own_messages_do_not_start_it_again(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, texting("nag", status("delivered")))
    message = await ringline.messages.send(to=PHONE, from_=OURS, body="Hi")
    await delivered(ringline, simulator, message.id)
    [run] = await runs_of(ringline, "nag", 1)
    [nagging] = [message for message in await ringline.messages.list() if message.run_id == run.id]

    await delivered(ringline, simulator, nagging.id)

    assert [one.id for one in await runs_of(ringline, "nag", 1)] == [run.id]


@pytest.mark.parametrize("flows", [
    {"ping": {"include_own": True}},
    {"ping": {"workflow": "pong"}, "pong": {"workflow": ["ping", "first"]}},
])  # fmt: skip
async def test_workflows_that_answer_each_other_end(
    ringline: Ringline, simulator: Simulator, flows: dict[str, dict[str, Any]]
) -> None:
    await publish(ringline, texting("first"))
    for name, keys in flows.items():
        await publish(ringline, texting(name, status("delivered", **keys)))
    await ringline.workflows.start("first" if len(flows) > 1 else "ping", {})

    heard: set[str] = set()
    async with asyncio.timeout(60):
        while not any("answer each other" in (row["error"] or "") for row in await ringline.database.read(last_events)):
            for message in await ringline.messages.list():
                if message.id not in heard:
                    heard.add(message.id)
                    await delivered(ringline, simulator, message.id)

    assert len(await ringline.runs.list()) == LONGEST_CHAIN + 1


async def test_what_is_unpublished_is_forgotten_at_once(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("watch", status("delivered")))
    first = await ringline.messages.send(to=PHONE, from_=OURS, body="one")
    await delivered(ringline, simulator, first.id)
    await runs_of(ringline, "watch", 1)

    await ringline.workflows.unpublish("watch")
    second = await ringline.messages.send(to=PHONE, from_=OURS, body="two")
    await delivered(ringline, simulator, second.id)

    assert len(await ringline.runs.list()) == 1
