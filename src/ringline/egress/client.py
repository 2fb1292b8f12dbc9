"""One HTTP request to somebody else's server, with its limits."""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ringline.egress.addresses import PrivateHosts
from ringline.errors import RinglineError

if TYPE_CHECKING:
    import aiohttp
    from aiohttp.abc import ResolveResult
    from yarl import URL

MAX_REDIRECTS = 5
MAX_BYTES = 5_000_000
_CHUNK = 65_536
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_BODY_HEADERS = frozenset({"content-type", "content-length", "content-encoding"})

Resolve = Callable[[str, int], Awaitable[list[str]]]


class RequestFailed(RinglineError):  # noqa: N818 - says what happened, as an outcome does
    """There is no answer. ``code`` is a short name, ``retryable`` whether another try may do better."""

    def __init__(self, code: str, message: str, *, fix: str = "", retryable: bool = False) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.fix = fix
        self.retryable = retryable


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer that was read to its end; header names are in lower case."""

    status: int
    reason: str
    headers: Mapping[str, str]
    content: bytes
    url: str

    @property
    def text(self) -> str:
        """The content as text, by the charset it names."""
        _, _, charset = self.headers.get("content-type", "").partition("charset=")
        try:
            return self.content.decode(charset.partition(";")[0].strip(' "') or "utf-8", "replace")
        except LookupError:
            return self.content.decode("utf-8", "replace")


async def _resolve(host: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class HttpClient:
    """Sends requests to public addresses, and to the private ones in *allowed*.

    With *pooled* connections are kept and shared until `close`; the client then serves one event loop. Takes no proxy
    from the environment and keeps no cookies. *resolve* gives the addresses of a name.
    """

    def __init__(
        self, *, allowed: PrivateHosts | None = None, pooled: bool = False, resolve: Resolve = _resolve
    ) -> None:
        self._allowed = allowed or PrivateHosts()
        self._pooled = pooled
        self._resolve = resolve
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Give up kept connections."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        timeout: float = 30.0,
        follow_redirects: bool = True,
        max_bytes: int = MAX_BYTES,
    ) -> HttpResponse:
        """One request and its answer, after at most five redirects, all within *timeout* seconds.

        A redirect to another host is followed without the headers that were given, since they may hold secrets.
        Raises `RequestFailed`.
        """
        session = self._open_session()
        try:
            async with asyncio.timeout(timeout):
                return await self._follow(session, method, url, dict(headers or {}), body, follow_redirects, max_bytes)
        except TimeoutError:
            raise RequestFailed(
                "timeout",
                f"{shown_url(url)} did not answer within {timeout:g} s.",
                fix="Try again later, or allow it more time with `timeout`.",
                retryable=True,
            ) from None
        finally:
            if session is not self._session:
                await session.close()

    def _open_session(self) -> aiohttp.ClientSession:
        import aiohttp

        if self._session is not None:
            return self._session
        session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                resolver=_guarded(self._allowed, self._resolve), limit=100, ttl_dns_cache=10
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            headers={"User-Agent": "Ringline"},
            timeout=aiohttp.ClientTimeout(total=None),
            trust_env=False,
        )
        if self._pooled:
            self._session = session
        return session

    async def _follow(
        self,
        session: aiohttp.ClientSession,
        method: str,
        url: str,
        headers: dict[str, str],
        body: bytes | None,
        follow_redirects: bool,
        max_bytes: int,
    ) -> HttpResponse:
        for _ in range(MAX_REDIRECTS + 1):
            address = self._checked(url)
            response, target = await _exchange(session, method, address, headers, body, max_bytes)
            if target is None or not follow_redirects:
                return response
            if response.status == 303 or (response.status in (301, 302) and method == "POST"):
                method, body = ("HEAD" if method == "HEAD" else "GET"), None
                headers = {name: value for name, value in headers.items() if name.lower() not in _BODY_HEADERS}
            if _origin(target) != _origin(url):
                headers = {name: value for name, value in headers.items() if name.lower() in ("accept", "content-type")}
            url = target
        raise RequestFailed(
            "too_many_redirects",
            f"{shown_url(url)} leads on more than {MAX_REDIRECTS} times.",
            fix="Give the address it ends at.",
        )

    def _checked(self, url: str) -> URL:
        """The address as the connection will read it, so that there are no two readings of one text."""
        from yarl import URL

        try:
            parsed = URL(url)
            host, has_user = parsed.host, parsed.user is not None or parsed.password is not None
        except ValueError:
            parsed, host, has_user = URL(), None, False
        if parsed.scheme not in ("http", "https") or not host:
            raise RequestFailed(
                "invalid_url",
                f"{shown_url(url)} is not an http or https address.",
                fix="Write the whole address, such as https://example.com/path.",
            )
        if has_user:
            raise RequestFailed(
                "invalid_url",
                "The address holds a user name or password.",
                fix="Put them into `username` and `password`, where they are kept out of logs.",
            )
        try:
            literal = ipaddress.ip_address(host.partition("%")[0])
        except ValueError:
            return parsed  # a name: the resolver looks at what it means
        if not self._allowed.allow(host, literal):
            raise address_refused(host)
        return parsed


def address_refused(host: str) -> RequestFailed:
    """We do not go there."""
    return RequestFailed(
        "address_refused",
        f"`{host}` lies inside a private network, and workflows may not reach it.",
        fix="If they should, name the host or its network in RINGLINE_ALLOWED_PRIVATE_HOSTS.",
    )


def shown_url(url: str) -> str:
    """An address fit for messages and logs: without query and user, which may hold secrets."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return "The address"
    return f"{parts.scheme}://{host}{f':{port}' if port else ''}{parts.path}"[:200]


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    return parts.scheme, parts.hostname, parts.port


