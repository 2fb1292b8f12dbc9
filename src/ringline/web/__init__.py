"""The server: the API for programs, the webhooks for Twilio, and the pages for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI
    from starlette.routing import BaseRoute
    from starlette.types import ASGIApp

    from ringline.app import Ringline

__all__ = ["create_app", "create_probes"]


def create_app(ringline: Ringline, *, with_api: bool = True, simulator: Sequence[BaseRoute] = ()) -> FastAPI:
    """The whole web application over a started *ringline*, which stays the caller's to close.

    Without *with_api* it has what Twilio, webhooks of others and people with links need, and is up sooner.
    *simulator* are the routes of a simulated Twilio beside it, for whoever is signed in.
    """
    from ringline.web.application import build

    return build(ringline, with_api=with_api, simulator=simulator)


def create_probes(ringline: Ringline) -> ASGIApp:
    """Only `/health`, `/ready` and `/metrics`, by the rules of the whole application: for a worker without a server."""
    from starlette.applications import Starlette

    from ringline.web.access import RateLimiter
    from ringline.web.health import routes
    from ringline.web.identity import IdentityRule
    from ringline.web.token import api_token

    limiter = RateLimiter(ringline.settings.rate_limit, ringline.access.clock)
    return IdentityRule(Starlette(routes=routes(ringline)), token=api_token(ringline.settings), limiter=limiter)
