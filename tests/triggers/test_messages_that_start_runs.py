"""Runs that people start by writing: which trigger gets a message, what its run is given, and each message once."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import Ringline
from ringline.simulator import Simulator
from triggers.conftest import OURS, PHONE, flow, opened, publish, runs_of, written

OTHER = "+15550002222"


def inbound(**keys: Any) -> dict[str, Any]:
    return {"type": "inbound_message", "inputs": {"got": "{{trigger.keyword || '-'}}|{{trigger.rest}}"}, **keys}


async def started(ringline: Ringline) -> list[tuple[str, str]]:
    """Which workflows were started, with what."""
    found = (await ringline.runs.list())[::-1]
    return [(run.workflow, run.inputs["got"]) for run in found]


async def test_a_run_is_given_what_the_message_says(ringline: Ringline) -> None:
    fields = ("body", "from", "to", "channel", "keyword", "rest", "received_at", "profile_name", "sid")
    filled = {name: f"{{{{trigger.{name}}}}}" for name in fields}
    extra = {"media": "{{trigger.media[0].url}}", "contact": "{{trigger.contact.name}}"}
    await publish(
        ringline,
        flow("order", {"type": "inbound_message", "keyword": "ORDER", "inputs": {**filled, **extra}},
             inputs=[*fields, *extra]),
    )  # fmt: skip
    await ringline.contacts.add(PHONE, name="Ada", language="de")
    media = {"NumMedia": "1", "MediaUrl0": "https://example.com/a.jpg", "MediaContentType0": "image/jpeg"}

    await ringline.inbound.receive(written("Order: 2 pizzas", ProfileName="Ada", **media))

    [run] = await runs_of(ringline, "order", 1)
    assert run.outputs == [
        {
            "body": "Order: 2 pizzas",
            "from": PHONE,
            "to": OURS,
            "channel": "sms",
            "keyword": "ORDER",
            "rest": "2 pizzas",
            "received_at": "2026-01-01T12:00:00Z",
            "profile_name": "Ada",
            "sid": f"SM{1:032x}",
            "media": "https://example.com/a.jpg",
            "contact": "Ada",
        }
    ]
    assert run.trigger is not None
    assert (run.trigger["type"], run.trigger["name"]) == ("inbound_message", "ORDER")


ORDER: list[tuple[str, str, str]] = [
    # the message; our number; who gets it
    ("join", OURS, "number and keyword"),
    ("join", OTHER, "keyword"),
    ("hello", OURS, "number"),
    ("hello", OTHER, "anything"),
    ("JOIN me", OTHER, "keyword"),
    ("let me join", OTHER, "contains"),
]


@pytest.mark.parametrize(("body", "to", "who"), ORDER)
async def test_the_most_specific_trigger_gets_the_message(ringline: Ringline, body: str, to: str, who: str) -> None:
    await publish(ringline, flow("anything", inbound(match="anything")))
    await publish(ringline, flow("contains", inbound(keyword="join", match="contains")))
    await publish(ringline, flow("number", inbound(to=OURS)))
    await publish(ringline, flow("keyword", inbound(keyword="JOIN")))
    await publish(ringline, flow("number and keyword", inbound(keyword="JOIN", to=OURS)))

    await ringline.inbound.receive(written(body, to=to))

    assert [workflow for workflow, _ in await started(ringline)] == [who]


async def test_of_two_alike_the_one_published_first_gets_it(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("zebra", inbound(keyword="JOIN")))
    simulator.clock.step(1)
    await publish(ringline, flow("ant", inbound(keyword="JOIN")))

    await ringline.inbound.receive(written("join"))

    assert await started(ringline) == [("zebra", "JOIN|")]


@pytest.mark.parametrize("body", ["STOP", "stop", " Unsubscribe "])
async def test_opt_out_words_start_nothing(ringline: Ringline, body: str) -> None:
    await publish(ringline, flow("anything", inbound()))

    received = await ringline.inbound.receive(written(body))

    assert received.keyword == "stop"
    assert await started(ringline) == []


async def test_a_message_delivered_again_starts_no_second_run(database_url: str, simulator: Simulator) -> None:
    async with opened(database_url, simulator) as first:
        await publish(first, flow("order", inbound(keyword="ORDER")))
        await first.inbound.receive(written("order 1"))
        await first.inbound.receive(written("order 1"))
        await runs_of(first, "order", 1)
    async with opened(database_url, simulator) as second:
        await second.inbound.receive(written("order 1"))
        await second.inbound.receive(written("order 2", number=2))

        assert [run.inputs["got"] for run in await runs_of(second, "order", 2)] == ["ORDER|1", "ORDER|2"]


async def test_a_message_that_no_trigger_wants_is_left_for_the_inbox(ringline: Ringline) -> None:
    await publish(ringline, flow("order", inbound(keyword="ORDER")))
    await publish(ringline, flow("whatsapp", inbound(channel="whatsapp")))
    await publish(ringline, flow("one person", inbound(**{"from": "+14155550199"})))

    received = await ringline.inbound.receive(written("hello"))

    assert await started(ringline) == []
    assert (await ringline.inbound.get(received.message.id)).body == "hello"


async def test_a_message_whose_inputs_cannot_be_filled_is_left_for_the_inbox_with_the_reason(
    ringline: Ringline,
) -> None:
    await publish(ringline, flow("photo", inbound(inputs={"got": "{{trigger.media[0].url}}"})))

    received = await ringline.inbound.receive(written("no picture"))

    assert received.is_new
    assert await started(ringline) == []
    [state] = await ringline.triggers.list()
    assert state.last_error is not None
    assert "`got` cannot be filled" in state.last_error
    [event] = await ringline.triggers.events("photo", state.key)
    assert (event.event_id, event.run_id) == (received.message.id, None)


async def test_a_person_with_a_simulated_phone_starts_a_run(simulator: Simulator, ringline: Ringline) -> None:
    """SMS reply is the text that started the run."""
    reply = {"type": "twilio/sms@v1", "name": "answer", "to": "{{trigger.from}}", "from": OURS,
             "message": "You wrote: {{SMS reply}}"}  # fmt: skip
    await publish(ringline, flow("echo", {"type": "inbound_message", "keyword": "ECHO"}, steps=[reply]))

    await ringline.inbound.receive(written("echo, please", AccountSid=simulator.account_sid))
    await runs_of(ringline, "echo", 1)
    await simulator.advance(5)

    assert (await simulator.handset(PHONE).wait_for_message()).body == "You wrote: echo, please"
