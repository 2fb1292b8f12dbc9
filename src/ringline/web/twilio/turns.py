"""`/twilio/turn/{session}.{leg}.{turn}.{part}` and `/twilio/hold/{call}.{n}`: a live call asks what it hears next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from ringline.voice.sessions.calling import HANG_UP
from ringline.web.twilio.signed import signed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline


def routes(ringline: Ringline) -> list[BaseRoute]:
    """Each turn of a conversation, and calls to us that wait for their run."""

    async def turn(request: Request) -> Response:
        webhook = signed(request)
        found = _place(request.path_params["token"])
        if found is None:
            return _twiml(HANG_UP)
        session, leg, number, part = found
        body = await ringline.sessions.live.turn(session, leg, number, part, webhook.form, webhook.idempotency_token)
        return _twiml(body)

    async def hold(request: Request) -> Response:
        call, _, tries = request.path_params["token"].rpartition(".")
        if not call or not _is_number(tries):
            return _twiml(HANG_UP)
        return _twiml(await ringline.inbound_calls.again(call, int(tries), signed(request).form))

    return [Route("/turn/{token}", turn, methods=["POST"]), Route("/hold/{token}", hold, methods=["POST"])]


def _place(token: str) -> tuple[str, int, int, str] | None:
    """The session, leg, turn and part that an address names; ``None`` for one that is not ours."""
    session, *rest = token.split(".")
    if len(rest) != 3 or not session or not _is_number(rest[0]) or not _is_number(rest[1]):
        return None
    return session, int(rest[0]), int(rest[1]), rest[2]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 8


def _twiml(body: bytes) -> Response:
    return Response(body, media_type="text/xml")
