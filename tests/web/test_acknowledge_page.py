"""The page behind an alert's link, over real HTTP: looking never acknowledges, the button does so once."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from web.conftest import Server

ANN, BOB = "+14155550101", "+14155550102"


async def alerted(server: Server, **fields: Any) -> tuple[str, list[str]]:
    """A run that has alerted Ann and Bob, and the paths of their links."""
    step = {
        "type": "flow/escalate@v1",
        "name": "alert",
        "contacts": [[{"to": ANN, "name": "Ann <b>"}, BOB]],
        "message": "Fire in <hall 3>\n{{ack_link}}",
        "wait_for": "1h",
        **fields,
    }
    definition = {"version": "1.0", "name": "fire", "inputs": [], "steps": [step], "outputs": []}
    run = await server.ringline.workflow(definition).start({})
    async with asyncio.timeout(20):
        while len(messages := await server.ringline.messages.list(run_id=run.id)) < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    bodies = {message.to: message.body or "" for message in messages}
    return run.id, [re.findall(r"/a/[\w-]+", bodies[number])[0] for number in (ANN, BOB)]


async def status_of(server: Server, run_id: str, status: str) -> None:
    async with asyncio.timeout(20):
        while (await server.ringline.runs.get(run_id)).status != status:  # noqa: ASYNC110
            await asyncio.sleep(0.01)


async def test_only_the_button_acknowledges(server: Server) -> None:
    run, [mine, others] = await alerted(server)

    looks = [await server.ask(method, mine, token=None) for method in ("GET", "HEAD", "GET")]
    assert [look.status for look in looks] == [200, 200, 200]
    assert "Fire in &lt;hall 3&gt;" in looks[0].text
    assert '<form method="post" action="?do=acknowledge"><button>Acknowledge</button></form>' in looks[0].text
    await status_of(server, run, "waiting")

    pressed = await server.ask("POST", mine, token=None)
    again = await server.ask("POST", mine, token=None)
    other = await server.ask("GET", others, token=None)

    await status_of(server, run, "completed")
    assert "You have acknowledged this" in pressed.text
    assert "You have acknowledged this" in again.text
    after = await server.ask("POST", others, token=None)
    assert "<form" not in pressed.text + after.text
    assert "Ann &lt;b&gt; has acknowledged this on " in after.text
    assert "acknowledged this" in other.text


async def test_the_page_is_for_nobody_to_keep_or_to_frame(server: Server) -> None:
    _, [mine, _] = await alerted(server)

    headers = (await server.ask("GET", mine, token=None)).headers

    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


async def test_resolving_takes_a_second_press(server: Server) -> None:
    run, [mine, _] = await alerted(server, resolve_within="1h")

    first = await server.ask("POST", mine + "?do=acknowledge", token=None)
    tapped_twice = await server.ask("POST", mine + "?do=acknowledge", token=None)
    assert "<button>Resolved</button>" in first.text
    assert "<button>Resolved</button>" in tapped_twice.text
    await status_of(server, run, "waiting")
    second = await server.ask("POST", mine + "?do=resolve", token=None)

    await status_of(server, run, "completed")
    assert "<form" not in second.text
    assert "You have acknowledged this" in second.text


async def test_a_cancelled_alert_and_a_wrong_link_say_so(server: Server) -> None:
    run, [mine, _] = await alerted(server)
    await server.ringline.runs.cancel(run)

    assert "This alert has ended, and nobody had acknowledged it." in (await server.ask("POST", mine, token=None)).text
    for path in ("/a/nothing", "/a/" + "x" * 500):
        assert (await server.ask("GET", path, token=None)).status == 404
        assert (await server.ask("POST", path, token=None)).status == 404
