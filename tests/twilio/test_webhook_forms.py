from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ringline.errors import RequestError
from ringline.twilio.webhooks import (
    InboundMedia,
    Location,
    candidate_urls,
    parse_inbound,
    parse_status_callback,
)

REPORT = {
    "AccountSid": "AC1",
    "ApiVersion": "2010-04-01",
    "From": "+15005550006",
    "To": "+15551234567",
    "MessageSid": "SM1",
    "SmsSid": "SM1",
    "MessageStatus": "undelivered",
    "SmsStatus": "undelivered",
    "ErrorCode": "30003",
    "RawDlrDoneDate": "2601011200",
}
MESSAGE = {
    "AccountSid": "AC1",
    "MessageSid": "SM2",
    "SmsSid": "SM2",
    "SmsMessageSid": "SM2",
    "From": "+15551234567",
    "To": "+15005550006",
    "Body": "Yes, please",
    "NumMedia": "0",
    "NumSegments": "2",
    "SmsStatus": "received",
    "FromCountry": "US",
    "FromCity": "OAKLAND",
}


def test_a_report_is_read_into_our_names() -> None:
    report = parse_status_callback(REPORT)
    assert (report.account_sid, report.sid, report.status, report.error_code) == ("AC1", "SM1", "undelivered", 30003)
    assert (report.channel, report.to, report.from_) == ("sms", "+15551234567", "+15005550006")
    assert report.carrier_time == "2601011200"
    assert report.raw["ApiVersion"] == "2010-04-01"


def test_a_whatsapp_report_names_channel_and_reason() -> None:
    report = parse_status_callback(
        {
            **REPORT,
            "To": "whatsapp:+15551234567",
            "From": "whatsapp:+15005550006",
            "ChannelPrefix": "whatsapp",
            "ChannelStatusMessage": "Experiment",
            "ErrorCode": "63032",
        }
    )
    assert (report.channel, report.to, report.detail) == ("whatsapp", "+15551234567", "Experiment")


def test_a_report_in_the_old_names_is_read_too() -> None:
    report = parse_status_callback({"AccountSid": "AC1", "SmsSid": "SM1", "SmsStatus": "SENT", "ErrorCode": ""})
    assert (report.sid, report.status, report.error_code, report.to) == ("SM1", "sent", None, None)


def test_a_message_is_read_into_our_names() -> None:
    message = parse_inbound(MESSAGE)
    assert (message.sid, message.channel, message.from_, message.to) == ("SM2", "sms", "+15551234567", "+15005550006")
    assert (message.body, message.segments, message.media) == ("Yes, please", 2, ())
    assert (message.country, message.city) == ("US", "OAKLAND")
    assert message.opt_out_type is None


def test_media_come_with_their_types() -> None:
    message = parse_inbound(
        {
            **MESSAGE,
            "NumMedia": "3",
            "MediaUrl0": "https://api.twilio.com/a",
            "MediaContentType0": "image/png",
            "MediaUrl1": "https://api.twilio.com/b",
        }
    )
    assert message.media == (
        InboundMedia("https://api.twilio.com/a", "image/png"),
        InboundMedia("https://api.twilio.com/b", "application/octet-stream"),
    )


def test_what_whatsapp_adds_is_kept() -> None:
    message = parse_inbound(
        {
            **MESSAGE,
            "From": "whatsapp:+447911123456",
            "To": "whatsapp:+14155238886",
            "ProfileName": "Ada",
            "WaId": "447911123456",
            "ButtonText": "Yes",
            "ButtonPayload": "yes-1",
            "ButtonType": "REPLY",
            "Latitude": "51.5",
            "Longitude": "-0.12",
            "Label": "Office",
            "OriginalRepliedMessageSid": "SM0",
            "Forwarded": "true",
            "ReferralHeadline": "Sale",
            "ReferralSourceUrl": "https://fb.me/1",
        }
    )
    assert (message.channel, message.from_, message.to) == ("whatsapp", "+447911123456", "+14155238886")
    assert (message.profile_name, message.whatsapp_id) == ("Ada", "447911123456")
    assert (message.button_text, message.button_payload, message.button_type) == ("Yes", "yes-1", "REPLY")
    assert message.location == Location(51.5, -0.12, "Office", None)
    assert message.reply_to_sid == "SM0"
    assert message.forwarded
    assert message.referral == {"Headline": "Sale", "SourceUrl": "https://fb.me/1"}


