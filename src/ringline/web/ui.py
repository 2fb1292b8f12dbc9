"""The pages' files: built from `ui/` into `web/static`, compressed there, and served as they are.

Every address that no other route takes is one of the pages' own, which the script in `index.html` knows; what is asked
for under `/assets` carries a hash in its name and is kept by browsers for good.
"""

from __future__ import annotations

import mimetypes
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.routing import Match, Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute
    from starlette.types import Scope

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; worker-src 'self'; connect-src 'self'; "
        "style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), payment=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}

STATIC = Path(__file__).with_name("static")
"""Where the pages are built to; not in a clone, but in every package."""

_NOT_PAGES = ("/api", "/live", "/_simulator", "/twilio", "/hooks/", "/m/", "/l/", "/a/", "/assets/")
_FOR_GOOD = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"

_NOT_BUILT = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Ringline</title></head>
<body style="font: 16px/1.6 system-ui, sans-serif; max-width: 40rem; margin: 4rem auto; padding: 0 1rem">
<h1 style="font-size: 1.3rem">The pages are not built</h1>
<p>The server runs, and so do its API, its workflows and the command line. This installation was made without
Node.js, which builds the pages from their sources. To build them:</p>
<pre>make ui                                   # in a clone of the project
pip install --force-reinstall ringline    # from a package, which has them built</pre>
<p>Then load this page again.</p></body></html>
"""


def routes() -> list[BaseRoute]:
    """The files and, for every other address, the page; to be asked after all other routes."""
    return [
        Route("/assets/{name}", asset, methods=["GET"], include_in_schema=False),
        Route("/favicon.svg", favicon, methods=["GET"], include_in_schema=False),
        PageRoute("/{path:path}", page, methods=["GET"], include_in_schema=False),
    ]


class PageRoute(Route):
    """Every address but those under which programs ask: what is not there is a 404 to them, not a page."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        if scope["type"] == "http" and scope["path"].startswith(_NOT_PAGES):
            return Match.NONE, {}
        return super().matches(scope)


def is_built() -> bool:
    """Whether the pages' files are there."""
    return (STATIC / "index.html").is_file()


async def asset(request: Request) -> Response:
    """A script, a style sheet, a font."""
    return _file(request, f"assets/{request.path_params['name']}", _FOR_GOOD)


async def favicon(request: Request) -> Response:
    """The picture in the browser's tab."""
    return _file(request, "favicon.svg", _ASK_AGAIN)


async def page(request: Request) -> Response:
    """The document that loads the pages' script, whatever the address: the script looks at it."""
    if not is_built():
        return HTMLResponse(_NOT_BUILT, 503, headers={**SECURITY_HEADERS, "Cache-Control": "no-store"})
    return _file(request, "index.html", _ASK_AGAIN)


def _file(request: Request, name: str, caching: str) -> Response:
    path = STATIC / name
    headers = {**SECURITY_HEADERS, "Cache-Control": caching, "Vary": "Accept-Encoding"}
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    compressed = path.with_name(f"{path.name}.gz")
    if "gzip" in request.headers.get("accept-encoding", "") and compressed.is_file():
        return FileResponse(compressed, headers={**headers, "Content-Encoding": "gzip"}, media_type=kind)
    if not path.is_file():
        return Response("There is no such file.\n", 404, headers=SECURITY_HEADERS, media_type="text/plain")
    return FileResponse(path, headers=headers, media_type=kind)
