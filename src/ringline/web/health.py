"""`/health`, `/ready` and `/metrics`: for load balancers, orchestrators and Prometheus."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ringline.database.migrations import HEAD, revision_in
from ringline.web.problems import problem

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

_log = logging.getLogger(__name__)
_READY_SECONDS = 5.0
_MOST_LAG = 60.0
"""Twice the time after which a wake-up that nobody followed is sent again."""


def routes(ringline: Ringline) -> list[BaseRoute]:
    """Liveness, readiness and figures."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        return _answer([*await what_the_server_lacks(ringline), *await what_the_work_lacks(ringline)])

    async def server_ready(_: Request) -> Response:
        return _answer(await what_the_server_lacks(ringline))

    async def figures(_: Request) -> Response:
        await ringline.figures.refresh()
        return Response(ringline.metrics.as_text(), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        Route("/health", health, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/ready/server", server_ready, methods=["GET"]),
        Route("/metrics", figures, methods=["GET"]),
    ]


def _answer(reasons: list[str]) -> Response:
    if not reasons:
        return JSONResponse({"status": "ok"})
    return problem(503, "not_ready", " ".join(reasons), fix="See the log, and `ringline doctor`.", reasons=reasons)


async def what_the_server_lacks(ringline: Ringline) -> list[str]:
    """Sentences on why requests cannot be answered now; none if they can."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            revision = await ringline.database.read(revision_in)
    except Exception:  # the probe's whole work is to tell any failure; the log keeps which
        _log.exception("the database did not answer the readiness probe")
        return ["The database does not answer."]
    # A newer one is what a rolling upgrade looks like from the processes that are still to be replaced.
    if revision is None or revision < HEAD:
        return [f"The database's tables are of revision {revision}, and this version needs {HEAD}."]
    return []


async def what_the_work_lacks(ringline: Ringline) -> list[str]:
    """Sentences on why messages may not be going out now; none if they are."""
    try:
        async with asyncio.timeout(_READY_SECONDS):
            workers = await ringline.workers.list()
            lags = await ringline.figures.wake_up_lags()
    except Exception:
        _log.exception("the work could not be looked at for the readiness probe")
        return []  # the server's own part has said that the database is away
    reasons = []
    if not any(worker.state == "working" for worker in workers):
        reasons.append("No process works on this database.")
    for entrypoint, lag in lags.items():
        if lag > _MOST_LAG:
            reasons.append(f"Nobody has followed a wake-up of `{entrypoint}` for {lag:.0f} s.")
    return reasons
