from __future__ import annotations

import asyncio
import base64
import itertools
import json
import logging
import socket
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from twilio.base.exceptions import TwilioException
from twilio.http.async_http_client import AsyncTwilioHttpClient
from twilio.rest import Client

from ringline.twilio.client import TwilioClient, TwilioHttp
from ringline.twilio.messages import MessageForm, PostResult, split_address, wire_address
from twilio_wire import CREATED, SID, TOKEN, Wire, answer, wire, wire_that_resets

FORM = MessageForm(to="+15551234567", from_="+15005550006", body="hi")
MG = "MG" + "b" * 32


def sdk_arguments(form: MessageForm) -> dict[str, Any]:
    """The arguments of the SDK's ``messages.create`` that ask for the same message."""
    named: dict[str, Any] = {
        "to": form.to,
        "from_": form.from_,
        "body": form.body,
        "messaging_service_sid": form.messaging_service_sid,
        "media_url": list(form.media) or None,
        "content_sid": form.content_sid,
        "content_variables": None
        if form.content_variables is None
        else json.dumps(dict(form.content_variables), ensure_ascii=False),
        "status_callback": form.status_callback,
        "validity_period": form.validity_seconds,
        "send_at": None if form.send_at is None else form.send_at.astimezone(UTC),
        "schedule_type": None if form.send_at is None else "fixed",
        "application_sid": form.application_sid,
        "provide_feedback": form.provide_feedback,
        "attempt": form.attempt,
        "content_retention": form.content_retention,
        "address_retention": form.address_retention,
        "smart_encoded": form.smart_encoded,
        "persistent_action": list(form.persistent_action) or None,
        "shorten_urls": form.shorten_urls,
        "send_as_mms": form.send_as_mms,
        "message_intent": form.message_intent,
        "risk_check": form.risk_check,
        "fallback_from": form.fallback_from,
    }
    return {name: value for name, value in named.items() if value is not None}


FORMS = [
    FORM,
    MessageForm(to="whatsapp:+447911123456", from_="whatsapp:+14155238886", body="Grüße, 👍 & =? +\n\t%~*'()"),
    MessageForm(to="+1", body=""),
    MessageForm(to="+1", from_="ACME & Co", media=("https://x.com/a b.png?c=d&e=f#g", "https://x.com/2.png")),
    MessageForm(to="+1", messaging_service_sid=MG, content_sid="HX1", content_variables={"1": 'Bob "B"', "2": "ü"}),
    MessageForm(
        to="+1",
        messaging_service_sid=MG,
        body="later",
        send_at=datetime(2026, 3, 1, 9, 30, tzinfo=timezone(timedelta(hours=-5))),
        validity_seconds=600,
        status_callback="https://x.com/twilio/status/msg_1.1#rc=3",
    ),
    MessageForm(
        to="+1",
        application_sid="AP1",
        provide_feedback=True,
        attempt=2,
        content_retention="discard",
        address_retention="obfuscate",
        smart_encoded=False,
        persistent_action=("geo:1,2|Home", "x"),
        shorten_urls=True,
        send_as_mms=False,
        message_intent="otp",
        risk_check="disable",
        fallback_from="+2",
    ),
]


@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
async def test_our_request_is_the_sdks_byte_for_byte(server: Wire, client: TwilioClient, form: MessageForm) -> None:
    result = await client.create_message(form)
    await client.sdk.messages.create_async(**sdk_arguments(form))
    ours, theirs = server.received
    assert result.kind == "accepted"
    assert (ours.head, ours.body) == (theirs.head, theirs.body)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated:DeprecationWarning")
