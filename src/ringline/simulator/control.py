"""The control API under ``/_simulator``: what the phone's page and tests in other processes use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.errors import RequestError

if TYPE_CHECKING:
    from ringline.simulator.simulator import Simulator


class Control:
    """Routes that steer a simulator."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self.application = Starlette(
            routes=[Route("/_simulator/health", self.health, methods=["GET"])],
            exception_handlers={RequestError: _refuse},
        )

    async def health(self, request: Request) -> Response:
        """That it runs."""
        return JSONResponse({"status": "ok"})


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    body: dict[str, Any] = {"code": error.code, "detail": error.message, "field": error.field, "fix": error.fix}
    return JSONResponse(body, status_code=400)
