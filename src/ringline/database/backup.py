"""Looking at a database and copying it from outside, beside the process that works on it."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit, urlunsplit

from ringline.database.migrations import HEAD, TablesState, postgres_revision, sqlite_revision, state_of
from ringline.errors import ConfigurationError, StoreError

if TYPE_CHECKING:
    from ringline.database import Transaction

PAGES_AT_ONCE = 2_000
OPTIONS = ("--format=custom", "--no-owner")


@dataclass(frozen=True, slots=True)
class DatabaseStatus:
    """What can be said of a database without working on it."""

    dialect: str
    state: TablesState
    revision: str | None
    newest: str = HEAD
    size: int | None = None
    """In bytes; ``None`` where that cannot be told."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A copy that was made and looked through."""

    path: Path
    size: int
    revision: str | None


def file_of(url: str) -> Path | None:
    """The file of a SQLite database, or ``None`` for Postgres. Raises `ConfigurationError` for one in memory."""
    from ringline.database.opening import sqlite_path

    scheme, _, rest = url.partition("://")
    if scheme != "sqlite":
        return None
    path = sqlite_path(rest)
    if path is None:
        raise ConfigurationError("A database in memory is gone with its process: there is nothing to look at or keep.")
    return path


async def look_at(url: str) -> DatabaseStatus:
    """How the tables at *url* stand to this version; changes nothing. Raises `StoreError` if it cannot be reached."""
    path = file_of(url)
    if path is not None:
        if not path.exists():
            return DatabaseStatus("sqlite", "empty", None)
        with read_only(path) as connection:
            revision = sqlite_revision(connection)
        return DatabaseStatus("sqlite", state_of(revision), revision, size=path.stat().st_size)
    import asyncpg

    try:
        connection = await asyncpg.connect(_address(url))
        try:
            revision = await postgres_revision(connection)
            size = await connection.fetchval("SELECT pg_database_size(current_database())")
        finally:
            await connection.close()
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
        raise StoreError(f"the Postgres database cannot be reached: {error}") from error
    return DatabaseStatus("postgresql", state_of(revision), revision, size=size)


@contextlib.contextmanager
def read_only(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection to a SQLite file that cannot change it. Raises `StoreError` if it is none."""
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, isolation_level=None)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened: {error}") from error
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
        yield connection
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be read as a database: {error}") from error
    finally:
        connection.close()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[Transaction]:
    """A transaction on a SQLite file that nobody works on, for statements that only read."""
    from ringline.database.sqlite import SqliteTransaction
    from ringline.database.statements import sqlite_statements

    with read_only(path) as connection:
        connection.execute("BEGIN")
        yield SqliteTransaction(connection, sqlite_statements(), {})


def back_up_file(source: Path, target: Path, *, progress: Callable[[int, int], None] | None = None) -> Backup:
    """Copy a SQLite database as it stands at this moment, while others write to it, and look the copy through.

    *target* appears when it is whole. *progress* gets pages copied and pages in all. Raises `StoreError`.
    """
    if not source.exists():
        raise StoreError(f"there is no database {source}")
    draft = _draft_beside(target)
    try:
        with read_only(source) as connection, contextlib.closing(sqlite3.connect(draft)) as copy:
            # The open read pins one state, so that writers neither wait nor make the copying begin anew.
            connection.execute("BEGIN")
            connection.execute("SELECT count(*) FROM sqlite_master")
            connection.backup(
                copy,
                pages=PAGES_AT_ONCE,
                progress=lambda _, left, total: progress(total - left, total) if progress is not None else None,
            )
            # Without a log beside it: the copy is one file.
            copy.execute("PRAGMA journal_mode = DELETE")
        revision = check_file(draft)
        return _keep(draft, target, revision)
    except sqlite3.Error as error:
        raise StoreError(f"{source} could not be copied: {error}") from error
    finally:
        draft.unlink(missing_ok=True)


def check_file(path: Path) -> str | None:
    """Look a SQLite file through from end to end; returns its revision. Raises `StoreError` saying what is broken."""
    with read_only(path) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(5)")]
        if found != ["ok"]:
            raise StoreError(f"{path} is damaged: {'; '.join(found)}")
        return sqlite_revision(connection)


def dump_command(url: str, target: Path, program: str = "pg_dump") -> list[str]:
    """How a Postgres database is dumped; its password is not part of it."""
    return [program, *OPTIONS, f"--file={target}", f"--dbname={without_password(url)}"]


def back_up_postgres(url: str, target: Path, environment: Mapping[str, str]) -> Backup:
    """Run `pg_dump`, and let `pg_restore` read what it wrote.

    *target* appears when it is whole. Raises `ConfigurationError` where there is no `pg_dump`, `StoreError` if it
    fails.
    """
    program = shutil.which("pg_dump", path=environment.get("PATH"))
    if program is None:
        command = " ".join(dump_command(url, target))
        raise ConfigurationError(f"There is no pg_dump here. Run it where there is one, with the password: {command}")
    password = unquote(urlsplit(url).password or "")
    # By the environment: other users of this machine can read a command line.
    given = dict(environment) | ({"PGPASSWORD": password} if password else {})
    draft = _draft_beside(target)
    try:
        _run(dump_command(url, draft, program), given)
        reader = shutil.which("pg_restore", path=environment.get("PATH"))
        if reader is not None:
            _run([reader, "--list", str(draft)], given)
        return _keep(draft, target, None)
    finally:
        draft.unlink(missing_ok=True)


def without_password(url: str) -> str:
    """The address of a database as it may be shown."""
    parts = urlsplit(_address(url))
    if parts.password is None:
        return parts.geturl()
    user, host = parts.username or "", parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{user}@{host}"))


def _address(url: str) -> str:
    return f"postgresql://{url.partition('://')[2]}"


def _run(command: list[str], environment: Mapping[str, str]) -> None:
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        said = done.stderr.strip() or f"exit code {done.returncode}"
        fix = "; install PostgreSQL's client programs of the server's version" if "version mismatch" in said else ""
        raise StoreError(f"`{Path(command[0]).name}` failed: {said.rstrip('.')}{fix}")


def _draft_beside(target: Path) -> Path:
    try:
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = target.with_name(target.name + ".partial")
        draft.unlink(missing_ok=True)
        # Made before anything is written: it holds people's numbers, and is for its owner alone.
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise StoreError(f"{target} cannot be written: {error.strerror}") from error
    return draft


def _keep(draft: Path, target: Path, revision: str | None) -> Backup:
    with draft.open("rb") as written:
        os.fsync(written.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return Backup(target, target.stat().st_size, revision)
