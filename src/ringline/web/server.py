"""Uvicorn, as `serve`, `dev` and the tests run it: a socket that is open before anything is said about its address."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import socket
from contextlib import asynccontextmanager, contextmanager
from typing import TYPE_CHECKING

import uvicorn

from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.types import ASGIApp

_BACKLOG = 2048
_DRAIN_SECONDS = 10


def listen(host: str, port: int, *, or_free: bool = False) -> socket.socket:
    """A listening socket. With *or_free* a taken port is replaced by any free one.

    Raises `ConfigurationError` for an address that cannot be listened on.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # Named, so that asyncio sends answers at once: without it every second one waits 40 ms for an acknowledgement.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE and or_free and port:
            return listen(host, 0)
        raise ConfigurationError(_why_not(host, port, error)) from error
    listener.listen(_BACKLOG)
    listener.setblocking(False)
    return listener


def address(listener: socket.socket) -> str:
    """`http://host:port` of a listening socket, as a client on this machine writes it."""
    host, port = listener.getsockname()[:2]
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@asynccontextmanager
async def serving(app: ASGIApp, listener: socket.socket) -> AsyncIterator[None]:
    """Serve *app* on *listener* while the block runs; then finish what was asked and close."""
    server = _Server(
        uvicorn.Config(
            app,
            log_config=None,
            access_log=False,
            lifespan="off",
            # Twilio's address is not needed, and a proxy's word about it is not to be believed.
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=30,
            timeout_graceful_shutdown=_DRAIN_SECONDS,
        )
    )
    task = asyncio.create_task(server.serve(sockets=[listener]))
    up = asyncio.create_task(server.is_up.wait())
    try:
        await asyncio.wait({task, up}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            await task
        yield
    finally:
        up.cancel()
        # What lasts by its nature, such as a stream of events, would hold up the end.
        for end in getattr(getattr(app, "state", None), "on_stop", ()):
            end()
        server.stop()
        await task


class _Server(uvicorn.Server):
    """Uvicorn that says when it is up and leaves signals to the command, which also has a database to close."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = asyncio.Event()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Take no more connections, finish what was asked, and end."""
        self.should_exit = True
        self._stopping.set()

    async def main_loop(self) -> None:
        # Uvicorn looks ten times a second whether it should end; the tenth look also sets the Date header anew.
        tick = 0
        while not await self.on_tick(tick):
            tick = (tick + 10) % 864_000
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), timeout=1.0)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"Port {port} on {host} is taken. Stop what uses it, or choose another: --port or RINGLINE_PORT."
    if error.errno == errno.EACCES:
        return f"Port {port} needs more rights than this user has. Choose one above 1023: --port or RINGLINE_PORT."
    return f"Cannot listen on {host}:{port}: {error.strerror}. Check --host and --port."


def is_free(host: str, port: int) -> bool:
    """Whether *port* could be listened on a moment ago."""
    try:
        listen(host, port).close()
    except ConfigurationError:
        return False
    return True
