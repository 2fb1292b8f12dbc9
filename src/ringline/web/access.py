"""What every request passes whoever it is from: the Host rule, and how large and how often requests may be.

Plain ASGI layers, which stand before any route is looked at. Who asks is found out by `identity`, between them.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException

from ringline.web.problems import problem
from ringline.web.uploads import is_upload

if TYPE_CHECKING:
    from collections.abc import MutableMapping
    from typing import Any

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ringline.clock import Clock
    from ringline.settings import Settings

# What people and Twilio reach under the public name; everything else stays on this machine.
_PUBLIC_PREFIXES = ("/twilio/", "/hooks/", "/m/", "/l/", "/a/")
# A load balancer asks by address, and the answers hold nothing that is worth hiding.
_ANY_HOST = frozenset({"/health", "/ready", "/ready/server"})

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


_MOST_KEYS = 20_000


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
        if len(self._busy_until) >= _MOST_KEYS:
            # Strangers choose some keys themselves, such as names to sign in with.
            self._busy_until = {known: busy for known, busy in self._busy_until.items() if busy > now}
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
        # Whoever comes without a principal has little to say.
        limit = self._upload_limit if is_upload(scope["path"]) else self._limit
        limit = limit if "principal" in scope.get("state", {}) else min(self._limit, _OPEN_BODY_BYTES)
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
