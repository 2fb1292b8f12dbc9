"""Who may ask what: the Host rule, the API token, and how often it may be used.

Three plain ASGI layers that every request passes before any route is looked at, so that a new route cannot be left
open by mistake: what is not listed in `_OPEN` needs the token.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import cookie_parser

from ringline.web.problems import problem
from ringline.web.sessions import COOKIE, Sessions
from ringline.web.uploads import is_upload

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.clock import Clock
    from ringline.settings import Settings

# Elsewhere webhooks bring a signature, hooks a secret of their own, media a signed path, short links nothing on
# purpose; the pages hold no data.
_CLOSED = ("/api", "/live", "/_simulator", "/metrics")
_OPEN_PATHS = frozenset({"/api/v1/sign-in"})
# What people and Twilio reach under the public name; everything else stays on this machine.
_PUBLIC_PREFIXES = ("/twilio/", "/hooks/", "/m/", "/l/", "/a/")
# A load balancer asks by address, and the answers hold nothing that is worth hiding.
_ANY_HOST = frozenset({"/health", "/ready", "/ready/server"})

_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_OPEN_BODY_BYTES = 256_000


def is_loopback(host: str) -> bool:
    """Whether a Host header's name, without port, can only mean this machine."""
    name = host.strip("[]").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(header: str) -> str:
    """The name in a Host header, without its port, in lower case."""
    if header.startswith("["):
        return header.partition("]")[0].lower() + "]"
    return header.partition(":")[0].lower()


