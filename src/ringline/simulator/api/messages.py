"""Messages and what belongs to them: list, fetch, redact, cancel, delete; media and feedback."""

from __future__ import annotations

import heapq
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ringline.simulator.api.context import Context, answer, deleted, form_of, raw_answer
from ringline.simulator.api.paging import LARGEST_PAGE, Page
from ringline.simulator.records import Account, Media, Message
from ringline.simulator.refusals import Refusal
from ringline.simulator.wire import media_json, message_json, parse_moment, rfc2822

_DAY = 24 * 3600


class Messages:
    """The routes under ``/Messages``."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._state = context.state

    def routes(self) -> list[Route]:
        """Paths relative to the account."""
        media = "/Messages/{sid}/Media"
        return [
            Route("/Messages.json", self.page, methods=["GET"]),
            Route("/Messages/{sid}.json", self.one, methods=["GET", "POST", "DELETE"]),
            Route(f"{media}.json", self.list_media, methods=["GET"]),
            Route(f"{media}/{{media_sid}}.json", self.one_media, methods=["GET", "DELETE"]),
            Route(f"{media}/{{media_sid}}", self.media_file, methods=["GET"]),
            Route("/Messages/{sid}/Feedback.json", self.feedback, methods=["POST"]),
        ]

    async def page(self, request: Request) -> Response:
        """Messages by recipient, sender and date, the most recently sent first."""
        account: Account = request.state.account
        query = request.query_params
        now = self._context.clock.time()
        candidates = (
            list(self._state.by_recipient.get((account.sid, query["To"]), ()))
            if query.get("To")
            else [each for each in self._state.messages.values() if each.account_sid == account.sid]
        )
        sender = query.get("From")
        dates = _DateFilter(query.get("DateSent"), query.get("DateSent<"), query.get("DateSent>"))
        fitting = [
            message
            for message in candidates
            if message.listed_from <= now
            and not (query.get("To") and message.hides_address)
            and (not sender or message.from_ == sender)
            and dates.lets_through(message)
        ]
        if query.get("PageToken") or len(fitting) <= 2 * LARGEST_PAGE:
            fitting.sort(key=_newest_first)
        else:
            # The first pages of a long list need no full sort.
            wanted = LARGEST_PAGE * (int(query.get("Page") or 0) + 2) if (query.get("Page") or "0").isdigit() else 1
            rest = len(fitting)
            fitting = heapq.nsmallest(min(wanted, rest), fitting, key=_newest_first)
        page = Page(fitting, lambda message: message.sid, request.url.path, query)
        return answer(page.envelope_2010("messages", [message_json(message, now) for message in page.items]))

    async def one(self, request: Request) -> Response:
        """Fetch, update (redact or cancel) or delete one message."""
        message = self._message(request)
        if request.method == "POST":
            self._update(message, await form_of(request))
        elif request.method == "DELETE":
            if message.outbound and not message.is_final and message.status != "sent":
                raise Refusal(20009)
            self._state.remove(message)
            self._state.commit()
            return deleted()
        return answer(message_json(message, self._context.clock.time()))

    def _update(self, message: Message, form: dict[str, list[str]]) -> None:
        if ("Body" in form) == ("Status" in form):
            raise Refusal(30400, detail="give either Body or Status")
        if "Status" in form:
            if form["Status"][0] != "canceled":
                raise Refusal(30400, detail=f"Status {form['Status'][0]} is not canceled")
            if not self._context.network.cancel(message):
                raise Refusal(30409)
        else:
            if form["Body"][0] != "":
                raise Refusal(30400, detail="Body can only be made empty")
            if message.outbound and not message.is_final and message.status != "sent":
                raise Refusal(20009, message="Cannot update this resource before it is complete")
            message.body = ""
            message.updated = self._context.clock.time()
            self._state.save(message)
        self._state.commit()

    async def list_media(self, request: Request) -> Response:
        """The files of a message."""
        message = self._message(request)
        media = [self._state.media[sid] for sid in message.media]
        page = Page(media, lambda each: each.sid, request.url.path, request.query_params)
        return answer(page.envelope_2010("media_list", [media_json(each) for each in page.items]))

    async def one_media(self, request: Request) -> Response:
        """What is known about a file, or its deletion."""
        media = self._media(request)
        if request.method == "DELETE":
            self._state.remove(media)
            self._state.commit()
            return deleted()
        return answer(media_json(media))

    async def media_file(self, request: Request) -> Response:
        """The file itself, in its own type."""
        media = self._media(request)
        data = self._state.blobs.get(media.sid)
        if data is None:
            raise Refusal(20404, path=request.url.path)
        return raw_answer(data, content_type=media.content_type.encode())

    async def feedback(self, request: Request) -> Response:
        """Note whether the recipient did what the message was for."""
        message = self._message(request)
        outcome = (await form_of(request)).get("Outcome", ["confirmed"])[0]
        if outcome not in ("confirmed", "unconfirmed"):
            raise Refusal(20422, detail="Outcome is confirmed or unconfirmed")
        message.feedback = outcome
        self._state.save(message)
        self._state.commit()
        now = rfc2822(self._context.clock.time())
        return answer(
            {
                "account_sid": message.account_sid,
                "date_created": now,
                "date_updated": now,
                "message_sid": message.sid,
                "outcome": outcome,
                "uri": request.url.path,
            }
        )

    def _message(self, request: Request) -> Message:
        message = self._state.messages.get(request.path_params["sid"])
        if message is None or message.account_sid != request.state.account.sid:
            raise Refusal(20404, path=request.url.path)
        return message

    def _media(self, request: Request) -> Media:
        message = self._message(request)
        media = self._state.media.get(request.path_params["media_sid"])
        if media is None or media.sid not in message.media:
            raise Refusal(20404, path=request.url.path)
        return media


class _DateFilter:
    """``DateSent``, ``DateSent<`` and ``DateSent>``: on, on or before, on or after; a date alone is its whole day."""

    def __init__(self, on: str | None, until: str | None, since: str | None) -> None:
        self._least: float | None = None
        self._most: float | None = None
        if on:
            start = _moment(on)
            day = datetime.fromtimestamp(start, UTC).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()
            self._least, self._most = day, day + _DAY - 1
        if until:
            self._most = _moment(until) + (_DAY - 1 if len(until) == 10 else 0)
        if since:
            self._least = _moment(since)

    def lets_through(self, message: Message) -> bool:
        if self._least is None and self._most is None:
            return True
        if message.sent is None:
            return False
        second = int(message.sent)
        return (self._least is None or second >= self._least) and (self._most is None or second <= self._most)


def _moment(text: str) -> float:
    moment = parse_moment(text)
    if moment is None:
        raise Refusal(20422, detail=f"{text} is not a date")
    return moment


def _newest_first(message: Message) -> tuple[float, int]:
    return -(message.sent or message.created), -message.order
