"""What Twilio tells us: signed by the simulator, or forged by the test."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringline.signatures import SIGNATURE_HEADER, body_hash, sign
from web.conftest import Server

PHONE = "+14155550123"
OURS = "+15550001111"


def inbound(server: Server, body: str = "YES", sid: str = "SM" + "1" * 32, **more: str) -> dict[str, str]:
    return {
        "AccountSid": server.simulator.account_sid,
        "MessageSid": sid,
        "From": PHONE,
        "To": OURS,
        "Body": body,
        "NumMedia": "0",
        "NumSegments": "1",
        "ApiVersion": "2010-04-01",
    } | more


async def received(server: Server) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = (await server.get("/api/v1/inbound")).body["items"]
    return items


async def test_reply_from_the_phone_shows_among_the_messages_received(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await server.ringline_numbers_connected()
    sent = await server.send(message="Coming? Reply YES")
    await server.until_status(sent.body["id"], "delivered")

    await server.simulator.handset(PHONE).reply("YES ☎ & <b>")

    [message] = await received(server)
    assert (message["from"], message["to"], message["message"]) == (PHONE, OURS, "YES ☎ & <b>")
    assert (message["direction"], message["status"]) == ("inbound", "received")


async def test_message_that_twilio_brings_twice_is_kept_once(server: Server) -> None:
    first = await server.twilio("/twilio/sms", inbound(server))
    again = await server.twilio("/twilio/sms", inbound(server))

    assert (first.status, again.status) == (200, 200)
    assert first.headers["Content-Type"].startswith("text/xml")
    assert first.text == again.text == '<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    assert len(await received(server)) == 1


@pytest.mark.parametrize("body", ["  leading and trailing  ", "", "a+b=c&d", "ünï 日本 🎉", "line\nbreak\r\n", "%41"])
async def test_signature_holds_for_texts_that_forms_like_to_change(server: Server, body: str) -> None:
    assert (await server.twilio("/twilio/sms", inbound(server, body))).status == 200
    assert (await received(server))[0]["message"] == body


async def test_field_that_comes_twice_counts_as_twilio_counts_it(server: Server) -> None:
    fields = [*inbound(server).items(), ("Extra", "b"), ("Extra", "a")]
    signature = sign(server.simulator.auth_token, f"{server.url}/twilio/sms", fields)

    answer = await server.ask("POST", "/twilio/sms", token=None, data=fields, headers={SIGNATURE_HEADER: signature})

    assert answer.status == 200


async def test_query_belongs_to_what_is_signed(server: Server) -> None:
    assert (await server.twilio("/twilio/sms?a=1&b=%20x", inbound(server))).status == 200
    forged = await server.twilio("/twilio/sms?a=2", inbound(server), url=f"{server.url}/twilio/sms?a=1")
    assert forged.status == 403


async def test_json_body_is_covered_by_its_hash(server: Server) -> None:
    body = json.dumps({"AccountSid": server.simulator.account_sid}).encode()
    path = f"/twilio/nothing?AccountSid={server.simulator.account_sid}&bodySHA256={body_hash(body)}"
    headers = {
        SIGNATURE_HEADER: sign(server.simulator.auth_token, server.url + path),
        "Content-Type": "application/json",
    }

    good = await server.ask("POST", path, token=None, data=body, headers=headers)
    changed = await server.ask("POST", path, token=None, data=body + b" ", headers=headers)

    assert good.status == 404  # past the check, and there is no such callback
    assert changed.status == 403


@pytest.mark.parametrize("path", ["/twilio/sms", "/twilio/status/msg_1.1"])
async def test_forged_webhook_changes_nothing(server: Server, path: str) -> None:
    answer = await server.ask(
        "POST", path, token=None, data=inbound(server), headers={SIGNATURE_HEADER: "AAAAAAAAAAAAAAAAAAAAAAAAAAA="}
    )

    assert answer.status == 403
    assert answer.body["code"] == "signature"
    assert await received(server) == []


async def test_mismatch_is_kept_with_its_reason_for_the_doctor(server_on_each_database: Server) -> None:
    server = server_on_each_database
    url = server.url.replace("http://", "https://") + "/twilio/sms"
    await server.twilio("/twilio/sms", inbound(server), url=url)
    await server.twilio("/twilio/sms", inbound(server), url=url)

    findings = (await server.get("/api/v1/doctor")).body

    [finding] = [one for one in findings if one["topic"] == "webhook /twilio/sms"]
    assert finding["level"] == "warning"
    assert finding["detail"].startswith("Refused 2 times: Twilio signed the address https://127.0.0.1:")


async def test_strangers_cannot_fill_the_database_with_refusals(server: Server) -> None:
    for n in range(30):
        fields = inbound(server) | {"AccountSid": "AC" + str(n) * 32}
        await server.ask("POST", f"/twilio/status/m{n}.1", token=None, data=fields, headers={SIGNATURE_HEADER: "x"})

    findings = (await server.get("/api/v1/doctor")).body

    assert [one["detail"][:17] for one in findings if one["topic"].startswith("webhook /")] == ["Refused 30 times:"]


async def test_late_status_never_moves_a_message_back(server: Server) -> None:
    sent = (await server.send()).body["id"]
    message = await server.until_status(sent, "delivered")
    late = {
        "AccountSid": server.simulator.account_sid,
        "MessageSid": message["sid"],
        "MessageStatus": "sent",
        "To": PHONE,
        "From": OURS,
    }

    answer = await server.twilio(f"/twilio/status/{sent}.1", late)

    assert answer.status in (200, 204)
    second = (await server.send(message="after it")).body["id"]
    await server.until_status(second, "delivered")
    assert (await server.get(f"/api/v1/messages/{sent}")).body["status"] == "delivered"


async def test_status_without_its_fields_is_told_what_is_missing(server: Server) -> None:
    answer = await server.twilio("/twilio/status/msg_1.1", {"AccountSid": server.simulator.account_sid})

    assert answer.status == 422
    assert answer.body["detail"] == "The request lacks MessageSid, so it is not what Twilio sends here."
