"""The status page at `/`: messages, replies and runs as tables, for whoever is signed in. Plain HTML, no script."""

from __future__ import annotations

from datetime import UTC, datetime
from html import escape
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from ringline.messaging.prices import PRICE_UNIT, expected_price
from ringline.web.access import bearer
from ringline.web.sessions import COOKIE, SESSION_SECONDS, Sessions
from ringline.web.tones import BAD, GOOD

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline
    from ringline.messaging.message import Message
    from ringline.workflow.runs import Run

SECURITY_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self' 'unsafe-inline'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cache-Control": "no-store",
}

_ROWS = 50

_STYLE = """
:root { color-scheme: light dark; --line: #8884; --soft: #8881; --good: #15803d; --bad: #b91c1c; --wait: #a16207 }
@media (prefers-color-scheme: dark) { :root { --good: #4ade80; --bad: #f87171; --wait: #facc15 } }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 84rem; margin: 2rem auto; padding: 0 1rem }
h1 { font-size: 1.3rem; margin: 0 } h2 { font-size: 1rem; margin: 2rem 0 .5rem }
p.sub { margin: .2rem 0 0; opacity: .75 }
.scroll { overflow-x: auto } table { border-collapse: collapse; width: 100% }
th { text-align: left; font-weight: 600; font-size: .85rem; opacity: .75 }
th, td { padding: .35rem .8rem .35rem 0; border-bottom: 1px solid var(--line); vertical-align: top }
td.text { min-width: 18rem; max-width: 26rem; overflow-wrap: anywhere; white-space: pre-line }
td.status { min-width: 13rem; max-width: 22rem }
td.num { font-variant-numeric: tabular-nums; white-space: nowrap }
.good { color: var(--good) } .bad { color: var(--bad) } .wait { color: var(--wait) }
.why { display: block; opacity: .8 }
form { display: flex; gap: .5rem; margin: 1rem 0 } input { flex: 1; max-width: 28rem }
input, button { font: inherit; padding: .4rem .7rem }
code { background: var(--soft); padding: .1rem .3rem; border-radius: 3px }
"""


def routes(ringline: Ringline, sessions: Sessions) -> list[BaseRoute]:
    """The page and the ways to sign in to it."""

    async def status(request: Request) -> Response:
        given = bearer(request.headers)
        if not sessions.is_valid(request.cookies.get(COOKIE)) and not (given and sessions.is_token(given)):
            return _answer(_sign_in_page(), 401)
        messages = await ringline.messages.list(limit=_ROWS)
        inbound = await ringline.inbound.list(limit=_ROWS)
        runs = await ringline.runs.list(limit=_ROWS)
        return _answer(_status_page(messages, inbound, runs, ringline.settings.public_url))

    async def sign_in(request: Request) -> Response:
        form = parse_qs((await request.body()).decode("utf-8", "replace"))
        if not sessions.is_token(form.get("token", [""])[0].strip()):
            return _answer(_sign_in_page("That is not the API token."), 401)
        return _signed_in(sessions)

    async def one_time_link(request: Request) -> Response:
        if not sessions.redeem(request.path_params["code"]):
            return _answer(_sign_in_page("This link was used before, or is older than an hour."), 401)
        return _signed_in(sessions)

    return [
        Route("/", status, methods=["GET"]),
        Route("/sign-in", sign_in, methods=["POST"]),
        Route("/sign-in/{code}", one_time_link, methods=["GET"]),
    ]


def _signed_in(sessions: Sessions) -> Response:
    response = RedirectResponse("/", 303, headers=SECURITY_HEADERS)
    response.set_cookie(COOKIE, sessions.new_cookie(), max_age=SESSION_SECONDS, httponly=True, samesite="strict")
    return response


def _answer(content: str, status: int = 200) -> HTMLResponse:
    return HTMLResponse(content, status, headers=SECURITY_HEADERS)


