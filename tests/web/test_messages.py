"""`/api/v1/messages` over real HTTP, through to the simulated phone and back."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from web.conftest import WITHIN, Server

PHONE = "+14155550123"


async def test_message_is_written_down_sent_and_delivered(server_on_each_database: Server) -> None:
    server = server_on_each_database
    accepted = await server.send(message="Your order is on its way.")

    assert accepted.status == 202
    assert set(accepted.body) == {"id", "stage", "status"}
    assert accepted.headers["Location"] == f"/api/v1/messages/{accepted.body['id']}"
    arrived = await server.simulator.handset(PHONE).wait_for_message()
    assert arrived.body == "Your order is on its way."
    message = await server.until_status(accepted.body["id"], "delivered")
    assert message["stage"] == "accepted"
    assert message["from"] == "+15550001111"
    assert message["to"] == PHONE
    assert (message["segments"], message["encoding"]) == (1, "GSM-7")
    assert message["sid"].startswith("SM")
    assert message["error"] is None


async def test_same_key_gives_the_same_message_and_sends_once(server: Server) -> None:
    first = await server.post("/api/v1/messages", {"to": PHONE, "message": "once"}, **{"Idempotency-Key": "k1"})
    again = await server.post("/api/v1/messages", {"to": PHONE, "message": "once"}, **{"Idempotency-Key": "k1"})

    assert (first.status, again.status) == (202, 202)
    assert first.body["id"] == again.body["id"]
    await server.until_status(first.body["id"], "delivered")
    assert len(server.simulator.messages) == 1


async def test_same_key_at_the_same_moment_makes_one_message(server_on_each_database: Server) -> None:
    server = server_on_each_database
    answers = await asyncio.gather(
        *(
            server.post("/api/v1/messages", {"to": PHONE, "message": "once"}, **{"Idempotency-Key": "k1"})
            for _ in range(20)
        )
    )

    assert {answer.status for answer in answers} == {202}
    assert len({answer.body["id"] for answer in answers}) == 1


async def test_same_key_with_another_content_is_a_conflict(server: Server) -> None:
    await server.post("/api/v1/messages", {"to": PHONE, "message": "one"}, **{"Idempotency-Key": "k1"})
    answer = await server.post("/api/v1/messages", {"to": PHONE, "message": "two"}, **{"Idempotency-Key": "k1"})

    assert answer.status == 409
    assert answer.body["code"] == "idempotency_conflict"
    assert answer.body["field"] == "Idempotency-Key"
    assert len((await server.get("/api/v1/messages")).body["items"]) == 1


async def test_list_goes_back_page_by_page_without_gaps_or_repeats(server_on_each_database: Server) -> None:
    server = server_on_each_database
    sent = [(await server.send(to=f"+1415555010{n}", message=f"number {n}")).body["id"] for n in range(5)]

    listed: list[str] = []
    cursor = ""
    pages = 0
    while True:
        page = (await server.get(f"/api/v1/messages?limit=2{cursor}")).body
        listed += [message["id"] for message in page["items"]]
        pages += 1
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"

    assert listed == list(reversed(sent))
    assert pages == 3


async def test_list_can_be_narrowed(server: Server) -> None:
    wanted = (await server.send(to="+14155550101")).body["id"]
    await server.send(to="+14155550102")

    found = (await server.get("/api/v1/messages?to=%2B14155550101")).body["items"]

    assert [message["id"] for message in found] == [wanted]


async def test_message_that_is_not_due_can_be_canceled(server: Server) -> None:
    sent = await server.send(send_at=(datetime.now(UTC) + timedelta(days=2)).isoformat())
    assert sent.status == 202, sent.body

    canceled = await server.post(f"/api/v1/messages/{sent.body['id']}/cancel", None)

    assert (canceled.status, canceled.body["stage"]) == (200, "canceled")
    assert server.simulator.messages == []


async def test_forecast_tells_segments_and_price_and_sends_nothing(server: Server) -> None:
    answer = await server.post("/api/v1/messages/forecast", {"to": PHONE, "message": "Grüße ☎ " * 20})

    assert answer.status == 200
    assert answer.body["from"] == "+15550001111"
    assert (answer.body["encoding"], answer.body["segments"]) == ("UCS-2", 3)
    assert float(answer.body["price"]) > 0
    assert (await server.get("/api/v1/messages")).body["items"] == []


async def test_what_cannot_be_sent_has_no_forecast(server: Server) -> None:
    answer = await server.post("/api/v1/messages/forecast", {"to": PHONE, "message": " "})

    assert answer.status == 422
    assert answer.body["detail"] == "The message is empty: it has no text, no media and no content template."


async def test_price_is_expected_until_twilio_has_said_it(server: Server) -> None:
    accepted = await server.send(message="hello")
    path = f"/api/v1/messages/{accepted.body['id']}"
    waiting = (await server.get(path)).body

    async with asyncio.timeout(WITHIN):
        while (message := (await server.get(path)).body)["price"] is None:
            assert message["expected_price"] == "0.0083"
            await asyncio.sleep(0.05)

    assert (waiting["price"], waiting["expected_price"]) == (None, "0.0083")
    assert (message["price"], message["price_unit"], message["expected_price"]) == ("-0.00830", "USD", None)


async def test_list_by_a_stage_that_does_not_exist_says_which_there_are(server: Server) -> None:
    answer = await server.get("/api/v1/messages?stage=foo")

    assert (answer.status, answer.body["field"]) == (422, "stage")
    assert answer.body["detail"].startswith("`stage` must be 'held', 'ready'")


async def test_refusal_by_twilio_is_a_state_with_a_reason_and_a_fix(server: Server) -> None:
    sent = await server.send(**{"from": "+14155559999"})

    message = await server.until_status(sent.body["id"], "failed")

    assert message["stage"] == "failed"
    assert message["error"]["code"] in (21606, 21659)
    assert message["error"]["message"]
    assert message["error"]["fix"]


async def test_person_who_wrote_stop_gets_nothing_more(server: Server) -> None:
    first = await server.send()
    await server.until_status(first.body["id"], "delivered")
    await server.ringline_numbers_connected()
    await server.simulator.handset(PHONE).reply("STOP")

    sent = await server.send(message="one more")

    message = await server.until_status(sent.body["id"], "refused")
    assert (message["stage"], message["refusal_reason"]) == ("refused", "opted_out")
    assert len([one for one in server.simulator.messages if one.body == "one more"]) == 0


@pytest.mark.parametrize("path", ["", "/msg_unknown"])
async def test_answers_are_never_cached_by_proxies(server: Server, path: str) -> None:
    answer = await server.get(f"/api/v1/messages{path}")

    assert answer.headers["Cache-Control"] == "no-store"
