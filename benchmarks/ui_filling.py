"""Databases filled for a measurement, quickly: rows go in without indexes, which are built when all are there."""

from __future__ import annotations

import asyncio
import hashlib
import itertools
import json
import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import ringline.app.system  # noqa: F401 - so that every table is known
from benchmarks.ui_rows import Filling
from ringline.clock import SystemClock
from ringline.database import migrations, open_database

BATCH = 50_000


def filled(url: str, rows: int, note: Path) -> dict[str, str]:
    """Fill the database, if *note* does not say that it is; gives ids and numbers to ask for."""
    tables = _tables()
    if note.exists():
        known = json.loads(note.read_text())
        if (known["rows"], known["tables"]) == (rows, tables):
            _say(f"{url.partition(':')[0]}: kept from an earlier time")
            return dict(known["kept"])
        raise SystemExit(
            f"{note.parent} holds {known['rows']:,} rows of other tables: delete it, or name another folder"
        )
    asyncio.run(_make(url))
    filling = Filling(rows, time.time())
    if url.startswith("sqlite"):
        _fill_sqlite(url.removeprefix("sqlite:///"), filling)
    else:
        asyncio.run(_fill_postgres(url, filling))
    note.write_text(json.dumps({"rows": rows, "tables": tables, "kept": filling.kept}))
    return filling.kept


def _tables() -> str:
    """What the tables are like, in short: a database kept from before they changed is of no use."""
    text = (Path(migrations.__file__).parent / "versions" / "0001_initial.py").read_bytes()
    return hashlib.sha256(text).hexdigest()[:16]


async def _make(url: str) -> None:
    database = await open_database(url, clock=SystemClock())
    await database.close()


def _fill_sqlite(path: str, filling: Filling) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -400000", "temp_store = FILE"):
        connection.execute(f"PRAGMA {pragma}")
    for table, columns, rows in filling.tables():
        began = time.perf_counter()
        made = connection.execute(
            "SELECT type, name, sql FROM sqlite_master"
            " WHERE tbl_name = ? AND type IN ('index', 'trigger') AND sql IS NOT NULL",
            (table,),
        ).fetchall()
        for kind, name, _ in made:
            connection.execute(f"DROP {kind} {name}")
        names = ", ".join(f'"{column}"' for column in columns)
        statement = f"INSERT INTO {table} ({names}) VALUES ({', '.join('?' * len(columns))})"
        connection.execute("BEGIN")
        count = connection.executemany(statement, rows).rowcount
        connection.execute("COMMIT")
        written = time.perf_counter()
        if table == "search_texts":
            connection.execute("INSERT INTO search_words (search_words) VALUES ('rebuild')")
        for _, _, sql in made:
            connection.execute(sql)
        _tell(table, count, written - began, len(made), time.perf_counter() - written)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.close()


async def _fill_postgres(url: str, filling: Filling) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    await connection.execute("SET maintenance_work_mem = '512MB'")
    for table, columns, rows in filling.tables():
        began, count = time.perf_counter(), 0
        # Those of keys stay: they belong to the table, and rows come in their order.
        made = await connection.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = $1 AND indexname NOT IN "
            "(SELECT conname FROM pg_constraint WHERE conrelid = $1::text::regclass)",
            table,
        )
        for one in made:
            await connection.execute(f"DROP INDEX {one['indexname']}")
        for batch in _batches(rows):
            await connection.copy_records_to_table(table, columns=list(columns), records=batch)
            count += len(batch)
        written = time.perf_counter()
        for one in made:
            await connection.execute(one["indexdef"])
        # As autovacuum does of itself in an installation that runs.
        await connection.execute(f"VACUUM ANALYZE {table}")
        _tell(table, count, written - began, len(made), time.perf_counter() - written)
    await connection.close()


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[Sequence[tuple[Any, ...]]]:
    while batch := list(itertools.islice(rows, BATCH)):
        yield batch


def _tell(table: str, count: int, writing: float, indexes: int, building: float) -> None:
    _say(f"{table}: {count:,} rows in {writing:,.1f} s, {indexes} indexes and triggers in {building:,.1f} s")


def _say(what: str) -> None:
    print(f"  {what}", flush=True)
