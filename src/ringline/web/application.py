"""The web application put together: layers outside, routes inside."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.metadata import version
from time import perf_counter
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.routing import BaseRoute

from ringline.web import (
    acknowledge_page,
    api,
    health,
    hooks,
    live,
    openapi,
    problems,
    public_files,
    signing_in,
    twilio,
    ui,
)
from ringline.web.access import BodyLimit, HostRule, RateLimiter
from ringline.web.gate import guard
from ringline.web.identity import IdentityRule
from ringline.web.security_headers import SecurityHeaders
from ringline.web.sessions import Sessions
from ringline.web.store import forget_refusals
from ringline.web.token import api_token

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.app import Ringline
    from ringline.metrics import Metrics

KEEP_REFUSALS = 30 * 86_400.0
"""Seconds that a webhook refused for its signature stays in what `ringline doctor` shows."""

DESCRIPTION = "Text people through Twilio: messages, workflows and their runs. Errors are application/problem+json."


def build(ringline: Ringline, *, with_api: bool = True, simulator: Sequence[BaseRoute] = ()) -> FastAPI:
    """Every route of the server behind the Host rule, the token and the limits; *with_api* leaves the API out.

    *simulator* are the routes of a simulated Twilio beside it, all of them under ``/_simulator``.
    ``app.state.sessions`` hands out one-time links.
    """
    settings = ringline.settings
    sessions = Sessions(ringline.access.clock)
    metrics = ringline.metrics
    # FastAPI's documentation pages load scripts from elsewhere, so only the document itself is served.
    app = FastAPI(
        title="Ringline",
        description=DESCRIPTION,
        version=version("ringline"),
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    app.state.sessions = sessions
    app.state.on_stop = [ringline.live.end_streams]
    problems.install(app)
    ringline.housekeeping.chores.append(lambda: _forget_refusals(ringline))
    openapi.describe(app)
    # They are tried one after another: first those that a person on the phone waits for.
    routes: list[BaseRoute] = [
        twilio.build(ringline, metrics),
        *(api.routes(ringline) if with_api else ()),
        *(live.routes(ringline) if with_api else ()),
        *health.routes(ringline),
        *signing_in.routes(ringline, sessions),
        *public_files.routes(ringline),
        *acknowledge_page.routes(ringline),
        *hooks.routes(ringline),
        *simulator,
        *ui.routes(),
    ]
    app.router.routes.extend(routes)
    guard(app.router.routes, ringline.access.audit)
    # The last one added is the outermost.
    app.add_middleware(BodyLimit, limit=settings.max_body_bytes, upload_limit=settings.max_upload_bytes)
    app.add_middleware(
        IdentityRule,
        token=api_token(settings),
        limiter=RateLimiter(settings.rate_limit, ringline.access.clock),
        access=ringline.access,
    )
    app.add_middleware(HostRule, settings=settings)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(CountRequests, metrics=metrics)
    return app


async def _forget_refusals(ringline: Ringline) -> None:
    before = ringline.clock.time() - KEEP_REFUSALS
    await ringline.database.write(lambda tx: forget_refusals(tx, before=before))


class CountRequests:
    """Count every answer by route and status."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = perf_counter()
        status = 500

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, watched)
        finally:
            route = _route_name(scope)
            self._metrics.requests.labels(scope["method"], route, status).inc()
            self._metrics.seconds.labels(route).observe(perf_counter() - started)


def _route_name(scope: Any) -> str:
    """The route's pattern; paths nobody declared share one name, or a scanner would fill the memory."""
    route = scope.get("route")
    return str(getattr(route, "path_format", None) or getattr(route, "path", None) or "other")
