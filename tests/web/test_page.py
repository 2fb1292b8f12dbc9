"""The status page, the ways to sign in to it, and what needs no sign-in at all."""

from __future__ import annotations

from web.conftest import TOKEN, Server

PHONE = "+14155550123"


async def cookie(server: Server) -> dict[str, str]:
    answer = await server.ask("GET", f"/sign-in/{server.app.state.sessions.new_code()}", token=None)
    return {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}


async def test_page_asks_strangers_to_sign_in_and_tells_nothing(server: Server) -> None:
    await server.send(message="a secret text")

    answer = await server.ask("GET", "/", token=None)

    assert answer.status == 401
    assert "Sign in" in answer.text
    assert "secret text" not in answer.text


async def test_one_time_link_signs_in_once(server: Server) -> None:
    link = f"/sign-in/{server.app.state.sessions.new_code()}"

    first = await server.ask("GET", link, token=None)
    second = await server.ask("GET", link, token=None)

    assert (first.status, first.headers["Location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=strict"} <= {part.strip() for part in first.headers["Set-Cookie"].split(";")}
    assert second.status == 401
    assert "used before" in second.text


async def test_token_signs_in_too_and_a_wrong_one_does_not(server: Server) -> None:
    right = await server.ask("POST", "/sign-in", token=None, data={"token": TOKEN})
    wrong = await server.ask("POST", "/sign-in", token=None, data={"token": "wrong"})

    assert right.status == 303
    assert wrong.status == 401
    assert "Set-Cookie" not in wrong.headers


async def test_page_shows_messages_replies_and_runs(server: Server) -> None:
    sent = await server.send(message="<script>alert(1)</script> & more")
    await server.until_status(sent.body["id"], "delivered")
    await server.ringline_numbers_connected()
    await server.simulator.handset(PHONE).reply("<b>YES</b>")

    answer = await server.ask("GET", "/", token=None, headers=await cookie(server))

    assert answer.status == 200
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in answer.text
    assert "&lt;b&gt;YES&lt;/b&gt;" in answer.text
    assert "delivered" in answer.text
    assert "<script" not in answer.text


async def test_page_runs_no_script_and_cannot_be_framed(server: Server) -> None:
    answer = await server.ask("GET", "/", token=None, headers=await cookie(server))

    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "script-src" not in policy
    assert answer.headers["Cache-Control"] == "no-store"


async def test_cookie_does_not_open_the_api(server: Server) -> None:
    assert (await server.ask("GET", "/api/v1/messages", token=None, headers=await cookie(server))).status == 401


async def test_short_link_leads_on_and_counts_the_click(server: Server) -> None:
    short = server.ringline.links.shorten("https://example.com/a?b=c")
    sent = await server.send(message=f"Look: {short}")

    answer = await server.ask("GET", short.removeprefix(server.url), token=None)

    assert (answer.status, answer.headers["Location"]) == (302, "https://example.com/a?b=c")
    assert [link.clicks for link in await server.ringline.links.of_message(sent.body["id"])] == [1]
    assert (await server.ask("GET", "/l/nothing1", token=None)).status == 404


async def test_media_needs_its_signed_address(server: Server) -> None:
    address = await server.ringline.media.publish(b"\x89PNG", "image/png")
    path = address.removeprefix(server.url)

    good = await server.ask("GET", path, token=None)
    forged = await server.ask("GET", path[:-2] + "xx", token=None)

    assert (good.status, good.headers["Content-Type"]) == (200, "image/png")
    assert good.headers["X-Content-Type-Options"] == "nosniff"
    assert forged.status == 404
