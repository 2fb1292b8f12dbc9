from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest

from ringline.errors import RequestError, TwilioRejectedError, TwilioUnavailableError
from ringline.twilio.client import TwilioClient
from twilio_wire import SID, TOKEN, Wire, answer, wire

ACCOUNT = f"/2010-04-01/Accounts/{SID}"


@pytest.mark.parametrize(
    ("method", "arguments", "line", "body"),
    [
        ("fetch_message", {"sid": "SM1"}, f"GET {ACCOUNT}/Messages/SM1.json", {}),
        ("cancel_message", {"sid": "SM1"}, f"POST {ACCOUNT}/Messages/SM1.json", {"Status": "canceled"}),
        ("redact_message", {"sid": "SM1"}, f"POST {ACCOUNT}/Messages/SM1.json", {"Body": ""}),
        ("account", {}, f"GET /2010-04-01/Accounts/{SID}.json", {}),
        ("balance", {}, f"GET {ACCOUNT}/Balance.json", {}),
        (
            "connect_number",
            {"sid": "PN1", "sms_url": "https://x.com/twilio/sms"},
            f"POST {ACCOUNT}/IncomingPhoneNumbers/PN1.json",
            {"SmsUrl": "https://x.com/twilio/sms", "SmsMethod": "POST"},
        ),
        (
            "connect_number",
            {"sid": "PN1", "sms_url": "a", "status_callback": "b", "voice_url": "c"},
            f"POST {ACCOUNT}/IncomingPhoneNumbers/PN1.json",
            {
                "SmsUrl": "a",
                "SmsMethod": "POST",
                "VoiceUrl": "c",
                "VoiceMethod": "POST",
                "VoiceFallbackUrl": "c",
                "VoiceFallbackMethod": "POST",
                "StatusCallback": "b",
                "StatusCallbackMethod": "POST",
            },
        ),
    ],
)
async def test_a_request_is_made_as_twilio_documents_it(
    server: Wire, client: TwilioClient, method: str, arguments: dict[str, Any], line: str, body: dict[str, str]
) -> None:
    server.reply = lambda _: answer(200, {"status": "anything"})
    assert await getattr(client, method)(**arguments) == {"status": "anything"}
    (request,) = server.received
    assert request.line == f"{line} HTTP/1.1"
    assert dict(parse_qsl(request.body.decode(), keep_blank_values=True)) == body
    assert request.headers["authorization"].startswith("Basic ")


