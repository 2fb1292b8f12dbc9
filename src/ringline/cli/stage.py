"""A whole Ringline with a Twilio of its own, in one process: what `dev`, `demo` and offline sends run on.

Nothing on a stage reaches beyond this machine: every request to Twilio goes to the simulator beside it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fastapi import FastAPI

    from ringline.app import Ringline
    from ringline.app.timing import Timing
    from ringline.cli.api_client import ApiClient
    from ringline.settings import Settings
    from ringline.simulator import Simulator

CREDENTIAL = "main"
_RATE_LIMIT = 60_000  # it is one person's, and the terminal itself asks several times a second
_WATCH = 21_600.0


@dataclass(frozen=True, slots=True)
class Stage:
    """The parts of a running stage."""

    settings: Settings
    ringline: Ringline
    app: FastAPI
    api: ApiClient
    url: str
    simulator: Simulator
    senders: list[str]
    """Numbers of the simulated account, connected to this server; the first is the default sender."""

    def port_taken(self, wanted: int) -> str | None:
        """A sentence saying that the port that was *wanted* was not to be had; ``None`` if it was."""
        is_other = wanted and self.url.rpartition(":")[2] != str(wanted)
        return f"Port {wanted} is taken; using a free one." if is_other else None

    def sign_in_link(self) -> str:
        """A link that signs a browser in once."""
        return f"{self.url}/sign-in/{self.app.state.sessions.new_code()}"


@asynccontextmanager
async def stage(
    settings: Settings,
    *,
    origin: str,
    port: int = 0,
    simulator_port: int = 0,
    simulator_database: Path | None = None,
) -> AsyncIterator[Stage]:
    """Start everything; ports that are taken are replaced by free ones. *origin* says who set what is set here."""
    from ringline.cli.api_client import ApiClient
    from ringline.cli.opening import make_home, opened
    from ringline.cli.phone_desk import routes
    from ringline.cli.simulator import movable_clock, simulator_on
    from ringline.clock import SystemClock
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving
    from ringline.web.token import api_token

    make_home(settings.home)
    # One clock for both: when the phone's page moves it, what the product waits for falls due as well.
    clock = movable_clock()
    with listen("127.0.0.1", port, or_free=True) as listener:
        url = address(listener)
        async with simulator_on(simulator_port, database=simulator_database, clock=clock) as simulator:
            settings = settings.with_changes(
                origin,
                public_url=url,
                twilio_base_url=simulator.base_url,
                rate_limit=max(settings.rate_limit, _RATE_LIMIT),
            )
            async with opened(settings, worker=True, clock=clock, timing=_unhurried()) as ringline:
                # Whoever moves the clock by months stays signed in, and a minute of a limit is a minute.
                ringline.access.follow(SystemClock())
                app = create_app(ringline, simulator=routes(ringline, simulator))
                async with serving(app, listener), ApiClient(url, api_token(settings)) as api:
                    senders = await _connect(ringline, simulator)
                    try:
                        yield Stage(settings, ringline, app, api, url, simulator, senders)
                    finally:
                        simulator.end_streams()


def _unhurried() -> Timing:
    """For a process that nothing else works beside: it knows what is due, and looks up by itself only now and then.

    Otherwise a clock that is moved by a month would stop thousands of times on its way.
    """
    from ringline.app.timing import Timing

    return Timing.alone(_WATCH)


async def _connect(ringline: Ringline, simulator: Simulator) -> list[str]:
    """Store the simulated account and point its numbers at this server."""
    from ringline.web.numbers import connect_numbers

    owned = [
        number.number
        for number in simulator.numbers
        if number.account_sid == simulator.account_sid and number.number.startswith("+")
    ]
    if CREDENTIAL not in {credential.name for credential in await ringline.credentials.list()}:
        await ringline.credentials.add(
            CREDENTIAL, simulator.account_sid, simulator.auth_token, default_from=owned[0] if owned else None
        )
    # Senders that are no numbers, such as WhatsApp's, are connected in Twilio's console; here this is the console.
    simulator.connect(f"{ringline.settings.public_url}/twilio/sms")
    connected = await connect_numbers(ringline, CREDENTIAL)
    return sorted((number.phone_number for number in connected), key=owned.index)
