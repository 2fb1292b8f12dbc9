"""One kept connection to a server, which carries one request at a time and reads its answer to the end.

A general HTTP client takes more time for a request than everything else that is done to send a message. This one knows
what we need: a request is one buffer, written at once, and from that moment on it may have arrived.
"""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import cast

import httptools

logger = logging.getLogger(__name__)

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_MOST_BYTES = 64 * 1024 * 1024
"""An answer longer than this, unpacked, is no answer of Twilio's."""


class AnswerError(Exception):
    """What came back is not an answer in HTTP/1.1."""


class Headers(Mapping[str, str]):
    """The headers of an answer by name, whatever their case; of several with one name the first."""

    __slots__ = ("_values",)

    def __init__(self, pairs: list[tuple[bytes, bytes]]) -> None:
        self._values: dict[str, str] = {}
        for name, value in pairs:
            # Bytes as they came; a header of Twilio's has none beyond ASCII.
            self._values.setdefault(name.decode("latin-1").lower(), value.decode("latin-1"))

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer that was read to its end."""

    status: int
    headers: Mapping[str, str]
    text: str


class Connection(asyncio.Protocol):
    """One connection: `exchange` once, and again as long as it `keeps`."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._transport: asyncio.Transport | None = None
        self._waiter: asyncio.Future[HttpAnswer] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self.idle_since = 0.0
        self._parser = httptools.HttpResponseParser(self)
        self._headers: list[tuple[bytes, bytes]] = []
        self._body: list[bytes] = []
        self.status: int | None = None
        """Of the answer under way, once its headers have been read."""
        self._is_spent = False

    @property
    def keeps(self) -> bool:
        """Whether another request may be written."""
        return not self._is_spent and self.is_open

    @property
    def is_open(self) -> bool:
        """Whether anything can be written at all."""
        return self._transport is not None and not self._transport.is_closing()

    async def exchange(self, request: bytes, *, until: float) -> HttpAnswer:
        """Write a request and read its answer by the loop's time *until*; call it only while `is_open`.

        Raises `TimeoutError`, `OSError` or `AnswerError`; then, and when it is cancelled, the connection is reset.
        """
        assert self._transport is not None
        assert self._waiter is None
        self.status = None
        waiter: asyncio.Future[HttpAnswer] = self._loop.create_future()
        self._waiter = waiter
        # A timer rather than `asyncio.timeout`: that is a third of the whole exchange.
        self._timer = self._loop.call_at(until, self._time_out)
        self._transport.write(request)
        try:
            return await waiter
        except BaseException:
            self._is_spent = True
            self.reset()
            raise
        finally:
            self._waiter = None
            self._timer.cancel()

    def close(self) -> None:
        """Close an idle connection."""
        if self._transport is not None:
            self._transport.close()

    def abort(self, why: str) -> None:
        """End the request under way, if any, with an error."""
        self._fail(ConnectionAbortedError(why))
        self.reset()

    def reset(self) -> None:
        """Close the connection by a reset, so that nothing still in a buffer is delivered."""
        transport = self._transport
        if transport is None:
            return
        opened = transport.get_extra_info("socket")
        if opened is not None and opened.fileno() >= 0:
            try:
                opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            except OSError as error:
                # The other side has closed it already, and buffers with it.
                logger.debug("linger could not be set on a failed connection: %s", error)
        transport.abort()

    # --- what the event loop says ---------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's have the methods, and are no subclass.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        if self._waiter is None:
            # Nobody has asked anything: whatever it is, it would be taken for the answer to the next request.
            self._is_spent = True
            self.reset()
            return
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade, zlib.error) as error:
            self._is_spent = True
            self._fail(AnswerError(str(error) or type(error).__name__))

    def connection_lost(self, error: Exception | None) -> None:
        self._is_spent = True
        if error is None and self.status is not None and not self._has_length():
            # Such an answer ends with its connection.
            self._finish()
        else:
            self._fail(error or ConnectionResetError("it was closed"))

    def _time_out(self) -> None:
        self._fail(TimeoutError())

    # --- what the parser says -------------------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        if self._waiter is None or self._waiter.done():
            # More than one answer to one request: the next request must not take it for its own.
            self._is_spent = True

    def on_header(self, name: bytes, value: bytes) -> None:
        self._headers.append((name, value))

    def on_headers_complete(self) -> None:
        self.status = self._parser.get_status_code()

    def on_body(self, body: bytes) -> None:
        self._body.append(body)

    def on_message_complete(self) -> None:
        if self.status is not None and 100 <= self.status < 200:
            # "Continue" and the like come before the answer.
            self._headers, self._body, self.status = [], [], None
            return
        if not self._parser.should_keep_alive():
            self._is_spent = True
        self._finish()

    # --- inside ---------------------------------------------------------------------------------------------------

    def _has_length(self) -> bool:
        names = {name.lower() for name, _ in self._headers}
        return b"content-length" in names or b"transfer-encoding" in names

    def _finish(self) -> None:
        waiter = self._waiter
        if waiter is None or waiter.done():
            return
        assert self.status is not None
        headers, body = Headers(self._headers), b"".join(self._body)
        self._headers, self._body = [], []
        try:
            text = _unpacked(body, headers.get("content-encoding", "")).decode("utf-8", "replace")
        except (zlib.error, AnswerError) as error:
            self._fail(AnswerError(str(error)))
            return
        waiter.set_result(HttpAnswer(self.status, headers, text))

    def _fail(self, error: Exception) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_exception(error)


def _unpacked(body: bytes, encoding: str) -> bytes:
    """*body* without the compression that we have offered to take."""
    if encoding in ("", "identity") or not body:
        return body
    if encoding == "gzip":
        bits = 16 + zlib.MAX_WBITS
    elif encoding == "deflate":
        # Some servers leave out zlib's header, whose first four bits are always 8.
        bits = zlib.MAX_WBITS if body[0] & 0xF == 8 else -zlib.MAX_WBITS
    else:
        raise AnswerError(f"the answer is packed as {encoding}")
    unpacker = zlib.decompressobj(bits)
    unpacked = unpacker.decompress(body, _MOST_BYTES)
    if not unpacker.eof:
        raise AnswerError("the packed answer is not whole")
    return unpacked
