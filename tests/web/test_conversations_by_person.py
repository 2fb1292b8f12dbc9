"""One conversation per person: the numbers of a contact belong together, for as long as they are the contact's."""

from __future__ import annotations

from typing import Any

from ringline.database import Transaction
from web.conftest import Server
from web.test_conversations import ANA, BEN, OURS, received, until, words

WORK = "+14155550303"


async def listed(server: Server, query: str = "") -> list[tuple[str | None, list[str], int]]:
    """Name, numbers and unread texts of every conversation."""
    body = (await server.get(f"/api/v1/conversations{query}")).body
    return [(one["name"], [at["number"] for at in one["numbers"]], one["unread"]) for one in body["items"]]


async def test_numbers_join_as_they_become_a_contacts_and_part_as_they_leave(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await received(server, "From my mobile", sid="1")
    await received(server, "Somebody else", person=BEN, sid="2")
    await received(server, "From work", person=WORK, sid="3")
    alone = (await server.get(f"/api/v1/conversations/{ANA}")).body["conversation"]["id"]
    assert await listed(server) == [(None, [WORK], 1), (None, [BEN], 1), (None, [ANA], 1)]

    ana = (await server.post("/api/v1/contacts", {"phone": ANA, "voice": WORK, "name": "Ana"})).body["id"]

    assert await listed(server) == [("Ana", [WORK, ANA], 2), (None, [BEN], 1)]
    assert await listed(server, "?show=unread") == [("Ana", [WORK, ANA], 2), (None, [BEN], 1)]
    assert (await server.get("/api/v1/conversations")).body["unread"] == 2
    whole = (await server.get(f"/api/v1/conversations/{alone}")).body
    for key in (ANA, WORK, ana):
        assert (await server.get(f"/api/v1/conversations/{key}")).body["conversation"] == whole["conversation"]
    assert [one["inbound"]["message"] for one in whole["items"]] == ["From work", "From my mobile"]
    assert [one["inbound"]["from"] for one in whole["items"]] == [WORK, ANA]

    # What comes while they are together counts for both, and for its own number.
    await received(server, "Mobile again", sid="4")
    assert (await listed(server))[0] == ("Ana", [ANA, WORK], 3)

    await server.ask("PATCH", f"/api/v1/contacts/{ana}", json={"addresses": [{"address": ANA}]})

    assert await listed(server) == [("Ana", [ANA], 2), (None, [WORK], 1), (None, [BEN], 1)]
    parted = (await server.get(f"/api/v1/conversations/{WORK}")).body
    assert [one["inbound"]["message"] for one in parted["items"]] == ["From work"]
    assert (await server.ask("DELETE", f"/api/v1/contacts/{ana}")).status == 204
    assert await listed(server) == [(None, [ANA], 2), (None, [WORK], 1), (None, [BEN], 1)]
    assert await right(server)


async def test_a_file_of_contacts_joins_and_reading_and_erasing_are_of_the_whole(
    server_on_each_database: Server,
) -> None:
    server = server_on_each_database
    await received(server, "One", sid="1")
    await received(server, "Two", person=WORK, sid="2")
    csv = f"phone,whatsapp,name\n{ANA},{WORK},Ana\n"
    assert (await server.ask("POST", "/api/v1/contacts/import", data=csv.encode())).body["imported"] == 1
    assert await listed(server) == [("Ana", [WORK, ANA], 2)]
    await until(server, "/api/v1/conversations?search=two", lambda body: len(body["items"]) == 1)
    for search in ("ana", "two", "0101", "0303"):
        assert [one[0] for one in await listed(server, f"?search={search}")] == ["Ana"], search

    assert (await server.post(f"/api/v1/conversations/{ANA}/read", {})).body["unread"] == 0

    await server.ask("PATCH", f"/api/v1/contacts/{ANA}", json={"name": "Ana Ruiz"})
    assert await listed(server) == [("Ana Ruiz", [WORK, ANA], 0)]
    sent = (await server.send(to=ANA, message="Three")).body["id"]
    await server.until_status(sent, "delivered")
    await until(server, "/api/v1/conversations", lambda body: words(body) == ["Three"])
    assert await listed(server) == [("Ana Ruiz", [ANA, WORK], 0)]
    assert await right(server)
    assert (await server.post(f"/api/v1/contacts/{WORK}/erase", {})).status == 200
    assert await listed(server) == []


async def test_an_answer_goes_to_the_number_they_wrote_from_last_or_to_the_one_named(
    server_on_each_database: Server,
) -> None:
    server = server_on_each_database
    await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana"})
    await server.ask(
        "PATCH", f"/api/v1/contacts/{ANA}", json={"addresses": [{"address": ANA}, {"address": WORK}, {"address": BEN}]}
    )
    await received(server, "STOP", sid="1")
    await received(server, "Better here", person=WORK, sid="2")
    path = f"/api/v1/conversations/{ANA}"

    body = (await server.get(path)).body

    assert [(way["to"], way["allowed"], way["reason"]) for way in body["ways"]] == [
        (WORK, True, None), (ANA, False, "opted_out"), (BEN, True, None),
    ]  # fmt: skip
    numbers = [(one["number"], one["opted_out"], one["last_at"] is not None) for one in body["conversation"]["numbers"]]
    assert numbers == [(WORK, False, True), (ANA, True, True), (BEN, False, False)]
    assert [one["number"] for one in body["opt_outs"]] == [ANA]
    answer = (await server.post(f"{path}/reply", {"message": "Gladly."})).body
    assert (answer["to"], answer["from"]) == (WORK, OURS)
    assert (await server.post(f"{path}/reply", {"message": "Or here?", "to": BEN})).body["to"] == BEN
    refused = (await server.post(f"{path}/reply", {"message": "There?", "to": ANA})).body
    assert (refused["to"], refused["stage"], refused["refusal_reason"]) == (ANA, "refused", "opted_out")
    stranger = await server.post(f"{path}/reply", {"message": "Who?", "to": "+14155559999"})
    assert (stranger.status, stranger.body["field"]) == (422, "to")


async def right(server: Server) -> bool:
    """Whether the row of each conversation is what its addresses come to."""

    def work(tx: Transaction) -> bool:
        from sqlalchemy import text

        kept: dict[str, Any] = {row["whose"]: dict(row) for row in tx.all(text("SELECT * FROM conversations"))}
        found: dict[str, list[Any]] = {}
        for row in tx.all(text("SELECT * FROM conversation_addresses")):
            found.setdefault(row["whose"], []).append(row)
        for whose, rows in found.items():
            last = max(rows, key=lambda row: (row["last_at"], row["last_id"]))
            wrote = max((row["wrote_at"] for row in rows if row["wrote_at"] is not None), default=None)
            assert kept[whose]["unread"] == sum(row["unread"] for row in rows)
            assert (kept[whose]["address"], kept[whose]["last_id"]) == (last["address"], last["last_id"])
            assert kept[whose]["wrote_at"] == wrote
            assert kept[whose]["id"] in [row["id"] for row in rows]
        return kept.keys() == found.keys()

    return await server.ringline.database.read(work)
