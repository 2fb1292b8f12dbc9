"""The part of the control API that is about calls: what phones do with them, and what is going on in each."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.errors import RequestError
from ringline.simulator.calls.records import Call
from ringline.simulator.calls.steps import steps_from
from ringline.simulator.calls.wires import CallEvent
from ringline.simulator.control_forms import body_of, flag, number, optional_text, phone_number, text

if TYPE_CHECKING:
    from ringline.simulator.simulator import Simulator

_KINDS = ("answer", "machine", "fax", "decline", "busy", "no_answer", "fail", "disarm")


class CallControl:
    """Routes under ``/_simulator`` for calls."""

    def __init__(self, simulator: Simulator) -> None:
        self._simulator = simulator

    def routes(self) -> list[Route]:
        """Paths relative to the control API."""
        return [
            Route("/calls", self.calls),
            Route("/calls/{sid}", self.call),
            Route("/account", self.account, methods=["POST"]),
            Route("/handsets/{number}/phone", self.phone),
            Route("/handsets/{number}/arm", self.arm, methods=["POST"]),
            Route("/handsets/{number}/call", self.place, methods=["POST"]),
            Route("/handsets/{number}/say", self.say, methods=["POST"]),
            Route("/handsets/{number}/press", self.press, methods=["POST"]),
            Route("/handsets/{number}/silent", self.stay_silent, methods=["POST"]),
            Route("/handsets/{number}/hang_up", self.hang_up, methods=["POST"]),
        ]

    async def calls(self, request: Request) -> Response:
        """All calls, newest last; ``phone`` and ``status`` narrow it."""
        phone, status = request.query_params.get("phone"), request.query_params.get("status")
        chosen = [
            call_dictionary(call)
            for call in self._simulator.calls
            if phone in (None, call.phone) and status in (None, call.status)
        ]
        return JSONResponse({"calls": chosen})

    async def call(self, request: Request) -> Response:
        """One call with its transcript, its documents and what the debugger says."""
        found = next((each for each in self._simulator.calls if each.sid == request.path_params["sid"]), None)
        if found is None:
            return JSONResponse({"code": "not_found", "detail": "there is no such call"}, status_code=404)
        details: dict[str, Any] = {
            "transcript": [line._asdict() for line in found.transcript],
            "documents": [document._asdict() for document in found.documents],
            "notifications": [note._asdict() for note in found.notifications],
            "recordings": found.recordings,
        }
        return JSONResponse(call_dictionary(found) | details)

    async def account(self, request: Request) -> Response:
        """Set how many calls the ordinary account may make: ``calls_per_second`` and ``most_live_calls``."""
        body = await body_of(request, "calls_per_second", "most_live_calls")
        account = self._simulator.account()
        if "calls_per_second" in body:
            account.calls_per_second = number(body, "calls_per_second", least=0.001)
        if "most_live_calls" in body:
            most = number(body, "most_live_calls")
            account.most_live_calls = None if most is None else int(most)
        return JSONResponse({"calls_per_second": account.calls_per_second, "most_live_calls": account.most_live_calls})

    async def phone(self, request: Request) -> Response:
        """Whether the phone rings or is in a call."""
        handset = self._simulator.handset(phone_number(request))
        live = handset.live_call
        return JSONResponse(
            {
                "number": handset.number,
                "rings": handset.is_ringing,
                "call": None if live is None else call_dictionary(live),
            }
        )

    async def arm(self, request: Request) -> Response:
        """Say what the phone does with the next call, or with the one that rings: ``do`` and what belongs to it."""
        body = await body_of(
            request, "do", "script", "after", "greeting", "beep", "sip_code", "verdict", "verdict_after"
        )
        handset, do = self._simulator.handset(phone_number(request)), text(body, "do")
        after = number(body, "after")
        timing: dict[str, Any] = {} if after is None else {"after": after}
        verdict = {"verdict": optional_text(body, "verdict"), "verdict_after": number(body, "verdict_after")}
        if do == "answer":
            script = None if body.get("script") is None else steps_from(body["script"])
            handset.answer(script, **timing, **verdict)  # type: ignore[arg-type]
        elif do == "machine":
            greeting = optional_text(body, "greeting")
            words = {} if greeting is None else {"greeting": greeting}
            handset.machine(beep=body.get("beep") is not False, **words, **timing, **verdict)  # type: ignore[arg-type]
        elif do == "fax":
            handset.fax(**timing)
        elif do == "decline":
            handset.decline(**timing)
        elif do == "fail":
            handset.fail(int(number(body, "sip_code") or 480))
        elif do == "busy":
            handset.busy()
        elif do == "no_answer":
            handset.no_answer()
        elif do == "disarm":
            handset.disarm()
        else:
            raise RequestError(f"a phone cannot {do!r}", field="do", fix=f"use one of {', '.join(_KINDS)}")
        return JSONResponse({"status": "ok"})

    async def place(self, request: Request) -> Response:
        """Call one of the account's numbers; without a ``script`` the phone is steered by hand."""
        body = await body_of(request, "to", "script")
        script = None if body.get("script") is None else steps_from(body["script"])
        call = await self._simulator.handset(phone_number(request)).call(text(body, "to"), script)
        return JSONResponse(call_dictionary(call), status_code=201)

    async def say(self, request: Request) -> Response:
        """Speak into the call; with ``all`` nobody waits for more."""
        body = await body_of(request, "text", "confidence", "all")
        confidence = number(body, "confidence") if "confidence" in body else 0.9
        is_all = flag(body, "all") is True
        self._simulator.handset(phone_number(request)).say(text(body, "text"), confidence, is_all=is_all)
        return JSONResponse({"status": "ok"})

    async def press(self, request: Request) -> Response:
        """Press keys; with ``more`` nobody hurries, and `/silent` says that these were all."""
        body = await body_of(request, "keys", "more")
        handset = self._simulator.handset(phone_number(request))
        handset.press(text(body, "keys"), more=flag(body, "more") is True)
        return JSONResponse({"status": "ok"})

    async def stay_silent(self, request: Request) -> Response:
        """Let the open question pass."""
        await body_of(request)
        self._simulator.handset(phone_number(request)).stay_silent()
        return JSONResponse({"status": "ok"})

    async def hang_up(self, request: Request) -> Response:
        """End the call."""
        await body_of(request)
        self._simulator.handset(phone_number(request)).hang_up()
        return JSONResponse({"status": "ok"})


def call_dictionary(call: Call) -> dict[str, Any]:
    """A call with what Twilio's own API does not tell, but for its long lists."""
    shown = asdict(call)
    for name in ("transcript", "documents", "notifications", "recordings"):
        del shown[name]
    return shown | {"from": shown.pop("from_"), "phone": call.phone, "duration": call.duration}


def event_dictionary(event: CallEvent) -> dict[str, Any]:
    """What happened on a call."""
    return {
        "kind": event.kind,
        "sid": event.call.sid,
        "phone": event.call.phone,
        "direction": event.call.direction,
        "text": event.text,
        "at": event.at,
        **event.more,
    }
