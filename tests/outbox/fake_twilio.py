"""A Twilio of a few lines whose every answer a test decides, over real HTTP."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

ACCOUNT = "AC" + "0" * 32


@dataclass
class FakeTwilio:
    """`answers` is what the next posts get, one each; then every post is accepted."""

    base_url: str = ""
    posts: list[dict[str, str]] = field(default_factory=list)
    """Every request that arrived."""
    accepted: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Every message that was made, by sid."""
    answers: list[Callable[[FakeTwilio, dict[str, str]], Awaitable[web.StreamResponse]]] = field(default_factory=list)
    hold: asyncio.Event | None = None
    """When set, posts wait for it before they are answered."""
    status_of_new: str = "queued"
    price: str | None = None
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    canceled: list[str] = field(default_factory=list)
    fetch_answer: Callable[[FakeTwilio, dict[str, str]], Awaitable[web.StreamResponse]] | None = None
    """What questions about a message get instead of it."""
    lists: bool = True
    """Whether the list can be read."""

    def per_token(self) -> Counter[str]:
        """How many messages were made for each callback token."""
        return Counter(message["token"] for message in self.accepted.values())

    def make(self, form: dict[str, str]) -> dict[str, Any]:
        sid = f"SM{len(self.accepted) + 1:032x}"
        token = form.get("StatusCallback", "").rpartition("/")[2]
        self.accepted[sid] = {"token": token, "status": self.status_of_new, "form": form}
        return self.resource(sid)

    def resource(self, sid: str) -> dict[str, Any]:
        message = self.accepted[sid]
        form = message["form"]
        return {
            "sid": sid,
            "account_sid": ACCOUNT,
            "status": message["status"],
            "error_code": message.get("error_code"),
            "error_message": None,
            "body": form.get("Body"),
            "to": form["To"],
            "from": form.get("From"),
            "messaging_service_sid": form.get("MessagingServiceSid"),
            "direction": "outbound-api",
            "date_created": None,
            "num_segments": "1",
            "price": message.get("price"),
            "price_unit": "USD" if message.get("price") else None,
            "date_sent": message.get("date_sent"),
        }


async def accept(twilio: FakeTwilio, form: dict[str, str]) -> web.Response:
    return web.json_response(twilio.make(form), status=201, headers={"Twilio-Request-Id": "RQ1"})


def refuse(code: int, status: int = 400, headers: dict[str, str] | None = None) -> Any:
    async def answer(twilio: FakeTwilio, form: dict[str, str]) -> web.Response:
        body = {"code": code, "message": f"error {code}", "more_info": "", "status": status}
        return web.json_response(body, status=status, headers=headers)

    return answer


def text(status: int, body: str, *, having_accepted: bool = False) -> Any:
    async def answer(twilio: FakeTwilio, form: dict[str, str]) -> web.Response:
        if having_accepted:
            twilio.make(form)
        return web.Response(status=status, text=body)

    return answer


def cut(*, having_accepted: bool) -> Any:
    async def answer(twilio: FakeTwilio, form: dict[str, str]) -> web.Response:
        if having_accepted:
            twilio.make(form)
        raise ConnectionResetError

    return answer


async def hang_having_accepted(twilio: FakeTwilio, form: dict[str, str]) -> web.Response:
    twilio.make(form)
    await asyncio.Event().wait()
    raise AssertionError


async def start(twilio: FakeTwilio) -> web.AppRunner:
    async def post(request: web.Request) -> web.StreamResponse:
        form = dict(parse_qsl((await request.read()).decode()))
        twilio.posts.append(form)
        twilio.arrived.set()
        answer = twilio.answers.pop(0) if twilio.answers else accept
        if twilio.hold is not None:
            await twilio.hold.wait()
        try:
            return await answer(twilio, form)
        except ConnectionResetError:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()

    async def page(request: web.Request) -> web.Response:
        if not twilio.lists:
            return web.Response(status=503, text="not now")
        found = [sid for sid, made in twilio.accepted.items() if made["form"]["To"] == request.query["To"]]
        return web.json_response({"messages": [twilio.resource(sid) for sid in found], "next_page_uri": None})

    async def fetch(request: web.Request) -> web.StreamResponse:
        if twilio.fetch_answer is not None:
            return await twilio.fetch_answer(twilio, {})
        return web.json_response(twilio.resource(request.match_info["sid"]))

    async def update(request: web.Request) -> web.Response:
        sid = request.match_info["sid"]
        form = dict(parse_qsl((await request.read()).decode()))
        if form.get("Status") == "canceled":
            if twilio.accepted[sid]["status"] not in ("queued", "accepted", "scheduled"):
                return web.Response(status=400, text=json.dumps({"code": 30409, "message": "too late", "status": 400}))
            twilio.accepted[sid]["status"] = "canceled"
            twilio.canceled.append(sid)
        return web.json_response(twilio.resource(sid))

    application = web.Application()
    prefix = f"/2010-04-01/Accounts/{ACCOUNT}/Messages"
    application.router.add_post(f"{prefix}.json", post)
    application.router.add_get(f"{prefix}.json", page)
    application.router.add_get(prefix + "/{sid}.json", fetch)
    application.router.add_post(prefix + "/{sid}.json", update)
    runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    assert site._server is not None
    port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]
    twilio.base_url = f"http://127.0.0.1:{port}"
    return runner
