"""The ways to sign in, what a session opens, and how it is defended."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from argon2 import PasswordHasher

from ringline.access import Access
from ringline.access.passwords import Passwords
from web.conftest import Answer, Server

GOOD = "correct horse battery"


def cookie_of(answer: Answer) -> dict[str, str]:
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


async def by_link(server: Server, user: str | None = None) -> dict[str, str]:
    """The headers of a browser that came by a one-time link, with the token for changes."""
    answer = await server.ask("GET", f"/sign-in/{server.app.state.sessions.new_code(user)}", token=None)
    cookie = cookie_of(answer)
    me = await server.ask("GET", "/api/v1/me", token=None, headers=cookie)
    return cookie | {"X-CSRF-Token": me.body["csrf"]}


async def with_password(server: Server, name: str, password: str) -> Answer:
    return await server.ask("POST", "/api/v1/sign-in", token=None, json={"name": name, "password": password})


async def ask(server: Server, method: str, path: str, headers: dict[str, str], **options: Any) -> Answer:
    return await server.ask(method, path, token=None, headers=headers, **options)


async def test_one_time_link_signs_in_once(server: Server) -> None:
    link = f"/sign-in/{server.app.state.sessions.new_code()}"

    first = await server.ask("GET", link, token=None)
    second = await server.ask("GET", link, token=None)

    assert (first.status, first.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in first.headers["Set-Cookie"].split(";")}
    assert second.headers["Location"] == "/sign-in?why=link"
    assert "Set-Cookie" not in second.headers
    me = await ask(server, "GET", "/api/v1/me", cookie_of(first))
    assert (me.body["name"], me.body["role"], me.body["must_change_password"]) == ("admin", "admin", False)


@pytest.mark.parametrize(
    "headers", [{"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}, {"Host": "ring.internal"}]
)
async def test_link_signs_in_nobody_who_does_not_come_straight_from_this_machine(
    server: Server, headers: dict[str, str]
) -> None:
    code = server.app.state.sessions.new_code()

    answer = await server.ask("GET", f"/sign-in/{code}", token=None, headers=headers)

    assert "Set-Cookie" not in answer.headers
    # It was not used up either.
    assert "Set-Cookie" in (await server.ask("GET", f"/sign-in/{code}", token=None)).headers


async def test_session_opens_the_api_and_changes_nothing_without_its_csrf_token(server: Server) -> None:
    signed_in = await by_link(server)
    cookie = {"Cookie": signed_in["Cookie"]}
    other = await by_link(server)

    async def send(headers: dict[str, str]) -> tuple[int, str | None]:
        body = {"to": "+14155550123", "message": "hello"}
        answer = await ask(server, "POST", "/api/v1/messages", headers, json=body)
        return answer.status, answer.body.get("code")

    assert (await ask(server, "GET", "/api/v1/messages", cookie)).status == 200
    assert await send(cookie) == (403, "csrf")
    assert await send(cookie | {"X-CSRF-Token": "wrong"}) == (403, "csrf")
    assert await send(cookie | {"X-CSRF-Token": other["X-CSRF-Token"]}) == (403, "csrf")
    assert (await send(signed_in))[0] == 202


async def test_first_password_has_to_be_changed_before_anything_else(server: Server) -> None:
    access: Access = server.ringline.access
    _, printed = await access.users.first_admin()
    assert printed is not None
    answer = await with_password(server, "Admin", printed)
    assert (answer.status, answer.body["must_change_password"]) == (200, True)
    signed_in = cookie_of(answer) | {"X-CSRF-Token": answer.body["csrf"]}

    refused = await ask(server, "GET", "/api/v1/messages", signed_in)
    wrong = await ask(server, "POST", "/api/v1/me/password", signed_in, json={"current": "guess", "password": GOOD})
    short = await ask(server, "POST", "/api/v1/me/password", signed_in, json={"current": printed, "password": "short"})
    done = await ask(server, "POST", "/api/v1/me/password", signed_in, json={"current": printed, "password": GOOD})

    assert (refused.status, refused.body["code"]) == (403, "password_change_needed")
    assert (wrong.status, wrong.body["field"]) == (422, "current")
    assert (short.status, short.body["field"]) == (422, "password")
    assert (done.status, done.body["must_change_password"]) == (200, False)
    # The browser that changed it stays signed in, by a new cookie; the old one is nobody's.
    assert (await ask(server, "GET", "/api/v1/messages", cookie_of(done))).status == 200
    assert (await ask(server, "GET", "/api/v1/messages", signed_in)).status == 401
    assert (await with_password(server, "admin", printed)).status == 401
    assert (await with_password(server, "admin", GOOD)).status == 200


async def test_wrong_password_and_unknown_name_read_the_same(server: Server) -> None:
    await server.ringline.access.users.add("ann", "viewer", GOOD)

    wrong = await with_password(server, "ann", GOOD + "x")
    unknown = await with_password(server, "nobody", GOOD)

    assert (wrong.status, wrong.body["code"]) == (401, "wrong_password")
    assert wrong.body == unknown.body
    assert "Set-Cookie" not in wrong.headers


async def test_guessing_is_slowed_down_by_name_and_by_address(server: Server) -> None:
    await server.ringline.access.users.add("ann", "viewer", GOOD)

    # The limit is told in real time, of which a busy machine would take much to hash forty passwords well.
    server.ringline.access.users._passwords = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))

    async def refused(*names: str) -> list[Answer]:
        tries = await asyncio.gather(*(with_password(server, name, GOOD + "x") for name in names))
        return [answer for answer in tries if answer.status == 429]

    by_name = await refused(*("ANN" if n % 2 else "ann " for n in range(20)))
    by_address = await refused(*(f"user{n}" for n in range(40)))

    # A try is worked off every few seconds, and a busy machine takes some for the others.
    assert len(by_name) >= 4
    assert len(by_address) >= 10
    assert by_name[0].body["code"] == "too_many_tries"
    assert int(by_name[0].headers["Retry-After"]) >= 1


async def test_signing_out_ends_the_session_and_everywhere_all_of_them(server: Server) -> None:
    one, two, three = [await by_link(server) for _ in range(3)]
    listed = (await ask(server, "GET", "/api/v1/me/sign-ins", one)).body
    assert len(listed) == 3
    assert [entry["is_this"] for entry in listed].count(True) == 1

    assert (await ask(server, "POST", "/api/v1/me/sign-out", one)).status == 204
    assert (await ask(server, "GET", "/api/v1/me", one)).status == 401
    assert (await ask(server, "GET", "/api/v1/me", two)).status == 200
    assert (await ask(server, "POST", "/api/v1/me/sign-out-everywhere", two)).status == 204
    assert (await ask(server, "GET", "/api/v1/me", three)).status == 401


async def test_cookie_is_for_https_alone_where_the_page_came_by_it(server: Server) -> None:
    await server.ringline.access.users.add("ann", "viewer", GOOD)
    body = {"name": "ann", "password": GOOD}

    plain = await server.ask("POST", "/api/v1/sign-in", token=None, json=body)
    behind_tls = await server.ask(
        "POST", "/api/v1/sign-in", token=None, json=body, headers={"Origin": "https://ring.example.com"}
    )

    assert "Secure" not in plain.headers["Set-Cookie"]
    assert "Secure" in behind_tls.headers["Set-Cookie"]


async def test_program_with_a_key_needs_no_csrf_token_and_has_no_password(server: Server) -> None:
    _, key = await server.ringline.access.keys.add("orders", "operator", made_by="test")
    headers = {"Authorization": f"Bearer {key}"}

    sent = await ask(server, "POST", "/api/v1/messages", headers, json={"to": "+14155550123", "message": "hello"})
    me = await ask(server, "GET", "/api/v1/me", headers)
    password = await ask(server, "POST", "/api/v1/me/password", headers, json={"password": GOOD})

    assert sent.status == 202
    assert (me.body["name"], me.body["role"], me.body["csrf"]) == ("orders", "operator", "")
    assert password.status == 422


async def test_narrow_key_reaches_its_resources_only(server: Server) -> None:
    _, key = await server.ringline.access.keys.add("orders", "admin", made_by="test", scopes=["messages:read"])
    headers = {"Authorization": f"Bearer {key}"}

    assert (await ask(server, "GET", "/api/v1/messages", headers)).status == 200
    refused = await ask(server, "POST", "/api/v1/messages", headers, json={"to": "+14155550123", "message": "hello"})
    assert (refused.status, refused.body["code"]) == (403, "scope")
    assert (await ask(server, "GET", "/api/v1/runs", headers)).body["code"] == "scope"


@pytest.mark.parametrize("path", ["/", "/runs", "/assets/nothing.js", "/api/v1/messages", "/api/v1/nothing", "/health"])
async def test_no_answer_can_be_framed_guessed_at_or_run_scripts_of_others(server: Server, path: str) -> None:
    answer = await server.get(path)

    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-eval" not in policy
    assert (
        "script-src 'self' " not in policy.replace(";", " ;") or "'unsafe-inline'" not in policy.split("style-src")[0]
    )
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    if path.startswith("/api"):
        assert answer.headers["Cache-Control"] == "no-store"
