"""Names beside numbers in lists of messages, calls and links, and of each of them alone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import pytest

from web.conftest import Server

ANA, BEN, OURS = "+14155550101", "+14155550202", "+15550001111"
PATHS = ("messages", "inbound", "calls", "links")


async def filled(server: Server) -> tuple[str, dict[str, str]]:
    """A contact with two numbers, and a message, a call and a link to one of them and to somebody unknown."""
    contact = {"phone": "+14155550199", "voice": ANA, "name": "Ana Ruiz"}
    ana = (await server.post("/api/v1/contacts", contact)).body["id"]
    ids = {}
    for person in (ANA, BEN):
        short = server.ringline.links.shorten("https://example.com/menu")
        ids[person] = (await server.send(to=person, message=f"See {short}")).body["id"]
        await server.post("/api/v1/calls", {"to": person, "message": "Hello.", "send_at": "2100-01-01T00:00:00Z"})
        await server.text_arrives("Yes please", person=person, to=OURS, sid=person[-4:])
    return ana, ids


async def test_lists_say_who_a_number_is_with_one_look_up_for_a_page(
    server_on_each_database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = server_on_each_database
    ana, ids = await filled(server)
    asked: list[set[str]] = []
    owners = server.ringline.contacts.owners

    async def spied(numbers: Collection[str]) -> Mapping[str, Any]:
        asked.append(set(numbers))
        return await owners(numbers)

    monkeypatch.setattr(server.ringline.contacts, "owners", spied)
    for path in PATHS:
        asked.clear()
        items = (await server.get(f"/api/v1/{path}")).body["items"]
        assert [(one["name"], one["contact"]) for one in items] == [(None, None), ("Ana Ruiz", ana)], path
        assert asked == [{ANA, BEN}]
    alone = [(await server.get(f"/api/v1/messages/{one}")).body["name"] for one in ids.values()]
    call = (await server.get("/api/v1/calls")).body["items"][1]["id"]
    assert [*alone, (await server.get(f"/api/v1/calls/{call}")).body["name"]] == ["Ana Ruiz", None, "Ana Ruiz"]

    await server.ask("DELETE", f"/api/v1/contacts/{ana}")
    assert {one["name"] for path in PATHS for one in (await server.get(f"/api/v1/{path}")).body["items"]} == {None}


async def test_viewers_see_the_names_that_they_see_of_contacts_and_no_whole_number(server: Server) -> None:
    await filled(server)
    _, key = await server.ringline.access.keys.add("dashboard", "viewer", made_by="test")
    viewer = {"Authorization": f"Bearer {key}"}

    for path in ("contacts", *PATHS):
        answer = await server.ask("GET", f"/api/v1/{path}", token=None, headers=viewer)
        assert "Ana Ruiz" in answer.text, path
        assert not any(number[1:] in answer.text for number in (ANA, BEN, "+14155550199"))
