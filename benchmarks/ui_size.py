"""Bytes of script that a browser fetches for the first page it opens, as they come over the wire."""

from __future__ import annotations

import asyncio
from typing import Any

from benchmarks.timing import line
from benchmarks.ui_pages import browser, site, workflow

MOST = 300_000
SETTLED = 2_000
"""Milliseconds without a script after which a page has what it needs."""


def main() -> None:
    asyncio.run(measure())


async def measure() -> None:
    async with site() as (ringline, url, link), browser() as chromium:
        await ringline.workflows.register(workflow(3))
        for name, path in (("/", "/"), ("/workflows/large", "/workflows/large")):
            # A context of its own has a cache of its own; the sign-in alone is shared.
            first = await chromium.new_context()
            page = await first.new_page()
            if link:
                await page.goto(link)
                state, link = await first.storage_state(), ""
            await first.close()
            context = await chromium.new_context(storage_state=state)
            page = await context.new_page()
            loaded: dict[str, int] = {}
            page.on("response", lambda response, loaded=loaded: asyncio.ensure_future(note(response, loaded)))
            await page.goto(url + path, wait_until="load")
            # The stream of changes stays open, so the network is never idle.
            seen = -1
            while len(loaded) != seen:
                seen = len(loaded)
                await page.wait_for_timeout(SETTLED)
            total = sum(loaded.values())
            verdict = "within" if total <= MOST else "ABOVE"
            line(f"script of the first load of {name}", f"{total / 1000:,.0f} kB gz", f"{verdict} {MOST // 1000} kB")
            for file, size in sorted(loaded.items(), key=lambda item: -item[1])[:4]:
                line(f"  {file}", f"{size / 1000:,.0f} kB")
            await context.close()


async def note(response: Any, loaded: dict[str, int]) -> None:
    """The bytes of a script as they were sent: compressed, where the server has it so."""
    if not response.url.split("?")[0].endswith(".js"):
        return
    loaded[response.url.rpartition("/")[2]] = (await response.request.sizes())["responseBodySize"]


if __name__ == "__main__":
    main()
