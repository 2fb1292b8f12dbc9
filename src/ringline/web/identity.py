"""Who asks: a browser with a session cookie, a program with an API key, or the server's own token.

A plain ASGI layer that every request passes before any route is looked at: what lies under `_CLOSED` goes no further
without a principal, which routes find as ``request.state.principal``. What it may do is the gate's to say (`gate`).
"""

from __future__ import annotations

import hashlib
import hmac
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser

from ringline.access import Principal
from ringline.web.access import host_name, is_loopback
from ringline.web.problems import problem

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.access import Access
    from ringline.web.access import RateLimiter

COOKIE = "ringline_session"
CSRF_HEADER = "x-csrf-token"
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})

# Elsewhere webhooks bring a signature, hooks a secret of their own, media a signed path, short links nothing on
# purpose; the pages hold no data.
_CLOSED = ("/api", "/live", "/_simulator", "/metrics")
_OPEN_PATHS = frozenset({"/api/v1/sign-in"})
_PROXIED = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "via")


class IdentityRule:
    """Find out who asks where that matters, and count how often."""

    def __init__(self, app: ASGIApp, *, token: str, limiter: RateLimiter, access: Access | None = None) -> None:
        self._app = app
        self._digest = hashlib.sha256(token.encode()).digest()
        self._limiter = limiter
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope):
            await self._app(scope, receive, send)
            return
        found = await self._principal(scope)
        if not isinstance(found, Principal):
            await found(scope, receive, send)
            return
        wait = self._limiter.take(found.sign_in or found.id or found.kind)
        if wait > 0:
            response = problem(
                429,
                "too_many_requests",
                f"More than {self._limiter.per_minute} requests in a minute came with this {_WITH[found.kind]}.",
                fix=f"Wait {math.ceil(wait)} s, or raise RINGLINE_RATE_LIMIT.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
            await response(scope, receive, send)
            return
        scope.setdefault("state", {})["principal"] = found
        await self._app(scope, receive, _never_kept(send))

    async def _principal(self, scope: Scope) -> Principal | Response:
        headers = Headers(scope=scope)
        given = bearer(headers)
        if given is not None:
            return await self._by_secret(given)
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        found = await self._access.by_cookie(cookie) if cookie and self._access is not None else None
        if found is None:
            return problem(
                401,
                "token_missing",
                "This needs an API key or a sign-in.",
                fix="Sign in with a browser, or send the header `Authorization: Bearer …` with a key or the token that "
                "`ringline serve` names.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        if scope["method"] not in SAFE:
            carried = headers.get(CSRF_HEADER, "")
            if not hmac.compare_digest(found.csrf.encode(), carried.encode("utf-8", "surrogatepass")):
                return problem(
                    403,
                    "csrf",
                    "This request does not carry the token of your sign-in.",
                    fix="Load the page again. Programs use an API key in place of a cookie.",
                )
        return found

    async def _by_secret(self, given: str) -> Principal | Response:
        # Digests are compared, so that neither the time nor the length tells anything about the token.
        digest = hashlib.sha256(given.encode("utf-8", "surrogatepass")).digest()
        if hmac.compare_digest(digest, self._digest):
            return Principal("server token", "admin", "token")
        found = await self._access.by_key(given) if self._access is not None else None
        return found or problem(
            401,
            "token_wrong",
            "This is no API key of this server, or not any more.",
            fix="Keys are made under Settings, API keys, or by `ringline keys add`; `ringline serve` names the token.",
            headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )


_WITH = {"user": "sign-in", "key": "key", "token": "token"}


def _never_kept(send: Send) -> Send:
    """Tell browsers and proxies to keep nothing of an answer that needed a principal."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return marked


def is_open(scope: Mapping[str, Any]) -> bool:
    """Whether a path needs no principal (it may ask for something else itself)."""
    path = scope["path"]
    if path == "/metrics":
        return is_from_here(scope)
    return path in _OPEN_PATHS or not any(path == closed or path.startswith(f"{closed}/") for closed in _CLOSED)


def is_from_here(scope: Mapping[str, Any]) -> bool:
    """Whether a request was made on this machine and not handed on by a proxy."""
    headers = Headers(raw=scope["headers"])
    if any(name in headers for name in _PROXIED):
        return False
    client = scope.get("client")
    return client is not None and is_loopback(client[0]) and is_loopback(host_name(headers.get("host", "")))


def bearer(headers: Headers) -> str | None:
    """The token of an Authorization header, or ``None``."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None
