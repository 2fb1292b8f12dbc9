"""Calls among everything else: faults of the API, restarts, time that passes by itself, and many at once."""

from __future__ import annotations

import asyncio
from pathlib import Path
from time import perf_counter

import pytest
import requests
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.clock import VirtualClock
from ringline.simulator import Press, Simulator
from ringline.testing.stillness import Stillness
from simulator.customer import ApplicationUnderTest, sdk

PHONE, CALLER = "+14155550123", "+15550001111"


def place(client: Client) -> str | None:
    """Call the phone."""
    return client.calls.create(to=PHONE, from_=CALLER, twiml="<Response><Pause length='5'/></Response>").sid


async def test_requests_to_call_run_into_faults(simulator: Simulator, twilio: Client) -> None:
    simulator.faults.drop_connection(accept=True)
    with pytest.raises(requests.RequestException):
        place(twilio)
    assert [call.to for call in twilio.calls.list()] == [PHONE]
    simulator.faults.accept_twice()
    place(twilio)
    assert len(simulator.calls) == 3
    simulator.faults.throttle()
    with pytest.raises(TwilioRestException) as refused:
        place(twilio)
    assert refused.value.status == 429
    simulator.faults.execute_late(10)
    with pytest.raises(requests.RequestException):
        place(twilio)
    assert len(twilio.calls.list()) == 3
    await simulator.advance(10)
    assert len(twilio.calls.list()) == 4
    simulator.carrier.listed_after = 5
    sid = place(twilio)
    assert sid not in [call.sid for call in twilio.calls.list()]
    await simulator.advance(5)
    assert sid in [call.sid for call in twilio.calls.list()]


async def test_calls_are_there_after_a_restart_and_live_ones_have_failed(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "simulator.db"
    async with Simulator(clock=clock, database=path) as simulator:
        simulator.handset(PHONE).answer([Press("1")])
        client = sdk(simulator)
        client.calls.create(
            to=PHONE, from_=CALLER, twiml="<Response><Gather><Say>Hello</Say></Gather></Response>", record=True
        )
        await simulator.advance(30)
        place(client)
        await simulator.advance(3)
        before = [(call.sid, call.transcript) for call in simulator.calls]
    async with Simulator(clock=clock, database=path) as simulator:
        assert [(call.sid, call.transcript) for call in simulator.calls] == before
        assert [call.status for call in simulator.calls] == ["completed", "failed"]
        (recording,) = sdk(simulator).recordings.list()
        assert recording.status == "completed"


async def test_callbacks_may_come_twice(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    simulator.carrier.duplicated = 1.0
    simulator.handset(PHONE).busy()
    twilio.calls.create(to=PHONE, from_=CALLER, twiml="<Response/>", status_callback=application.url("/status"))
    await simulator.advance(5)
    assert [form["CallStatus"] for form in application.received("/status")] == ["busy", "busy"]


def test_time_passes_by_itself_during_a_call() -> None:
    """With a clock that jumps whenever nothing can happen, a call of minutes is over in a moment."""
    clock = VirtualClock()
    stillness = Stillness(clock)

    async def run(simulator: Simulator) -> None:
        simulator.handset(PHONE).answer(["yes"])
        client = sdk(simulator)
        inner = (
            '<Gather input="speech" timeout="60" speechTimeout="30" action="http://127.0.0.1:1/"><Say>Hm</Say></Gather>'
        )
        document = f"<Response><Pause length='300'/>{inner}</Response>"
        await asyncio.to_thread(client.calls.create, to=PHONE, from_=CALLER, twiml=document)
        stillness.run()
        await clock.sleep(400)

    with Simulator(clock=clock, new_loop=stillness.new_loop) as simulator:
        stillness.watch(lambda: simulator.is_busy)
        with asyncio.Runner(loop_factory=stillness.new_loop) as runner:
            runner.run(asyncio.wait_for(run(simulator), 30))
        stillness.hold()
        (call,) = simulator.calls
        assert call.status == "completed"
        assert [(line.text, round(line.at - (call.answered or 0), 1)) for line in call.transcript] == [
            ("Hm", 300.0),
            ("yes", 300.9),
            ("An application error has occurred. Goodbye.", 331.3),
        ]


async def test_two_hundred_calls_at_once(simulator: Simulator, application: ApplicationUnderTest) -> None:
    simulator.account().calls_per_second = None
    application.answer(
        "/voice", '<Response><Gather numDigits="3" action="/heard"><Say>Your code</Say></Gather></Response>'
    )
    application.answer("/heard", "<Response><Say>Thanks</Say></Response>")
    client = sdk(simulator)
    began = perf_counter()
    for index in range(200):
        number = f"+1415555{index:04d}"
        simulator.handset(number).answer([Press(f"{index:03d}")])
        client.calls.create(to=number, from_=CALLER, url=application.url("/voice"))
    await simulator.advance(30)
    assert {call.status for call in simulator.calls} == {"completed"}
    told = {(form["To"], form["Digits"]) for form in application.received("/heard")}
    assert told == {(f"+1415555{index:04d}", f"{index:03d}") for index in range(200)}
    assert perf_counter() - began < 30