async def test_deleting_expects_no_answer(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: answer(204, text="")
    await client.delete_message("SM1")
    assert server.received[0].line == f"DELETE {ACCOUNT}/Messages/SM1.json HTTP/1.1"


async def test_a_list_follows_its_pages_up_to_the_limit(server: Wire, client: TwilioClient) -> None:
    def page(number: int) -> bytes:
        following = f"{ACCOUNT}/Messages.json?PageSize=2&Page={number + 1}&PageToken=PA{number}" if number < 2 else None
        records = [{"sid": f"SM{number}{index}"} for index in range(2)]
        return answer(200, {"messages": records, "next_page_uri": following})

    server.reply = lambda _: page(len(server.received) - 1)
    found = await client.list_messages(to="+15551234567", limit=5)
    assert [message["sid"] for message in found] == ["SM00", "SM01", "SM10", "SM11", "SM20"]
    assert [request.path for request in server.received] == [
        f"{ACCOUNT}/Messages.json?To=%2B15551234567&PageSize=5",
        f"{ACCOUNT}/Messages.json?PageSize=2&Page=1&PageToken=PA0",
        f"{ACCOUNT}/Messages.json?PageSize=2&Page=2&PageToken=PA1",
    ]


async def test_absolute_addresses_of_next_pages_stay_on_the_base_url(server: Wire, client: TwilioClient) -> None:
    pages = [
        {"services": [{"sid": "MG1"}], "meta": {"next_page_url": "https://messaging.twilio.com/v1/Services?Page=1"}},
        {"services": [{"sid": "MG2"}], "meta": {"next_page_url": f"{server.url}/v1/Services?Page=2"}},
        {"services": [{"sid": "MG3"}], "meta": {"next_page_url": None}},
    ]
    server.reply = lambda _: answer(200, pages[len(server.received) - 1])
    assert [service["sid"] for service in await client.messaging_services()] == ["MG1", "MG2", "MG3"]
    assert [request.path for request in server.received] == [
        "/v1/Services?PageSize=1000",
        "/v1/Services?Page=1",
        "/v1/Services?Page=2",
    ]


async def test_the_sdks_own_paging_stays_on_the_base_url_too(server: Wire, client: TwilioClient) -> None:
    meta = {"page": 0, "page_size": 1, "key": "services", "url": "x", "first_page_url": "x", "previous_page_url": None}
    pages = [
        {
            "services": [{"sid": "MG1"}],
            "meta": {**meta, "next_page_url": "https://messaging.twilio.com/v1/Services?Page=1"},
        },
        {"services": [{"sid": "MG2"}], "meta": {**meta, "next_page_url": None}},
    ]
    server.reply = lambda _: answer(200, pages[len(server.received) - 1])
    assert [service.sid for service in await client.sdk.messaging.v1.services.list_async()] == ["MG1", "MG2"]


@pytest.mark.parametrize("product", ["api", "messaging", "content", "lookups"])
async def test_every_product_is_sent_to_the_base_url(server: Wire, client: TwilioClient, product: str) -> None:
    server.reply = lambda _: answer(200, {})
    url = f"https://{product}.twilio.com/v1/Something"
    assert (await client.sdk.request_async("GET", url)).status_code == 200
    assert server.received[0].path == "/v1/Something"


async def test_a_base_url_may_have_a_path(server: Wire) -> None:
    server.reply = lambda _: answer(200, {})
    client = TwilioClient(SID, TOKEN, base_url=server.url + "/twilio/")
    await client.account()
    await client.close()
    assert server.received[0].path == f"/twilio/2010-04-01/Accounts/{SID}.json"


async def test_an_address_from_an_answer_cannot_carry_the_credential_elsewhere(
    server: Wire, client: TwilioClient
) -> None:
    async with wire() as other:
        server.reply = lambda _: answer(200, {"services": [], "meta": {"next_page_url": f"{other.url}/v1/Services"}})
        with pytest.raises(TwilioRejectedError, match="the credential was not sent there"):
            await client.messaging_services()
        assert other.received == []


async def test_without_a_base_url_nothing_but_twilio_gets_the_credential(server: Wire) -> None:
    client = TwilioClient(SID, TOKEN)
    for url in (
        server.url,
        f"{server.url}/api.twilio.com",
        "http://api.twilio.com/",
        "https://api.twilio.com.evil.com/",
    ):
        with pytest.raises(TwilioRejectedError, match=r"which is not twilio\.com; the credential was not sent there"):
            await client.sdk.request_async("GET", url)
    await client.close()
    assert server.received == []


async def test_a_refusal_carries_code_request_id_and_what_to_do(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: answer(
        401, {"code": 20003, "message": "Authenticate", "status": 401}, headers={"Twilio-Request-Id": "RQ1"}
    )
    with pytest.raises(TwilioRejectedError) as caught:
        await client.account()
    error = caught.value
    assert str(error) == "Twilio refused to show the account: Authenticate (error 20003)."
    assert (error.code, error.status, error.request_id) == (20003, 401, "RQ1")
    assert error.fix.startswith("Compare account SID and auth token")


@pytest.mark.parametrize(
    ("reply", "message", "retry_after"),
    [
        (
            answer(429, {"code": 20429, "message": "Too Many Requests"}, headers={"Retry-After": "2"}),
            "Twilio refused to show the account: Too Many Requests (error 20429).",
            2.0,
        ),
        (
            answer(503, text="down"),
            "Something other than Twilio answered the request to show the account (HTTP 503).",
            None,
        ),
        (answer(200, text="<html>"), "The answer to the request to show the account is not JSON (HTTP 200).", None),
        (
            answer(302, text="", headers={"Location": "https://x.com"}),
            "Something other than Twilio answered the request to show the account (HTTP 302).",
            None,
        ),
    ],
)
async def test_an_answer_that_is_none_is_told_from_a_refusal(
    server: Wire, client: TwilioClient, reply: bytes, message: str, retry_after: float | None
) -> None:
    server.reply = lambda _: reply
    with pytest.raises(TwilioUnavailableError) as caught:
        await client.account()
    assert str(caught.value) == message
    assert caught.value.retry_after == retry_after


async def test_a_list_that_holds_something_else_is_refused(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: answer(200, {"hello": "world"})
    with pytest.raises(TwilioRejectedError, match="holds no incoming_phone_numbers"):
        await client.phone_numbers()


async def test_a_server_that_is_not_there_is_reported_in_words(unused_tcp_port: int) -> None:
    client = TwilioClient(SID, TOKEN, base_url=f"http://127.0.0.1:{unused_tcp_port}")
    with pytest.raises(
        TwilioUnavailableError, match=r"No connection to 127\.0\.0\.1:\d+ could be made \(connection ref"
    ):
        await client.account()
    await client.close()


async def test_an_id_cannot_leave_its_place_in_the_path(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: answer(200, {})
    await client.fetch_message("../../AC2?x=")
    assert server.received[0].path == f"{ACCOUNT}/Messages/..%2F..%2FAC2%3Fx%3D.json"


@pytest.mark.parametrize(
    "base_url",
    ["", "localhost:8000", "ftp://x.com", "http://", "http://x.com:99999", "http://u:p@x.com", "http://x/?a"],
)
def test_a_base_url_that_is_no_address_is_refused(base_url: str) -> None:
    with pytest.raises(RequestError) as caught:
        TwilioClient(SID, TOKEN, base_url=base_url)
    assert str(caught.value) == f"`base_url` is {base_url!r}, which is not the address of a server."
    assert caught.value.field == "base_url"
