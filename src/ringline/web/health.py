"""`/health`, `/ready` and `/metrics`: for load balancers and Prometheus."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from sqlalchemy import literal, select
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.routing import BaseRoute

    from ringline.app import Ringline

_log = logging.getLogger(__name__)
_ONE = select(literal(1).label("one"))
_READY_SECONDS = 5.0


class Metrics:
    """Counts of one server; a registry of its own, so that two servers in one process do not mix."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "ringline_http_requests", "Requests answered.", ["method", "route", "status"], registry=self.registry
        )
        self.seconds = Histogram(
            "ringline_http_seconds", "Time to answer a request.", ["route"], registry=self.registry
        )
        self.refused_webhooks = Counter(
            "ringline_webhooks_refused", "Webhooks whose signature did not match.", ["reason"], registry=self.registry
        )
        self.messages = Gauge("ringline_messages", "Messages by stage.", ["stage"], registry=self.registry)


def routes(ringline: Ringline, metrics: Metrics) -> list[BaseRoute]:
    """Liveness, readiness and figures."""

    async def health(_: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def ready(_: Request) -> Response:
        try:
            async with asyncio.timeout(_READY_SECONDS):
                await ringline.database.read(lambda tx: tx.one(_ONE))
        except Exception:  # the probe's whole work is to tell any failure; the log keeps which
            _log.exception("the database did not answer the readiness probe")
            return JSONResponse({"status": "unavailable", "reason": "the database does not answer"}, 503)
        return JSONResponse({"status": "ok"})

    async def figures(_: Request) -> Response:
        metrics.messages.clear()  # a stage that nothing is in any more must not keep its last figure
        for stage, count in (await ringline.outbox.count_by_stage()).items():
            metrics.messages.labels(stage).set(count)
        return Response(generate_latest(metrics.registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    return [
        Route("/health", health, methods=["GET"]),
        Route("/ready", ready, methods=["GET"]),
        Route("/metrics", figures, methods=["GET"]),
    ]