def test_a_keyword_twilio_has_answered_is_marked() -> None:
    assert parse_inbound({**MESSAGE, "Body": "stop", "OptOutType": "STOP"}).opt_out_type == "STOP"


@pytest.mark.parametrize("missing", ["AccountSid", "From", "To"])
def test_a_message_without_its_names_is_refused_by_field(missing: str) -> None:
    form = {name: value for name, value in MESSAGE.items() if name != missing}
    with pytest.raises(RequestError) as caught:
        parse_inbound(form)
    assert str(caught.value) == f"The request lacks {missing}, so it is not what Twilio sends here."
    assert caught.value.field == missing


@pytest.mark.parametrize("missing", ["AccountSid", "MessageSid", "MessageStatus"])
def test_a_report_without_its_names_is_refused_by_field(missing: str) -> None:
    form = {name: value for name, value in REPORT.items() if name != missing and not name.startswith("Sms")}
    with pytest.raises(RequestError) as caught:
        parse_status_callback(form)
    assert caught.value.field == missing


@pytest.mark.parametrize("value", ["x", "-1", "3.5", "9" * 30, "٣"])
def test_a_number_that_is_none_is_refused_by_field(value: str) -> None:
    with pytest.raises(RequestError, match="which is not a number"):
        parse_status_callback({**REPORT, "ErrorCode": value})


@given(st.dictionaries(st.sampled_from([*REPORT, *MESSAGE, "MediaUrl0", "Latitude"]), st.text()))
def test_no_form_makes_the_reading_fail_otherwise(form: dict[str, str]) -> None:
    for parse in (parse_inbound, parse_status_callback):
        try:
            parse(form)
        except RequestError as error:
            field = error.field
            assert field


def test_with_a_public_url_nothing_else_may_have_been_signed() -> None:
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "http"}
    assert candidate_urls("/twilio/sms?a=b%20c", scheme="http", headers=headers, public_url="https://x.com/") == [
        "https://x.com/twilio/sms?a=b%20c"
    ]


def test_a_prefix_of_the_public_url_may_be_stripped_or_left_on_by_the_proxy() -> None:
    for target in ("/twilio/sms", "/ringline/twilio/sms"):
        found = candidate_urls(target, scheme="http", headers={}, public_url="https://x.com/ringline")
        assert "https://x.com/ringline/twilio/sms" in found


@pytest.mark.parametrize(
    ("headers", "signed"),
    [
        ({"host": "x.com"}, "http://x.com/t?a=1"),
        ({"host": "x.com"}, "https://x.com/t?a=1"),
        ({"host": "10.0.0.1", "x-forwarded-host": "x.com", "x-forwarded-proto": "https,http"}, "https://x.com/t?a=1"),
        ({"host": "10.0.0.1", "forwarded": 'for=1;host="x.com";proto=https, for=2'}, "https://x.com/t?a=1"),
        ({"host": "x.com", "x-forwarded-port": "8443", "x-forwarded-proto": "https"}, "https://x.com:8443/t?a=1"),
        ({"host": "x.com", "x-forwarded-prefix": "/ringline/"}, "https://x.com/ringline/t?a=1"),
    ],
)
def test_without_a_public_url_what_the_proxies_report_is_tried(headers: dict[str, str], signed: str) -> None:
    found = candidate_urls("/t?a=1", scheme="http", headers=headers)
    assert signed in found
    assert len(found) == len(set(found))


def test_what_the_proxy_reports_is_tried_first() -> None:
    headers = {"host": "10.0.0.1", "x-forwarded-host": "x.com", "x-forwarded-proto": "https"}
    assert candidate_urls("/t", scheme="http", headers=headers)[0] == "https://x.com/t"
