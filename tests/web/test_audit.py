"""Every change and every send is in the log: by whom, to what, and with no secret and no whole number in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ringline.errors import StoreError
from ringline.web.gate import ASKS
from ringline.web.identity import SAFE
from ringline.web.roles import guarded
from web.conftest import Server
from web.test_signing_in import GOOD, ask, by_link


async def entries(server: Server, query: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await server.get(f"/api/v1/audit{query}")).body["items"]
    return found


ACTIONS = Path(__file__).parents[2] / "ui" / "src" / "pages" / "settings" / "actions.ts"


def test_the_log_s_page_has_words_for_all_that_is_written_down(server: Server) -> None:
    worded = set(re.findall(r'^  (\w+): "', ACTIONS.read_text(encoding="utf-8"), re.MULTILINE))
    written = {
        operation
        for route, operation, _ in guarded(server.app.routes)
        if not SAFE.issuperset(route.methods) and operation not in ASKS
    }

    assert written <= worded
    assert worded - written <= {"sign_in"}


async def test_a_send_is_logged_with_who_and_what_but_no_number_and_no_text(server: Server) -> None:
    sent = await server.send(message="hello")

    (entry,) = await entries(server)

    assert (entry["who"], entry["kind"], entry["action"]) == ("server token", "token", "send_message")
    assert entry["subject"] == sent.body["id"]
    assert "4155550123" not in str(entry)
    assert "hello" not in str(entry)


async def test_only_what_succeeded_and_changed_something_is_logged(server: Server) -> None:
    await server.send(to="not a number")
    await server.get("/api/v1/messages")
    await server.post("/api/v1/messages/forecast", {"to": "+14155550123", "message": "hello"})

    assert await entries(server) == []


async def test_people_and_keys_are_told_apart_and_found(server: Server) -> None:
    _, key = await server.ringline.access.keys.add("orders", "operator", made_by="test")
    ann = await by_link(server)
    await ask(server, "POST", "/api/v1/users", ann, json={"name": "bob", "role": "viewer"})
    await server.ask(
        "POST",
        "/api/v1/messages",
        token=None,
        headers={"Authorization": f"Bearer {key}"},
        json={"to": "+14155550123", "message": "hello"},
    )

    assert [(entry["who"], entry["action"]) for entry in await entries(server)] == [
        ("orders", "send_message"),
        ("admin", "add_user"),
        ("admin", "sign_in"),
    ]
    (added,) = await entries(server, "?who=admin&action=add_user")
    assert (added["subject"], added["details"]) == ("bob", {"role": "viewer"})
    first = (await server.get("/api/v1/audit?limit=2")).body
    second = (await server.get(f"/api/v1/audit?limit=2&cursor={first['next']}")).body
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)


async def test_no_secret_is_in_the_log(server: Server) -> None:
    made = await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})
    key = await server.post("/api/v1/keys", {"name": "orders"})
    await server.post("/api/v1/users/ann/password", {"password": GOOD})
    await server.ask("PUT", "/api/v1/credentials/main/token", json={"auth_token": "0123456789abcdef" * 2})

    log = str(await entries(server))

    for secret in (made.body["password"], key.body["key"], GOOD, "0123456789abcdef"):
        assert secret not in log
    assert "replace_token" in log


async def test_secrets_are_shown_once_and_never_listed(server: Server) -> None:
    made = await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})
    key = await server.post("/api/v1/keys", {"name": "orders", "scopes": ["messages:write"]})

    listed = (await server.get("/api/v1/users")).text + (await server.get("/api/v1/keys")).text

    assert made.body["password"] not in listed
    assert key.body["key"] not in listed
    assert key.body["shown"] in listed


async def test_nobody_removes_themselves_or_the_last_admin(server: Server) -> None:
    await server.ringline.access.users.add("ann", "admin", GOOD)
    ann = await by_link(server, "ann")

    herself = await ask(server, "DELETE", "/api/v1/users/ann", ann)
    last = await server.ask("DELETE", "/api/v1/users/ann")

    assert (herself.status, last.status) == (422, 422)
    assert "last admin" in last.body["detail"]


async def test_scope_that_nothing_is_asked_under_is_refused(server: Server) -> None:
    refused = await server.post("/api/v1/keys", {"name": "orders", "scopes": ["mesages:write"]})

    assert (refused.status, refused.body["field"]) == (422, "scopes")
    assert "messages" in refused.body["fix"]


async def test_sends_are_logged_once_however_often_they_are_asked_for(server_on_each_database: Server) -> None:
    server = server_on_each_database
    body = {"to": "+14155550123", "message": "hello"}
    for _ in range(2):
        await server.post("/api/v1/messages", body, **{"Idempotency-Key": "order-1"})
        await server.post("/api/v1/calls", body, **{"Idempotency-Key": "order-2"})
    sent = await server.send()
    await server.until_status(sent.body["id"], "delivered")
    answered = await server.post("/api/v1/conversations/+14155550123/reply", {"message": "hello again"})

    log = await entries(server)

    assert answered.status == 202
    assert [entry["action"] for entry in log] == ["reply_to_conversation", "send_message", "place_call", "send_message"]
    assert {entry["outcome"] for entry in log} == {"done"}
    assert log[0]["subject"] == answered.body["id"]
    assert "4155550123" not in str(log)


async def test_what_is_begun_is_in_the_log_before_it_is_done(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    add = server.ringline.access.users.add
    seen: list[str] = []

    async def watched(*given: Any) -> Any:
        seen.extend(entry["outcome"] for entry in await entries(server))
        return await add(*given)

    monkeypatch.setattr(server.ringline.access.users, "add", watched)
    await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})

    assert seen == ["begun"]
    assert [entry["outcome"] for entry in await entries(server)] == ["done"]


async def test_what_ends_with_an_error_of_ours_is_not_taken_back(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = server.ringline.access.users.add

    async def fails(*given: Any) -> Any:
        await add(*given)
        raise StoreError("the connection was lost")

    monkeypatch.setattr(server.ringline.access.users, "add", fails)
    answer = await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})

    assert answer.status == 503
    (entry,) = await entries(server)
    assert (entry["action"], entry["outcome"], entry["details"]) == ("add_user", "failed", {"answer": 503})


async def test_nothing_is_done_that_cannot_be_logged(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any) -> int:
        raise StoreError("the disk is full")

    monkeypatch.setattr(server.ringline.access.audit, "begin", fails)
    answer = await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})

    assert answer.status == 503
    assert await server.ringline.access.users.list() == []


async def test_lost_answer_of_the_log_is_not_the_answer(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails(*_: Any, **__: Any) -> None:
        raise StoreError("the connection was lost")

    monkeypatch.setattr(server.ringline.access.audit, "end", fails)
    answer = await server.post("/api/v1/users", {"name": "ann", "role": "viewer"})

    assert answer.status == 201
    (entry,) = await entries(server)
    assert (entry["action"], entry["outcome"]) == ("add_user", "begun")


async def test_what_broke_down_reads_as_failed_and_not_as_under_way(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_down(*_: object, **__: object) -> None:
        raise RuntimeError("unforeseen")

    monkeypatch.setattr(server.ringline.contacts, "erase", break_down)

    assert (await server.post("/api/v1/contacts/con_1/erase", {})).status == 500

    (entry,) = await entries(server)
    assert (entry["action"], entry["subject"], entry["outcome"]) == ("erase_contact", "con_1", "failed")
