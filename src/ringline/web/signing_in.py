"""Signing in and out: `GET /sign-in/{code}`, a link that works once, and `/api/v1/me`."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ringline.web.sessions import COOKIE, SESSION_SECONDS, Sessions

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute


def routes(sessions: Sessions) -> list[BaseRoute]:
    """What a browser asks first."""

    async def one_time_link(request: Request) -> Response:
        if not sessions.redeem(request.path_params["code"]):
            return RedirectResponse("/sign-in?why=link", 303)
        response = RedirectResponse("/", 303)
        response.set_cookie(COOKIE, sessions.new_cookie(), max_age=SESSION_SECONDS, httponly=True, samesite="strict")
        return response

    async def me(request: Request) -> Response:
        cookie = request.cookies.get(COOKIE, "")
        found: dict[str, Any] = {
            "name": "admin",
            "role": "admin",
            "csrf": sessions.csrf(cookie),
            "must_change_password": False,
            "simulator": any(getattr(r, "path", "").startswith("/_simulator") for r in request.app.routes),
            "version": version("ringline"),
        }
        return JSONResponse(found)

    async def sign_out(_: Request) -> Response:
        response = Response(status_code=204)
        response.delete_cookie(COOKIE)
        return response

    return [
        Route("/sign-in/{code}", one_time_link, methods=["GET"]),
        Route("/api/v1/me", me, methods=["GET"]),
        Route("/api/v1/me/sign-out", sign_out, methods=["POST"]),
    ]
