"""`/a/{token}`: the page behind an alert's link. Only its button acknowledges; phones look at links by themselves."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from ringline.clock import utc
from ringline.errors import NotFoundError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline
    from ringline.escalation.acknowledgements import Click, Press

_BUTTONS: dict[Press, str] = {"acknowledge": "Acknowledge", "resolve": "Resolved"}

_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
    "Cache-Control": "no-store",
}

_STYLE = """
:root { color-scheme: light dark }
body { font: 18px/1.5 system-ui, sans-serif; max-width: 32rem; margin: 12vh auto; padding: 0 1.2rem }
h1 { font-size: 1.3rem }
blockquote { margin: 1rem 0; padding: .8rem 1rem; border-left: 4px solid #8886; white-space: pre-line;
  overflow-wrap: anywhere }
button { font: inherit; font-weight: 600; width: 100%; padding: .9rem; border: 0; border-radius: .6rem;
  background: #15803d; color: #fff }
"""


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The page, and what its button does."""

    async def page(request: Request) -> Response:
        try:
            # Looking changes nothing, whoever looks.
            click = await ringline.acknowledgements.look(request.path_params["token"])
        except NotFoundError:
            return _not_found()
        return _answer(_page(click))

    async def press(request: Request) -> Response:
        try:
            click = await ringline.acknowledgements.press(request.path_params["token"], _meant(request))
        except NotFoundError:
            return _not_found()
        return _answer(_page(click))

    return [
        Route("/a/{token}", page, methods=["GET"]),
        Route("/a/{token}", press, methods=["POST"]),
    ]


def _page(click: Click) -> str:
    title, words, does = _said(click)
    # The address says what the button said, so that tapping it twice means it once.
    form = f'<form method="post" action="?do={does}"><button>{_BUTTONS[does]}</button></form>' if does else ""
    alert = f"<blockquote>{escape(click.text)}</blockquote>"
    return _html(title, f"{alert}<p>{escape(words)}</p>{form}")


def _meant(request: Request) -> Press | None:
    """What the button said that was pressed; None for a program that presses without having looked."""
    return next((does for does in _BUTTONS if does == request.query_params.get("do")), None)


def _said(click: Click) -> tuple[str, str, Press | None]:
    """Heading, sentence, and what the button does where there is one."""
    who = "You have" if click.is_mine else f"{click.taken_by} has"
    if click.state == "open":
        return "Alert", "Nobody has acknowledged this yet.", "acknowledge"
    if click.state == "acknowledged":
        words = f"{who} acknowledged this{_at(click.taken_at)}. Press the button once it is done."
        return "Acknowledged", words, "resolve"
    if click.taken_by is None:
        words = "This alert has ended, and nobody had acknowledged it." if click.is_exhausted else "This is done."
        return "Over", words, None
    if click.needs_resolution and not click.is_exhausted:
        return "Resolved", f"{who} acknowledged this{_at(click.taken_at)}, and it is done.", None
    return "Acknowledged", f"{who} acknowledged this{_at(click.taken_at)}.", None


def _at(seconds: float | None) -> str:
    return "" if seconds is None else f" on {utc(seconds):%d %B at %H:%M} UTC"


def _not_found() -> Response:
    body = _html("No such alert", "<p>This link is not valid, or its alert was a long time ago.</p>")
    return HTMLResponse(body, 404, headers=_HEADERS)


def _answer(body: str) -> Response:
    return HTMLResponse(body, headers=_HEADERS)


def _html(title: str, content: str) -> str:
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style><h1>{escape(title)}</h1>{content}</html>"
    )
