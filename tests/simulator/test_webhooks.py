"""How the simulated Twilio calls an application: overrides in the URL, retries, fallbacks, order."""

from __future__ import annotations

import asyncio
import socket
from typing import Any

import pytest
from aiohttp import web
from twilio.request_validator import RequestValidator
from twilio.rest import Client

from ringline.simulator import Simulator
from ringline.simulator.connection_overrides import split
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", "+15550001111"


def closed_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


async def send_with(simulator: Simulator, twilio: Client, callback: str) -> None:
    simulator.carrier.on(PHONE, "sent")  # one callback only
    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello", status_callback=callback)
    await simulator.advance(1)


@pytest.mark.parametrize(
    ("fragment", "answers", "requests"),
    [
        ("", [500], 1),
        ("", [404], 1),
        ("#rc=3", [500, 500], 1),
        ("#rp=5xx", [500], 2),
        ("#rc=3&rp=5xx", [500, 502, 503], 4),
        ("#rc=3&rp=4xx", [500], 1),
        ("#rc=3&rp=4xx,5xx", [404, 500], 3),
        ("#rc=5&rp=all", [404, 500, 404], 4),
        ("#rc=0&rp=all", [500], 1),
        ("#rc=9&rp=all", [500] * 9, 6),
    ],
)
async def test_failed_answers_are_tried_again_as_the_fragment_says(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    fragment: str,
    answers: list[int],
    requests: int,
) -> None:
    application.answer_once("/status", *answers)
    await send_with(simulator, twilio, application.url("/status") + fragment)

    assert len(application.requests) == requests
    assert len({request.headers["I-Twilio-Idempotency-Token"] for request in application.requests}) == 1
    assert [attempt.attempt for attempt in simulator.webhooks] == list(range(1, requests + 1))


@pytest.mark.parametrize(("fragment", "attempts"), [("", 2), ("#rc=3", 4), ("#rc=3&rp=5xx", 1), ("#rc=0", 1)])
async def test_a_refused_connection_is_tried_again(
    simulator: Simulator, twilio: Client, fragment: str, attempts: int
) -> None:
    await send_with(simulator, twilio, f"http://127.0.0.1:{closed_port()}/status{fragment}")

    assert [attempt.error_code for attempt in simulator.webhooks] == [11202] * attempts


async def test_an_application_that_is_too_slow_is_given_up(simulator: Simulator, twilio: Client) -> None:
    asked = 0
    never = asyncio.Event()

    async def hang(request: web.Request) -> web.Response:
        nonlocal asked
        asked += 1
        await never.wait()
        return web.Response()

    server = web.Application()
    server.router.add_post("/slow", hang)
    runner = web.AppRunner(server, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    await send_with(simulator, twilio, f"http://127.0.0.1:{runner.addresses[0][1]}/slow#rt=100&rc=1&rp=rt")
    never.set()
    await runner.cleanup()

    assert asked == 2
    assert [attempt.error_code for attempt in simulator.webhooks] == [11203, 11203]


async def test_the_fragment_is_neither_sent_nor_signed(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    url = application.url("/status?a=1&b=%2B2")
    await send_with(simulator, twilio, url + "#rc=2")
    request = application.requests[0]

    assert request.url == url
    assert RequestValidator(simulator.auth_token).validate(url, request.form, request.headers["X-Twilio-Signature"])


def test_overrides_stay_within_twilios_bounds() -> None:
    address, asked = split("https://example.com/a?b=1#ct=50&rt=99999&tt=1000&rc=12&rp=ct,5xx,moon")

    assert address == "https://example.com/a?b=1"
    assert (asked.connect, asked.read, asked.total, asked.retries) == (0.1, 15.0, 1.0, 5)
    assert asked.retry_on == {"ct", "5xx"}
    assert asked.warning == 11243
    assert split("https://example.com/a")[1].retries == 1


async def test_callbacks_of_one_message_come_in_order_and_those_of_many_side_by_side(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    url = application.url("/status")
    sids = [
        twilio.messages.create(to=PHONE, from_=SENDER, body=str(index), status_callback=url).sid for index in range(50)
    ]
    simulator.clock.step(10)  # type: ignore[attr-defined]
    await simulator.settle()

    by_message: dict[str, list[str]] = {}
    for form in application.received("/status"):
        by_message.setdefault(form["MessageSid"], []).append(form["MessageStatus"])
    assert by_message == {sid: ["sent", "delivered"] for sid in sids}


async def test_an_inbound_webhook_that_fails_goes_to_the_fallback(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    number = twilio.incoming_phone_numbers.list(phone_number=SENDER)[0]
    number.update(sms_url=application.url("/sms"), sms_fallback_url=application.url("/fallback"))
    application.answer("/sms", status=503)
    application.answer("/fallback", "<Response><Message>sorry</Message></Response>")
    phone = simulator.handset(PHONE)
    await phone.send("Hello?", SENDER)
    await simulator.advance(1)

    form = application.received("/fallback")[0]
    assert (form["ErrorCode"], form["ErrorUrl"], form["Body"]) == ("11200", application.url("/sms"), "Hello?")
    assert [message.body for message in phone.inbox] == ["sorry"]


@pytest.mark.parametrize(
    "content", [("<Response><Say>", "text/xml"), ("<Reply/>", "text/xml"), ("{}", "application/json")]
)
async def test_an_answer_that_cannot_be_read_is_a_failure(
    simulator: Simulator, application: ApplicationUnderTest, content: tuple[str, str]
) -> None:
    number = next(each for each in simulator.numbers if each.number == SENDER)
    number.sms_url, number.sms_fallback_url = application.url("/sms"), application.url("/fallback")
    application.answer("/sms", content[0], content_type=content[1])
    await simulator.handset(PHONE).send("Hello?", SENDER)

    assert len(application.received("/fallback")) == 1


async def test_a_webhook_by_get_carries_its_fields_in_the_signed_url(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    number = twilio.incoming_phone_numbers.list(phone_number=SENDER)[0]
    number.update(sms_url=application.url("/sms?shop=7"), sms_method="GET")
    await simulator.handset(PHONE).send("Hello & goodbye", SENDER)
    request: Any = application.requests[0]

    assert request.method == "GET"
    assert "Body=Hello+%26+goodbye" in request.url
    assert RequestValidator(simulator.auth_token).validate(request.url, {}, request.headers["X-Twilio-Signature"])
