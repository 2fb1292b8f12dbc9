"""`/hooks/{workflow}/{path}`: where other systems start published workflows; a trigger's own secret opens it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from ringline.triggers.webhooks import HookAnswer, HookRefusal, HookRequest
from ringline.web.access import RateLimiter
from ringline.web.problems import problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]
_WRONG_PER_MINUTE = 60
"""How many requests a hook hears in a minute that do not prove who they are; more could only be guessing."""

_NOT_KEPT = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}


def routes(ringline: Ringline) -> list[BaseRoute]:
    """The one route for every hook of *ringline*."""
    limiter = RateLimiter(ringline.settings.hook_rate_limit, ringline.access.clock)
    guesses = RateLimiter(_WRONG_PER_MINUTE, ringline.access.clock)

    async def hook(request: Request) -> Response:
        workflow, path = request.path_params["workflow"], request.path_params["path"]
        published = await ringline.triggers.webhooks.find(workflow, path, request.method)
        if isinstance(published, HookRefusal):
            return _refused(published)
        # Only hooks that exist are counted, or a scanner would fill the memory.
        key = f"{workflow}/{published.key}"
        if (wait := limiter.take(key)) > 0:
            return _too_many(limiter.per_minute, wait)
        answer = await ringline.triggers.webhooks.receive(published, await _read(request))
        if isinstance(answer, HookRefusal):
            if answer.status == 401 and (wait := guesses.take(key)) > 0:
                return _too_many(_WRONG_PER_MINUTE, wait)
            return _refused(answer)
        return _taken(answer)

    return [Route("/hooks/{workflow}/{path:path}", hook, methods=METHODS)]


async def _read(request: Request) -> HookRequest:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        headers[name] = f"{headers[name]}, {value}" if name in headers else value
    return HookRequest(request.method, headers, request.url.query, await request.body())


def _taken(answer: HookAnswer) -> Response:
    if answer.text is not None:
        return PlainTextResponse(answer.text, answer.status, headers=_NOT_KEPT)
    return JSONResponse({"run": answer.run_id, "is_new": answer.is_new}, answer.status, headers=_NOT_KEPT)


def _refused(refusal: HookRefusal) -> Response:
    headers = {"WWW-Authenticate": "Bearer"} if refusal.status == 401 else {}
    if refusal.methods:
        headers["Allow"] = ", ".join(refusal.methods)
    return problem(
        refusal.status,
        refusal.code,
        refusal.detail,
        fix=refusal.fix,
        field=refusal.field,
        headers={**_NOT_KEPT, **headers},
    )


def _too_many(per_minute: int, wait: float) -> Response:
    seconds = math.ceil(wait)
    return problem(
        429,
        "too_many_requests",
        f"More than {per_minute} requests in a minute came to this hook.",
        fix=f"Wait {seconds} s, or raise RINGLINE_HOOK_RATE_LIMIT.",
        headers={**_NOT_KEPT, "Retry-After": str(seconds)},
    )
