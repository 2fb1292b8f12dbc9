"""Everything a worker will need, imported and compiled once before the first fork."""

from __future__ import annotations

import asyncio
import functools
import importlib
import importlib.metadata
import pkgutil
import threading
from collections.abc import Sequence
from pathlib import Path

import ringline
import ringline.database.opening
import ringline.database.postgres
import ringline.database.sqlite
import ringline.dispatch.postgres
import ringline.dispatch.workers
import ringline.metrics
import ringline.web.application
from ringline import Ringline
from ringline.clock import VirtualClock
from ringline.database.statements import postgres_statements, sqlite_statements
from ringline.phone_numbers import country_of
from ringline.settings import load_settings
from ringline.web import create_app
from ringline.web.server import listen, serving

_LEFT_OUT = ("ringline.blocks.roboflow", "ringline.cli", "ringline.query", "ringline.database.migrations")


def warm_up(urls: Sequence[str], home: Path) -> None:
    """Live through a start and an end on each of these databases; afterwards there is one thread and no loop."""
    for module in pkgutil.walk_packages(ringline.__path__, "ringline."):
        if not module.name.startswith(_LEFT_OUT) and not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    for name in ("anyio._backends._asyncio", "encodings.utf_16_le", "encodings.unicode_escape"):
        importlib.import_module(name)
    country_of("+14155550123")
    _share_statements()
    for url in urls:
        asyncio.run(_live(url, home))
    _spare_what_a_start_repeats()
    assert threading.active_count() == 1


def _share_statements() -> None:
    """Statements are compiled once for all lives: their texts depend on the dialect only."""
    sqlite, postgres = sqlite_statements(), postgres_statements()
    ringline.database.sqlite.sqlite_statements = lambda: sqlite
    ringline.database.postgres.postgres_statements = lambda: postgres


def _spare_what_a_start_repeats() -> None:
    """Every database is a copy of one whose tables are up to date, and no version changes meanwhile."""
    known = functools.cache(importlib.metadata.version)
    for package in ("ringline", "pgqueuer"):
        known(package)
    for module in (ringline.dispatch.postgres, ringline.dispatch.workers, ringline.metrics, ringline.web.application):
        module.version = known  # type: ignore[attr-defined]
    ringline.database.opening.migrate_postgres = _nothing  # type: ignore[attr-defined]
    ringline.database.opening.migrate_sqlite = _nothing  # type: ignore[attr-defined]
    ringline.dispatch.postgres.PostgresDispatcher._upgrade = _nothing_later  # type: ignore[method-assign]


def _nothing(*_: object, **__: object) -> None:
    """It has been done."""


async def _nothing_later(*_: object) -> None:
    """As above."""


async def _live(url: str, home: Path) -> None:
    settings = load_settings(home=home, database_url=url)
    async with (
        Ringline(credentials={"main": ("AC" + "0" * 32, "0" * 32)}, clock=VirtualClock(), settings=settings) as one,
        serving(create_app(one, with_api=False), listen("127.0.0.1", 0)),
    ):
        await one.workflows.register(
            {
                "version": "1.0",
                "name": "warm",
                "inputs": [],
                "steps": [{"type": "flow/delay@v1", "name": "pause", "for": "1h"}],
                "outputs": [],
            }
        )
