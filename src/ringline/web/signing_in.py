"""Signing in: `GET /sign-in/{code}` by a link that works once, and what both ways in have in common."""

from __future__ import annotations

from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from ringline.access.sign_ins import BY_LINK, LONGEST
from ringline.errors import NotFoundError
from ringline.web.access import is_loopback
from ringline.web.identity import COOKIE, is_from_here

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.access import Principal
    from ringline.app import Ringline
    from ringline.web.sessions import Sessions


def routes(ringline: Ringline, sessions: Sessions) -> list[BaseRoute]:
    """The one-time link."""

    async def one_time_link(request: Request) -> Response:
        if not may_be_silent(request, ringline.settings.public_url):
            return RedirectResponse("/sign-in?why=here", 303)
        is_good, name = sessions.redeem(request.path_params["code"])
        if not is_good:
            return RedirectResponse("/sign-in?why=link", 303)
        try:
            user = (await ringline.access.users.first_admin())[0] if name is None else await _named(ringline, name)
        except NotFoundError:
            return RedirectResponse("/sign-in?why=link", 303)
        response = RedirectResponse("/", 303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"})
        await begin(ringline, request, response, user.id, BY_LINK)
        return response

    return [Route("/sign-in/{code}", one_time_link, methods=["GET"], include_in_schema=False)]


async def _named(ringline: Ringline, name: str) -> Any:
    return await ringline.access.users.get(name)


def may_be_silent(request: Request, public_url: str | None) -> bool:
    """Whether a link may take a password's place.

    It was made on this machine, straight to it, and this server is nobody's but its own: `dev` and `demo` name
    themselves as the public address, which leads nowhere from elsewhere.
    """
    public = urlsplit(public_url).hostname if public_url else None
    return is_from_here(request.scope) and (public is None or is_loopback(public))


async def begin(ringline: Ringline, request: Request, response: Response, user_id: str, how: str) -> Principal:
    """Sign the browser of *request* in: a row, a cookie, and a line in the log. Gives whoever it is now."""
    access = ringline.access
    secret = await access.sign_ins.begin(
        user_id,
        how=how,
        address=request.client.host if request.client else "",
        browser=request.headers.get("user-agent", ""),
    )
    principal = await access.by_cookie(secret)
    assert principal is not None
    response.set_cookie(
        COOKIE, secret, max_age=int(LONGEST), httponly=True, samesite="strict", secure=_is_https(request)
    )
    return principal


def _is_https(request: Request) -> bool:
    # Behind a proxy that ends TLS only the browser's own word tells; a lie harms nobody but its teller.
    return request.url.scheme == "https" or request.headers.get("origin", "").startswith("https://")


def described(principal: Principal, request: Request) -> dict[str, Any]:
    """Who is signed in, and what the pages need to know of the server."""
    return {
        "name": principal.name,
        "role": principal.role,
        "csrf": principal.csrf,
        "must_change_password": principal.must_change_password,
        "simulator": any(getattr(route, "path", "").startswith("/_simulator") for route in request.app.routes),
        "version": version("ringline"),
    }
