"""How commands reach Ringline: through the server that runs in their home, or through one started for the command.

A SQLite database belongs to one process, so a command never opens it beside a running server; and since both ways
lead through the API, what a command shows is what the API says.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from ringline.app import Ringline
    from ringline.app.timing import Timing
    from ringline.cli.api_client import ApiClient
    from ringline.clock import Clock
    from ringline.settings import Settings

T = TypeVar("T")


def run_async(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part to its end, on uvloop where there is one, as it spends less on each request."""
    try:
        from uvloop import new_event_loop
    except ImportError:  # Windows
        return asyncio.run(work)
    with asyncio.Runner(loop_factory=new_event_loop) as runner:
        return runner.run(work)


def ask(work: Callable[[ApiClient], Awaitable[T]]) -> T:
    """The result of asking the API of this home, as `reach` finds it."""
    from ringline.settings import load_settings

    async def asked() -> T:
        settings = load_settings()
        _say_where_dev_is(settings)
        async with reach(settings) as api:
            return await work(api)

    return run_async(asked())


def _say_where_dev_is(settings: Settings) -> None:
    """What was done under `ringline dev` is in a database of its own; without a word it would look lost."""
    from ringline.cli.terminal import console

    if settings.database_url is None and (settings.home / "dev.db").exists() and running_server(settings) is None:
        console(stderr=True).print(
            "`ringline dev` is not running, so this is about ringline.db; what was done in dev is back when it runs.",
            style="dim",
        )


@asynccontextmanager
async def reach(settings: Settings, *, worker: bool = False) -> AsyncIterator[ApiClient]:
    """The API of this home. Where no server runs, one is started for the command; with *worker* it also sends."""
    from ringline.cli.api_client import ApiClient
    from ringline.web.token import api_token

    server = running_server(settings)
    if server is not None:
        async with ApiClient(server.url, api_token(settings)) as client:
            yield client
        return
    async with (
        opened(settings, worker=worker) as ringline,
        served(ringline) as url,
        ApiClient(url, api_token(settings)) as client,
    ):
        yield client


@asynccontextmanager
async def opened(
    settings: Settings,
    *,
    worker: bool,
    kind: str = "command",
    clock: Clock | None = None,
    timing: Timing | None = None,
) -> AsyncIterator[Ringline]:
    """Ringline on the settings' database; with *worker* it also does what is due, listed as a worker of this *kind*."""
    from ringline.app import Ringline

    make_home(settings.home)
    ringline = Ringline(settings=settings, worker=worker, clock=clock, timing=timing)
    ringline.kind = kind
    async with ringline:
        yield ringline


@asynccontextmanager
async def served(ringline: Ringline) -> AsyncIterator[str]:
    """The API of *ringline* on a free loopback port; gives its address."""
    from ringline.web import create_app
    from ringline.web.server import address, listen, serving

    listener = listen("127.0.0.1", 0)
    async with serving(create_app(ringline), listener):
        yield address(listener)


def spare_what_stays() -> None:
    """Have the garbage collector pass over all that is loaded by now; for commands that run until they are stopped.

    Otherwise every full collection goes through modules, statements and tables again, for a quarter of the time that
    sending takes.
    """
    gc.collect()
    gc.freeze()


def make_home(home: Path) -> None:
    """Make the home directory, readable by its owner only. Raises `ConfigurationError` where that cannot be."""
    try:
        home.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        why = "a file of that name is in the way" if home.is_file() else str(error.strerror).lower()
    else:
        if os.access(home, os.R_OK | os.W_OK | os.X_OK):
            return
        why = "you may not write there"
    raise ConfigurationError(
        f"The home {home.absolute()} cannot be used: {why}. Set RINGLINE_HOME to a folder of your own."
    )


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server that runs in this home, as its ``server.json`` describes it."""

    kind: str
    """``dev`` or ``serve``."""
    url: str
    pid: int
    simulator_url: str | None = None


_announced: set[str] = set()
"""Where servers of this very process listen."""


def announce(settings: Settings, kind: str, url: str, simulator_url: str | None = None) -> None:
    """Leave word of a server that has just started, for `running_server`."""
    other = running_server(settings)
    if other is not None and other.pid != os.getpid():
        # The first one keeps the word: on Postgres several may run in one home, and any of them will do.
        return
    draft = settings.server_file.with_suffix(".draft")
    server = RunningServer(kind, url, os.getpid(), simulator_url)
    draft.write_text(json.dumps(asdict(server)) + "\n", encoding="utf-8")
    draft.replace(settings.server_file)
    _announced.add(url)


def withdraw(settings: Settings) -> None:
    """Take the word back when the server ends, unless another has started since."""
    server = _read(settings.server_file)
    if server is not None and server.pid == os.getpid():
        settings.server_file.unlink(missing_ok=True)


def running_server(settings: Settings) -> RunningServer | None:
    """The server that runs in this home, or ``None``; one that was killed is not taken for a running one."""
    server = _read(settings.server_file)
    if server is None:
        return None
    if server.pid == os.getpid() and server.url not in _announced:
        return None  # of a process that had our number before, as the first one in every container has
    try:
        os.kill(server.pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        return server  # it runs, as another user
    return server


def _read(path: Path) -> RunningServer | None:
    try:
        return RunningServer(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
