"""Where `send` and `run` send: really to Twilio only when asked with ``--live``, else to a simulator."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.cli.api_client import ApiClient
    from ringline.cli.stage import Stage
    from ringline.settings import Settings


@dataclass(frozen=True, slots=True)
class Destination:
    """An API to send through, and where that leads."""

    api: ApiClient
    name: str
    stage: Stage | None = None
    """The stage that was set up for this command alone."""
    phones: str | None = None
    """Where the simulated phones are held, and calls picked up."""
    has_server: bool = False
    """Whether a server of its own goes on when this command is over."""

    def left_to(self, what: str, look: str) -> str:
        """What becomes of *what*, which this command has begun, when it is interrupted; *look* is how to see it."""
        if self.stage is not None:
            return f"{what} ended with this command, as its simulator did. To keep it, start `ringline dev` first."
        if self.has_server:
            return f"{what} goes on without this command: {look}"
        return f"{what} goes on when a server runs here: start `ringline serve`, then look with {look}"


@asynccontextmanager
async def destination(settings: Settings, *, live: bool) -> AsyncIterator[Destination]:
    """With *live* the server or database of this home; else a running `dev`, or a simulator for this command alone.

    A base URL in the settings that is not Twilio's counts as not live. Raises `RequestError` where *live* is not to be
    had.
    """
    from ringline.cli.opening import reach, running_server

    server = running_server(settings)
    if server is not None and server.kind == "dev":
        if live:
            raise RequestError(
                "`ringline dev` runs in this home, and nothing it does reaches Twilio",
                fix="stop it first, or leave --live out",
            )
        async with reach(settings) as api:
            yield Destination(
                api,
                f"the simulated Twilio of the server at {server.url}",
                phones=f"{server.url}/phone",
                has_server=True,
            )
    elif settings.twilio_base_url is not None and not _is_twilio(settings.twilio_base_url):
        async with reach(settings, worker=True) as api:
            yield Destination(api, settings.twilio_base_url, has_server=server is not None)
    elif live:
        async with reach(settings, worker=True) as api:
            yield Destination(api, settings.twilio_base_url or "Twilio", has_server=server is not None)
    else:
        async with trial(settings) as stage:
            yield Destination(stage.api, "a simulated Twilio, started for this command alone", stage)


def _is_twilio(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    return host == "twilio.com" or host.endswith(".twilio.com")


@asynccontextmanager
async def trial(settings: Settings) -> AsyncIterator[Stage]:
    """A stage for one command alone, of which nothing is kept."""
    from ringline.cli.stage import stage

    with tempfile.TemporaryDirectory(prefix="ringline-") as home:
        trial = settings.with_changes(
            "this command", home=Path(home), database_url="sqlite://", api_token=secrets.token_urlsafe(32), port=0
        )
        async with stage(trial, origin="this command") as on:
            yield on
