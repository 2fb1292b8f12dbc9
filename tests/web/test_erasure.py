"""Erasing a person: what was written to them and by them goes, that it was sent stays."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from web.conftest import Server
from web.test_conversations import until

ANA, BEN = "+14155550101", "+14155550202"


async def test_what_was_written_to_a_person_and_by_them_is_erased(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await server.ringline_numbers_connected()
    sent = (await server.send(to=ANA, message="Your results are in, Ana")).body["id"]
    other = (await server.send(to=BEN, message="Nothing new, Ben")).body["id"]
    await server.until_status(sent, "delivered")
    await server.until_status(other, "delivered")
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    waiting = (await server.send(to=ANA, message="Come at nine", send_at=tomorrow)).body["id"]
    await server.simulator.handset(ANA).reply("I know, thank you")
    await until(server, "/api/v1/inbound", lambda body: len(body["items"]) == 1)

    forgotten = (await server.post(f"/api/v1/contacts/{ANA}/erase", {})).body["forgotten"]

    assert (forgotten["messages"], forgotten["replies"]) == (2, 1)
    kept = (await server.get(f"/api/v1/messages/{sent}")).body
    assert (kept["message"], kept["status"], kept["to"]) == (None, "delivered", ANA)
    assert kept["redacted_at"] is not None
    assert (await server.get(f"/api/v1/messages/{waiting}")).body["stage"] == "canceled"
    assert (await server.get(f"/api/v1/messages/{other}")).body["message"] == "Nothing new, Ben"
    (reply,) = (await server.get("/api/v1/inbound")).body["items"]
    assert (reply["from"], reply["message"]) == (ANA, "")
