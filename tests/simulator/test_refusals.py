"""What Twilio refuses, with which code and status, through the official SDK and in the raw body."""

from __future__ import annotations

from typing import Any

import aiohttp
import pytest
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import sdk

PHONE, SENDER, WHATSAPP = "+14155550123", "+15550001111", world.WHATSAPP_SENDER
GOOD = {"to": PHONE, "from_": SENDER, "body": "Hello"}
SERVICE = world.MESSAGING_SERVICE_SID

# What is sent, then the code, HTTP status and sentence of the answer.
REFUSED: list[tuple[dict[str, Any], int, int, str]] = [
    ({"to": ""}, 21604, 400, "A 'To' phone number is required."),
    ({"to": "123"}, 21211, 400, "The 'To' number 123 is not a valid phone number."),
    ({"to": "4155550123"}, 21211, 400, "The 'To' number 4155550123 is not a valid phone number."),
    ({"to": "+0123456789"}, 21211, 400, "The 'To' number +0123456789 is not a valid phone number."),
    ({"to": "+1415555012"}, 21211, 400, "The 'To' number +1415555012 is not a valid phone number."),
    ({"to": "fax:+14155550123"}, 21211, 400, "The 'To' number fax:+14155550123 is not a valid phone number."),
    ({"to": SENDER}, 21211, 400, "'To' and 'From' number cannot be the same."),
    ({"from_": None}, 21603, 400, "A 'From' phone number is required."),
    (
        {"from_": "not a number!"},
        21212,
        400,
        "The 'From' number not a number! is not a valid phone number, shortcode, or alphanumeric sender ID.",
    ),
    (
        {"from_": "+15557654321"},
        21606,
        400,
        "The From phone number +15557654321 is not a valid, SMS-capable inbound phone number or short code for your",
    ),
    ({"from_": "77777"}, 21606, 400, "The From phone number 77777 is not a valid, SMS-capable inbound phone number"),
    (
        {"from_": "Ringline"},
        21612,
        400,
        "number: +14155550123, is not currently reachable using the 'From' phone number: Ringline via SMS.",
    ),
    ({"from_": WHATSAPP}, 21612, 400, "is not currently reachable"),
    ({"to": f"whatsapp:{PHONE}"}, 63007, 400, "could not find a Channel with the specified From address"),
    (
        {"to": f"whatsapp:{PHONE}", "from_": "whatsapp:+15557654321"},
        63007,
        400,
        "could not find a Channel with the specified From address",
    ),
    ({"body": None}, 21602, 400, "Message body is required."),
    ({"body": ""}, 21602, 400, "Message body is required."),
    ({"body": "x" * 1601}, 21617, 400, "The concatenated message body exceeds the 1600 character limit."),
    ({"media_url": ["ftp://127.0.0.1/a.png"]}, 21620, 400, "Invalid media URL(s)"),
    ({"media_url": ["http://127.0.0.1/a.png"] * 11}, 21623, 400, "Number of media files exceeds allowed limit"),
    ({"validity_period": 0}, 21624, 400, "The ValidityPeriod must be between 1 and 36000 seconds"),
    ({"validity_period": 36_001}, 21624, 400, "The ValidityPeriod must be between 1 and 36000 seconds"),
    ({"status_callback": "nowhere"}, 21609, 400, "The 'StatusCallback' URL nowhere is not a valid URL."),
    ({"status_callback": "http://my_host/x"}, 21609, 400, "The 'StatusCallback' URL http://my_host/x is not a valid"),
    ({"application_sid": "AP" + "0" * 32}, 21218, 400, "is not valid"),
    ({"messaging_service_sid": "MG123"}, 21705, 400, "The Messaging Service Sid MG123 is invalid"),
    ({"messaging_service_sid": "MG" + "0" * 32}, 21701, 404, "does not exist"),
    ({"messaging_service_sid": SERVICE}, 21606, 400, "is not a valid, SMS-capable inbound phone number"),
    ({"content_sid": "HX" + "0" * 32, "body": None}, 21655, 400, "is invalid"),
    ({"content_sid": world.CONTENT_SID, "content_variables": "{"}, 21656, 400, "ContentVariables"),
    ({"content_sid": world.CONTENT_SID, "content_variables": "[1]"}, 21656, 400, "ContentVariables"),
    ({"content_variables": "{}"}, 21654, 400, "The ContentSid parameter is required"),
    ({"schedule_type": "fixed", "send_at": "2026-01-02T12:00:00Z"}, 35118, 400, "MessagingServiceSid is required"),
    ({"schedule_type": "fixed", "from_": None, "messaging_service_sid": SERVICE}, 35111, 400, "SendAt is required"),
    (
        {"schedule_type": "fixed", "from_": None, "messaging_service_sid": SERVICE, "send_at": "tomorrow"},
        35114,
        400,
        "is not a valid date",
    ),
    (
        {"schedule_type": "fixed", "from_": None, "messaging_service_sid": SERVICE, "send_at": "2026-01-01T12:04:59Z"},
        35115,
        400,
        "SendAt must be more than",
    ),
    (
        {"schedule_type": "fixed", "from_": None, "messaging_service_sid": SERVICE, "send_at": "2026-02-06T12:00:00Z"},
        35115,
        400,
        "SendAt must be more than",
    ),
    (
        {"schedule_type": "daily", "from_": None, "messaging_service_sid": SERVICE, "send_at": "2026-01-02T12:00:00Z"},
        35126,
        400,
        "ScheduleType must be 'fixed'",
    ),
    ({"content_retention": "burn"}, 30029, 400, "Invalid ContentRetention"),
    ({"address_retention": "burn"}, 30030, 400, "Invalid AddressRetention"),
    ({"to": "+15005550001"}, 21211, 400, "The 'To' number +15005550001 is not a valid phone number."),
    ({"to": "+15005550002"}, 21612, 400, "The 'To' phone number: +15005550002, is not currently reachable"),
    (
        {"to": "+15005550003"},
        21408,
        400,
        "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: +15005550003",
    ),
    ({"to": "+15005550004"}, 21610, 400, "Attempt to send to unsubscribed recipient"),
    ({"to": "+15005550009"}, 21614, 400, "To number: +15005550009, is not a mobile number"),
]


