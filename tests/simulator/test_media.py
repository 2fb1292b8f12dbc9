"""Pictures in outbound messages: fetched from the application, kept, and shown on the phone."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from aiohttp import web
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

PHONE, SENDER = "+14155550123", "+15550001111"


async def test_a_picture_is_fetched_once_and_kept(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    application.answers["/a.png"] = lambda _: web.Response(body=b"pixels", content_type="image/png")
    message = twilio.messages.create(to=PHONE, from_=SENDER, media_url=[application.url("/a.png")])
    assert (message.sid[:2], message.num_media, message.num_segments, message.body) == ("MM", "1", "1", "")
    simulator.clock.step(10)  # type: ignore[attr-defined]
    await simulator.settle()

    assert message.fetch().status == "delivered"
    assert message.fetch().price == "-0.02200"
    assert len(application.requests) == 1
    assert simulator.handset(PHONE).inbox[0].media_urls == [application.url("/a.png")]
    media = message.media.list()[0]
    assert media.content_type == "image/png"
    url = simulator.base_url + media.uri.removesuffix(".json")
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as answer:
        assert await answer.read() == b"pixels"


@pytest.mark.parametrize(
    ("sender", "to", "sms_error"), [(SENDER, PHONE, True), (world.WHATSAPP_SENDER, f"whatsapp:{PHONE}", False)]
)
@pytest.mark.parametrize(("size", "status", "code"), [(0, 404, 11200), (0, 200, 11200), (6_000_000, 200, 30019)])
async def test_a_picture_that_cannot_be_had_fails_the_message(
    simulator: Simulator,
    twilio: Client,
    application: ApplicationUnderTest,
    sender: str,
    to: str,
    sms_error: bool,
    size: int,
    status: int,
    code: int,
) -> None:
    await simulator.handset(PHONE).send("Hi", world.WHATSAPP_SENDER)
    application.answers["/a.png"] = lambda _: web.Response(body=b"x" * size, content_type="image/png", status=status)
    message = twilio.messages.create(to=to, from_=sender, body="Look", media_url=[application.url("/a.png")])
    await simulator.advance(1)

    assert (message.fetch().status, message.fetch().error_code) == ("failed", code if sms_error else 63019)
    assert simulator.handset(PHONE).inbox == []


async def test_pictures_elsewhere_are_only_noted_so_that_one_can_work_offline(
    simulator: Simulator, twilio: Client
) -> None:
    message = twilio.messages.create(
        to=PHONE, from_=SENDER, body="Look", media_url=["https://pictures.example/a.jpg", "https://pictures.example/b"]
    )
    await simulator.advance(1)

    assert message.fetch().status == "delivered"
    assert [each.content_type for each in message.media.list()] == ["image/jpeg", "application/octet-stream"]


async def test_a_number_without_mms_refuses_pictures(simulator: Simulator, twilio: Client) -> None:
    number = simulator.add_number("+15550006666", mms=False)
    asked: dict[str, Any] = {"to": PHONE, "from_": number.number, "media_url": ["https://pictures.example/a.jpg"]}
    with pytest.raises(Exception, match="has not been enabled for MMS"):
        twilio.messages.create(**asked)
