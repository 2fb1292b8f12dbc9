"""What viewers see: the last four digits, wherever a number stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ringline.web.gate import Masked
from ringline.web.masking import asks_by_number, masked, masked_json
from web.conftest import Server
from web.test_signing_in import ask


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("call +14155550123 now", "call ••••0123 now"),
        ("whatsapp:+14155550123", "whatsapp:••••0123"),
        ("(415) 555-0123 or 415-555-0123.", "••••0123 or ••••0123."),
        ("+44 20 7946 0958", "••••0958"),
        ("06 12 34 56 78 or (020) 7946 0958", "••••5678 or ••••0958"),
        ("0151/2345678, 0.12345", "••••5678, 0.12345"),
        ("Tel4155550123", "Tel••••0123"),
        ("card 4111111111111111", "card ••••1111"),
        ("in 2026 there were 12,345,678", "in 2026 there were 12,345,678"),
        ("on 2026-12-01 at 15:00", "on 2026-12-01 at 15:00"),
        ("2026-11-22T05:22:00.123456+00:00", "2026-11-22T05:22:00.123456+00:00"),
        ("run_01KE123456789 failed", "run_01KE123456789 failed"),
        ("SM0123456789abcdef0123456789abcdef", "SM0123456789abcdef0123456789abcdef"),
    ],
)
def test_numbers_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert masked(text) == shown


def test_json_is_masked_in_texts_names_and_what_people_gave() -> None:
    document = {
        "items": [{"to": "+14155550123", "segments": 12345678, "inputs": {"phone": 14155550123, "n": 5}}],
        "+14155550123": True,
        "next": "123456789",
    }

    assert json.loads(masked_json(json.dumps(document).encode())) == {
        "items": [{"to": "••••0123", "segments": 12345678, "inputs": {"phone": "••••0123", "n": 5}}],
        "••••0123": True,
        "next": "123456789",
    }


@pytest.mark.parametrize("query", [[("to", "+1415")], [("q", "555")], [("q", "hello 4155")], [("person", "0123")]])
def test_part_of_a_number_is_no_search_for_viewers(query: list[tuple[str, str]]) -> None:
    assert asks_by_number(query, ())


@pytest.mark.parametrize(
    "query", [[("workflow", "survey2024")], [("since", "2026-11-01")], [("q", "hello")], [("limit", "200")], []]
)
def test_other_filters_are(query: list[tuple[str, str]]) -> None:
    assert not asks_by_number(query, ("run_01KE123456789", "survey2024"))


async def test_viewer_sees_no_whole_number_anywhere(server: Server) -> None:
    _, key = await server.ringline.access.keys.add("dashboard", "viewer", made_by="test")
    viewer = {"Authorization": f"Bearer {key}"}
    sent = await server.send(message="Call Ann at (415) 555-0199")
    await server.until_status(sent.body["id"], "delivered")
    await server.ringline_numbers_connected()
    await server.simulator.handset("+14155550123").reply("my other one is +14155550188")
    await server.post("/api/v1/contacts", {"phone": "+14155550123", "name": "Ann"})

    seen = ""
    for path in ("messages", f"messages/{sent.body['id']}", "inbound", "contacts", "conversations", "senders", "calls"):
        answer = await ask(server, "GET", f"/api/v1/{path}", viewer)
        assert answer.status == 200, path
        seen += answer.text

    assert "••••0123" in seen
    for number in ("4155550123", "555-0199", "4155550188", "5550001111"):
        assert number not in seen
    by_number = await ask(server, "GET", "/api/v1/messages?to=%2B14155550123", viewer)
    export = await ask(server, "GET", "/api/v1/contacts/export", viewer)
    assert (by_number.status, export.status) == (403, 403)


async def test_operator_sees_whole_numbers(server: Server) -> None:
    _, key = await server.ringline.access.keys.add("desk", "operator", made_by="test")
    sent = await server.send(message="hello")

    answer = await ask(server, "GET", f"/api/v1/messages/{sent.body['id']}", {"Authorization": f"Bearer {key}"})

    assert answer.body["to"] == "+14155550123"


async def test_only_the_line_of_an_events_own_id_is_passed_on_as_it_is() -> None:
    passed: list[Any] = []

    async def take(message: Any) -> None:
        passed.append(message)

    viewer = Masked(take)
    start = {"status": 200, "headers": [(b"content-type", b"text/event-stream"), (b"content-length", b"1")]}
    await viewer.send({"type": "http.response.start", **start})
    # What somebody wrote may hold other signs that end a line elsewhere.
    event = 'id: 12345678\ndata: "\u2028id: +14155550123"\n\n'
    await viewer.send({"type": "http.response.body", "body": event.encode(), "more_body": True})
    assert passed[-1]["body"].decode() == f'id: 12345678\ndata: "\u2028id: {masked("+14155550123")}"\n\n'