@pytest.mark.parametrize(("changes", "code", "status", "sentence"), REFUSED, ids=lambda value: str(value)[:60])
async def test_twilio_refuses_what_cannot_be_sent(
    twilio: Client, simulator: Simulator, changes: dict[str, Any], code: int, status: int, sentence: str
) -> None:
    asked = {name: value for name, value in {**GOOD, **changes}.items() if value is not None}
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**asked)

    assert (refused.value.code, refused.value.status) == (code, status)
    assert sentence in refused.value.msg
    assert simulator.messages == []


MAGIC = [
    ({"from_": "+15005550001"}, 21212, 400),
    ({"from_": "+15005550007"}, 21606, 400),
    ({"from_": "+15005550008"}, 21611, 429),
    ({"from_": SENDER}, 21606, 400),
    ({"to": "+15005550001"}, 21211, 400),
    ({"to": "+15005550002"}, 21612, 400),
    ({"to": "+15005550003"}, 21408, 400),
    ({"to": "+15005550004"}, 21610, 400),
    ({"to": "+15005550009"}, 21614, 400),
    ({"from_": None, "messaging_service_sid": SERVICE}, 21705, 400),
]


@pytest.mark.parametrize(("changes", "code", "status"), MAGIC, ids=lambda value: str(value)[:60])
async def test_test_credentials_have_their_magic_numbers(
    simulator: Simulator, changes: dict[str, Any], code: int, status: int
) -> None:
    client = sdk(simulator, sid=world.TEST_ACCOUNT_SID, token=world.TEST_AUTH_TOKEN)
    asked = {"to": PHONE, "from_": "+15005550006", "body": "Hello", **changes}
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**{name: value for name, value in asked.items() if value is not None})

    assert (refused.value.code, refused.value.status) == (code, status)


