"""The metadata that every room's ``store.py`` declares its tables on.

Columns are plain: `Text`, integers, `Double` (times are seconds since the epoch), `LargeBinary`; flags are integers 0
and 1; defaults are ``server_default``, since statements run without SQLAlchemy's execution layer. After a change of any
table run ``python tools/initial_migration.py``.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, Double, Integer, MetaData
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "%(table_name)s_%(column_0_N_name)s",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
        "pk": "%(table_name)s_pkey",
    }
)

Seconds = Double
"""A moment or a span, in seconds."""

ROW_NUMBER: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""64 bits on both; SQLite counts up only columns declared as INTEGER."""


def row_number() -> Column[Any]:
    """A primary key that counts up and is never used twice; the table also needs ``sqlite_autoincrement=True``.

    Without it SQLite gives the ids of deleted rows again, and a reader that remembers how far it came stops for ever.
    """
    return Column("id", ROW_NUMBER, primary_key=True, autoincrement=True)


_BESIDE: list[tuple[str, str]] = []


def beside(dialect: str, *statements: str) -> None:
    """What the first migration also makes on one of the databases, where the other has no such thing."""
    _BESIDE.extend((dialect, statement) for statement in statements)


def made_beside() -> list[tuple[str, str]]:
    """Every statement that was handed to `beside`, with its database."""
    return list(_BESIDE)
