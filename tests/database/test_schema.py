from __future__ import annotations

import importlib.util
import sqlite3
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from ringline.database.migrations import HEAD, configuration, migrate_sqlite
from ringline.database.schema import metadata

ROOT = Path(__file__).parents[2]
PLAIN = (sa.Text, sa.Integer, sa.BigInteger, sa.SmallInteger, sa.Float, sa.Double, sa.LargeBinary)


@pytest.fixture(scope="module")
def tool() -> Any:
    spec = importlib.util.spec_from_file_location("initial_migration", ROOT / "tools" / "initial_migration.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.import_every_store()
    return module


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """A SQLAlchemy engine on a database that the migrations have made."""
    if request.param == "sqlite":
        path = tmp_path / "migrated.db"
        with sqlite3.connect(path, isolation_level=None) as connection:
            migrate_sqlite(connection)
        connection.close()
        return sa.create_engine(f"sqlite:///{path}")
    return request.getfixturevalue("postgres_url")


async def compare(migrated: Any) -> list[Any]:
    def differences(connection: sa.Connection) -> list[Any]:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "include_name": is_ours}
        )
        return list(compare_metadata(context, metadata))

    if isinstance(migrated, sa.Engine):
        with migrated.connect() as connection:
            found = differences(connection)
        migrated.dispose()
        return found
    from sqlalchemy.ext.asyncio import create_async_engine
    from sqlalchemy.pool import NullPool

    engine = create_async_engine(migrated.replace("postgresql://", "postgresql+asyncpg://"), poolclass=NullPool)
    async with engine.connect() as connection:
        return await connection.run_sync(differences)


def is_ours(name: str | None, kind: str, _: Any) -> bool:
    """Not the queue's tables, nor the index of words, which each database has in its own kind."""
    return not (
        (kind == "table" and (name or "").startswith(("pgqueuer", "search_words")))
        or (kind == "index" and name == "search_words")
    )


async def test_the_migrations_make_exactly_the_tables_that_the_rooms_declare(tool: Any, migrated: Any) -> None:
    assert await compare(migrated) == []


def test_the_first_migration_is_what_the_tool_writes(tool: Any) -> None:
    """Types, defaults and partial indexes, too, which Alembic's comparison sees only in part."""
    assert ast_of(tool.TARGET.read_text()) == ast_of(tool.as_text()), "run: python tools/initial_migration.py"


def ast_of(source: str) -> str:
    import ast

    return ast.dump(ast.parse(source))


def test_head_is_the_newest_revision() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_columns_are_plain(tool: Any) -> None:
    """Statements run on the drivers directly, so nothing would convert a date, a boolean or JSON."""
    odd = [
        f"{table.name}.{column.name}: {column.type!r}"
        for table in metadata.tables.values()
        for column in table.columns
        if not isinstance(column.type, PLAIN) or column.default is not None or column.onupdate is not None
    ]
    assert odd == []


def test_counted_ids_are_never_used_twice_on_sqlite(tool: Any) -> None:
    counting = [t for t in metadata.tables.values() if t.autoincrement_column is not None]
    assert [t.name for t in counting if not t.kwargs.get("sqlite_autoincrement")] == []
