"""`/twilio/voice…` and beside it: what Twilio asks and tells about calls and their recordings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from ringline.twilio.calls import parse_call, parse_recording
from ringline.voice.announcements import HANG_UP
from ringline.web.twilio.signed import signed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

LONGEST_ID = 64


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The webhooks of calls. Reports are written down before they are answered."""
    answering = ringline.calls.answering

    async def inbound(request: Request) -> Response:
        form = signed(request).form
        return _document(await answering.inbound(parse_call(form), form))

    async def first(request: Request) -> Response:
        form = signed(request).form
        call_id, n = token_of(request.path_params["token"])
        if call_id is None or n is None:
            return _document(HANG_UP)
        return _document(await answering.first(call_id, n, parse_call(form), form))

    async def menu(request: Request) -> Response:
        form = signed(request).form
        left = 1 if request.query_params.get("left") == "1" else 0
        call_id = request.path_params["call"]
        if not is_id(call_id):
            return _document(HANG_UP)
        return _document(await answering.pressed(call_id, parse_call(form), form.get("Digits", ""), left=left))

    async def status(request: Request) -> Response:
        call_id, n = token_of(request.path_params.get("token", ""))
        await answering.status(call_id, n, parse_call(signed(request).form))
        return Response(status_code=204)

    async def detected(request: Request) -> Response:
        call_id, _ = token_of(request.path_params["token"])
        if call_id is not None:
            await answering.detected(call_id, parse_call(signed(request).form))
        return Response(status_code=204)

    async def recording(request: Request) -> Response:
        if is_id(call_id := request.path_params["call"]):
            await ringline.calls.recordings.note(call_id, parse_recording(signed(request).form))
        return Response(status_code=204)

    return [
        Route("/voice", inbound, methods=["POST"]),
        Route("/voice/{call}/menu", menu, methods=["POST"]),
        Route("/voice/{token}", first, methods=["POST"]),
        Route("/call-status", status, methods=["POST"]),
        Route("/call-status/{token}", status, methods=["POST"]),
        Route("/amd/{token}", detected, methods=["POST"]),
        Route("/recording/{call}", recording, methods=["POST"]),
    ]


def token_of(text: str) -> tuple[str | None, int | None]:
    """The call and the attempt that an address names; nothing for an address that is not one of ours."""
    call_id, _, n = text.rpartition(".")
    if not is_id(call_id) or not (n.isascii() and n.isdigit() and len(n) < 10):
        return None, None
    return call_id, int(n)


def is_id(text: str) -> bool:
    """Whether this may name a call: a database would not take every character that an address may hold."""
    return text.isascii() and text.replace("_", "").isalnum() and len(text) <= LONGEST_ID


def _document(content: bytes) -> Response:
    return Response(content, media_type="text/xml")
