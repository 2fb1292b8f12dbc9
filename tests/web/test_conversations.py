"""Conversations by person: the list, one of them, answering, and what is found by searching."""

from __future__ import annotations

import asyncio
import base64
from typing import Any

import pytest

from web.conftest import WITHIN, Server

ANA, BEN, OURS, WHATSAPP = "+14155550101", "+14155550202", "+15550001111", "+15550003333"


async def until(server: Server, path: str, is_right: Any) -> Any:
    """What stands at *path* once it is right; fails when that does not come within some seconds."""
    deadline = asyncio.get_running_loop().time() + WITHIN
    while True:
        body = (await server.get(path)).body
        if is_right(body):
            return body
        assert asyncio.get_running_loop().time() < deadline, body
        await server.ringline.conversations.ticker._swept.sweep(at_start=True)


async def received(server: Server, text: str, *, person: str = ANA, sid: str = "1") -> None:
    await server.text_arrives(text, person=person, to=OURS, sid=sid)


def words(body: Any) -> list[str]:
    return [one["last"]["words"] for one in body["items"]]


async def test_who_was_written_to_a_moment_ago_is_found_and_answered(server_on_each_database: Server) -> None:
    server = server_on_each_database
    # What has just looked does not look again for a moment.
    await server.ringline.conversations.ticker._swept.sweep(at_start=True)
    for person in (ANA, BEN):
        await server.send(to=person)

        assert (await server.get(f"/api/v1/conversations/{person}")).status == 200
        assert (await server.post(f"/api/v1/conversations/{person}/reply", {"message": "hello again"})).status == 202

    assert (await server.get("/api/v1/conversations/+14155550999")).status == 404


