"""Senders and pools over the API."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from web.conftest import Server

OURS, FOREIGN = "+15550001111", "+14155550002"


async def test_a_senders_rate_and_pause_are_set_and_shown(server: Server) -> None:
    assert (await server.get("/api/v1/senders")).body == []
    path = f"/api/v1/senders/{quote(OURS)}"
    changed = await server.ask("PUT", path, json={"rate": "10/s"})
    assert (changed.status, changed.body["rate"], changed.body["has_own_rate"]) == (200, "10/s", True)
    paused = await server.post(f"{path}/pause", {"reason": "the campaign is wrong"})
    assert (paused.body["is_paused"], paused.body["paused_until"]) == (True, None)
    sent = await server.post("/api/v1/messages", {"to": "+14155550123", "from": OURS, "message": "Hello"})
    assert sent.status == 202
    [shown] = (await server.get("/api/v1/senders")).body
    assert (shown["sender"], shown["waiting"], shown["paused_why"]) == (OURS, 1, "the campaign is wrong")
    resumed = await server.post(f"{path}/resume", {})
    assert (resumed.body["is_paused"], resumed.body["paused_why"]) == (False, None)
    delivered = await server.get(f"/api/v1/messages/{sent.body['id']}?wait=20")
    assert delivered.body["stage"] == "accepted"
    assert (await server.ask("PUT", path, json={"rate": "default"})).body["has_own_rate"] is False
    assert (await server.get(path)).body["sender"] == OURS


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "what"),
    [
        ("put", f"/api/v1/senders/{OURS}", {"rate": "fast"}, 422, "is no rate"),
        ("put", "/api/v1/senders/123-45x!", {"rate": "1/s"}, 422, ""),
        ("put", "/api/v1/senders/pool:alerts", {"rate": "1/s"}, 422, "is a pool"),
        ("post", f"/api/v1/senders/{OURS}/pause", {"seconds": 0}, 422, ""),
        ("get", f"/api/v1/senders/{OURS}", None, 404, "is known of the sender"),
        ("get", "/api/v1/senders/pool:none/forecast", None, 422, "no pool `none`"),
        ("post", "/api/v1/pools", {"name": "No Name"}, 422, "cannot be the name"),
        ("post", "/api/v1/pools", {"name": "a", "senders": ["hello?"]}, 422, ""),
        ("post", "/api/v1/pools/none/senders", {"senders": [OURS]}, 404, "no pool `none`"),
        ("delete", "/api/v1/pools/none", None, 404, "no pool `none`"),
    ],
)
async def test_what_cannot_be_is_refused_with_a_sentence(
    server: Server, method: str, path: str, body: Any, status: int, what: str
) -> None:
    answer = await server.ask(method.upper(), path, json=body)
    assert (answer.status, what in answer.body["detail"]) == (status, True), answer.body
    assert answer.body["fix"] or not what


async def test_a_message_from_a_pool_comes_from_the_sender_that_can(server: Server) -> None:
    """One of the two is not the account's: Twilio says so, and the other one takes over."""
    both = [FOREIGN, OURS]
    made = await server.post("/api/v1/pools", {"name": "alerts", "senders": both, "geo_match": "none"})
    assert (made.status, made.body["senders"]) == (201, both)
    for number in range(4):
        body = {"to": f"+1415555012{number}", "from": "pool:alerts", "message": "Hello"}
        sent = await server.post("/api/v1/messages", body)
        assert sent.status == 202, sent.body
        delivered = (await server.get(f"/api/v1/messages/{sent.body['id']}?wait=20")).body
        assert (delivered["stage"], delivered["from"]) == ("accepted", OURS), delivered
    [pool] = (await server.get("/api/v1/pools")).body
    assert pool["rejected"] in ([], [{"sender": FOREIGN, "code": 21606}])
    forecast = (await server.get("/api/v1/senders/pool:alerts/forecast?segments=100")).body
    assert (forecast["rate"], forecast["waiting_segments"]) == ("unlimited", 0)
    left = await server.ask("DELETE", f"/api/v1/pools/alerts/senders/{quote(FOREIGN)}")
    assert left.body["senders"] == [OURS]
    added = await server.post("/api/v1/pools/alerts/senders", {"senders": [FOREIGN]})
    assert (added.body["senders"], added.body["rejected"]) == ([OURS, FOREIGN], [])
    assert (await server.ask("DELETE", "/api/v1/pools/alerts")).status == 204
    assert (await server.get("/api/v1/pools")).body == []


async def test_a_pool_that_is_not_there_is_the_fault_of_the_field(server: Server) -> None:
    answer = await server.post("/api/v1/messages", {"to": "+14155550123", "from": "pool:none", "message": "Hello"})
    assert (answer.status, answer.body["field"]) == (422, "from")
    assert "ringline pools create none" in answer.body["fix"]
