"""Calls: list, fetch, change a live one, delete; and what the debugger says about one."""

from __future__ import annotations

from datetime import UTC, datetime

from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted, form_of
from ringline.simulator.api.paging import Page
from ringline.simulator.calls.conversation import Next
from ringline.simulator.calls.creating import CallRequest, change_source
from ringline.simulator.calls.leg import Leg
from ringline.simulator.calls.plan import LONGEST_CALL
from ringline.simulator.calls.records import FINAL, Call
from ringline.simulator.calls.wire import call_json, notification_json
from ringline.simulator.refusals import Refusal
from ringline.simulator.wire import parse_moment

_DAY = 24 * 3600
_STATUSES = FINAL | {"queued", "ringing", "in-progress"}


class Calls:
    """The routes under ``/Calls`` but for creation, which runs into faults and is answered apart."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        return [
            Route("/Calls.json", self.page, methods=["GET"]),
            Route("/Calls/{sid}.json", self.one, methods=["GET", "POST", "DELETE"]),
            Route("/Calls/{sid}/Notifications.json", self.notifications, methods=["GET"]),
        ]

    async def page(self, request: Request) -> Response:
        """Calls by people, parent, status and time, the latest first."""
        query, now = request.query_params, self._context.clock.time()
        status = query.get("Status")
        if status and status not in _STATUSES:
            raise Refusal(20422, detail=f"Status {status} is none that a call has")
        started, ended = _Span(query, "StartTime"), _Span(query, "EndTime")
        fitting = [
            call
            for call in reversed(self._state.calls.values())
            if call.account_sid == request.state.account.sid
            and call.listed_from <= now
            and query.get("To") in (None, "", call.to)
            and query.get("From") in (None, "", call.from_)
            and query.get("ParentCallSid") in (None, "", call.parent_sid)
            and status in (None, "", call.status)
            and started.has(call.start)
            and ended.has(call.end)
        ]
        page = Page(fitting, lambda call: call.sid, request.url.path, query)
        return answer(page.envelope_2010("calls", [call_json(call, now) for call in page.items]))

    async def one(self, request: Request) -> Response:
        """Fetch a call, change a live one, or delete one that is over."""
        call = call_of(self._context, request)
        if request.method == "DELETE":
            if not call.is_final:
                raise Refusal(20009)
            self._state.remove(call)
            self._state.commit()
            return deleted()
        if request.method == "POST":
            self._change(call, CallRequest(await form_of(request)))
            self._state.commit()
        return answer(call_json(call, self._context.clock.time()))

    async def notifications(self, request: Request) -> Response:
        """What the debugger says about a call, the latest first."""
        call = call_of(self._context, request)
        page = Page(call.notifications[::-1], lambda note: note.sid, request.url.path, request.query_params)
        shown = [notification_json(call, note) for note in page.items]
        return answer(page.envelope_2010("notifications", shown))

    def _change(self, call: Call, asked: CallRequest) -> None:
        leg = self._context.exchange.live.get(call.sid)
        if leg is None:
            raise Refusal(21220)
        status, url, twiml = asked.text("Status"), asked.text("Url"), asked.text("Twiml")
        if status not in ("", "completed", "canceled"):
            raise Refusal(20422, detail=f"Status is completed or canceled, not {status}")
        if url and twiml:
            raise Refusal(20422, detail="give either Url or Twiml")
        if asked.text("StatusCallback"):
            leg.plan.status_callback = asked.address("StatusCallback", 21609)
            leg.plan.status_callback_method = asked.method("StatusCallbackMethod")
        if asked.text("TimeLimit"):
            self._limit(leg, float(asked.number("TimeLimit", LONGEST_CALL, 1, LONGEST_CALL)))
        if status == "completed" or (status == "canceled" and call.status != "in-progress"):
            self._context.exchange.finish(leg, "completed" if call.answered is not None else "canceled")
        elif url or twiml:
            if call.status != "in-progress":
                raise Refusal(21220)
            change_source(leg.plan, asked)
            following = Next(twiml=twiml) if twiml else Next(leg.plan.url, leg.plan.method)
            self._context.exchange.redirect(leg, following)

    def _limit(self, leg: Leg, limit: float) -> None:
        leg.plan.time_limit = limit
        if leg.call.answered is not None:
            self._context.exchange.limit(leg, limit - (self._context.clock.time() - leg.call.answered))


def call_of(context: Context, request: Request) -> Call:
    """The call in the path, of the account that asks. Raises `Refusal` 20404."""
    call = context.state.calls.get(request.path_params["sid"])
    if call is None or call.account_sid != request.state.account.sid:
        raise Refusal(20404, path=request.url.path)
    return call


class _Span:
    """``StartTime``, ``StartTime<`` and ``StartTime>``, and the same of the end: on that day, until, since."""

    def __init__(self, query: QueryParams, name: str) -> None:
        self._least: float | None = None
        self._most: float | None = None
        on, until, since = query.get(name), query.get(f"{name}<"), query.get(f"{name}>")
        if on:
            start = datetime.fromtimestamp(_moment(on), UTC).replace(hour=0, minute=0, second=0, microsecond=0)
            self._least, self._most = start.timestamp(), start.timestamp() + _DAY - 1
        if until:
            self._most = _moment(until) + (_DAY - 1 if len(until) == 10 else 0)
        if since:
            self._least = _moment(since)

    def has(self, moment: float | None) -> bool:
        if self._least is None and self._most is None:
            return True
        if moment is None:
            return False
        second = int(moment)
        return (self._least is None or second >= self._least) and (self._most is None or second <= self._most)


def _moment(text: str) -> float:
    moment = parse_moment(text)
    if moment is None:
        raise Refusal(20422, detail=f"{text} is not a date")
    return moment