async def test_test_credentials_accept_and_deliver_nothing(simulator: Simulator) -> None:
    client = sdk(simulator, sid=world.TEST_ACCOUNT_SID, token=world.TEST_AUTH_TOKEN)
    message = client.messages.create(to=PHONE, from_="+15005550006", body="Hello")
    await simulator.advance(10)

    assert message.status == "queued"
    assert simulator.messages == []
    assert simulator.handset(PHONE).inbox == []
    for forbidden in (client.messages.list, message.fetch, client.balance.fetch, client.incoming_phone_numbers.list):
        with pytest.raises(TwilioException, match=r"403|Test Account Credentials"):
            forbidden()


@pytest.mark.parametrize(("number", "code"), [("+15005550000", 21422), ("+15005550001", 21421), ("+15005550006", None)])
async def test_test_credentials_buy_magic_numbers(simulator: Simulator, number: str, code: int | None) -> None:
    client = sdk(simulator, sid=world.TEST_ACCOUNT_SID, token=world.TEST_AUTH_TOKEN)
    before = len(simulator.numbers)
    if code is None:
        assert client.incoming_phone_numbers.create(phone_number=number).phone_number == number
    else:
        with pytest.raises(TwilioRestException) as refused:
            client.incoming_phone_numbers.create(phone_number=number)
        assert refused.value.code == code
    assert len(simulator.numbers) == before


async def test_a_trial_account_sends_to_verified_numbers_with_its_prefix(simulator: Simulator) -> None:
    client = sdk(simulator, sid=world.TRIAL_ACCOUNT_SID, token=world.TRIAL_AUTH_TOKEN)
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(to=PHONE, from_=world.TRIAL_NUMBER, body="Hello")
    assert (refused.value.code, refused.value.status) == (21608, 400)

    message = client.messages.create(to=world.VERIFIED_RECIPIENT, from_=world.TRIAL_NUMBER, body="x" * 123)
    assert message.body == "Sent from your Twilio trial account - " + "x" * 123
    assert message.num_segments == "2"


@pytest.mark.parametrize(
    ("asked", "code", "status"),
    [
        ({"body": "Your code is 1234"}, 10002, 403),
        ({"body": "sms_2fa", "media_url": ["https://pictures.example/a.png"]}, 10002, 403),
        ({"body": "sms_2fa", "to": PHONE}, 21608, 400),
        ({"body": "sms_2fa"}, None, 201),
    ],
)
async def test_a_trial_of_2026_sends_templates_only(
    simulator: Simulator, asked: dict[str, Any], code: int | None, status: int
) -> None:
    simulator.account(world.TRIAL_ACCOUNT_SID).trial_rules = "templates"
    client = sdk(simulator, sid=world.TRIAL_ACCOUNT_SID, token=world.TRIAL_AUTH_TOKEN)
    asked = {"to": world.VERIFIED_RECIPIENT, "from_": world.TRIAL_NUMBER, **asked}
    if code is None:
        assert client.messages.create(**asked).body == "sms_2fa"
        return
    with pytest.raises(TwilioRestException) as refused:
        client.messages.create(**asked)
    assert (refused.value.code, refused.value.status) == (code, status)


