"""`/twilio/status/{message}.{attempt}`: Twilio says how far a message has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response
from starlette.routing import Route

from ringline.twilio.webhooks import parse_status_callback
from ringline.web.webhooks.signed import signed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The status callback."""

    async def status(request: Request) -> Response:
        callback = parse_status_callback(signed(request).form)
        await ringline.outbox.record_callback(callback, message_id=..., attempt_no=...)
        return Response(status_code=204)

    return [Route("/status/{token}", status, methods=["POST"])]
