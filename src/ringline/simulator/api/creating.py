"""``POST /Messages.json`` and ``/Calls.json``, straight on ASGI: messages come ten thousand times a second."""

from __future__ import annotations

from time import perf_counter
from typing import Any

from starlette.types import Receive, Scope, Send

from ringline.simulator.api.context import Authentication, Context
from ringline.simulator.calls.wire import call_json
from ringline.simulator.faults import Fault
from ringline.simulator.refusals import SENTENCES, Refusal
from ringline.simulator.server import drop_connection
from ringline.simulator.wire import answer_headers, dump, message_json, parse_form

PREFIX = "/2010-04-01/Accounts/"
MESSAGES, CALLS = "/Messages.json", "/Calls.json"


class Creating:
    """Answers requests to send a message or to call, or lets them run into the faults that are set."""

    def __init__(self, context: Context, authentication: Authentication) -> None:
        self._context = context
        self._authentication = authentication
        self._open_requests = 0

    @staticmethod
    def takes(scope: Scope) -> bool:
        """Whether the request is one of these."""
        path: str = scope["path"]
        return path.endswith((MESSAGES, CALLS)) and scope["method"] == "POST" and path.startswith(PREFIX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = perf_counter()
        body = b""
        while True:
            event = await receive()
            if event["type"] == "http.disconnect":
                return  # half a request is no request
            body += event.get("body", b"")
            if not event.get("more_body"):
                break
        account_sid = scope["path"][len(PREFIX) : -len(_suffix(scope["path"]))]
        authorization = next((value for name, value in scope["headers"] if name == b"authorization"), None)
        form = parse_form(body)
        if self._context.faults:
            self._open_requests += 1
            try:
                await self._through_faults(scope, receive, send, account_sid, authorization, form, started)
            finally:
                self._open_requests -= 1
            return
        status, answer = self._create(scope["path"], account_sid, authorization, form)
        await respond(send, status, answer, started)

    def _create(
        self, path: str, account_sid: str, authorization: bytes | None, form: dict[str, list[str]]
    ) -> tuple[int, bytes]:
        context = self._context
        try:
            if not _is_account_sid(account_sid):
                raise Refusal(20404, path=path)
            account = self._authentication.account(authorization, account_sid)
            now = context.clock.time()
            if _suffix(path) == MESSAGES:
                shown = message_json(context.sending.create(account, form), now, created=True)
            else:
                shown = call_json(context.calling.create(account, form), now)
        except Refusal as refusal:
            return refusal.status, dump(refusal.as_dictionary())
        context.state.commit()
        return 201, dump(shown)

    async def _through_faults(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        account_sid: str,
        authorization: bytes | None,
        form: dict[str, list[str]],
        started: float,
    ) -> None:
        context = self._context
        most = context.faults.most_concurrent
        if most is not None and self._open_requests > most:
            refusal = Refusal(20429)
            await respond(send, refusal.status, dump(refusal.as_dictionary()), started)
            return
        fault = context.faults.hit("create", form.get("To", [None])[0], form.get("Body", form.get("Twiml", [""]))[0])
        if fault is None:
            status, answer = self._create(scope["path"], account_sid, authorization, form)
            await respond(send, status, answer, started)
            return
        status, answer = 201, b""
        if fault.accept and fault.execute_after > 0:
            context.timeline.plan(
                fault.execute_after, self._create_copies, fault.copies, scope["path"], account_sid, authorization, form
            )
        elif fault.accept:
            status, answer = self._create_copies(fault.copies, scope["path"], account_sid, authorization, form)
        if fault.answer_after > 0:
            await context.hold(fault.answer_after)
        await answer_with_fault(fault, receive, send, status, answer, started)

    def _create_copies(self, copies: int, *request: Any) -> tuple[int, bytes]:
        first = self._create(*request)
        for _ in range(copies - 1):
            self._create(*request)
        return first


async def answer_with_fault(
    fault: Fault, receive: Receive, send: Send, status: int, answer: bytes, started: float
) -> None:
    """Give the answer that the fault has for the client; ``status`` and ``answer`` are the honest one."""
    if fault.answer == "none":
        await _until_gone(receive)
    elif fault.answer == "drop":
        drop_connection(receive)
    elif fault.answer == "error":
        extra = [] if fault.retry_after is None else [(b"retry-after", f"{fault.retry_after:g}".encode())]
        http = fault.status or SENTENCES.get(fault.code or 0, (400, ""))[0]
        if fault.code is None:
            page = b"<html><body><h1>Bad Gateway</h1></body></html>"
            await respond(send, http, page, started, extra=extra, content_type=b"text/html")
        else:
            body = dump(Refusal(fault.code, http=http).as_dictionary())
            await respond(send, http, body, started, extra=extra)
    elif fault.answer == "garbled":
        await respond(send, status, answer[: len(answer) // 2] or b"{", started)
    else:
        await respond(send, status, answer, started)


async def respond(
    send: Send,
    status: int,
    body: bytes,
    started: float,
    *,
    extra: list[tuple[bytes, bytes]] | None = None,
    content_type: bytes = b"application/json",
) -> None:
    """Send an answer with Twilio's headers."""
    headers = answer_headers(content_type=content_type, took=perf_counter() - started)
    headers.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers + (extra or [])})
    await send({"type": "http.response.body", "body": body})


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def _suffix(path: str) -> str:
    return MESSAGES if path.endswith(MESSAGES) else CALLS


def _is_account_sid(sid: str) -> bool:
    return len(sid) == 34 and sid.startswith("AC") and sid[2:].isalnum()