class HostRule:
    """Refuse requests that came under a name that is not ours (DNS rebinding, a forgotten proxy)."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self._app = app
        self._extra = settings.extra_hosts
        public = settings.public_host
        self._public = public.lower() if public else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _ANY_HOST:
            await self._app(scope, receive, send)
            return
        host = host_name(Headers(scope=scope).get("host", ""))
        if is_loopback(host) or host in self._extra:
            await self._app(scope, receive, send)
        elif host == self._public:
            if scope["path"].startswith(_PUBLIC_PREFIXES):
                await self._app(scope, receive, send)
                return
            response = problem(
                421,
                "private_path",
                f"Under the public name `{host}` there are only webhooks, media and short links.",
                fix="Ask on this machine by its loopback address, or list the name in RINGLINE_ALLOWED_HOSTS.",
            )
            await response(scope, receive, send)
        else:
            response = problem(
                421,
                "wrong_host",
                f"This server does not answer to the name `{host}`.",
                fix="If it is yours, set RINGLINE_PUBLIC_URL (for Twilio) or RINGLINE_ALLOWED_HOSTS (for the API).",
            )
            await response(scope, receive, send)


class TokenRule:
    """Ask for the API token everywhere but on the open paths, and count its use."""

    def __init__(self, app: ASGIApp, *, token: str, limiter: RateLimiter, sessions: Sessions | None = None) -> None:
        self._app = app
        self._digest = hashlib.sha256(token.encode()).digest()
        self._limiter = limiter
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or is_open(scope):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        given = bearer(headers)
        cookie = self._cookie(headers) if given is None else None
        if cookie is not None and self._sessions is not None:
            if scope["method"] not in _SAFE and not self._sessions.is_csrf(cookie, headers.get("x-csrf-token", "")):
                response = problem(
                    403,
                    "csrf",
                    "This request does not carry the token of your sign-in.",
                    fix="Load the page again. Programs use an API key in place of a cookie.",
                )
            else:
                await self._app(scope, receive, _never_kept(send))
                return
        elif given is None:
            response = problem(
                401,
                "token_missing",
                "This needs the API token.",
                fix="Send the header `Authorization: Bearer …`; `ringline serve` prints where the token is kept.",
                headers={"WWW-Authenticate": "Bearer"},
            )
        # Digests are compared, so that neither the time nor the length tells anything about the token.
        elif not hmac.compare_digest(hashlib.sha256(given.encode()).digest(), self._digest):
            response = problem(
                401,
                "token_wrong",
                "This is not the API token.",
                fix="`ringline serve` prints where the token is kept.",
                headers={"WWW-Authenticate": 'Bearer error="invalid_token"'},
            )
        else:
            wait = self._limiter.take(self._digest.hex())
            if wait <= 0:
                await self._app(scope, receive, _never_kept(send))
                return
            response = problem(
                429,
                "too_many_requests",
                f"More than {self._limiter.per_minute} requests in a minute came with this token.",
                fix=f"Wait {math.ceil(wait)} s, or raise RINGLINE_RATE_LIMIT.",
                headers={"Retry-After": str(math.ceil(wait))},
            )
        await response(scope, receive, send)

    def _cookie(self, headers: Headers) -> str | None:
        """The session cookie, if it is a good one."""
        if self._sessions is None:
            return None
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE)
        return cookie if self._sessions.is_valid(cookie) else None


def _never_kept(send: Send) -> Send:
    """Tell browsers and proxies to keep nothing of an answer that needed the token."""

    async def marked(message: Message) -> None:
        if message["type"] == "http.response.start":
            MutableHeaders(scope=message).setdefault("Cache-Control", "no-store")
        await send(message)

    return marked


def is_open(scope: Mapping[str, Any]) -> bool:
    """Whether a path asks for no token here (it may ask for something else itself)."""
    path = scope["path"]
    if path == "/metrics":
        return _is_from_here(scope)
    return path in _OPEN_PATHS or not any(path == closed or path.startswith(f"{closed}/") for closed in _CLOSED)


def _is_from_here(scope: Mapping[str, Any]) -> bool:
    """Whether a request was made on this machine and not handed on by a proxy."""
    headers = Headers(raw=scope["headers"])
    if any(name in headers for name in ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via")):
        return False
    client = scope.get("client")
    return client is not None and is_loopback(client[0]) and is_loopback(host_name(headers.get("host", "")))


def bearer(headers: Headers) -> str | None:
    """The token of an Authorization header, or ``None``."""
    scheme, _, token = headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" and token.strip() else None


class RateLimiter:
    """At most *per_minute* uses of a key in a minute, all of which may come at once.

    Kept as the moment at which the key's past use is worked off (GCRA), so a key costs one number.
    """

    def __init__(self, per_minute: int, clock: Clock) -> None:
        self.per_minute = per_minute
        self._interval = 60.0 / per_minute
        self._clock = clock
        self._busy_until: dict[str, float] = {}

    def take(self, key: str) -> float:
        """Use *key* once; returns 0, or how many seconds too early this came."""
        now = self._clock.monotonic()
        busy_until = max(self._busy_until.get(key, now), now)
        too_early = busy_until - now - (60.0 - self._interval)
        if too_early > 1e-9:
            return too_early
        self._busy_until[key] = busy_until + self._interval
        return 0.0


class BodyLimit:
    """Refuse bodies larger than *limit* bytes, files larger than *upload_limit*; also those without a length."""

    def __init__(self, app: ASGIApp, limit: int, upload_limit: int) -> None:
        self._app = app
        self._limit = limit
        self._upload_limit = upload_limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        # Whoever comes without the token has little to say.
        limit = self._upload_limit if is_upload(scope["path"]) else self._limit
        limit = min(self._limit, _OPEN_BODY_BYTES) if is_open(scope) else limit
        announced = Headers(scope=scope).get("content-length", "0")
        if announced.isdigit() and int(announced) > limit:
            response = problem(413, "too_large", f"The body is larger than {limit:,} bytes.", fix="Send less.")
            await response(scope, receive, send)
            return
        received = 0

        async def counted() -> MutableMapping[str, Any]:
            nonlocal received
            message: Message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413, f"The body is larger than {limit:,} bytes.")
            return message

        await self._app(scope, counted, send)
