"""Bringing a database's tables up to date, by Alembic, and only when they are not."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any, Literal

from ringline.errors import StoreError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ringline.database import Transaction

HEAD = "0001"
"""The newest revision in ``versions/``; a test holds it to Alembic's own reading of the folder."""
ADVISORY_LOCK = 7_464_465_463
"""Held while migrating Postgres, so that workers which start together take turns."""


def revision_in(tx: Transaction) -> str | None:
    """The revision that an open database's tables are of; revisions are numbered and compare as text."""
    from sqlalchemy import text

    row = tx.one(text("SELECT version_num FROM alembic_version"))
    return row["version_num"] if row is not None else None


TablesState = Literal["empty", "behind", "current", "newer"]


def state_of(revision: str | None) -> TablesState:
    """How tables of *revision* stand to this version."""
    if revision is None:
        return "empty"
    return "current" if revision == HEAD else "behind" if revision < HEAD else "newer"


def must_upgrade(revision: str | None, *, may_upgrade: bool) -> bool:
    """Whether the tables have to be brought up to date first.

    Raises `StoreError` for those of a newer version, and for older ones where *may_upgrade* is off.
    """
    state = state_of(revision)
    if state == "newer":
        raise StoreError(
            f"the database was brought up to date by a newer Ringline (its tables are of revision {revision}, this "
            f"version knows {HEAD}). Run that version, or restore the backup that was made before"
        )
    if state == "current":
        return False
    if not may_upgrade:
        raise StoreError(
            f"the database's tables are {'not there yet' if revision is None else f'of revision {revision}'}, and this "
            f"version needs {HEAD}. Run `ringline db upgrade`, or set RINGLINE_AUTO_UPGRADE=true"
        )
    return True


def migrate_sqlite(connection: sqlite3.Connection, *, may_upgrade: bool = True) -> None:
    """Bring the database behind *connection* to `HEAD`. A database that is there already costs one query."""
    if not must_upgrade(sqlite_revision(connection), may_upgrade=may_upgrade):
        return
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    engine = create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)
    # SQLAlchemy takes over the transactions on a connection that does without Python's.
    with engine.connect() as wrapped:
        wrapped.exec_driver_sql("BEGIN IMMEDIATE")
        try:
            _upgrade(wrapped)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    # The engine is dropped without dispose(): the connection lives on.


def migrate_postgres(address: str, *, may_upgrade: bool = True) -> None:
    """Bring the database at *address* to `HEAD`; blocks, and must not run in the event loop's thread."""
    import asyncio

    asyncio.run(_migrate_postgres(address, may_upgrade=may_upgrade))


async def _migrate_postgres(address: str, *, may_upgrade: bool) -> None:
    import asyncpg

    connection = await asyncpg.connect(address)
    try:
        if not must_upgrade(await postgres_revision(connection), may_upgrade=may_upgrade):
            return
    finally:
        await connection.close()

    from sqlalchemy import text
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    async def connect() -> Any:
        return await asyncpg.connect(address)

    engine = create_async_engine("postgresql+asyncpg://", async_creator=connect, poolclass=NullPool)
    try:
        async with engine.begin() as wrapped:
            await wrapped.execute(text(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})"))
            await wrapped.run_sync(_upgrade)
            raw = await wrapped.get_raw_connection()
            await _install_queue(raw.driver_connection)
    finally:
        await engine.dispose()


async def _install_queue(connection: Any) -> None:
    """Make PgQueuer's own tables, in the transaction that makes ours."""
    from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver
    from pgqueuer.adapters.persistence.queries import Queries

    queue = Queries(AsyncpgDriver(connection))
    if not await queue.schema_is_installed():
        await queue.install()


def sqlite_revision(connection: sqlite3.Connection) -> str | None:
    """The revision of the tables behind a SQLite connection; ``None`` where there are none."""
    exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone() if exists else None
    return row[0] if row else None


async def postgres_revision(connection: Any) -> str | None:
    """The revision of the tables behind an asyncpg connection; ``None`` where there are none."""
    if not await connection.fetchval("SELECT to_regclass('alembic_version') IS NOT NULL"):
        return None
    revision: str | None = await connection.fetchval("SELECT version_num FROM alembic_version")
    return revision


def configuration(connection: Connection | None = None) -> Any:
    """Alembic's settings, with the connection that ``env.py`` is to use."""
    from pathlib import Path

    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(connection: Connection) -> None:
    from alembic import command

    command.upgrade(configuration(connection), "head")