async def _exchange(
    session: aiohttp.ClientSession,
    method: str,
    address: URL,
    headers: Mapping[str, str],
    body: bytes | None,
    max_bytes: int,
) -> tuple[HttpResponse, str | None]:
    """One request and its answer, and where that leads on."""
    import aiohttp

    url = str(address)
    try:
        async with session.request(method, address, headers=headers, data=body, allow_redirects=False) as answer:
            content = await _read(answer, url, max_bytes)
            location = answer.headers.get("Location") if answer.status in _REDIRECTS else None
            target = None if location is None else _joined(address, location)
            response = HttpResponse(
                answer.status,
                answer.reason or "",
                {name.lower(): value for name, value in answer.headers.items()},
                content,
                str(answer.url),
            )
            return response, target
    except RequestFailed:
        raise
    except (aiohttp.InvalidURL, ValueError) as error:
        raise RequestFailed(
            "invalid_request",
            f"The request to {shown_url(url)} cannot be written: {type(error).__name__}.",
            fix="Look at the address and the headers; header values must be one line.",
        ) from error
    except (aiohttp.ClientError, OSError) as error:
        refusal = error.__cause__ if isinstance(error.__cause__, _Refused) else error
        if isinstance(refusal, _Refused):
            raise address_refused(refusal.host) from None
        raise RequestFailed(
            "connection_failed",
            f"{shown_url(url)} could not be reached: {_reason(error)}.",
            fix="Check the address, and whether that server is up.",
            retryable=True,
        ) from error


def _joined(address: URL, location: str) -> str:
    from yarl import URL

    return str(address.join(URL(location)))


async def _read(answer: aiohttp.ClientResponse, url: str, max_bytes: int) -> bytes:
    content = bytearray()
    async for chunk in answer.content.iter_chunked(_CHUNK):
        content += chunk
        if len(content) > max_bytes:
            answer.close()
            raise RequestFailed(
                "too_large",
                f"{shown_url(url)} answered with more than {max_bytes:,} bytes.",
                fix="Ask for less, for example a page at a time.",
            )
    return bytes(content)


def _reason(error: BaseException) -> str:
    inner = getattr(error, "os_error", None)
    if isinstance(inner, socket.gaierror) or isinstance(error, socket.gaierror):
        return "its name is unknown"
    text = getattr(inner, "strerror", None) or str(error) or type(error).__name__
    return str(text).rstrip(".")


class _Refused(OSError):  # noqa: N818 - not an error of the network
    """A name that means only addresses we do not go to; an OSError, as resolvers raise."""

    def __init__(self, host: str) -> None:
        super().__init__(f"{host} is private")
        self.host = host


def _guarded(allowed: PrivateHosts, resolve: Resolve) -> Any:
    from aiohttp.abc import AbstractResolver

    class GuardedResolver(AbstractResolver):
        """Gives of a name's addresses those that may be reached; the connection is made to one of just these."""

        async def resolve(
            self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
        ) -> list[ResolveResult]:
            addresses = [ipaddress.ip_address(text.partition("%")[0]) for text in await resolve(host, port)]
            open_ = [address for address in addresses if allowed.allow(host, address)]
            if addresses and not open_:
                raise _Refused(host)
            return [
                {
                    "hostname": host,
                    "host": str(address),
                    "port": port,
                    "family": socket.AF_INET if address.version == 4 else socket.AF_INET6,
                    "proto": socket.IPPROTO_TCP,
                    "flags": socket.AI_NUMERICHOST,
                }
                for address in open_
            ]

        async def close(self) -> None:
            return None

    return GuardedResolver()
