"""The ways to sign in, and what a session opens."""

from __future__ import annotations

from web.conftest import Server


async def cookie(server: Server) -> dict[str, str]:
    answer = await server.ask("GET", f"/sign-in/{server.app.state.sessions.new_code()}", token=None)
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


async def test_one_time_link_signs_in_once(server: Server) -> None:
    link = f"/sign-in/{server.app.state.sessions.new_code()}"

    first = await server.ask("GET", link, token=None)
    second = await server.ask("GET", link, token=None)

    assert (first.status, first.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in first.headers["Set-Cookie"].split(";")}
    assert second.headers["Location"] == "/sign-in?why=link"
    assert "Set-Cookie" not in second.headers


async def test_session_opens_the_api_and_nobody_else_does(server: Server) -> None:
    assert (await server.ask("GET", "/api/v1/messages", token=None, headers=await cookie(server))).status == 200
    assert (await server.ask("GET", "/api/v1/messages", token=None)).status == 401


async def test_session_changes_nothing_without_its_csrf_token(server: Server) -> None:
    signed_in = await cookie(server)
    body = {"to": "+14155550123", "message": "hello"}
    csrf = (await server.ask("GET", "/api/v1/me", token=None, headers=signed_in)).body["csrf"]

    async def send(**headers: str) -> int:
        return (await server.ask("POST", "/api/v1/messages", token=None, headers=signed_in | headers, json=body)).status

    assert await send() == 403
    assert await send(**{"X-CSRF-Token": "wrong"}) == 403
    assert await send(**{"X-CSRF-Token": csrf}) == 202
