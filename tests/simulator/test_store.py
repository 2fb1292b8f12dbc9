"""A simulator with a SQLite file is the same after a restart."""

from __future__ import annotations

from pathlib import Path

import pytest
from twilio.base.exceptions import TwilioRestException

from ringline.clock import VirtualClock
from ringline.errors import ConfigurationError
from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest, sdk

PHONE, SENDER = "+14155550123", "+15550001111"


async def test_everything_is_there_after_a_restart(
    tmp_path: Path, clock: VirtualClock, application: ApplicationUnderTest
) -> None:
    path = tmp_path / "simulator.db"
    async with Simulator(clock=clock, database=path) as simulator:
        client, phone = sdk(simulator), simulator.handset(PHONE)
        client.messages.create(to=PHONE, from_=SENDER, body="before")
        await simulator.advance(1)
        await phone.send("STOP", world.SMS_NUMBERS[1])
        await phone.send("Look", world.WHATSAPP_SENDER, media=[("image/png", b"pixels")])
        number = client.incoming_phone_numbers.list(phone_number=SENDER)[0]
        number.update(sms_url=application.url("/sms"))
        service = client.messaging.v1.services.create("Kept", use_inbound_webhook_on_number=True)
        client.messaging.v1.services(service.sid).phone_numbers.create(number.sid)
        await simulator.advance(1)
        deleted = client.messages.create(to="+14155550199", from_=SENDER, body="deleted")
        await simulator.advance(1)
        deleted.delete()
        messages = [(each.sid, each.status, each.body) for each in simulator.messages]
        inbox = phone.inbox

    async with Simulator(clock=clock, database=path) as simulator:
        client, phone = sdk(simulator), simulator.handset(PHONE)
        assert [(each.sid, each.status, each.body) for each in simulator.messages] == messages
        assert phone.inbox == inbox
        with pytest.raises(TwilioRestException) as refused:
            client.messages.create(to=PHONE, from_=world.SMS_NUMBERS[1], body="blocked")
        assert refused.value.code == 21610
        inside = client.messages.create(to=f"whatsapp:{PHONE}", from_=world.WHATSAPP_SENDER, body="inside the window")
        await simulator.advance(1)
        assert inside.fetch().status == "delivered"
        await phone.send("Hello", SENDER)
        assert application.received("/sms")[-1]["MessagingServiceSid"] == service.sid
        picture = next(each for each in simulator.messages if each.media)
        assert client.messages(picture.sid).media.list()[0].content_type == "image/png"
        assert next(each.number for each in simulator.numbers if each.sid.startswith("PN")) == SENDER


async def test_what_was_under_way_goes_on(
    tmp_path: Path, clock: VirtualClock, application: ApplicationUnderTest
) -> None:
    path, url = tmp_path / "simulator.db", application.url("/status")
    async with Simulator(clock=clock, database=path) as simulator:
        client = sdk(simulator)
        sids = {}
        for text, wait in (("sent", 0.07), ("sending", 0.03), ("queued", 0)):
            sids[text] = client.messages.create(to=PHONE, from_=SENDER, body=text, status_callback=url).sid
            await simulator.advance(wait)
        service = world.MESSAGING_SERVICE_SID
        sids["accepted"] = client.messages.create(to=PHONE, messaging_service_sid=service, body="accepted").sid
        before = {each.sid: each.status for each in simulator.messages}
        assert [before[sid] for sid in sids.values()] == ["sent", "sending", "queued", "accepted"]

    async with Simulator(clock=clock, database=path) as simulator:
        await simulator.advance(5)
        assert {each.status for each in simulator.messages} == {"delivered"}
        assert sorted(each.body for each in simulator.handset(PHONE).inbox) == sorted(sids)
    assert application.statuses().count("delivered") == 3


async def test_a_reset_empties_the_file(tmp_path: Path, clock: VirtualClock) -> None:
    path = tmp_path / "simulator.db"
    async with Simulator(clock=clock, database=path) as simulator:
        sdk(simulator).messages.create(to=PHONE, from_=SENDER, body="Hello")
        simulator.reset()

    async with Simulator(clock=clock, database=path) as simulator:
        assert simulator.messages == []
        assert len(simulator.numbers) == 8


async def test_a_taken_port_is_explained(simulator: Simulator) -> None:
    with pytest.raises(ConfigurationError, match=f"cannot listen on 127.0.0.1:{simulator.port} .*choose another port"):
        Simulator(port=simulator.port).start()


def test_a_file_that_cannot_be_opened_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="name a file in a folder that exists"):
        Simulator(database=tmp_path / "missing" / "simulator.db").start()


def test_it_serves_code_that_blocks() -> None:
    with Simulator() as simulator:
        client = sdk(simulator)
        message = client.messages.create(to=PHONE, from_=SENDER, body="Hello")

        assert message.fetch().sid == message.sid
        assert simulator.base_url.startswith("http://127.0.0.1:")
    with pytest.raises(RuntimeError, match="the simulator is not running"):
        simulator.base_url  # noqa: B018
