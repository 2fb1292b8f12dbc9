"""The simulator as one ASGI application: Twilio's hosts on one origin, and the control API beside them."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from time import perf_counter

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as StarletteMessage

from ringline.simulator.api.accounts import Accounts, Applications
from ringline.simulator.api.calls import Calls
from ringline.simulator.api.content import Contents
from ringline.simulator.api.context import Authentication, Context, refusal_answer
from ringline.simulator.api.creating import Creating, answer_with_fault
from ringline.simulator.api.lookups import Lookups
from ringline.simulator.api.messages import Messages
from ringline.simulator.api.numbers import Numbers
from ringline.simulator.api.recordings import Recordings
from ringline.simulator.api.services import Services
from ringline.simulator.control import is_local
from ringline.simulator.records import Account
from ringline.simulator.refusals import Refusal
from ringline.simulator.wire import dump, http_date, parse_form

Endpoint = Callable[[Request], Awaitable[Response]]

_OF_TWILIO = ("/2010-04-01", "/v1", "/v2")
_OPERATIONS = {"GET": "fetch", "POST": "update", "DELETE": "delete"}


class Application:
    """Routes each request: message creation straight on, Twilio's other resources and the control API by path."""

    def __init__(self, context: Context, control: ASGIApp, pages: ASGIApp | None = None) -> None:
        self._context = context
        self._pages = pages
        self._authentication = Authentication(context.state)
        self._create = Creating(context, self._authentication)
        self._control = control
        self._in_progress = 0
        accounts = Accounts(context)
        of_account = [
            *Messages(context).routes(),
            *Calls(context).routes(),
            *Recordings(context).routes(),
            *accounts.routes(),
            *Applications(context).routes(),
            *Numbers(context).routes(),
        ]
        of_api = [
            *accounts.top_routes(),
            *Services(context).routes(),
            *Contents(context).routes(),
            *Lookups(context).routes(),
        ]
        self._resources = Starlette(
            routes=[
                *(self._guarded(route) for route in of_api),
                Mount("/2010-04-01/Accounts/{account_sid}", routes=[self._guarded(route) for route in of_account]),
            ],
            exception_handlers={Refusal: _refuse, HTTPException: _refuse_http},
        )

    @property
    def busy(self) -> bool:
        """Whether a request of Twilio's API is being answered."""
        return self._in_progress > 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        if scope["path"].startswith("/_simulator"):
            await self._steer(scope, receive, send, self._control)
            return
        if self._pages is not None and not scope["path"].startswith(_OF_TWILIO):
            await self._steer(scope, receive, send, self._pages)
            return
        self._in_progress += 1
        self._context.timeline.catch_up()
        send = self._dated(send)
        try:
            if Creating.takes(scope):
                await self._create(scope, receive, send)
            elif self._context.faults:
                await self._resource_with_faults(scope, receive, send)
            else:
                await self._resources(scope, receive, send)
        finally:
            self._in_progress -= 1

    def _dated(self, send: Send) -> Send:
        """Put the simulator's own time on every answer, as Twilio does; by it the dates in lists are to be read."""
        clock = self._context.clock

        async def send_dated(event: StarletteMessage) -> None:
            if event["type"] == "http.response.start":
                event = {**event, "headers": [*event["headers"], (b"date", http_date(clock.time()))]}
            await send(event)

        return send_dated

    async def _steer(self, scope: Scope, receive: Receive, send: Send, to: ASGIApp) -> None:
        host = next((value.decode("latin-1") for name, value in scope["headers"] if name == b"host"), "")
        if not is_local(host):
            refused = JSONResponse({"code": "not_here", "detail": "the control API answers on this machine only"}, 403)
            await refused(scope, receive, send)
            return
        await to(scope, receive, send)

    async def _resource_with_faults(self, scope: Scope, receive: Receive, send: Send) -> None:
        operation = _OPERATIONS.get(scope["method"], "fetch")
        if operation == "fetch" and scope["path"].endswith(("/Messages.json", "/Calls.json")):
            operation = "list"
        to = parse_form(scope["query_string"]).get("To", [None])[0]
        fault = self._context.faults.hit(operation, to)
        if fault is None:
            await self._resources(scope, receive, send)
            return
        if fault.answer_after > 0:
            await self._context.hold(fault.answer_after)
        if fault.answer == "normal":
            await self._resources(scope, receive, _Hiding(send, fault.hides) if fault.hides else send)
            return
        honest = _Recorded()
        if fault.accept:
            await self._resources(scope, receive, honest)
        await answer_with_fault(fault, receive, send, honest.status, honest.body, perf_counter())

    def _guarded(self, route: Route) -> BaseRoute:
        """The route, open only to the account in its path (if it has one) with its token or key."""
        endpoint: Endpoint = route.endpoint

        async def check_first(request: Request) -> Response:
            header = request.headers.get("authorization")
            sid = request.path_params.get("account_sid")
            if sid is not None and (len(sid) != 34 or not sid.startswith("AC")):
                raise Refusal(20404, path=request.url.path)
            account = self._authentication.account(header.encode() if header else None, sid)
            request.state.account = account
            _check_test_account(account, request)
            return await endpoint(request)

        return Route(route.path, check_first, methods=list(route.methods or ()))


def _check_test_account(account: Account, request: Request) -> None:
    if account.kind == "test" and not (
        request.method == "POST" and request.url.path.endswith("/IncomingPhoneNumbers.json")
    ):
        raise Refusal(20008)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return refusal_answer(error)


async def _refuse_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 405:
        return refusal_answer(Refusal(20004))
    return refusal_answer(Refusal(20404, path=request.url.path))


class _Hiding:
    """Passes an answer on with some fields of its messages left empty."""

    def __init__(self, send: Send, names: Sequence[str]) -> None:
        self._send = send
        self._names = names
        self._start: StarletteMessage | None = None
        self._body = b""

    async def __call__(self, event: StarletteMessage) -> None:
        if event["type"] == "http.response.start":
            self._start = event
            return
        self._body += event.get("body", b"")
        if event.get("more_body") or self._start is None:
            return
        shown = json.loads(self._body)
        for record in shown.get("messages", shown.get("calls", [shown])):
            record |= dict.fromkeys(self._names)
        body = dump(shown)
        headers = [pair for pair in self._start["headers"] if pair[0] != b"content-length"]
        await self._send({**self._start, "headers": [*headers, (b"content-length", str(len(body)).encode())]})
        await self._send({"type": "http.response.body", "body": body})


class _Recorded:
    """Takes an answer without sending it anywhere."""

    def __init__(self) -> None:
        self.status = 200
        self.body = b""

    async def __call__(self, event: StarletteMessage) -> None:
        if event["type"] == "http.response.start":
            self.status = event["status"]
        elif event["type"] == "http.response.body":
            self.body += event.get("body", b"")
