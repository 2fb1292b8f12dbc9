"""One pool of connections to Twilio, which knows of every failed request whether any of it can have arrived.

That knowledge decides whether a message may be sent again, so it is taken from the moment writing begins and not
guessed from exceptions. A request that ran out of time takes its connection with it: the socket is reset, or the
kernel would go on delivering what we have already called lost.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohappyeyeballs

from ringline.errors import TwilioUnavailableError
from ringline.twilio.connection import AnswerError, Connection, HttpAnswer

__all__ = ["HttpAnswer", "NoAnswer", "NothingWritten", "RequestHead", "TwilioHttp"]

# Idle connections are given up before a server or a balancer in between does so at the same moment as we write.
_KEEP_ALIVE_SECONDS = 15.0
_USER_TIMEOUT_SECONDS = 15.0
_KEEP_ADDRESSES_SECONDS = 30.0
_NEXT_ADDRESS_SECONDS = 0.25
_WITH_A_BODY = frozenset({"POST", "PUT", "PATCH"})


class NothingWritten(TwilioUnavailableError):  # noqa: N818 - says what is known, which is what callers ask
    """The request never left: name not found, refused, TLS failed, or no connection in time."""


class NoAnswer(TwilioUnavailableError):  # noqa: N818 - as above
    """The request may have arrived, but its answer was not read to the end.

    ``status`` is set when at least the headers of the answer came.
    """


class _Server(NamedTuple):
    host: str
    port: int
    is_secure: bool

    def __str__(self) -> str:
        return self.host if self.port == (443 if self.is_secure else 80) else f"{self.host}:{self.port}"


class RequestHead:
    """All of a request but its body, made once for many of them. *url* is sent as it stands, so it must be encoded."""

    __slots__ = ("_bytes", "_has_body", "server")

    def __init__(self, method: str, url: str, headers: Mapping[str, str]) -> None:
        parts = urlsplit(url)
        is_secure = parts.scheme == "https"
        assert parts.hostname is not None
        self.server = _Server(parts.hostname, parts.port or (443 if is_secure else 80), is_secure)
        lines = [f"{method} {parts.path or '/'}{'?' + parts.query if parts.query else ''} HTTP/1.1"]
        host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
        given = {
            "Host": host if self.server.port == (443 if is_secure else 80) else f"{host}:{self.server.port}",
            **headers,
        }
        names = {name.lower() for name in given}
        for name, value in (("Accept", "*/*"), ("Accept-Encoding", "gzip, deflate")):
            if name.lower() not in names:
                given[name] = value
        lines += [f"{name}: {value}" for name, value in given.items()]
        if any(character in line for line in lines for character in "\r\n\0"):
            raise ValueError("a line of a request cannot hold a line break")
        self._bytes = "\r\n".join(lines).encode()
        self._has_body = method in _WITH_A_BODY

    def with_body(self, body: bytes | None) -> bytes:
        """The whole request."""
        if not body and not self._has_body:
            return self._bytes + b"\r\n\r\n"
        return b"%b\r\nContent-Length: %d\r\n\r\n%b" % (self._bytes, len(body or b""), body or b"")


class TwilioHttp:
    """A pool shared by any number of `TwilioClient`s; it serves the event loop in which it is first used.

    Sends no cookies, follows no redirects, takes no proxy from the environment, and never repeats a request by itself.
    How many requests run at once is the sender's decision.
    """

    def __init__(self, *, keep_alive: float = _KEEP_ALIVE_SECONDS, user_timeout: float = _USER_TIMEOUT_SECONDS) -> None:
        self._keep_alive = keep_alive
        self._user_timeout = user_timeout
        self._loop: asyncio.AbstractEventLoop | None = None
        self._is_closed = False
        self._tls: ssl.SSLContext | None = None
        self._forget_all()

    def _forget_all(self) -> None:
        # The one used last is taken first, so that those not needed any more grow old.
        self._idle: dict[_Server, list[Connection]] = {}
        self._busy: set[Connection] = set()
        self._lookups: dict[_Server, tuple[float, asyncio.Future[Any]]] = {}
        self._cleaning: asyncio.TimerHandle | None = None

    async def exchange(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes | None = None, within: float
    ) -> HttpAnswer:
        """One request and its whole answer in *within* seconds, or `NothingWritten` or `NoAnswer`."""
        return await self.send(RequestHead(method, url, headers), body, within=within)

    async def send(self, head: RequestHead, body: bytes | None = None, *, within: float) -> HttpAnswer:
        """As `exchange`, with the head made before."""
        if self._is_closed:
            raise NothingWritten("The connection to Twilio has been closed by this program.")
        loop = self._running_loop()
        until = loop.time() + within
        connection = self._take_idle(head.server, loop.time())
        if connection is None:
            connection = await self._connect(loop, head.server, until, within)
        self._busy.add(connection)
        try:
            answer = await connection.exchange(head.with_body(body), until=until)
        except (TimeoutError, OSError, AnswerError) as error:
            why = _why_no_answer(error, head.server, within, connection.status)
            raise NoAnswer(why, status=connection.status) from error
        finally:
            self._busy.discard(connection)
        self._keep(loop, head.server, connection)
        return answer

    async def close(self) -> None:
        """Close idle connections; requests under way end in `NoAnswer`."""
        self._is_closed = True
        if self._cleaning is not None:
            self._cleaning.cancel()
        if self._loop is not None and self._loop is asyncio.get_running_loop():
            for connection in [connection for idle in self._idle.values() for connection in idle]:
                connection.close()
            for connection in list(self._busy):
                connection.abort("this program has closed it")
        self._forget_all()

    # --- the pool -------------------------------------------------------------------------------------------------

    def _running_loop(self) -> asyncio.AbstractEventLoop:
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._loop is not None and not self._loop.is_closed():
                raise RuntimeError("a TwilioHttp serves one event loop; make another for this one")
            self._loop = loop
            self._forget_all()
        return loop

    def _take_idle(self, server: _Server, now: float) -> Connection | None:
        idle = self._idle.get(server)
        while idle:
            connection = idle.pop()
            if connection.keeps and now - connection.idle_since < self._keep_alive:
                return connection
            connection.close()
        return None

    def _keep(self, loop: asyncio.AbstractEventLoop, server: _Server, connection: Connection) -> None:
        if not connection.keeps or self._is_closed:
            connection.close()
            return
        connection.idle_since = loop.time()
        self._idle.setdefault(server, []).append(connection)
        if self._cleaning is None:
            self._cleaning = loop.call_later(self._keep_alive, self._clean)

    def _clean(self) -> None:
        """Close what has been idle for too long, and look again while there is any left."""
        assert self._loop is not None
        self._cleaning = None
        before = self._loop.time() - self._keep_alive
        for server, idle in list(self._idle.items()):
            old = [connection for connection in idle if connection.idle_since <= before or not connection.is_open]
            for connection in old:
                connection.close()
            self._idle[server] = [connection for connection in idle if connection not in old]
            if not self._idle[server]:
                del self._idle[server]
        if self._idle:
            self._cleaning = self._loop.call_later(self._keep_alive, self._clean)

    # --- connecting -----------------------------------------------------------------------------------------------

    async def _connect(
        self, loop: asyncio.AbstractEventLoop, server: _Server, until: float, within: float
    ) -> Connection:
        try:
            async with asyncio.timeout_at(until):
                addresses = await self._addresses(loop, server)
                opened = await aiohappyeyeballs.start_connection(
                    addresses,
                    happy_eyeballs_delay=_NEXT_ADDRESS_SECONDS,
                    interleave=1,
                    loop=loop,
                    socket_factory=self._open_socket,
                )
                try:
                    _, connection = await loop.create_connection(
                        lambda: Connection(loop),
                        sock=opened,
                        ssl=self._tls_context() if server.is_secure else None,
                        server_hostname=server.host if server.is_secure else None,
                    )
                except BaseException:
                    opened.close()
                    raise
        except (TimeoutError, OSError) as error:
            raise NothingWritten(_why_nothing_was_written(error, server, within)) from error
        if self._is_closed or not connection.is_open:
            connection.close()
            raise NothingWritten(f"The connection to {server} was closed before anything could be sent.")
        return connection

    async def _addresses(self, loop: asyncio.AbstractEventLoop, server: _Server) -> Any:
        known = self._lookups.get(server)
        if known is None or known[0] <= loop.time():
            # One look-up for all who want to connect at this moment, and for those who will soon.
            lookup = asyncio.ensure_future(loop.getaddrinfo(server.host, server.port, type=socket.SOCK_STREAM))
            lookup.add_done_callback(lambda done: self._looked_up(server, done))
            known = self._lookups[server] = (loop.time() + _KEEP_ADDRESSES_SECONDS, lookup)
        return await asyncio.shield(known[1])

    def _looked_up(self, server: _Server, lookup: asyncio.Future[Any]) -> None:
        if lookup.cancelled() or lookup.exception() is not None:
            self._lookups.pop(server, None)

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
            self._tls.set_alpn_protocols(["http/1.1"])
        return self._tls

    def _open_socket(self, address: Any) -> socket.socket:
        family, kind, protocol, _, _ = address
        opened = socket.socket(family=family, type=kind, proto=protocol)
        # After a kill the kernel would go on retransmitting a buffered request for minutes.
        if hasattr(socket, "TCP_USER_TIMEOUT"):
            opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self._user_timeout * 1000))
        return opened


def _why_nothing_was_written(error: Exception, server: _Server, within: float) -> str:
    if isinstance(error, socket.gaierror):
        return f"The name {server.host} could not be found; is this machine connected to the internet?"
    if isinstance(error, ssl.CertificateError):
        return f"The certificate of {server} was not accepted ({error})."
    if isinstance(error, ssl.SSLError):
        return f"No secure connection to {server} could be made ({_system_reason(error)})."
    # asyncio's own time-out has no number; the system's, for an address that does not answer, has.
    if isinstance(error, TimeoutError) and not error.errno:
        return f"No connection to {server} could be made within {within:g} seconds."
    assert isinstance(error, OSError)
    return f"No connection to {server} could be made ({_system_reason(error)})."


def _system_reason(error: OSError) -> str:
    # asyncio words its own connection errors, and keeps the system's number; OpenSSL's numbers are its own.
    if error.errno and error.errno > 0 and not isinstance(error, ssl.SSLError):
        return os.strerror(error.errno).lower()
    return str(error.strerror or error)


def _why_no_answer(error: Exception, server: _Server, within: float, status: int | None) -> str:
    if isinstance(error, TimeoutError) and not error.errno:
        return f"{server} did not answer within {within:g} seconds."
    what = "while it was answering" if status is not None else "before it answered"
    return f"The connection to {server} was lost {what} ({str(error) or type(error).__name__})."