@pytest.mark.parametrize(
    ("sid", "token", "status", "code", "message"),
    [
        (world.ACCOUNT_SID, "wrong", 401, 20003, "Authenticate"),
        ("AC" + "f" * 32, world.AUTH_TOKEN, 401, 20003, "Authenticate"),
        (None, "", 401, 20003, "Authentication Error - No credentials provided"),
        (
            "nonsense",
            world.AUTH_TOKEN,
            404,
            20404,
            "The requested resource /2010-04-01/Accounts/nonsense",
        ),
    ],
)
async def test_wrong_credentials_get_twilios_own_body(
    simulator: Simulator, sid: str | None, token: str, status: int, code: int, message: str
) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(sid, token)} if sid else {}
    url = f"{simulator.base_url}/2010-04-01/Accounts/{sid or simulator.account_sid}/Messages.json"
    async with aiohttp.ClientSession() as session, session.post(url, data={"To": PHONE}, headers=headers) as answer:
        body = await answer.json()

    assert answer.status == status
    assert body["code"] == code
    assert body["message"].startswith(message)
    assert body["status"] == status
    assert body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert body.get("detail") == ("Your AccountSid or AuthToken was incorrect." if code == 20003 else None)
    assert answer.headers["Twilio-Request-Id"].startswith("RQ")
    assert len(answer.headers["Twilio-Request-Id"]) == 34


async def test_a_wrong_token_and_an_api_key_work_as_with_twilio(simulator: Simulator) -> None:
    with pytest.raises(TwilioRestException) as refused:
        sdk(simulator, token="0" * 32).messages.create(**GOOD)
    assert "HTTP 401 error" in str(refused.value)
    assert refused.value.code == 20003

    key, secret = "SK" + "1" * 32, "s3cret"
    simulator.account().api_keys[key] = secret
    client = Client(key, secret, simulator.account_sid)
    client.api.base_url = simulator.base_url
    assert client.messages.create(**GOOD).account_sid == simulator.account_sid


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/2010-04-01/Accounts/{sid}/Faxes.json", 404, 20404),
        ("GET", "/2010-04-01/Accounts/{sid}/Messages/SM123.json", 404, 20404),
        ("PUT", "/2010-04-01/Accounts/{sid}/Messages.json", 405, 20004),
        ("GET", "/2010-04-01/Accounts/{sid}/Messages.json?PageSize=1001", 400, 20007),
        ("GET", "/2010-04-01/Accounts/{sid}/Messages.json?Page=1&PageToken=PASM1", 400, 21481),
        ("GET", "/2010-04-01/Accounts/{sid}/Messages.json?DateSent=yesterday", 400, 20422),
        ("GET", "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json", 401, 20003),
        ("GET", "/v1/Services/MG123", 404, 20404),
        ("GET", "/v1/Content/HX123", 404, 20404),
    ],
)
async def test_other_resources_refuse_in_the_same_form(
    simulator: Simulator, method: str, path: str, status: int, code: int
) -> None:
    headers = {"Authorization": aiohttp.encode_basic_auth(simulator.account_sid, simulator.auth_token)}
    url = simulator.base_url + path.format(sid=simulator.account_sid)
    async with aiohttp.ClientSession() as session, session.request(method, url, headers=headers) as answer:
        body = await answer.json()

    assert (answer.status, body["code"], body["status"]) == (status, code, status)


async def test_regions_can_be_closed_and_accounts_suspended(simulator: Simulator, twilio: Client) -> None:
    simulator.account().blocked_regions.append("+44")
    with pytest.raises(TwilioRestException, match="Permission to send an SMS") as refused:
        twilio.messages.create(to="+447700900123", from_=SENDER, body="Hello")
    assert refused.value.code == 21408

    simulator.account().status = "suspended"
    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(**GOOD)
    assert (refused.value.code, refused.value.status) == (20005, 403)


async def test_numbers_may_be_written_with_punctuation_and_555_numbers_work(twilio: Client) -> None:
    message = twilio.messages.create(to="+1 (555) 555-0123", from_="+1 555 000-1111", body="Hello")

    assert (message.to, message.from_) == ("+15555550123", SENDER)


async def test_any_sender_can_be_allowed() -> None:
    async with Simulator(any_sender=True) as simulator:
        client = sdk(simulator)
        assert client.messages.create(to=PHONE, from_="+15557654321", body="Hello").status == "queued"
