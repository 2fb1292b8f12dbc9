"""A server with the built pages for a browser to look at."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ringline import Ringline

CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@asynccontextmanager
async def site() -> AsyncIterator[tuple[Ringline, str, str]]:
    """A server on a fresh database; gives it, its address, and a link that signs in once."""
    from ringline import Ringline
    from ringline.settings import load_settings
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving

    listener = listen("127.0.0.1", 0)
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings(
            home=Path(folder), database_url=f"sqlite:///{folder}/ui.db", log_level="error", rate_limit=1_000_000
        )
        async with Ringline(settings=settings) as ringline:
            app: Any = create_app(ringline)
            async with serving(app, listener):
                url = address(listener)
                yield ringline, url, f"{url}/sign-in/{app.state.sessions.new_code()}"


@asynccontextmanager
async def browser() -> AsyncIterator[Any]:
    """A browser with nothing in its cache."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        running = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield running
        await running.close()


def workflow(steps: int) -> dict[str, Any]:
    """A workflow of so many steps, one after the other."""
    chain = [
        {
            "type": "twilio/sms@v1",
            "name": f"text_{n}",
            "to": "+14155550123",
            "from": "+15550001111",
            "message": f"This is text {n}.",
            **({"next_steps": [f"$steps.text_{n + 1}"]} if n + 1 < steps else {}),
        }
        for n in range(steps)
    ]
    return {"version": "1.0", "name": "large", "inputs": [], "outputs": [], "steps": chain}
