"""From a URL to an open database."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from ringline.database.database_clock import SteadyClock
from ringline.database.migrations import migrate_postgres, migrate_sqlite
from ringline.errors import ConfigurationError

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database

FORMS = "sqlite:///file.db, sqlite:// (in memory) or postgresql://user:password@host/name"


async def open_url(url: str, clock: Clock | None, *, may_upgrade: bool = True) -> Database:
    """See `ringline.database.open_database`."""
    scheme, separator, rest = url.partition("://")
    if separator and scheme == "sqlite":
        from ringline.database.sqlite import open_sqlite

        path = sqlite_path(rest)
        return await asyncio.to_thread(
            open_sqlite, path, clock or SteadyClock(), partial(migrate_sqlite, may_upgrade=may_upgrade)
        )
    if separator and scheme in ("postgresql", "postgres", "postgresql+asyncpg"):
        from ringline.database.postgres import open_postgres

        return await open_postgres(f"postgresql://{rest}", clock, partial(migrate_postgres, may_upgrade=may_upgrade))
    # What stands behind the scheme may be a password.
    raise ConfigurationError(f"a database URL cannot begin with {scheme!r}. Set RINGLINE_DATABASE_URL to {FORMS}")


def sqlite_path(rest: str) -> Path | None:
    """The file that stands behind ``sqlite://``, or ``None`` for a database in memory."""
    if rest in ("", "/", "/:memory:"):
        return None
    if not rest.startswith("/"):
        raise ConfigurationError(
            f"sqlite://{rest} names a host, and SQLite has none. Write sqlite:///{rest} for a file in this folder, "
            f"sqlite:////{rest} for one at the root"
        )
    return Path(unquote(rest[1:]))
