"""`/twilio/sms`: somebody wrote to one of our numbers, by SMS, MMS or WhatsApp."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from starlette.responses import Response
from starlette.routing import Route

from ringline.twilio.webhooks import parse_inbound
from ringline.web.twilio.signed import signed

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The inbound webhook. It answers once the message is on disk, so that Twilio never has to guess."""

    async def sms(request: Request) -> Response:
        received = await ringline.inbound.receive(parse_inbound(signed(request).form))
        return Response(_twiml(received.answer), media_type="text/xml")

    return [Route("/sms", sms, methods=["POST"])]


def _twiml(answer: str | None) -> str:
    said = f"<Message>{escape(answer)}</Message>" if answer else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{said}</Response>'
