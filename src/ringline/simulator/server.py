"""The HTTP server, on an event loop and a thread of its own."""

from __future__ import annotations

import asyncio
import socket
import struct
import threading
from collections.abc import Awaitable, Callable, Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ringline.errors import ConfigurationError

T = TypeVar("T")


def drop_connection(receive: Receive) -> None:
    """Break the TCP connection of the request that *receive* belongs to, without an answer.

    ASGI has no word for this; uvicorn's request cycle, whose method *receive* is, holds the transport.
    """
    cycle: Any = getattr(receive, "__self__", None)
    transport = getattr(cycle, "transport", None)
    if transport is None:
        raise ConfigurationError("connections can only be dropped when the simulator is served by its own server")
    _reset(transport)
    cycle.disconnected = True


def _reset(transport: asyncio.Transport) -> None:
    # With no time to linger the peer sees a reset rather than a polite end, as with a machine that dies.
    connection = transport.get_extra_info("socket")
    if connection is not None:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()


class LoopThread:
    """An event loop on its own thread, so that code that blocks its caller can still talk to the simulator."""

    def __init__(self, name: str, new_loop: Callable[[], asyncio.AbstractEventLoop] | None = None) -> None:
        self._loop = (new_loop or _new_loop)()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def loop(self) -> asyncio.AbstractEventLoop:
        """The loop itself."""
        return self._loop

    def is_current(self) -> bool:
        """Whether the caller runs on this thread."""
        return threading.current_thread() is self._thread

    def submit(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Have the coroutine run on the loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop)

    async def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run the coroutine on the loop and give its result to the caller's loop."""
        if asyncio.get_running_loop() is self._loop:
            return await work
        return await asyncio.wrap_future(self.submit(work))

    async def bridge(self, application: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        """Run an ASGI application on this thread for a server that runs on the caller's loop."""
        outer = asyncio.get_running_loop()

        async def inner_receive() -> Message:
            return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_finish(receive()), outer))

        async def inner_send(event: Message) -> None:
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_finish(send(event)), outer))

        await self.run(_finish(application(scope, inner_receive, inner_send)))

    def close(self) -> None:
        """Stop the loop and wait for the thread to end."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())


class Server:
    """Serves an ASGI application over HTTP on the loop it is started on."""

    def __init__(self, application: ASGIApp, host: str, port: int) -> None:
        self._socket = _listen(host, port)
        self.port: int = self._socket.getsockname()[1]
        self._server = _PromptServer(
            uvicorn.Config(
                application,
                log_config=None,
                log_level="warning",
                access_log=False,
                lifespan="off",
                server_header=False,
                proxy_headers=False,
                date_header=False,
                timeout_keep_alive=60,
            )
        )
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Begin to accept connections."""
        self._task = asyncio.get_running_loop().create_task(self._server.serve(sockets=[self._socket]))
        while not self._server.started:
            if self._task.done():
                self._task.result()
                raise ConfigurationError("the simulator's HTTP server stopped while it was starting")
            await asyncio.sleep(0.001)

    def drop_connections(self) -> None:
        """Break all open connections, as an idle proxy between the two would."""
        for connection in list(self._server.server_state.connections):
            transport = getattr(connection, "transport", None)
            if transport is not None:
                _reset(transport)

    async def stop(self) -> None:
        """Close all connections, also those that wait for an answer, and stop."""
        self.drop_connections()
        self._server.stop_asked.set()
        if self._task is not None:
            await self._task
        self._socket.close()


class _PromptServer(uvicorn.Server):
    """uvicorn without its polling: it stops when told to, not at the next tenth of a second."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.stop_asked = asyncio.Event()

    async def main_loop(self) -> None:
        await self.stop_asked.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        tasks = list(self.server_state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _finish(awaitable: Awaitable[T]) -> T:
    return await awaitable


def _listen(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"the simulator cannot listen on {host}:{port} ({error.strerror});"
            " choose another port, or 0 for any that is free"
        ) from error
    listener.listen(2048)
    listener.setblocking(False)
    return listener


def _new_loop() -> asyncio.AbstractEventLoop:
    try:
        import uvloop
    except ImportError:
        return asyncio.new_event_loop()
    loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
    return loop
