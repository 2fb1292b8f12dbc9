"""A server on loopback that answers what a test tells it, and keeps what it was asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Asked:
    """One request as it came."""

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class HttpServer:
    """Answers by path; `default` for the others."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def __aenter__(self) -> HttpServer:
        async def handle(request: web.Request) -> web.StreamResponse:
            body = await request.text()
            headers = {name.lower(): value for name, value in request.headers.items()}
            self.asked.append(Asked(request.method, request.path, dict(request.query), headers, body))
            answer = self.answers.get(request.path)
            if isinstance(answer, list):
                # The last one stays.
                answer = answer.pop(0) if len(answer) > 1 else answer[0]
            if callable(answer):
                return await answer(request)
            status, text, extra = answer if answer is not None else (200, "{}", {})
            return web.Response(status=status, text=text, headers=extra)

        app = web.Application(client_max_size=20_000_000)
        app.router.add_route("*", "/{path:.*}", handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.port = site._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()
