"""Every resource as the official SDK reads it: no hole where Twilio gives a value, and dates that are dates."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from twilio.base.exceptions import TwilioRestException
from twilio.rest import Client

from ringline.simulator import Simulator, world
from simulator.customer import ApplicationUnderTest

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:aiohttp", "ignore::DeprecationWarning:twilio")

PHONE, SENDER = "+14155550123", "+15550001111"
NOON = datetime(2026, 1, 1, 12, 0, tzinfo=UTC)


def holes(record: Any) -> set[str]:
    """The names of the fields that are ``None``."""
    return {name for name, value in vars(record).items() if value is None and not name.startswith("_")}


async def test_a_message_has_all_its_fields(simulator: Simulator, twilio: Client) -> None:
    created = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    assert holes(created) == {
        "date_sent",
        "error_code",
        "error_message",
        "messaging_service_sid",
        "price",
        "price_unit",
    }
    assert (created.date_created, created.date_updated) == (NOON, NOON)
    assert created.sid.startswith("SM")
    assert len(created.sid) == 34
    assert created.uri == f"/2010-04-01/Accounts/{simulator.account_sid}/Messages/{created.sid}.json"
    assert set(created.subresource_uris) == {"media"}
    assert (created.direction, created.api_version) == ("outbound-api", "2010-04-01")
    assert (created.num_segments, created.num_media) == ("1", "0")

    await simulator.advance(1)
    fetched = created.fetch()
    assert holes(fetched) == {"error_code", "error_message", "messaging_service_sid"}
    assert fetched.date_sent == NOON
    assert set(fetched.subresource_uris) == {"media", "feedback"}
    assert (fetched.price, fetched.price_unit) == ("-0.00830", "USD")


async def test_a_services_message_has_no_sender_at_first(simulator: Simulator, twilio: Client) -> None:
    created = twilio.messages.create(to=PHONE, messaging_service_sid=world.MESSAGING_SERVICE_SID, body="Hello")
    assert (created.from_, created.num_segments, created.status) == (None, "0", "accepted")
    assert created.messaging_service_sid == world.MESSAGING_SERVICE_SID

    await simulator.advance(1)
    fetched = created.fetch()
    assert fetched.from_ in world.SERVICE_NUMBERS
    assert (fetched.num_segments, fetched.status) == ("1", "delivered")


async def test_lists_filter_page_and_come_newest_first(simulator: Simulator, twilio: Client) -> None:
    for index in range(7):
        twilio.messages.create(to=PHONE if index % 2 else "+14155550199", from_=SENDER, body=str(index))
        await simulator.advance(60)

    assert [each.body for each in twilio.messages.list()] == ["6", "5", "4", "3", "2", "1", "0"]
    assert [each.body for each in twilio.messages.list(page_size=2)] == ["6", "5", "4", "3", "2", "1", "0"]
    assert [each.body for each in twilio.messages.list(limit=3, page_size=2)] == ["6", "5", "4"]
    assert [each.body for each in twilio.messages.list(to=PHONE)] == ["5", "3", "1"]
    assert twilio.messages.list(from_="+15550002222") == []
    third = datetime(2026, 1, 1, 12, 3, 30, tzinfo=UTC)
    assert [each.body for each in twilio.messages.list(date_sent_after=third)] == ["6", "5", "4"]
    assert [each.body for each in twilio.messages.list(date_sent_before=third)] == ["3", "2", "1", "0"]
    assert len(twilio.messages.list(date_sent=NOON)) == 7
    assert twilio.messages.list(date_sent=datetime(2026, 1, 2, tzinfo=UTC)) == []

    page = twilio.messages.page(page_size=3)
    assert page.next_page_url.startswith(simulator.base_url)
    second = page.next_page()
    assert [each.body for each in second] == ["3", "2", "1"]
    assert [each.body for each in second.previous_page()] == ["6", "5", "4"]
    assert [each.body for each in second.next_page()] == ["0"]
    assert second.next_page().next_page() is None


async def test_new_messages_do_not_shift_the_pages_that_follow(simulator: Simulator, twilio: Client) -> None:
    for index in range(4):
        twilio.messages.create(to=PHONE, from_=SENDER, body=str(index))
        await simulator.advance(1)
    page = twilio.messages.page(page_size=2)
    twilio.messages.create(to=PHONE, from_=SENDER, body="new")

    assert [each.body for each in page] == ["3", "2"]
    assert [each.body for each in page.next_page()] == ["1", "0"]


async def test_the_async_sdk_pages_as_well(simulator: Simulator, async_twilio: Client) -> None:
    for index in range(5):
        await async_twilio.messages.create_async(to=PHONE, from_=SENDER, body=str(index))
        await simulator.advance(1)

    listed = await async_twilio.messages.list_async(page_size=2)
    assert [each.body for each in listed] == ["4", "3", "2", "1", "0"]
    services = await async_twilio.messaging.v1.services.list_async()
    assert [each.sid for each in services] == [world.MESSAGING_SERVICE_SID]


async def test_messages_are_redacted_and_deleted(simulator: Simulator, twilio: Client) -> None:
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="secret")
    with pytest.raises(TwilioRestException) as refused:
        message.delete()
    assert refused.value.code == 20009

    await simulator.advance(1)
    assert message.update(body="").body == ""
    assert simulator.handset(PHONE).inbox[0].body == "secret"
    with pytest.raises(TwilioRestException) as refused:
        message.update(body="other")
    assert refused.value.code == 30400
    assert message.delete() is True
    with pytest.raises(TwilioRestException) as refused:
        message.fetch()
    assert (refused.value.code, refused.value.status) == (20404, 404)


async def test_messages_are_canceled_until_they_leave(simulator: Simulator, twilio: Client) -> None:
    scheduled = twilio.messages.create(
        to=PHONE,
        messaging_service_sid=world.MESSAGING_SERVICE_SID,
        body="later",
        schedule_type="fixed",
        send_at=datetime(2026, 1, 1, 13, 0, tzinfo=UTC),
    )
    assert (scheduled.status, scheduled.date_sent) == ("scheduled", None)
    assert scheduled.update(status="canceled").status == "canceled"
    await simulator.advance(7200)
    assert simulator.handset(PHONE).inbox == []

    sent = twilio.messages.create(to=PHONE, from_=SENDER, body="now")
    await simulator.advance(1)
    for change in ({"status": "canceled"},):
        with pytest.raises(TwilioRestException) as refused:
            sent.update(**change)
        assert (refused.value.code, refused.value.status) == (30409, 409)
    with pytest.raises(TwilioRestException) as refused:
        sent.update(status="canceled", body="")
    assert refused.value.code == 30400


async def test_a_scheduled_message_leaves_at_its_time(simulator: Simulator, twilio: Client) -> None:
    message = twilio.messages.create(
        to=PHONE,
        messaging_service_sid=world.MESSAGING_SERVICE_SID,
        body="later",
        schedule_type="fixed",
        send_at=datetime(2026, 1, 1, 13, 0, tzinfo=UTC),
    )
    await simulator.advance(3599)
    assert message.fetch().status == "scheduled"
    await simulator.advance(2)
    assert message.fetch().status == "delivered"
    assert message.fetch().date_sent == datetime(2026, 1, 1, 13, 0, tzinfo=UTC)


async def test_feedback_is_confirmed(simulator: Simulator, twilio: Client) -> None:
    message = twilio.messages.create(to=PHONE, from_=SENDER, body="Hello", provide_feedback=True)
    feedback = twilio.messages(message.sid).feedback.create(outcome="confirmed")

    assert holes(feedback) == set()
    assert (feedback.message_sid, feedback.outcome, feedback.date_created) == (message.sid, "confirmed", NOON)
    assert simulator.messages[0].feedback == "confirmed"


async def test_the_account_and_its_balance(simulator: Simulator, twilio: Client) -> None:
    account = twilio.api.v2010.accounts(simulator.account_sid).fetch()
    assert holes(account) == set()
    assert (account.status, account.type, account.date_created) == ("active", "Full", NOON)
    assert simulator.auth_token not in str(vars(account))
    assert [each.sid for each in twilio.api.v2010.accounts.list()] == [simulator.account_sid]

    before = float(twilio.balance.fetch().balance)
    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello")
    await simulator.advance(1)
    balance = twilio.balance.fetch()
    assert holes(balance) == set()
    assert balance.currency == "USD"
    assert float(balance.balance) == pytest.approx(before - 0.0083)


async def test_phone_numbers_are_listed_and_their_webhooks_set(twilio: Client) -> None:
    numbers = twilio.incoming_phone_numbers.list()
    assert [each.phone_number for each in numbers] == [
        *world.SMS_NUMBERS,
        world.TOLL_FREE_NUMBER,
        *world.SERVICE_NUMBERS,
    ]
    number = twilio.incoming_phone_numbers.list(phone_number=SENDER)[0]
    assert holes(number) == {
        "address_sid",
        "bundle_sid",
        "emergency_address_sid",
        "identity_sid",
        "trunk_sid",
        "type",
    }
    assert number.capabilities == {"voice": True, "sms": True, "mms": True, "fax": False}
    assert (number.date_created, number.friendly_name) == (NOON, "(555) 000-1111")

    updated = number.update(sms_url="https://example.com/sms", sms_method="get", friendly_name="Alerts")
    assert (updated.sms_url, updated.sms_method, updated.friendly_name) == ("https://example.com/sms", "GET", "Alerts")
    assert twilio.incoming_phone_numbers(number.sid).fetch().sms_url == "https://example.com/sms"
    with pytest.raises(TwilioRestException) as refused:
        number.update(sms_url="not a url")
    assert refused.value.code == 20422

    bought = twilio.incoming_phone_numbers.create(area_code="415")
    assert bought.phone_number.startswith("+1415555")
    assert bought.delete() is True
    with pytest.raises(TwilioRestException) as refused:
        twilio.incoming_phone_numbers.create(area_code="533")
    assert refused.value.code == 21452


async def test_short_codes_and_applications(twilio: Client) -> None:
    code = twilio.api.v2010.account.short_codes.list()[0]
    assert holes(code) == set()
    assert code.short_code == world.SHORT_CODE
    assert code.update(sms_url="https://example.com/sms").sms_url == "https://example.com/sms"

    application = twilio.applications.create(friendly_name="Shop", message_status_callback="https://example.com/s")
    assert holes(application) == set()
    assert application.date_created == NOON
    assert [each.sid for each in twilio.applications.list(friendly_name="Shop")] == [application.sid]
    assert application.update(sms_url="https://example.com/sms").sms_url == "https://example.com/sms"
    assert application.delete() is True
    assert twilio.applications.list() == []


async def test_an_applications_callback_is_used(
    simulator: Simulator, twilio: Client, application: ApplicationUnderTest
) -> None:
    kept = twilio.applications.create(friendly_name="Shop", message_status_callback=application.url("/app"))
    twilio.messages.create(to=PHONE, from_=SENDER, body="Hello", application_sid=kept.sid)
    await simulator.advance(1)

    assert application.statuses("/app") == ["sent", "delivered"]


async def test_messaging_services_and_their_pools(simulator: Simulator, twilio: Client) -> None:
    service = twilio.messaging.v1.services.create("Alerts", status_callback="https://example.com/s", validity_period=60)
    assert holes(service) == {"fallback_url", "inbound_request_url"}
    assert (service.date_created, service.validity_period, service.smart_encoding) == (NOON, 60, True)
    assert service.url == f"{simulator.base_url}/v1/Services/{service.sid}"

    number = twilio.incoming_phone_numbers.list(phone_number=SENDER)[0]
    member = twilio.messaging.v1.services(service.sid).phone_numbers.create(number.sid)
    assert holes(member) == set()
    assert (member.phone_number, member.capabilities) == (SENDER, ["SMS", "MMS", "Voice"])
    with pytest.raises(TwilioRestException) as refused:
        twilio.messaging.v1.services(service.sid).phone_numbers.create(number.sid)
    assert (refused.value.code, refused.value.status) == (21710, 409)
    other = twilio.incoming_phone_numbers.list(phone_number=world.SERVICE_NUMBERS[0])[0]
    with pytest.raises(TwilioRestException) as refused:
        twilio.messaging.v1.services(service.sid).phone_numbers.create(other.sid)
    assert (refused.value.code, refused.value.status) == (21712, 409)
    assert [each.sid for each in twilio.messaging.v1.services(service.sid).phone_numbers.list()] == [number.sid]
    assert member.delete() is True
    assert twilio.messaging.v1.services(service.sid).phone_numbers.list() == []

    with pytest.raises(TwilioRestException) as refused:
        twilio.messages.create(to=PHONE, messaging_service_sid=service.sid, body="Hello")
    assert refused.value.code == 21704

    alpha = twilio.messaging.v1.services(service.sid).alpha_senders.create("Ringline")
    assert holes(alpha) == set()
    assert service.update(friendly_name="Warnings").friendly_name == "Warnings"
    with pytest.raises(TwilioRestException) as refused:
        service.update(validity_period=0)
    assert refused.value.code == 21624
    assert [each.friendly_name for each in twilio.messaging.v1.services.list(page_size=1)] == [
        "Simulated service",
        "Warnings",
    ]
    assert service.delete() is True


async def test_templates_are_listed_and_approved(simulator: Simulator, twilio: Client) -> None:
    contents = twilio.content.v1.contents.list()
    assert [each.sid for each in contents] == [world.CONTENT_SID]
    assert holes(contents[0]) == set()
    assert contents[0].date_created == NOON
    approval = twilio.content.v1.contents(world.CONTENT_SID).approval_fetch().fetch()
    assert approval.whatsapp["status"] == "approved"

    made = simulator.add_content("promo", {"twilio/text": {"body": "Hi {{1}}"}}, approval="pending")
    assert twilio.content.v1.contents(made.sid).fetch().types == {"twilio/text": {"body": "Hi {{1}}"}}
    assert twilio.content.v1.contents(made.sid).delete() is True


@pytest.mark.parametrize(
    ("number", "valid", "errors", "kind"),
    [
        ("+14155550123", True, [], "mobile"),
        ("+18005550100", True, [], "tollFree"),
        ("+1415555", False, ["TOO_SHORT"], None),
        ("+141555501234", False, ["TOO_LONG"], None),
        ("+4420", False, ["TOO_SHORT"], None),
        ("hello", False, ["NOT_A_NUMBER"], None),
    ],
)
async def test_lookups_answer_also_for_wrong_numbers(
    twilio: Client, number: str, valid: bool, errors: list[str], kind: str | None
) -> None:
    found = twilio.lookups.v2.phone_numbers(number).fetch(fields="line_type_intelligence")

    assert (found.valid, found.validation_errors) == (valid, errors)
    assert (found.line_type_intelligence or {}).get("type") == kind
    if valid:
        assert (found.country_code, found.calling_country_code) == ("US", "1")
        assert found.national_format