def _page(title: str, body: str) -> str:
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head><body>{body}</body></html>"
    )


def _sign_in_page(reason: str = "") -> str:
    said = f'<p role="alert" class="bad">{escape(reason)}</p>' if reason else ""
    return _page(
        "Ringline: sign in",
        f"<h1>Ringline</h1>{said}<p>Open the one-time link that <code>ringline dev</code> or "
        "<code>ringline serve</code> printed, or give the API token (the file <code>token</code> in the home directory "
        "holds it).</p>"
        '<form method="post" action="/sign-in"><input type="password" name="token" aria-label="API token" '
        'autocomplete="current-password" required><button>Sign in</button></form>',
    )


def _status_page(
    messages: Sequence[Message], inbound: Sequence[Message], runs: Sequence[Run], public_url: str | None
) -> str:
    reached = (
        f"Twilio reaches it at {escape(public_url)}"
        if public_url
        else "No public URL is set, so Twilio cannot reach it"
    )
    return _page(
        "Ringline",
        f'<h1>Ringline</h1><p class="sub">{reached}. Reload for the latest.</p>'
        + _table(
            "Messages sent",
            ("When (UTC)", "From", "To", "Text", "Status", "Segments", "Price"),
            map(_sent_row, messages),
        )
        + _table("Messages received", ("When (UTC)", "From", "To", "Text"), map(_received_row, inbound))
        + _table("Runs", ("When (UTC)", "Workflow", "Version", "Status", "Run"), map(_run_row, runs)),
    )


def _table(title: str, heads: Sequence[str], rows: Iterable[str]) -> str:
    body = "".join(rows)
    if not body:
        return f"<h2>{escape(title)}</h2><p>None yet.</p>"
    head = "".join(f"<th scope='col'>{escape(name)}</th>" for name in heads)
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"
    return f"<h2>{escape(title)}</h2><div class='scroll'>{table}</div>"


def _sent_row(message: Message) -> str:
    error = message.error
    why = f"{error.message} {error.fix}".strip() if error else message.refusal_reason
    status = _status(message.status) + (f"<span class='why'>{escape(why)}</span>" if why else "")
    sender = message.from_ or message.messaging_service_sid or ""
    return (
        f"<tr>{_when(message.created_at)}<td class='num'>{escape(sender)}</td><td class='num'>{escape(message.to)}</td>"
        f"<td class='text'>{escape(message.body or '')}</td><td class='status'>{status}</td>"
        f"<td class='num'>{message.segments or ''}</td><td class='num'>{escape(_price(message))}</td></tr>"
    )


def _price(message: Message) -> str:
    """What it cost; until Twilio has said, about what it will."""
    if message.price is not None:
        return f"{message.price.lstrip('-')} {message.price_unit or ''}"
    expected = expected_price(message)
    return "" if expected is None else f"about {expected} {PRICE_UNIT}"


def _received_row(message: Message) -> str:
    return (
        f"<tr>{_when(message.created_at)}<td class='num'>{escape(message.from_ or '')}</td>"
        f"<td class='num'>{escape(message.to)}</td><td class='text'>{escape(message.body or '')}</td></tr>"
    )


def _run_row(run: Run) -> str:
    why = f"<span class='why'>{escape(run.error.message)}</span>" if run.error else ""
    return (
        f"<tr>{_when(run.created_at)}<td>{escape(run.workflow)}</td><td class='num'>{run.version}</td>"
        f"<td class='status'>{_status(run.status)}{why}</td><td class='num'>{escape(run.id)}</td></tr>"
    )


def _status(status: str) -> str:
    tone = "good" if status in GOOD else "bad" if status in BAD else "wait"
    return f"<span class='{tone}'>{escape(status)}</span>"


def _when(moment: datetime | None) -> str:
    if moment is None:
        return "<td></td>"
    text = moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S")
    return f"<td class='num'><time datetime='{moment.isoformat()}'>{text}</time></td>"
