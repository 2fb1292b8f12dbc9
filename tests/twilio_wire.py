"""A server that reads requests byte by byte and answers what a test tells it to."""

from __future__ import annotations

import asyncio
import json
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

SID = "AC" + "a" * 32
TOKEN = "0123456789abcdef0123456789abcdef"


@dataclass
class Received:
    """One request as it came over the socket."""

    head: bytes
    body: bytes

    @property
    def line(self) -> str:
        return self.head.split(b"\r\n")[0].decode()

    @property
    def path(self) -> str:
        return self.line.split(" ")[1]

    @property
    def headers(self) -> dict[str, str]:
        lines = self.head.decode().split("\r\n")[1:]
        return {name.lower(): value for name, _, value in (line.partition(": ") for line in lines if line)}


def answer(
    status: int, payload: object = None, *, headers: dict[str, str] | None = None, text: str | None = None
) -> bytes:
    """The bytes of an HTTP answer with a JSON (or other) body."""
    body = (json.dumps(payload) if text is None else text).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(body)), **(headers or {})}
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body


CREATED = answer(201, {"sid": "SM" + "0" * 32, "status": "queued", "error_code": None})


@dataclass
class Wire:
    """What the server is told and what it has seen."""

    port: int = 0
    reply: Callable[[Received], bytes | None] = field(default=lambda _: CREATED)
    """The bytes to answer with; ``None`` never answers, ``b""`` closes the connection."""
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    resets: int = 0
    closes: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait until *condition* holds, two seconds at most."""
        async with asyncio.timeout(2):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                request = Received(head.removesuffix(b"\r\n\r\n"), b"")
                request.body = await reader.readexactly(int(request.headers.get("content-length", "0")))
                self.received.append(request)
                self.changed.set()
                reply = self.reply(request)
                if reply is None:
                    continue
                if not reply:
                    break
                writer.write(reply)
                await writer.drain()
                if b"Connection: close" in reply:
                    break
        except ConnectionResetError:
            self.resets += 1
        except asyncio.IncompleteReadError:
            self.closes += 1
        finally:
            self.changed.set()
            writer.close()


@asynccontextmanager
async def wire() -> AsyncIterator[Wire]:
    state = Wire()
    server = await asyncio.start_server(state.serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()


@asynccontextmanager
async def wire_that_resets() -> AsyncIterator[Wire]:
    """A server that resets every connection once it has read a request."""
    state = Wire()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.get_extra_info("socket").setsockopt(1, 13, struct.pack("ii", 1, 0))  # SO_LINGER
        writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
