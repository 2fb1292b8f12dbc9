from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.errors import TwilioRejectedError
from ringline.simulator import Simulator
from ringline.twilio.client import TwilioClient
from ringline.twilio.error_catalogue import find
from ringline.twilio.messages import MessageForm

TO = "+14155550123"


@pytest.fixture
async def twilio(simulator: Simulator) -> AsyncIterator[TwilioClient]:
    client = TwilioClient(simulator.account_sid, simulator.auth_token, base_url=simulator.base_url, timeout=5.0)
    yield client
    await client.close()


@pytest.fixture
def sender(simulator: Simulator) -> str:
    return next(number.number for number in simulator.numbers if number.number.startswith("+"))


async def test_a_message_is_accepted_and_can_be_asked_for(
    twilio: TwilioClient, simulator: Simulator, sender: str
) -> None:
    result = await twilio.create_message(MessageForm(to=TO, from_=sender, body="Hello"))
    assert (result.kind, result.http_status, result.status) == ("accepted", 201, "queued")
    assert result.request_id is not None
    assert result.sid is not None
    fetched = await twilio.fetch_message(result.sid)
    assert (fetched["body"], fetched["to"], fetched["error_code"]) == ("Hello", TO, None)
    assert [message["sid"] for message in await twilio.list_messages(to=TO)] == [result.sid]
    assert (await twilio.sdk.messages(result.sid).fetch_async()).body == "Hello"


@pytest.mark.parametrize(
    ("form", "code"),
    [
        (MessageForm(to="123", body="x"), 21211),
        (MessageForm(to=TO, from_="not a sender", body="x"), 21212),
        (MessageForm(to=TO, from_="+14155559999", body="x"), 21606),
        (MessageForm(to=TO, body="x" * 1601), 21617),
        (MessageForm(to=TO), 21602),
    ],
)
async def test_a_refusal_is_known_by_its_code(twilio: TwilioClient, sender: str, form: MessageForm, code: int) -> None:
    result = await twilio.create_message(form if form.from_ else replace(form, from_=sender))
    assert (result.kind, result.code) == ("rejected", code)
    assert find(code).mode in ("sync", "both")
    assert result.sdk_text.startswith("HTTP 400 error: Unable to create record: ")


FAULTS: list[tuple[Callable[[Any], Any], str, dict[str, Any]]] = [
    (lambda faults: faults.throttle(retry_after=2), "throttled", {"code": 20429, "retry_after": 2.0}),
    (lambda faults: faults.server_error(500), "unknown", {"http_status": 500, "never_resend": False}),
    (lambda faults: faults.server_error(503, accept=True), "unknown", {"http_status": 503, "never_resend": False}),
    (lambda faults: faults.drop_connection(), "unknown", {"http_status": None}),
    (lambda faults: faults.drop_connection(accept=True), "unknown", {"http_status": None}),
    (lambda faults: faults.garble(), "unknown", {"http_status": 201, "never_resend": True}),
    (lambda faults: faults.reject(21610), "rejected", {"code": 21610}),
]


@pytest.mark.parametrize(("fault", "kind", "fields"), FAULTS)
async def test_a_fault_is_classed_by_what_it_proves(
    twilio: TwilioClient, simulator: Simulator, sender: str, fault: Any, kind: str, fields: dict[str, Any]
) -> None:
    fault(simulator.faults)
    result = await twilio.create_message(MessageForm(to=TO, from_=sender, body="x"))
    assert result.kind == kind
    assert {name: getattr(result, name) for name in fields} == fields
    assert (await twilio.create_message(MessageForm(to=TO, from_=sender, body="y"))).kind == "accepted"


async def test_no_answer_is_unknown_though_the_message_was_accepted(simulator: Simulator, sender: str) -> None:
    simulator.faults.time_out()
    twilio = TwilioClient(simulator.account_sid, simulator.auth_token, base_url=simulator.base_url, timeout=0.2)
    result = await twilio.create_message(MessageForm(to=TO, from_=sender, body="x"))
    assert (result.kind, result.never_resend) == ("unknown", False)
    assert [message["body"] for message in await twilio.list_messages(to=TO)] == ["x"]
    await twilio.close()


async def test_account_balance_numbers_and_services_can_be_read(
    twilio: TwilioClient, simulator: Simulator, sender: str
) -> None:
    simulator.add_service("Reminders", [sender])
    account, balance = await twilio.account(), await twilio.balance()
    assert (account["sid"], account["status"]) == (simulator.account_sid, "active")
    assert balance["currency"] == "USD"
    assert sender in {number["phone_number"] for number in await twilio.phone_numbers()}
    assert "Reminders" in [service["friendly_name"] for service in await twilio.messaging_services()]


async def test_a_number_is_connected_to_our_webhook(twilio: TwilioClient, sender: str) -> None:
    number = next(number for number in await twilio.phone_numbers() if number["phone_number"] == sender)
    await twilio.connect_number(number["sid"], sms_url="https://x.example/twilio/sms")
    after = next(number for number in await twilio.phone_numbers() if number["phone_number"] == sender)
    assert (after["sms_url"], after["sms_method"]) == ("https://x.example/twilio/sms", "POST")


async def test_a_delivered_message_can_be_redacted_and_deleted_but_not_canceled(
    twilio: TwilioClient, simulator: Simulator, clock: VirtualClock, sender: str
) -> None:
    sent = await twilio.create_message(MessageForm(to=TO, from_=sender, body="private"))
    assert sent.sid is not None
    await simulator.advance(120)
    with pytest.raises(TwilioRejectedError) as caught:
        await twilio.cancel_message(sent.sid)
    assert caught.value.code == 30409
    assert caught.value.fix == "Nothing to do."
    assert (await twilio.redact_message(sent.sid))["body"] == ""
    await twilio.delete_message(sent.sid)
    with pytest.raises(TwilioRejectedError) as caught:
        await twilio.fetch_message(sent.sid)
    assert (caught.value.code, caught.value.status) == (20404, 404)


async def test_many_at_once_all_get_their_own_answer(twilio: TwilioClient, simulator: Simulator, sender: str) -> None:
    forms = [MessageForm(to=f"+1415555{number:04}", from_=sender, body=f"message {number}") for number in range(100)]
    results = await asyncio.gather(*(twilio.create_message(form) for form in forms))
    assert {result.kind for result in results} == {"accepted"}
    assert [result.body["to"] for result in results if result.body] == [form.to for form in forms]
    assert len({result.sid for result in results}) == 100
