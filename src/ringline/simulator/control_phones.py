"""The part of the control API that the phone's page is made of: phones in hand, what lies on them, what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.errors import RequestError
from ringline.simulator.calls.phones import Reaction
from ringline.simulator.control_calls import call_dictionary
from ringline.simulator.control_forms import body_of, flag, optional_text, phone_number, text

if TYPE_CHECKING:
    from ringline.simulator.calls.records import Call
    from ringline.simulator.parts import Parts
    from ringline.simulator.records import Message, Phone
    from ringline.simulator.simulator import Simulator

_NEWEST = 300
"""Messages and calls of a phone that are shown."""
_OTHERS = 30
_SHOWN_IN_PAGE = frozenset(
    {"image/png", "image/jpeg", "image/gif", "image/webp", "audio/mpeg", "audio/wav", "audio/ogg"}
)


class PhoneControl:
    """Routes under ``/_simulator`` for phones that somebody has in hand."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[Route]:
        """Paths relative to the control API."""
        return [
            Route("/phones", self.phones),
            Route("/phones", self.add, methods=["POST"]),
            Route("/phones/{number}", self.phone),
            Route("/phones/{number}", self.change, methods=["POST"]),
            Route("/phones/{number}/remove", self.remove, methods=["POST"]),
            Route("/phones/{number}/seen", self.see, methods=["POST"]),
            Route("/phones/{number}/react", self.react, methods=["POST"]),
            Route("/phones/{number}/opt_out", self.opt_out, methods=["POST"]),
            Route("/phones/{number}/carrier", self.carrier, methods=["POST"]),
            Route("/media/{sid}", self.media),
        ]

    @property
    def _parts(self) -> Parts:
        return self._simulator.parts

    async def phones(self, request: Request) -> Response:
        """The phones in hand, the account's numbers, and the numbers that something else has reached."""
        state = self._parts.state
        phones = [self._phone(phone) for phone in self._parts.phonebook.in_order()]
        known = {*state.phones}
        others = [number for number in reversed(state.inboxes) if number not in known][:_OTHERS]
        numbers = [
            {
                "number": each.number,
                "texts": each.sms,
                "pictures": each.mms,
                "calls": each.voice and not each.is_whatsapp,
                "whatsapp": each.is_whatsapp,
            }
            for each in state.numbers.values()
            if each.account_sid == self._simulator.account_sid
        ]
        return JSONResponse({"phones": phones, "others": others, "numbers": numbers})

    async def add(self, request: Request) -> Response:
        """Another phone: ``number`` and ``name``, both of which may be left out."""
        body = await body_of(request, "number", "name")
        phone = self._parts.phonebook.add(optional_text(body, "number"), optional_text(body, "name"))
        return JSONResponse(self._phone(phone), status_code=201)

    async def phone(self, request: Request) -> Response:
        """All that lies on a phone: messages, calls, voicemail, and what it does at this moment."""
        number = phone_number(request)
        phone = self._parts.phonebook.get(number)
        messages = [one for one in self._simulator.messages if _is_with(one, number)][-_NEWEST:]
        calls = [one for one in self._simulator.calls if one.phone == number][-_NEWEST:]
        behaviour = self._simulator.carrier.numbers.get(number)
        return JSONResponse(
            self._phone(phone)
            | {
                "messages": [self.message(one) for one in messages],
                "calls": [_short(call) for call in calls],
                "live": self._live(number),
                "behaviour": None if behaviour is None else vars_of(behaviour),
                "opt_outs": self._parts.phonebook.opt_outs(number),
            }
        )

    async def change(self, request: Request) -> Response:
        """``name``, ``signal`` and ``voicemail``, each if it is given."""
        body = await body_of(request, "name", "signal", "voicemail")
        phone = self._parts.phonebook.change(
            phone_number(request),
            name=optional_text(body, "name"),
            signal=flag(body, "signal"),
            voicemail=flag(body, "voicemail"),
        )
        return JSONResponse(self._phone(phone))

    async def remove(self, request: Request) -> Response:
        """Put a phone away."""
        await body_of(request)
        self._parts.phonebook.remove(phone_number(request))
        return JSONResponse({"status": "ok"})

    async def see(self, request: Request) -> Response:
        """Look at what came from ``with``."""
        body = await body_of(request, "with")
        self._parts.phonebook.see(phone_number(request), text(body, "with"))
        return JSONResponse({"status": "ok"})

    async def react(self, request: Request) -> Response:
        """Treat the call that rings: ``do`` is pick_up, decline or voicemail."""
        body = await body_of(request, "do")
        number, do = phone_number(request), text(body, "do")
        reactions = {"pick_up": Reaction("answer", None, 0.0), "decline": Reaction("decline", after=0.0)}
        if do == "voicemail":
            reaction = self._parts.phonebook.voicemail(self._parts.phonebook.get(number), after=0.0)
        elif do in reactions:
            reaction = reactions[do]
        else:
            raise RequestError(f"nobody can {do!r} a call", field="do", fix="use pick_up, decline or voicemail")
        self._simulator.handset(number).react(reaction)
        return JSONResponse({"status": "ok"})

    async def opt_out(self, request: Request) -> Response:
        """Have Twilio refuse what ``from`` sends to the phone, or with ``out`` false take it again."""
        body = await body_of(request, "from", "out")
        self._parts.phonebook.opt_out(phone_number(request), text(body, "from"), out=flag(body, "out") is not False)
        return JSONResponse({"status": "ok"})

    async def carrier(self, request: Request) -> Response:
        """What becomes of messages to the phone, as ``numbers`` of the carrier takes it; nothing: as usual."""
        number, body = phone_number(request), await body_of(request, any_name=True)
        carrier = self._simulator.carrier
        rest = {other: behaviour for other, behaviour in carrier.numbers.items() if other != number}
        carrier.change({"numbers": {**rest, number: body} if body else rest})
        self._parts.state.news.tell("phones")
        return JSONResponse({"status": "ok"})

    async def media(self, request: Request) -> Response:
        """A picture or file of a message."""
        state = self._parts.state
        found, data = state.media.get(request.path_params["sid"]), state.blobs.get(request.path_params["sid"])
        if found is None or data is None:
            return JSONResponse({"code": "not_found", "detail": "there is no such file"}, status_code=404)
        # Whatever an application sends is no page of ours: it is shown as what it says it is, or saved.
        kind = found.content_type.partition(";")[0].strip().lower()
        is_shown = kind in _SHOWN_IN_PAGE
        headers = {
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "X-Content-Type-Options": "nosniff",
            "Content-Disposition": "inline" if is_shown else "attachment",
            "Cache-Control": "private, max-age=3600",
        }
        return Response(data, media_type=kind if is_shown else "application/octet-stream", headers=headers)

    def message(self, message: Message) -> dict[str, Any]:
        """A message as it lies on a phone, or would."""
        state = self._parts.state
        files = [state.media[sid] for sid in message.media if sid in state.media]
        shown = {file.url for file in files}
        return {
            "sid": message.sid,
            "phone": _phone_of(message),
            "other": (message.from_ or "") if message.outbound else message.to,
            "outgoing": not message.outbound,
            "body": message.body,
            "status": message.status,
            "error_code": message.error_code,
            "error": message.error_message,
            "at": message.reached_phone if message.outbound else message.created,
            "created": message.created,
            "media": [
                {
                    "sid": file.sid if file.sid in state.blobs else None,
                    "content_type": file.content_type,
                    "source": file.url,
                }
                for file in files
            ]
            + [{"sid": None, "content_type": "", "source": url} for url in message.media_urls if url not in shown],
        }

    def _phone(self, phone: Phone) -> dict[str, Any]:
        return {
            "number": phone.number,
            "name": phone.name,
            "order": phone.order,
            "signal": phone.signal,
            "voicemail": phone.voicemail,
            "seen": phone.seen,
        }

    def _live(self, number: str) -> dict[str, Any] | None:
        handset = self._simulator.handset(number)
        leg = handset.live_leg
        if leg is None:
            return None
        return _short(leg.call) | {
            "until": leg.rings_until if leg.call.status == "ringing" else None,
            "question": None if leg.question is None else leg.question.as_dictionary(),
        }


def _short(call: Call) -> dict[str, Any]:
    """A call as a phone lists it."""
    shown = call_dictionary(call)
    begun = call.voicemail_from
    words = [line.text for line in call.transcript if line.who == "us" and begun is not None and line.at >= begun - 0.1]
    chosen = ("sid", "from", "to", "phone", "direction", "status", "created", "answered", "end", "duration", "reaction")
    return {name: shown[name] for name in chosen} | {
        "lines": [line._asdict() for line in call.transcript],
        "voicemail": None if begun is None else " ".join(words),
        "notes": [{"code": note.code, "sentence": note.sentence} for note in call.notifications],
    }


def _phone_of(message: Message) -> str:
    return (message.to if message.outbound else message.from_ or "").removeprefix("whatsapp:")


def _is_with(message: Message, number: str) -> bool:
    return _phone_of(message) == number


def vars_of(behaviour: Any) -> dict[str, Any]:
    """What the carrier does with messages to one number."""
    from dataclasses import asdict

    return asdict(behaviour)
