"""Everything that can go wrong between a client and Twilio, made to happen."""

from __future__ import annotations

import asyncio
from typing import Any

import aiohttp
import pytest
from multidict import CIMultiDictProxy
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ringline.errors import RequestError
from ringline.simulator import Simulator
from ringline.simulator.faults import fault_from
from simulator.customer import ApplicationUnderTest, until

PHONE, SENDER = "+14155550123", "+15550001111"


async def post(
    simulator: Simulator, *, patience: float = 5.0, **changes: str
) -> tuple[int, str, CIMultiDictProxy[str]]:
    """One bare request to send, with its status, body and headers."""
    form = {"To": PHONE, "From": SENDER, "Body": "Hello", **changes}
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    limit = aiohttp.ClientTimeout(total=patience)
    async with (
        aiohttp.ClientSession(timeout=limit) as session,
        session.post(url, data=form, headers=headers) as answer,
    ):
        return answer.status, await answer.text(), answer.headers


@pytest.mark.parametrize(("accept", "messages"), [(True, 1), (False, 0)])
async def test_an_answer_may_never_come(simulator: Simulator, accept: bool, messages: int) -> None:
    simulator.faults.time_out(accept=accept)
    with pytest.raises(TimeoutError):
        await post(simulator, patience=0.05)

    assert len(simulator.messages) == messages
    assert (await post(simulator))[0] == 201


@pytest.mark.parametrize(("accept", "messages"), [(True, 1), (False, 0)])
async def test_a_connection_may_break_before_or_after_the_message_is_accepted(
    simulator: Simulator, accept: bool, messages: int
) -> None:
    simulator.faults.drop_connection(accept=accept)
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(simulator)

    assert len(simulator.messages) == messages


@pytest.mark.parametrize(("accept", "messages"), [(True, 1), (False, 0)])
@pytest.mark.parametrize(("status", "code"), [(500, 20500), (503, 20503)])
async def test_a_server_error_may_hide_a_message(
    simulator: Simulator, twilio: Client, accept: bool, messages: int, status: int, code: int
) -> None:
    simulator.faults.server_error(status, accept=accept)
    with pytest.raises(TwilioRestException) as failed:
        twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")

    assert (failed.value.status, failed.value.code) == (status, code)
    assert len(simulator.messages) == messages


async def test_a_gateway_may_answer_with_a_page(simulator: Simulator) -> None:
    simulator.faults.server_error(502)
    status, text, headers = await post(simulator)

    assert (status, headers["content-type"]) == (502, "text/html")
    assert text.startswith("<html>")


@pytest.mark.parametrize(("retry_after", "header"), [(None, None), (7, "7"), (0.5, "0.5")])
async def test_too_many_requests(simulator: Simulator, retry_after: float | None, header: str | None) -> None:
    simulator.faults.throttle(retry_after=retry_after)
    status, text, headers = await post(simulator)

    assert (status, headers.get("retry-after")) == (429, header)
    assert '"code": 20429' in text
    assert simulator.messages == []


async def test_an_answer_may_be_cut_in_half(simulator: Simulator) -> None:
    simulator.faults.garble()
    status, text, _ = await post(simulator)

    assert status == 201
    assert text.startswith("{")
    assert not text.endswith("}")
    assert len(simulator.messages) == 1


async def test_a_request_may_be_carried_out_later(simulator: Simulator) -> None:
    simulator.faults.execute_late(40)
    with pytest.raises(aiohttp.ClientConnectionError):
        await post(simulator)
    await simulator.advance(39)
    assert simulator.messages == []

    await simulator.advance(2)
    assert [message.body for message in simulator.messages] == ["Hello"]


async def test_a_callback_may_come_before_the_answer(simulator: Simulator, application: ApplicationUnderTest) -> None:
    simulator.faults.answer_late(60)
    answer = asyncio.create_task(post(simulator, StatusCallback=application.url("/status")))
    await until(lambda: len(simulator.messages) == 1)
    await simulator.advance(30)
    assert application.statuses() == ["sent", "delivered"]
    assert not answer.done()

    await simulator.advance(31)
    assert (await answer)[0] == 201


async def test_one_request_may_make_two_messages(simulator: Simulator) -> None:
    simulator.faults.accept_twice()
    _, text, _ = await post(simulator)

    assert len(simulator.messages) == 2
    assert simulator.messages[0].sid in text


async def test_any_error_can_be_had_on_demand(simulator: Simulator, twilio: Client) -> None:
    simulator.faults.reject(21611)
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")

    assert (refused.value.code, refused.value.status) == (21611, 429)


async def test_faults_count_down_and_choose_their_victims(simulator: Simulator) -> None:
    simulator.faults.server_error(times=2, to="+14155550199")
    simulator.faults.throttle(times=None, body_contains="urgent")

    assert (await post(simulator))[0] == 201
    assert [(await post(simulator, To="+14155550199"))[0] for _ in range(3)] == [500, 500, 201]
    assert [(await post(simulator, Body="urgent!"))[0] for _ in range(3)] == [429, 429, 429]
    assert len(simulator.faults) == 1
    simulator.faults.clear()
    assert (await post(simulator, Body="urgent!"))[0] == 201


async def test_lists_and_fetches_fail_on_their_own(simulator: Simulator, twilio: Client) -> None:
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    simulator.faults.server_error(503, operation="list")
    simulator.faults.server_error(500, operation="fetch")
    with pytest.raises(TwilioException, match="503"):
        twilio.messages.list(to=PHONE)
    with pytest.raises(TwilioRestException) as failed:
        message.fetch()

    assert failed.value.status == 500
    assert len(twilio.messages.list(to=PHONE)) == 1
    assert message.fetch().sid == message.sid


async def test_too_many_at_once_are_refused(simulator: Simulator) -> None:
    simulator.faults.most_concurrent = 2
    simulator.faults.answer_late(10, times=2)
    slow = [asyncio.create_task(post(simulator)) for _ in range(2)]
    await until(lambda: len(simulator.messages) == 2)
    status, text, _ = await post(simulator)
    assert status == 429
    assert '"code": 20429' in text

    await simulator.advance(11)
    assert [(await each)[0] for each in slow] == [201, 201]
    assert (await post(simulator))[0] == 201


async def test_chance_is_repeatable() -> None:
    runs = []
    for _ in range(2):
        async with Simulator() as simulator:
            simulator.faults.server_error(times=None, chance=0.5)
            runs.append([(await post(simulator))[0] for _ in range(20)])

    assert runs[0] == runs[1]
    assert set(runs[0]) == {201, 500}


async def test_idle_connections_can_be_cut(simulator: Simulator) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}/Messages.json"
    reader, writer = await asyncio.open_connection("127.0.0.1", simulator.port)
    writer.write(f"GET {url} HTTP/1.1\r\nHost: x\r\nAuthorization: {headers['Authorization']}\r\n\r\n".encode())
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")

    simulator.drop_connections()
    with pytest.raises(ConnectionError):
        await reader.read(-1)
    writer.close()


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"kind": "bad"}, "a fault has no field 'kind'"),
        ({"answer": "maybe"}, "answer is one of normal, none, drop, error, garbled, not 'maybe'"),
        ({"operation": "call"}, "operation is one of"),
        ({"chance": -1}, "chance must be a number that is not negative"),
        ({"times": 1.5}, "times must be a whole number that is not negative"),
    ],
)
def test_a_wrong_fault_is_explained(settings: dict[str, Any], sentence: str) -> None:
    with pytest.raises(RequestError, match=sentence):
        fault_from(settings)
