"""The control API under ``/_simulator``: what the phone's page and tests in other processes use.

Commands are POSTs with a JSON body, so that no page of another site can give them. Tokens are never shown.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import asdict
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from ringline.errors import RequestError
from ringline.simulator import faults
from ringline.simulator.control_calls import CallControl
from ringline.simulator.control_clock import ClockControl
from ringline.simulator.control_events import Events
from ringline.simulator.control_forms import body_of, optional_text, phone_number, text
from ringline.simulator.control_phones import PhoneControl
from ringline.simulator.records import Message, ReceivedMessage

if TYPE_CHECKING:
    from ringline.simulator.simulator import Simulator

_LONGEST_WAIT = 60.0


class Control:
    """Routes that steer a simulator; they run on its own thread."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator
        self._clock = ClockControl(simulator)
        phones = PhoneControl(simulator)
        self.events = Events(simulator, received_dictionary, phones.message)
        routes = [
            Route("/health", self.health),
            Route("/state", self.state),
            Route("/events", self.events.stream),
            Route("/messages", self.messages),
            Route("/webhooks", self.webhooks),
            Route("/connect", self.connect, methods=["POST"]),
            Route("/numbers", self.add_number, methods=["POST"]),
            Route("/reset", self.reset, methods=["POST"]),
            *self._clock.routes(),
            Route("/carrier", self.carrier, methods=["GET", "POST"]),
            Route("/faults", self.faults, methods=["GET", "POST", "DELETE"]),
            Route("/handsets", self.handsets),
            Route("/handsets/{number}", self.handset),
            Route("/handsets/{number}/wait", self.wait),
            Route("/handsets/{number}/send", self.send, methods=["POST"]),
            Route("/handsets/{number}/reply", self.send, methods=["POST"]),
            Route("/handsets/{number}/read", self.read, methods=["POST"]),
            *CallControl(simulator).routes(),
            *phones.routes(),
        ]
        self.application = Starlette(
            routes=[Mount("/_simulator", routes=routes)], exception_handlers={RequestError: _refuse}
        )

    # -- what there is ---------------------------------------------------------------------------------------------

    async def health(self, request: Request) -> Response:
        """That it runs."""
        return JSONResponse({"status": "ok"})

    async def state(self, request: Request) -> Response:
        """Everything but the messages: accounts, senders, clock, carrier, faults."""
        simulator = self._simulator
        numbers = [
            {"sid": each.sid, "number": each.number, "account_sid": each.account_sid, "sms_url": each.sms_url}
            for each in simulator.numbers
        ]
        statuses: dict[str, int] = {}
        for message in simulator.messages:
            statuses[message.status] = statuses.get(message.status, 0) + 1
        return JSONResponse(
            {
                "base_url": simulator.base_url,
                "account_sid": simulator.account_sid,
                "numbers": numbers,
                "messages": statuses,
                "clock": self._clock.as_dictionary(),
                "carrier": simulator.carrier.as_dictionary(),
                "faults": self._faults(),
                "waiting": simulator.explain_waiting(),
            }
        )

    async def messages(self, request: Request) -> Response:
        """All messages with what Twilio's own API does not tell, newest last; ``to`` and ``callback`` narrow it."""
        to, callback = request.query_params.get("to"), request.query_params.get("callback")
        chosen = [
            message_dictionary(message)
            for message in self._simulator.messages
            if (to is None or message.to == to) and (callback is None or callback in (message.status_callback or ""))
        ]
        return JSONResponse({"messages": chosen})

    async def webhooks(self, request: Request) -> Response:
        """The last requests made to the application, oldest first."""
        return JSONResponse({"webhooks": [asdict(attempt) for attempt in self._simulator.webhooks]})

    # -- what it can be told ---------------------------------------------------------------------------------------

    async def connect(self, request: Request) -> Response:
        """Point every sender's inbound webhook at ``sms_url``."""
        body = await body_of(request, "sms_url", "status_callback", "voice_url", "voice_status_callback")
        self._simulator.connect(
            text(body, "sms_url"),
            status_callback=optional_text(body, "status_callback"),
            voice_url=optional_text(body, "voice_url"),
            voice_status_callback=optional_text(body, "voice_status_callback"),
        )
        return JSONResponse({"connected": len(self._simulator.numbers)})

    async def add_number(self, request: Request) -> Response:
        """Give the ordinary account another sender."""
        body = await body_of(request, "number", "sms_url", "segments_per_second", "voice_url")
        pace = body.get("segments_per_second")
        if pace is not None and (isinstance(pace, bool) or not isinstance(pace, int | float) or pace <= 0):
            raise RequestError("segments_per_second must be a number above 0", field="segments_per_second")
        number = self._simulator.add_number(
            text(body, "number"),
            segments_per_second=pace,
            sms_url=optional_text(body, "sms_url") or "",
            voice_url=optional_text(body, "voice_url") or "",
        )
        return JSONResponse({"sid": number.sid, "number": number.number}, status_code=201)

    async def reset(self, request: Request) -> Response:
        """Forget everything."""
        await body_of(request)
        self._simulator.reset()
        return JSONResponse({"status": "ok"})

    async def carrier(self, request: Request) -> Response:
        """The carrier's settings; a POST changes those it names."""
        if request.method == "POST":
            self._simulator.carrier.change(await body_of(request, any_name=True))
            self._simulator.parts.state.news.tell("carrier", self._simulator.carrier.as_dictionary())
        return JSONResponse(self._simulator.carrier.as_dictionary())

    async def faults(self, request: Request) -> Response:
        """The faults that are set; a POST adds one, a DELETE takes all away."""
        if request.method == "POST":
            self._simulator.faults.add(faults.fault_from(await body_of(request, any_name=True)))
        elif request.method == "DELETE":
            self._simulator.faults.clear()
        return JSONResponse({"faults": self._faults()}, status_code=201 if request.method == "POST" else 200)

    # -- phones ----------------------------------------------------------------------------------------------------

    async def handsets(self, request: Request) -> Response:
        """The phones that something has arrived on or that have written."""
        phones: dict[str, dict[str, Any]] = {}
        for message in self._simulator.messages:
            phone = (message.to if message.outbound else message.from_ or "").removeprefix("whatsapp:")
            entry = phones.setdefault(phone, {"number": phone, "messages": 0})
            entry["messages"] += 1
        return JSONResponse({"handsets": list(phones.values())})

    async def handset(self, request: Request) -> Response:
        """What has arrived on a phone, and its whole conversation with the account."""
        number = phone_number(request)
        conversation = [
            message_dictionary(message)
            for message in self._simulator.messages
            if number in (message.to.removeprefix("whatsapp:"), (message.from_ or "").removeprefix("whatsapp:"))
        ]
        inbox = [received_dictionary(message) for message in self._simulator.handset(number).inbox]
        return JSONResponse({"number": number, "inbox": inbox, "conversation": conversation})

    async def wait(self, request: Request) -> Response:
        """The next message not yet asked for that contains ``text``; 404 after ``timeout`` seconds without one."""
        query = request.query_params
        try:
            patience = min(float(query.get("timeout", "5")), _LONGEST_WAIT)
        except ValueError:
            raise RequestError("timeout must be a number of seconds", field="timeout") from None
        handset = self._simulator.handset(phone_number(request))
        try:
            message = await handset.wait_for_message(query.get("text"), timeout=patience)
        except TimeoutError as error:
            return JSONResponse({"code": "no_message", "detail": str(error)}, status_code=404)
        return JSONResponse(received_dictionary(message))

    async def send(self, request: Request) -> Response:
        """Write ``body`` from the phone to a sender; a reply goes to whoever wrote last."""
        reply = request.url.path.endswith("/reply")
        body = await body_of(request, "body", "to", "media", "extra")
        handset = self._simulator.handset(phone_number(request))
        to = optional_text(body, "to") if reply else text(body, "to")
        extra = body.get("extra", {})
        if not isinstance(extra, dict) or not all(isinstance(value, str) for value in extra.values()):
            raise RequestError("extra must be an object of texts", field="extra")
        written, media = text(body, "body", may_be_empty=True), _media(body)
        if reply:
            message = await handset.reply(written, to, media=media, extra=extra)
        else:
            message = await handset.send(written, to or "", media=media, extra=extra)
        return JSONResponse(message_dictionary(message), status_code=201)

    async def read(self, request: Request) -> Response:
        """Look at the last WhatsApp message."""
        await body_of(request)
        await self._simulator.handset(phone_number(request)).read()
        return JSONResponse({"status": "ok"})

    def _faults(self) -> list[dict[str, Any]]:
        return [faults.as_dictionary(fault) for fault in self._simulator.faults.active()]


