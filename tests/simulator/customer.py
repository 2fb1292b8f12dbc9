"""A customer of Twilio's: the official SDK, and a web application that takes webhooks."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from aiohttp import web
from twilio.rest import Client

from ringline.simulator import Simulator


def sdk(simulator: Simulator, *, sid: str | None = None, token: str | None = None, **more: object) -> Client:
    """The official client, with nothing changed but where Twilio is."""
    client = Client(sid or simulator.account_sid, token or simulator.auth_token, **more)  # type: ignore[arg-type]
    for product in (client.api, client.messaging, client.content, client.lookups):
        product.base_url = simulator.base_url
    return client


async def until(condition: Callable[[], bool]) -> None:
    """Return as soon as the condition holds; five seconds without are a failure."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110 - nothing announces what another thread has done
            await asyncio.sleep(0)


@dataclass
class Received:
    """One request the application received."""

    path: str
    method: str
    url: str
    form: dict[str, str]
    headers: dict[str, str]


@dataclass
class ApplicationUnderTest:
    """A web application of a Twilio customer: notes what it is sent and answers as the test says."""

    base_url: str = ""
    requests: list[Received] = field(default_factory=list)
    answers: dict[str, Callable[[Received], web.Response]] = field(default_factory=dict)

    def url(self, path: str) -> str:
        return self.base_url + path

    def answer(self, path: str, text: str = "", *, content_type: str = "text/xml", status: int = 200) -> None:
        """Answer requests for *path* this way from now on."""
        self.answers[path] = lambda _: web.Response(text=text, content_type=content_type, status=status)

    def answer_once(self, path: str, *statuses: int) -> None:
        """Answer the first requests with these statuses, later ones with 200."""
        left = list(statuses)
        self.answers[path] = lambda _: web.Response(status=left.pop(0) if left else 200)

    def received(self, path: str) -> list[dict[str, str]]:
        """The forms sent to *path*, in the order they came."""
        return [request.form for request in self.requests if request.path == path]

    def statuses(self, path: str = "/status") -> list[str]:
        """The message statuses reported to *path*."""
        return [form["MessageStatus"] for form in self.received(path)]

    async def handle(self, request: web.Request) -> web.Response:
        form = {name: str(value) for name, value in (await request.post()).items()}
        received = Received(request.path, request.method, str(request.url), form, dict(request.headers))
        self.requests.append(received)
        answer = self.answers.get(request.path)
        return answer(received) if answer else web.Response(status=200)
