"""What people and carriers fetch without signing in."""

from __future__ import annotations

from web.conftest import Server


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
