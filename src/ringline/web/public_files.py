"""What people and carriers fetch without a token: `/l/{code}` short links and `/m/{token}` media."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from ringline.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

# A click that a browser remembers is a click nobody counts.
_NOT_KEPT = {"Cache-Control": "no-store", "Referrer-Policy": "no-referrer", "X-Robots-Tag": "noindex"}


def routes(ringline: Ringline) -> list[BaseRoute]:
    """Short links and media of *ringline*."""

    async def follow(request: Request) -> Response:
        try:
            address = await ringline.links.resolve(request.path_params["code"])
        except NotFoundError:
            return PlainTextResponse("This link leads nowhere.\n", 404, headers=_NOT_KEPT)
        return RedirectResponse(address, 302, headers=_NOT_KEPT)

    async def media(request: Request) -> Response:
        try:
            found = await ringline.media.open(request.path_params["token"])
        except NotFoundError:
            return PlainTextResponse("This address is not valid, or not any more.\n", 404, headers=_NOT_KEPT)
        return Response(
            found.content,
            media_type=found.content_type,
            headers={
                "Cache-Control": "private, max-age=3600",
                "X-Content-Type-Options": "nosniff",
                # Media comes from outside; whatever it is, a browser must not run it under our name.
                "Content-Security-Policy": "sandbox; default-src 'none'",
            },
        )

    return [
        Route("/l/{code}", follow, methods=["GET"]),
        Route("/m/{token}", media, methods=["GET"]),
    ]
