"""`ringline simulator`: the built-in Twilio alone, and calls it makes to any application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ringline.cli.simulated_call import register as register_call
from ringline.cli.terminal import say

if TYPE_CHECKING:
    from starlette.types import ASGIApp

    from ringline.clock import Clock
    from ringline.simulator import Simulator

DEFAULT_PORT = 7465  # the one after the server's


def register(app: typer.Typer) -> None:
    """Add the command and what goes below it."""
    group = typer.Typer(invoke_without_command=True)
    group.callback()(simulate)
    register_call(group)
    app.add_typer(group, name="simulator")


def simulate(
    context: typer.Context,
    port: int = typer.Option(DEFAULT_PORT, "--port", min=0, max=65535, help="Port; a free one if it is taken."),
    database: Path | None = typer.Option(
        None, "--database", help="Keep its state in this SQLite file; in memory if left out."
    ),
) -> None:
    """Run a Twilio in a box that the official SDK talks to unchanged. Nothing leaves this machine."""
    if context.invoked_subcommand is not None:
        return
    from ringline.cli.opening import run_async
    from ringline.cli.phone_desk import lone_phone
    from ringline.cli.signals import stop_signal

    async def work() -> None:
        async with simulator_on(port, database=database, pages=lone_phone()) as simulator:
            stopped = stop_signal()
            if port and not simulator.base_url.endswith(f":{port}"):
                say(f"Port {port} is taken; using a free one.")
            say(f"Simulated Twilio   {simulator.base_url}")
            say(f"Account SID        {simulator.account_sid}")
            say(f"Auth Token         {simulator.auth_token}   (of this simulator only)")
            say(f"Phones             {simulator.base_url}/phone")
            say(f"Use it with        RINGLINE_TWILIO_BASE_URL={simulator.base_url}")
            say("Stop with Ctrl-C.")
            await stopped

    run_async(work())


def movable_clock() -> Clock:
    """The machine's time, which the simulator's control API can hold and move on."""
    from ringline.simulator import SteerableClock

    return SteerableClock()


@asynccontextmanager
async def simulator_on(
    port: int, *, database: Path | None = None, clock: Clock | None = None, pages: ASGIApp | None = None
) -> AsyncIterator[Simulator]:
    """A running simulator on *port*, or on a free one if that is taken, with a few phones in hand."""
    from ringline.simulator import FIRST_PHONES, Simulator
    from ringline.web.server import is_free

    chosen = port if is_free("127.0.0.1", port) else 0
    async with Simulator(port=chosen, clock=clock, database=database, phones=FIRST_PHONES, pages=pages) as simulator:
        yield simulator
    await asyncio.sleep(0)
