"""`/twilio/status/{message}.{attempt}`: Twilio says how far a message has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from ringline.twilio.webhooks import parse_status_callback
from ringline.web.twilio.signed import signed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The status callback. It only writes the report down; what it means is worked out after the answer."""

    async def status(request: Request) -> Response:
        callback = parse_status_callback(signed(request).form)
        message_id, attempt_no = _token(request.path_params["token"])
        await ringline.outbox.record_callback(callback, message_id=message_id, attempt_no=attempt_no)
        return Response(status_code=204)

    return [Route("/status/{token}", status, methods=["POST"])]


def _token(text: str) -> tuple[str | None, int | None]:
    """The message and the attempt a callback address names; nothing for an address that is not one of ours."""
    message_id, _, attempt_no = text.rpartition(".")
    if not message_id or not (attempt_no.isascii() and attempt_no.isdigit() and len(attempt_no) < 10):
        return None, None
    return message_id, int(attempt_no)