@pytest.mark.filterwarnings("ignore:The 'auth' parameter is deprecated:DeprecationWarning")
@pytest.mark.parametrize("form", FORMS, ids=range(len(FORMS)))
async def test_our_request_says_what_the_sdks_own_http_client_says(
    server: Wire, client: TwilioClient, form: MessageForm
) -> None:
    theirs_http = AsyncTwilioHttpClient()
    sdk = Client(SID, TOKEN, http_client=theirs_http, environment={"TWILIO_ACCOUNT_SID": SID})
    sdk.api.base_url = server.url
    await client.create_message(form)
    await sdk.messages.create_async(**sdk_arguments(form))
    await theirs_http.close()
    ours, theirs = server.received
    assert ours.line == theirs.line
    assert ours.body == theirs.body
    assert ours.headers == theirs.headers


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@given(
    st.builds(
        MessageForm,
        to=texts.filter(bool),
        from_=st.none() | texts,
        body=st.none() | texts,
        media=st.lists(texts, max_size=3).map(tuple),
        content_variables=st.none() | st.dictionaries(texts, texts, max_size=3),
        smart_encoded=st.none() | st.booleans(),
        validity_seconds=st.none() | st.integers(1, 36000),
        send_at=st.none() | st.datetimes(min_value=datetime(2000, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    )
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
def test_any_form_is_encoded_as_the_sdk_encodes_it(form: MessageForm) -> None:
    async def compare() -> None:
        async with wire() as server:
            client = TwilioClient(SID, TOKEN, base_url=server.url, timeout=2.0)
            await client.create_message(form)
            await client.sdk.messages.create_async(**sdk_arguments(form))
            await client.close()
            ours, theirs = server.received
            assert ours.body == theirs.body

    asyncio.run(compare())


async def test_an_api_key_signs_in_under_its_own_name_on_the_accounts_path(server: Wire) -> None:
    client = TwilioClient(SID, "secret", username="SK" + "c" * 32, base_url=server.url + "/")
    await client.create_message(FORM)
    await client.sdk.messages.create_async(**sdk_arguments(FORM))
    await client.close()
    for request in server.received:
        assert request.line == f"POST /2010-04-01/Accounts/{SID}/Messages.json HTTP/1.1"
        signed_in = base64.b64decode(request.headers["authorization"].removeprefix("Basic ")).decode()
        assert signed_in == f"SK{'c' * 32}:secret"


async def test_the_environments_region_edge_and_proxies_change_nothing(
    server: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TWILIO_REGION", "TWILIO_EDGE"):
        monkeypatch.setenv(name, "au1")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    client = TwilioClient(SID, TOKEN, base_url=server.url)
    assert (await client.create_message(FORM)).kind == "accepted"
    assert (await client.fetch_message("SM1"))["status"] == "queued"
    await client.close()


TWILIO_400 = {"code": 21211, "message": "The 'To' number 1 is not a valid phone number.", "status": 400}
RFC_9457 = {
    "type": "https://www.twilio.com/docs/errors/20422",
    "title": "Invalid parameter",
    "status": 422,
    "code": 20422,
    "detail": "Body is too long",
    "errors": [{"pointer": "#/body", "detail": "too long"}],
}
ID = {"Twilio-Request-Id": "RQ1"}


@pytest.mark.parametrize(
    ("reply", "expected", "sdk_text"),
    [
        (
            answer(201, {"sid": "SM1", "status": "accepted"}, headers=ID),
            PostResult(
                "accepted",
                sid="SM1",
                status="accepted",
                http_status=201,
                request_id="RQ1",
                body={"sid": "SM1", "status": "accepted"},
            ),
            "",
        ),
        (
            answer(400, TWILIO_400, headers=ID),
            PostResult(
                "rejected",
                http_status=400,
                code=21211,
                message="The 'To' number 1 is not a valid phone number.",
                request_id="RQ1",
                body=TWILIO_400,
            ),
            "HTTP 400 error: Unable to create record: The 'To' number 1 is not a valid phone number.",
        ),
        (
            answer(422, RFC_9457),
            PostResult("rejected", http_status=422, code=20422, message="Body is too long", body=RFC_9457),
            "HTTP 422 error: Invalid parameter - Body is too long | Validation errors: #/body (too long)",
        ),
        (
            answer(401, {"code": 20003, "message": "Authenticate", "status": 401}),
            PostResult(
                "rejected",
                http_status=401,
                code=20003,
                message="Authenticate",
                body={"code": 20003, "message": "Authenticate", "status": 401},
            ),
            "HTTP 401 error: Unable to create record: Authenticate",
        ),
        (
            answer(429, {"code": 20429, "message": "Too Many Requests"}, headers={"Retry-After": "3"}),
            PostResult(
                "throttled",
                http_status=429,
                code=20429,
                message="Too Many Requests",
                retry_after=3.0,
                body={"code": 20429, "message": "Too Many Requests"},
            ),
            "HTTP 429 error: Unable to create record: Too Many Requests",
        ),
        (
            answer(
                429,
                {"code": 21611, "message": "SMS queue is full."},
                headers={"Retry-After": "Thu, 01 Jan 2026 12:00:30 GMT", "Date": "Thu, 01 Jan 2026 12:00:10 GMT"},
            ),
            PostResult(
                "throttled",
                http_status=429,
                code=21611,
                message="SMS queue is full.",
                retry_after=20.0,
                body={"code": 21611, "message": "SMS queue is full."},
            ),
            "HTTP 429 error: Unable to create record: SMS queue is full.",
        ),
        (
            answer(400, {"code": 21611, "message": "SMS queue is full."}),
            PostResult(
                "throttled",
                http_status=400,
                code=21611,
                message="SMS queue is full.",
                body={"code": 21611, "message": "SMS queue is full."},
            ),
            "HTTP 400 error: Unable to create record: SMS queue is full.",
        ),
        (
            answer(429, text="slow down", headers={"Retry-After": "soon"}),
            PostResult(
                "throttled", http_status=429, message="The answer did not come from Twilio (HTTP 429: slow down)."
            ),
            "HTTP 429 error: Unable to create record",
        ),
        (
            answer(500, {"code": 20500, "message": "Internal Server Error"}),
            PostResult(
                "unknown",
                http_status=500,
                code=20500,
                message="Internal Server Error",
                body={"code": 20500, "message": "Internal Server Error"},
            ),
            "HTTP 500 error: Unable to create record: Internal Server Error",
        ),
        (
            answer(503, text="<html>Bad gateway</html>"),
            PostResult(
                "unknown",
                http_status=503,
                message="The answer did not come from Twilio (HTTP 503: <html>Bad gateway</html>).",
            ),
            "HTTP 503 error: Unable to create record",
        ),
        (
            answer(408, {"code": 20408, "message": "Request Timeout"}),
            PostResult(
                "unknown",
                http_status=408,
                code=20408,
                message="Request Timeout",
                body={"code": 20408, "message": "Request Timeout"},
            ),
            "HTTP 408 error: Unable to create record: Request Timeout",
        ),
        (
            answer(404, text="no such page"),
            PostResult(
                "unknown", http_status=404, message="The answer did not come from Twilio (HTTP 404: no such page)."
            ),
            "HTTP 404 error: Unable to create record",
        ),
        (
            answer(403, {"message": "Forbidden"}),
            PostResult(
                "unknown",
                http_status=403,
                message='The answer did not come from Twilio (HTTP 403: {"message": "Forbidden"}).',
                body={"message": "Forbidden"},
            ),
            "HTTP 403 error: Unable to create record",
        ),
        (
            answer(302, text="", headers={"Location": "http://127.0.0.1:1/elsewhere"}),
            PostResult("unknown", http_status=302, message="The answer did not come from Twilio (HTTP 302)."),
            "HTTP 302 error: Unable to create record",
        ),
        (
            answer(201, text="garbled", headers=ID),
            PostResult(
                "unknown",
                http_status=201,
                message="Twilio accepted the message (HTTP 201), but its answer could not be read.",
                request_id="RQ1",
                never_resend=True,
            ),
            "Twilio accepted the message (HTTP 201), but its answer could not be read.",
        ),
        (
            answer(201, {"status": "queued"}),
            PostResult(
                "unknown",
                http_status=201,
                message="Twilio accepted the message (HTTP 201), but its answer could not be read.",
                body={"status": "queued"},
                never_resend=True,
            ),
            "Twilio accepted the message (HTTP 201), but its answer could not be read.",
        ),
        (
            answer(200, text="<html>Sign in to the hotel's network</html>"),
            PostResult("unknown", http_status=200, message="The answer did not come from Twilio (HTTP 200)."),
            "The answer did not come from Twilio (HTTP 200).",
        ),
    ],
)
async def test_an_answer_is_classed_by_what_it_proves(
    server: Wire, client: TwilioClient, reply: bytes, expected: PostResult, sdk_text: str
) -> None:
    server.reply = lambda _: reply
    result = await client.create_message(FORM)
    assert result.sdk_text == sdk_text
    assert replace(result, sdk_text="") == expected


@pytest.mark.parametrize("reply", [answer(400, TWILIO_400), answer(422, RFC_9457), answer(404, text="x")])
async def test_the_sdk_text_is_what_the_sdks_exception_says(server: Wire, client: TwilioClient, reply: bytes) -> None:
    server.reply = lambda _: reply
    with pytest.raises(TwilioException) as caught:
        await client.sdk.messages.create_async(**sdk_arguments(FORM))
    assert (await client.create_message(FORM)).sdk_text == str(caught.value)


async def test_a_refused_connection_proves_that_nothing_was_sent(unused_tcp_port: int) -> None:
    client = TwilioClient(SID, TOKEN, base_url=f"http://127.0.0.1:{unused_tcp_port}")
    result = await client.create_message(FORM)
    await client.close()
    assert (result.kind, result.http_status) == ("not_sent", None)
    assert result.message == f"No connection to 127.0.0.1:{unused_tcp_port} could be made (connection refused)."


async def test_an_unknown_name_proves_that_nothing_was_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    async def not_found(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", not_found)
    client = TwilioClient(SID, TOKEN, base_url="https://twilio.example")
    result = await client.create_message(FORM)
    await client.close()
    assert result.kind == "not_sent"
    assert result.message == ("The name twilio.example could not be found; is this machine connected to the internet?")


async def test_a_failed_tls_handshake_proves_that_nothing_was_sent() -> None:
    async def serve(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 This is no TLS\r\n\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    client = TwilioClient(SID, TOKEN, base_url=f"https://127.0.0.1:{port}", timeout=2.0)
    result = await client.create_message(FORM)
    await client.close()
    server.close()
    assert result.kind == "not_sent"
    assert result.message is not None
    assert result.message.startswith(f"No secure connection to 127.0.0.1:{port} could be made (")


async def test_no_answer_in_time_leaves_it_unknown_and_resets_the_connection(server: Wire) -> None:
    server.reply = lambda _: None
    client = TwilioClient(SID, TOKEN, base_url=server.url, timeout=0.05)
    result = await client.create_message(FORM)
    await server.until(lambda: server.resets + server.closes > 0)
    assert (server.resets, server.closes) == (1, 0)
    assert result.kind == "unknown"
    assert result.message == f"127.0.0.1:{server.port} did not answer within 0.05 seconds."
    assert not result.never_resend
    server.reply = lambda _: CREATED
    assert (await client.create_message(FORM)).kind == "accepted"
    assert server.connections == 2
    await client.close()


async def test_a_connection_lost_before_the_answer_leaves_it_unknown(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: b""
    result = await client.create_message(FORM)
    assert result.kind == "unknown"
    assert result.message is not None
    assert result.message.startswith(f"The connection to 127.0.0.1:{server.port} was lost before it answered (")


async def test_a_reset_after_the_request_leaves_it_unknown() -> None:
    async with wire_that_resets() as server:
        client = TwilioClient(SID, TOKEN, base_url=server.url)
        result = await client.create_message(FORM)
        await client.close()
    assert result.kind == "unknown"


async def test_a_201_that_breaks_off_is_known_to_be_accepted(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: CREATED[:-10] if len(server.received) == 1 else CREATED
    client._timeout = 0.1
    result = await client.create_message(FORM)
    assert (result.kind, result.http_status, result.never_resend) == ("unknown", 201, True)


async def test_a_kept_connection_closed_by_the_server_is_never_used_for_a_second_try(
    server: Wire, client: TwilioClient
) -> None:
    replies = itertools.chain([CREATED, b""], itertools.repeat(CREATED))
    server.reply = lambda _: next(replies)
    kinds = [(await client.create_message(FORM)).kind for _ in range(3)]
    assert kinds == ["accepted", "unknown", "accepted"]
    assert len(server.received) == 3


async def test_a_cancelled_request_takes_its_connection_with_it(server: Wire, client: TwilioClient) -> None:
    server.reply = lambda _: None
    task = asyncio.create_task(client.create_message(FORM))
    await server.until(lambda: bool(server.received))
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await server.until(lambda: server.resets + server.closes > 0)
    assert (server.resets, server.closes) == (1, 0)


async def test_connections_are_kept_and_shared_by_clients(server: Wire) -> None:
    http = TwilioHttp()
    clients = [TwilioClient(f"AC{number}", TOKEN, base_url=server.url, http=http) for number in range(3)]
    for client in clients:
        assert (await client.create_message(FORM)).kind == "accepted"
        await client.close()
    assert server.connections == 1
    await http.close()
    assert (await clients[0].create_message(FORM)).kind == "not_sent"


async def test_a_redirect_takes_the_credential_nowhere(server: Wire, client: TwilioClient) -> None:
    async with wire() as other:
        server.reply = lambda _: answer(307, text="", headers={"Location": other.url + "/elsewhere"})
        assert (await client.create_message(FORM)).kind == "unknown"
        assert other.received == []


async def test_neither_token_nor_text_nor_numbers_are_logged(
    server: Wire, client: TwilioClient, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await client.create_message(MessageForm(to="+15551234567", from_="+15005550006", body="the secret text"))
    await client.sdk.messages.create_async(to="+15551234567", from_="+15005550006", body="the secret text")
    shown = caplog.text + repr(client) + repr(client._http)
    for secret in (TOKEN, "the secret text", "5551234567"):
        assert secret not in shown


def test_a_pool_says_that_it_serves_one_loop() -> None:
    async def use(http: TwilioHttp, url: str, hold: Callable[[], Any]) -> None:
        client = TwilioClient(SID, TOKEN, base_url=url, http=http)
        await client.create_message(FORM)
        hold()

    async def main() -> None:
        async with wire() as server:
            http = TwilioHttp()
            await use(http, server.url, lambda: None)

            def elsewhere() -> str:
                with pytest.raises(RuntimeError) as caught:
                    asyncio.run(use(http, server.url, lambda: None))
                return str(caught.value)

            said = await asyncio.to_thread(elsewhere)
            assert said == "a TwilioHttp serves one event loop; make another for this one"
            await http.close()

    asyncio.run(main())


@pytest.mark.parametrize(
    ("number", "channel", "address"),
    [("+15551234567", "sms", "+15551234567"), ("+15551234567", "whatsapp", "whatsapp:+15551234567")],
)
def test_an_address_carries_its_channel_as_twilio_writes_it(number: str, channel: str, address: str) -> None:
    assert wire_address(number, channel) == address
    assert split_address(address) == (channel, number)


def test_a_schedule_without_a_zone_is_refused() -> None:
    form = MessageForm(to="+1", body="x", send_at=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(ValueError, match="send_at needs a time zone"):
        form.encode()