def message_dictionary(message: Message) -> dict[str, Any]:
    """A message with all that the simulator knows of it."""
    return {
        "sid": message.sid,
        "from": message.from_,
        "to": message.to,
        "body": message.body,
        "direction": message.direction,
        "status": message.status,
        "error_code": message.error_code,
        "num_segments": message.num_segments,
        "media_urls": message.media_urls,
        "media": message.media,
        "status_callback": message.status_callback,
        "created": message.created,
        "reached_phone": message.reached_phone,
    }


def received_dictionary(message: ReceivedMessage) -> dict[str, Any]:
    """A message as it lies on a phone."""
    return {
        "sid": message.sid,
        "from": message.from_,
        "to": message.to,
        "channel": message.channel,
        "body": message.body,
        "media_urls": message.media_urls,
        "num_segments": message.num_segments,
        "at": message.at,
    }


def _media(body: dict[str, Any]) -> list[tuple[str, bytes]]:
    media = body.get("media", [])
    if not isinstance(media, list):
        raise RequestError("media must be a list of {content_type, base64}", field="media")
    read: list[tuple[str, bytes]] = []
    for each in media:
        try:
            read.append((str(each["content_type"]), base64.b64decode(each["base64"], validate=True)))
        except (TypeError, KeyError, binascii.Error, ValueError):
            raise RequestError("media must be a list of {content_type, base64}", field="media") from None
    return read


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestError)
    body: dict[str, Any] = {"code": error.code, "detail": error.message, "field": error.field, "fix": error.fix}
    return JSONResponse(body, status_code=400)


def is_local(host_header: str) -> bool:
    """Whether a ``Host`` header names this machine, as no page on a rebound name of another site can make it."""
    return (urlsplit(f"//{host_header}").hostname or "") in ("localhost", "127.0.0.1", "::1")
