"""One pool of connections to Twilio, which knows of every failed request whether any of it can have arrived.

That knowledge decides whether a message may be sent again, so it is taken from the moment writing begins and not
guessed from exceptions. A request that ran out of time takes its connection with it: the socket is reset, or the
kernel would go on delivering what we have already called lost.
"""

from __future__ import annotations

import asyncio
import functools
import logging
import os
import socket
import struct
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import aiohttp
from yarl import URL

from ringline.errors import TwilioUnavailableError

if TYPE_CHECKING:
    from aiohttp.client_reqrep import ClientResponse
    from aiohttp.connector import Connection

logger = logging.getLogger(__name__)

# Idle connections are given up before a server or a balancer in between does so at the same moment as we write.
_KEEP_ALIVE_SECONDS = 15.0
_USER_TIMEOUT_SECONDS = 15.0
_MOST_REDIRECTS = 3
_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer that was read to its end. Header names are matched whatever their case."""

    status: int
    headers: Mapping[str, str]
    text: str


@dataclass(frozen=True, slots=True)
class Download:
    """A file that was read to its end."""

    status: int
    headers: Mapping[str, str]
    content: bytes


class NothingWritten(TwilioUnavailableError):  # noqa: N818 - says what is known, which is what callers ask
    """The request never left: name not found, refused, TLS failed, or no connection in time."""


class NoAnswer(TwilioUnavailableError):  # noqa: N818 - as above
    """The request may have arrived, but its answer was not read to the end.

    ``status`` is set when at least the first line of the answer came.
    """


class _Exchange:
    """What happened to one request so far."""

    __slots__ = ("transport",)

    def __init__(self) -> None:
        self.transport: asyncio.Transport | None = None


_current: ContextVar[_Exchange] = ContextVar("ringline_twilio_exchange")


class _Request(aiohttp.ClientRequest):
    async def send(self, conn: Connection) -> ClientResponse:
        transport = conn.transport
        # On a transport that is closing nothing is written, and aiohttp raises.
        if transport is not None and not transport.is_closing():
            _current.get().transport = transport
        return await super().send(conn)


class TwilioHttp:
    """A pool shared by any number of `TwilioClient`s; it serves the event loop in which it is first used.

    Sends no cookies, follows no redirects, takes no proxy from the environment, and never repeats a POST by itself.
    """

    def __init__(self, *, keep_alive: float = _KEEP_ALIVE_SECONDS, user_timeout: float = _USER_TIMEOUT_SECONDS) -> None:
        self._keep_alive = keep_alive
        self._user_timeout = user_timeout
        self._session: aiohttp.ClientSession | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False
        self.in_flight = 0
        """Requests that have no answer yet."""
        self.on_exchange: Callable[[str, int | None, float], None] | None = None
        """Told of every request: its method, the status of its answer if there was one, and how many seconds it took.
        """

    async def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None, within: float
    ) -> HttpAnswer:
        """One request and its whole answer in *within* seconds, or `NothingWritten` or `NoAnswer`.

        *url* is sent as it stands, so it must be encoded.
        """
        answer = await self._exchange(method, url, headers=headers, body=body, within=within)
        return HttpAnswer(answer.status, answer.headers, answer.content.decode("utf-8", "replace"))

    async def download(self, url: str, *, headers: Mapping[str, str], within: float) -> Download:
        """What stands at *url*, followed to where Twilio keeps it; raises as `exchange`.

        The credential goes to the first address only: the file may lie with somebody else.
        """
        answer = await self._exchange("GET", url, headers=headers, body=None, within=within)
        for _ in range(_MOST_REDIRECTS):
            if answer.status not in (301, 302, 303, 307, 308) or "Location" not in answer.headers:
                break
            target = URL(url, encoded=True).join(URL(answer.headers["Location"], encoded=True))
            url = str(target)
            answer = await self._exchange("GET", url, headers={}, body=None, within=within)
        return answer

    async def _exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None, within: float
    ) -> Download:
        if self._is_closed:
            raise NothingWritten("The connection to Twilio has been closed by this program.")
        session = self._session_of_this_loop()
        exchange = _Exchange()
        token = _current.set(exchange)
        status: int | None = None
        finished = False
        started = perf_counter()
        self.in_flight += 1
        try:
            response = await session.request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                allow_redirects=False,
                timeout=_timeout(within),
            )
            status = response.status
            content = await response.read()
            finished = True
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            if exchange.transport is None:
                raise NothingWritten(_why_nothing_was_written(error, url, within)) from error
            raise NoAnswer(_why_no_answer(error, url, within, status), status=status) from error
        finally:
            self.in_flight -= 1
            _current.reset(token)
            if self.on_exchange is not None:
                self.on_exchange(method, status, perf_counter() - started)
            if not finished and exchange.transport is not None:
                _destroy(exchange.transport)
        return Download(status, response.headers, content)

    async def close(self) -> None:
        """Close idle connections; requests under way end in `NoAnswer`."""
        self._is_closed = True
        if self._session is not None:
            await self._session.close()

    def _session_of_this_loop(self) -> aiohttp.ClientSession:
        loop = asyncio.get_running_loop()
        if self._session is not None and self._loop is loop:
            return self._session
        if self._loop is not None and not self._loop.is_closed():
            raise RuntimeError("a TwilioHttp serves one event loop; make another for this one")
        self._loop = loop
        self._session = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(
                limit=0,  # how many requests run at once is the sender's decision
                keepalive_timeout=self._keep_alive,
                ttl_dns_cache=30,
                socket_factory=self._open_socket,
            ),
            cookie_jar=aiohttp.DummyCookieJar(),
            request_class=_Request,
            trust_env=False,
        )
        return self._session

    def _open_socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        opened = socket.socket(family=family, type=kind, proto=protocol)
        # After a kill the kernel would go on retransmitting a buffered request for minutes.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._user_timeout * 1000))
        return opened


@functools.lru_cache(maxsize=16)
def _timeout(within: float) -> aiohttp.ClientTimeout:
    # To the point, not rounded up.
    return aiohttp.ClientTimeout(total=within, ceil_threshold=float("inf"))


def _destroy(transport: asyncio.Transport) -> None:
    """Close the connection by a reset, so that nothing still in a buffer is delivered."""
    connection = transport.get_extra_info("socket")
    if connection is not None and connection.fileno() >= 0:
        try:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
        except OSError as error:
            # The other side has closed it already, and buffers with it.
            logger.debug("linger could not be set on a failed connection: %s", error)
    transport.abort()


def _host(url: str) -> str:
    parsed = URL(url, encoded=True)
    return f"{parsed.host}:{parsed.port}" if not parsed.is_default_port() else str(parsed.host)


def _why_nothing_was_written(error: Exception, url: str, within: float) -> str:
    host = _host(url)
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return f"The name {host} could not be found; is this machine connected to the internet?"
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return f"The certificate of {host} was not accepted ({error.certificate_error})."
    if isinstance(error, aiohttp.ClientSSLError):
        return f"No secure connection to {host} could be made ({_system_reason(error.os_error)})."
    if isinstance(error, aiohttp.ClientConnectorError):
        return f"No connection to {host} could be made ({_system_reason(error.os_error)})."
    if isinstance(error, TimeoutError):
        return f"No connection to {host} could be made within {within:g} seconds."
    return f"The request to {host} could not be sent ({str(error) or type(error).__name__})."


def _system_reason(error: OSError) -> str:
    # asyncio words its own connection errors, and keeps the system's number.
    return os.strerror(error.errno).lower() if error.errno and error.errno > 0 else str(error.strerror or error)


def _why_no_answer(error: Exception, url: str, within: float, status: int | None) -> str:
    host = _host(url)
    if isinstance(error, TimeoutError):
        return f"{host} did not answer within {within:g} seconds."
    what = "while it was answering" if status is not None else "before it answered"
    return f"The connection to {host} was lost {what} ({str(error) or type(error).__name__})."