async def test_who_was_talked_with_is_listed_newest_first(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana"})
    await server.send(to=ANA, message="your table is ready")
    await server.send(to=BEN, message="your parcel is on its way")
    listed = await until(server, "/api/v1/conversations", lambda body: len(body["items"]) == 2)
    assert words(listed) == ["your parcel is on its way", "your table is ready"]

    await received(server, "Thank you!")

    listed = (await server.get("/api/v1/conversations")).body
    first = listed["items"][0]
    assert (first["person"], first["name"], first["last"]["kind"]) == (ANA, "Ana", "inbound")
    assert (first["last"]["words"], first["unread"], listed["unread"], first["ours"]) == ("Thank you!", 1, 1, OURS)
    assert [one["person"] for one in (await server.get("/api/v1/conversations?show=unread")).body["items"]] == [ANA]
    assert [one["person"] for one in (await server.get("/api/v1/conversations?show=wrote")).body["items"]] == [ANA]

    page = (await server.get("/api/v1/conversations?limit=1")).body
    rest = (await server.get(f"/api/v1/conversations?limit=1&cursor={page['next']}")).body
    assert ([one["person"] for one in rest["items"]], rest["next"]) == ([BEN], None)


async def test_a_conversation_has_all_that_was_said_in_order(server_on_each_database: Server) -> None:
    server = server_on_each_database
    sent = await server.send(to=ANA, message="your table is ready")
    await server.until_status(sent.body["id"], "delivered")
    await received(server, "Thank you!")

    body = (await server.get(f"/api/v1/conversations/{ANA}")).body

    assert [one["kind"] for one in body["items"]] == ["inbound", "message"]
    assert body["items"][0]["inbound"]["message"] == "Thank you!"
    assert body["items"][1]["message"]["status"] == "delivered"
    assert [(way["channel"], way["from"], way["allowed"]) for way in body["ways"]] == [("sms", OURS, True)]
    by_id = (await server.get(f"/api/v1/conversations/{body['conversation']['id']}?limit=1")).body
    older = (await server.get(f"/api/v1/conversations/{ANA}?limit=1&cursor={by_id['next']}")).body
    assert [one["kind"] for one in (*by_id["items"], *older["items"])] == ["inbound", "message"]
    assert older["next"] is None
    nobody = await server.get("/api/v1/conversations/+14155559999")
    assert (nobody.status, nobody.body["code"]) == (404, "not_found")


async def test_a_reply_goes_out_and_what_was_unread_is_read(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await received(server, "Is it open today?")
    path = f"/api/v1/conversations/{ANA}"

    answer = await server.post(f"{path}/reply", {"message": "Until ten."}, **{"Idempotency-Key": "one"})

    assert (answer.status, answer.body["to"], answer.body["from"]) == (202, ANA, OURS)
    again = await server.post(f"{path}/reply", {"message": "Until ten."}, **{"Idempotency-Key": "one"})
    assert again.body["id"] == answer.body["id"]
    await server.until_status(answer.body["id"], "delivered")
    listed = await until(server, "/api/v1/conversations", lambda body: words(body) == ["Until ten."])
    assert listed["items"][0]["unread"] == 0


async def test_a_template_goes_out_by_whatsapp_when_its_day_is_over(server: Server) -> None:
    simulator = server.simulator
    made = {
        "friendly_name": "table_ready",
        "language": "en",
        "variables": {"1": "Ann"},
        "types": {"twilio/text": {"body": "Hi {{1}}, your table is ready."}},
    }
    secret = base64.b64encode(f"{simulator.account_sid}:{simulator.auth_token}".encode()).decode()
    headers = {"Authorization": f"Basic {secret}"}
    async with server.session.post(f"{simulator.base_url}/v1/Content", json=made, headers=headers) as answer:
        sid = (await answer.json())["sid"]
    url = f"{simulator.base_url}/v1/Content/{sid}/ApprovalRequests/whatsapp"
    asked = {"name": "table_ready", "category": "UTILITY"}
    assert (await server.session.post(url, json=asked, headers=headers)).status == 201

    listed = (await server.get("/api/v1/content-templates")).body
    template = next(one for one in listed if one["sid"] == sid)
    assert template == {
        "sid": sid,
        "name": "table_ready",
        "language": "en",
        "text": "Hi {{1}}, your table is ready.",
        "variables": {"1": "Ann"},
        "approval": "approved",
    }
    await server.send(to=ANA)
    path = f"/api/v1/conversations/{ANA}/reply"
    way = {"channel": "whatsapp", "from": WHATSAPP}
    closed = await server.post(path, {"message": "Your table is ready.", **way})
    sent = await server.post(path, {"content_sid": sid, "content_variables": {"1": "Ben"}, **way})
    assert (closed.body["stage"], closed.body["refusal_reason"]) == ("refused", "whatsapp_window_closed")
    assert (sent.status, sent.body["content_sid"], sent.body["stage"]) == (202, sid, "ready")
    await server.until_status(sent.body["id"], "delivered")
    assert simulator.messages[-1].body == "Hi Ben, your table is ready."


async def test_a_conversation_is_read_by_saying_so(server: Server) -> None:
    await received(server, "Hello?")

    read = await server.post(f"/api/v1/conversations/{ANA}/read", {})

    assert (read.status, read.body["unread"]) == (200, 0)
    assert (await server.get("/api/v1/conversations")).body["unread"] == 0


async def test_who_opted_out_gets_no_reply_and_is_told_why(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await received(server, "STOP")
    path = f"/api/v1/conversations/{ANA}"

    body = (await server.get(path)).body
    answer = await server.post(f"{path}/reply", {"message": "Please stay."})

    assert body["conversation"]["opted_out"] is True
    (opt_out,) = body["opt_outs"]
    assert (opt_out["covers"], opt_out["channel"], opt_out["sender"]) == ("sender", "sms", OURS)
    assert (opt_out["source"], opt_out["evidence"].endswith(": STOP")) == ("reply", True)
    assert [one["message"] for one in body["opt_out_history"]] == ["STOP"]
    (way,) = body["ways"]
    assert (way["allowed"], way["reason"]) == (False, "opted_out")
    assert "START" in way["fix"]
    assert (answer.status, answer.body["stage"], answer.body["refusal_reason"]) == (202, "refused", "opted_out")
    assert "opted out" in answer.body["error"]["message"]

    await received(server, "START", sid="2")
    again = (await server.get(path)).body
    assert (again["opt_outs"], again["ways"][0]["allowed"]) == ([], True)
    assert [one["message"] for one in again["opt_out_history"]] == ["START", "STOP"]


async def test_messages_and_people_are_found_by_number_name_words_and_id(server_on_each_database: Server) -> None:
    server = server_on_each_database
    await server.post("/api/v1/contacts", {"phone": ANA, "name": "Ana Ruiz"})
    first = (await server.send(to=ANA, message="Your table is ready")).body["id"]
    second = (await server.send(to=BEN, message="Your parcel waits")).body["id"]
    await until(server, "/api/v1/conversations", lambda body: len(body["items"]) == 2)

    async def messages(search: str) -> list[str]:
        return [one["id"] for one in (await server.get(f"/api/v1/messages?{search}")).body["items"]]

    assert await messages("search=%2B1415555") == [second, first]
    assert await messages("search=0202") == [second]
    assert await messages("search=ana") == [first]
    assert await messages("search=parc") == [second]
    assert await messages("search=your+parcel") == [second]
    assert await messages(f"search={first}") == [first]
    assert await messages("search=nothing-like-it") == []
    assert await messages("channel=whatsapp") == []
    assert await messages("since=2020-01-01T00:00:00Z") == [second, first]
    assert await messages("until=2020-01-01T00:00:00Z") == []
    assert await messages("workflow=none") == []
    for search, person in (("0101", ANA), ("ruiz", ANA), ("parcel", BEN), ("(415) 555-0202", BEN)):
        found = (await server.get(f"/api/v1/conversations?search={search}")).body
        assert [one["person"] for one in found["items"]] == [person], search


async def test_last_digits_that_begin_with_two_zeros_find_who_has_them(server: Server) -> None:
    for person in ("+14155550012", "+12015550199"):
        await server.send(to=person)
    await until(server, "/api/v1/conversations", lambda body: len(body["items"]) == 2)

    for search, to in (("0012", "+14155550012"), ("00120", "+12015550199"), ("001 201", "+12015550199")):
        found = (await server.get(f"/api/v1/messages?search={search}")).body["items"]
        assert [one["to"] for one in found] == [to], search


async def test_a_search_by_words_goes_on_where_more_hold_them_than_are_found_at_once(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = [(await server.send(to=BEN if n else ANA, message=f"Parcel {n}")).body["id"] for n in range(7)]
    await until(server, "/api/v1/messages?search=parcel", lambda body: len(body["items"]) == 7)
    monkeypatch.setattr("ringline.app.conversing.MOST_SAID", 3)

    async def found(query: str) -> list[str]:
        ids: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            after = f"&cursor={cursor}" if cursor else ""
            page = (await server.get(f"/api/v1/messages?search=parcel&{query}{after}")).body
            ids += [one["id"] for one in page["items"]]
            cursor = page["next"]
        return ids

    assert await found("limit=50") == await found("limit=2") == sent[::-1]
    assert await found(f"to={ANA.replace('+', '%2B')}") == sent[:1]


async def test_words_of_a_message_that_was_redacted_or_whose_person_was_erased_are_not_found(
    server_on_each_database: Server,
) -> None:
    server = server_on_each_database
    first = (await server.send(to=ANA, message="the secret recipe")).body["id"]
    await server.send(to=BEN, message="the secret garden")
    await server.until_status(first, "delivered")
    await until(server, "/api/v1/messages?search=secret", lambda body: len(body["items"]) == 2)

    assert (await server.post(f"/api/v1/messages/{first}/redact", {"at_twilio": False})).status == 200
    assert [one["to"] for one in (await server.get("/api/v1/messages?search=secret")).body["items"]] == [BEN]

    assert (await server.post(f"/api/v1/contacts/{BEN}/erase", {})).body["forgotten"]["inbox"] == 2
    assert (await server.get("/api/v1/messages?search=secret")).body["items"] == []
    assert [one["person"] for one in (await server.get("/api/v1/conversations")).body["items"]] == [ANA]


async def test_who_was_erased_does_not_come_back_when_what_is_new_is_read_once_more(
    server_on_each_database: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = server_on_each_database
    await server.post("/api/v1/calls", {"to": ANA, "message": "A secret"})
    await until(server, "/api/v1/conversations", lambda body: len(body["items"]) == 1)
    assert (await server.post(f"/api/v1/contacts/{ANA}/erase", {})).status == 200

    # Whoever asks for nobody has all gathered first, and everything counts as long ago.
    monkeypatch.setattr("ringline.conversations.gathering.LATE", -1.0)
    assert (await server.get("/api/v1/conversations/con_0")).status == 404
    assert (await server.get("/api/v1/conversations")).body["items"] == []

    monkeypatch.undo()
    await received(server, "It is me again", sid="1")
    assert words((await server.get("/api/v1/conversations")).body) == ["It is me again"]


async def test_calls_stand_in_the_conversation_and_are_found(server_on_each_database: Server) -> None:
    server = server_on_each_database
    placed = await server.post("/api/v1/calls", {"to": ANA, "message": "Your table is ready"})
    assert placed.status == 202

    listed = await until(server, "/api/v1/conversations", lambda body: len(body["items"]) == 1)

    assert (listed["items"][0]["last"]["kind"], words(listed)) == ("call", ["Your table is ready"])
    thread = (await server.get(f"/api/v1/conversations/{ANA}")).body
    assert [(one["kind"], one["call"]["id"]) for one in thread["items"]] == [("call", placed.body["id"])]
    for search in ("0101", "table", placed.body["id"]):
        found = (await server.get(f"/api/v1/calls?search={search}")).body["items"]
        assert [one["id"] for one in found] == [placed.body["id"]], search
    assert (await server.get("/api/v1/calls?search=9999")).body["items"] == []


async def test_links_are_listed_with_their_clicks(server_on_each_database: Server) -> None:
    server = server_on_each_database
    for name in ("menu", "map"):
        short = server.ringline.links.shorten(f"https://example.com/{name}")
        sent = await server.send(to=ANA, message=f"Look: {short}")
    code = short.rpartition("/")[2]
    await server.ask("GET", f"/l/{code}", token=None)

    listed = (await server.get("/api/v1/links?limit=1")).body

    (link,) = listed["items"]
    assert (link["url"], link["clicks"], link["to"]) == ("https://example.com/map", 1, ANA)
    assert (link["message"], link["address"]) == (sent.body["id"], short)
    older = (await server.get(f"/api/v1/links?cursor={listed['next']}")).body
    assert ([one["url"] for one in older["items"]], older["next"]) == (["https://example.com/menu"], None)
    assert len((await server.get("/api/v1/links?search=MENU")).body["items"]) == 1
    assert len((await server.get(f"/api/v1/links?message={sent.body['id']}")).body["items"]) == 1
    assert (await server.get("/api/v1/links?cursor=x")).body["field"] == "cursor"


async def test_a_cursor_that_is_none_of_ours_is_named(server: Server) -> None:
    answer = await server.get("/api/v1/conversations?cursor=x")

    assert (answer.status, answer.body["field"]) == (422, "cursor")


async def test_viewers_read_conversations_without_whole_numbers_and_answer_nobody(server: Server) -> None:
    await received(server, "Hello?")
    _, key = await server.ringline.access.keys.add("dashboard", "viewer", made_by="test")
    viewer = {"Authorization": f"Bearer {key}"}

    listed = await server.ask("GET", "/api/v1/conversations", token=None, headers=viewer)
    (one,) = listed.body["items"]
    thread = await server.ask("GET", f"/api/v1/conversations/{one['id']}", token=None, headers=viewer)
    reply = await server.ask(
        "POST", f"/api/v1/conversations/{one['id']}/reply", token=None, headers=viewer, json={"message": "Hi"}
    )

    assert ANA not in listed.text + thread.text
    assert one["person"].endswith(ANA[-4:])
    assert thread.body["items"][0]["inbound"]["message"] == "Hello?"
    assert reply.status == 403
