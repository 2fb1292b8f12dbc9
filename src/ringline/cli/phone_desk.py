"""The phones of the simulated Twilio on a server's own address: their control API, and the page alone.

Beside the product they are behind its sign-in; `ringline simulator` serves the page to this machine only, and there is
nobody to sign in as.
"""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from ringline.app import Ringline
    from ringline.simulator import Simulator

_QUIET_TURNS = 12
"""Turns of the loop without anything in hand, after which it is at rest."""
_PATIENCE = 20.0


def routes(ringline: Ringline, simulator: Simulator) -> Sequence[BaseRoute]:
    """What a server needs to offer the simulator's phones; from here on both move on one clock."""
    from starlette.routing import Mount

    from ringline.cli import scenario_desk

    loop = asyncio.get_running_loop()

    async def at_rest() -> None:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_at_rest(ringline, simulator), loop))

    simulator.runs_beside(at_rest)
    return [
        scenario_desk.route(ringline, simulator),
        Mount("/_simulator", app=simulator.control_application, name="simulator"),
    ]


async def _at_rest(ringline: Ringline, simulator: Simulator) -> None:
    """Return when the product has nothing in hand that needs no time to pass."""
    quiet = 0
    async with asyncio.timeout(_PATIENCE):
        while quiet < _QUIET_TURNS:
            is_asking = ringline.requests_in_flight > simulator.held_requests
            is_busy = getattr(ringline.database, "is_busy", False) or getattr(ringline.dispatcher, "is_busy", False)
            quiet = 0 if is_asking or is_busy else quiet + 1
            await asyncio.sleep(0.001 if is_asking or is_busy else 0)


def lone_phone() -> ASGIApp:
    """The built pages, of which there is only the phone."""
    from starlette.applications import Starlette
    from starlette.responses import JSONResponse, RedirectResponse
    from starlette.routing import Route

    from ringline.web import ui

    async def me(_: Request) -> Response:
        found = {"name": "you", "role": "operator", "csrf": "", "must_change_password": False}
        return JSONResponse({**found, "simulator": True, "alone": True, "version": version("ringline")})

    async def to_phone(_: Request) -> Response:
        return RedirectResponse("/phone", 307)

    return Starlette(routes=[Route("/", to_phone), Route("/api/v1/me", me), *ui.routes()])
