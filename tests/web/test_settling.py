"""Unresolved messages, their evidence and their settling over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import text

from web.conftest import Server

PHONE = "+14155550123"


async def unresolved(server: Server, message: str = "Where are you?") -> str:
    """A message whose attempt was given up, as half an hour without a list leaves it."""
    sent = await server.send(message=message)
    message_id = str(sent.body["id"])
    await server.until_status(message_id, "delivered")

    def give_up(tx: Any) -> None:
        tx.run(
            text("UPDATE messages SET stage = 'unresolved', status = 'unresolved', sid = NULL WHERE id = :id"),
            {"id": message_id},
        )
        tx.run(text("UPDATE attempts SET outcome = 'abandoned', sid = NULL WHERE message_id = :id"), {"id": message_id})

    await server.ringline.database.write(give_up)
    return message_id


async def test_what_waits_for_a_person_is_listed_and_settled_by_a_sid(server_on_each_database: Server) -> None:
    server = server_on_each_database
    message_id = await unresolved(server)
    [waiting] = (await server.get("/api/v1/messages/unresolved")).body["items"]
    assert waiting["id"] == message_id
    assert f"ringline messages settle {message_id}" in waiting["error"]["fix"]
    findings = (await server.get("/api/v1/doctor")).body
    [finding] = [each for each in findings if each["topic"] == "messages" and each["level"] == "error"]
    assert message_id in finding["detail"]

    [message] = server.simulator.messages
    body = {"sid": message.sid, "by": "ada", "note": "seen in the log"}
    settled = await server.post(f"/api/v1/messages/{message_id}/settle", body)

    assert (settled.status, settled.body["stage"], settled.body["sid"]) == (200, "accepted", message.sid)
    assert (await server.get("/api/v1/messages/unresolved")).body["items"] == []
    evidence = (await server.get(f"/api/v1/messages/{message_id}/evidence")).body
    assert [(one["attempt"], one["outcome"], one["bound_by"]) for one in evidence["attempts"]] == [
        (1, "accepted", "human")
    ]
    assert [(one["by"], one["action"], one["note"]) for one in evidence["settlements"]] == [
        ("ada", "bound", "seen in the log")
    ]
    assert "delivered" in {one["status"] for one in evidence["reports"]}


async def test_it_may_be_sent_again_or_closed(server: Server) -> None:
    again, closed = await unresolved(server, "again"), await unresolved(server, "close")
    assert (await server.post(f"/api/v1/messages/{again}/settle", {"send_again": True})).status == 200
    assert (await server.until_status(again, "delivered"))["stage"] == "accepted"
    assert [message.body for message in server.simulator.messages].count("again") == 2
    assert (await server.post(f"/api/v1/messages/{closed}/settle", {"close": True})).body["stage"] == "unresolved"
    assert (await server.get("/api/v1/messages/unresolved")).body["items"] == []


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({}, "exactly one of"),
        ({"close": True, "send_again": True}, "exactly one of"),
        ({"sid": "SM1"}, "no message's"),
        ({"sid": "SM" + "0" * 32}, "Twilio has no message"),
    ],
)
async def test_what_cannot_be_says_why(server: Server, body: dict[str, Any], said: str) -> None:
    message_id = await unresolved(server)
    answer = await server.post(f"/api/v1/messages/{message_id}/settle", body)
    assert answer.status == 422
    assert said in answer.body["detail"]
    assert answer.body["fix"]


async def test_what_is_settled_needs_no_settling(server: Server) -> None:
    sent = await server.send(message="hello")
    await server.until_status(sent.body["id"], "delivered")
    answer = await server.post(f"/api/v1/messages/{sent.body['id']}/settle", {"send_again": True})
    assert (answer.status, answer.body["code"]) == (422, "not_unresolved")
    assert (await server.get("/api/v1/messages/msg_0/evidence")).status == 404


async def test_a_text_is_erased_here_and_at_twilio(server: Server) -> None:
    sent = await server.send(message="a secret")
    await server.until_status(sent.body["id"], "delivered")
    answer = await server.post(f"/api/v1/messages/{sent.body['id']}/redact", {"by": "ada"})
    assert (answer.status, answer.body["message"], answer.body["segments"]) == (200, None, 1)
    assert answer.body["redacted_at"] is not None
    assert answer.body["delivery_unknown"] is False
    assert [message.body for message in server.simulator.messages] == [""]
