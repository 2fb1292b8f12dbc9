"""Two databases behind one face: SQLite in a file, and Postgres.

Work is a plain function of a `Transaction`. On SQLite it runs in the one writer thread, together with
other callers' work, each in its own savepoint, and one commit covers them all; on Postgres it runs in a
transaction of its own. Statements are SQLAlchemy Core, built once at module level with named ``bindparam``s
and compiled once per database. Values are plain: text, integers, floats (times are seconds since the epoch),
``None``; what is richer is the owning room's to convert.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

if TYPE_CHECKING:
    from sqlalchemy.sql.base import Executable

    from ringline.clock import Clock

Dialect = Literal["sqlite", "postgresql"]
Row = dict[str, Any]
T = TypeVar("T")


class Transaction(Protocol):
    """What a piece of work may do with the database. Valid only while the work runs."""

    dialect: Dialect

    def all(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[Row]:
        """Every row the statement gives, each as a dict by column name."""
        ...

    def tuples(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> list[tuple[Any, ...]]:
        """As `all`, each row by position: for wide rows of which there are many."""
        ...

    def one(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> Row | None:
        """The first row, or ``None``."""
        ...

    def run(self, statement: Executable, parameters: Mapping[str, Any] | None = None) -> int:
        """Execute, and return how many rows were touched."""
        ...

    def many(self, statement: Executable, parameters: Sequence[Mapping[str, Any]]) -> None:
        """Execute once per mapping, in one round trip where the database can."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Call back in the event loop once the work is durable; not at all if it is rolled back."""
        ...

    def notify(self, channel: str, payload: str) -> None:
        """Tell everybody who listens on *channel*, in every process on this database, once the work is durable.

        At most 7,000 bytes, and only a hint: who was not connected does not get it later.
        """
        ...


class Database(Protocol):
    """A database with Ringline's tables."""

    dialect: Dialect
    clock: Clock
    """What tells the time for everything in this database: the one given, or the database's own."""

    async def write(self, work: Callable[[Transaction], T]) -> T:
        """Run *work* in a transaction; when this returns, what it did is on disk.

        An exception from *work* rolls back that work alone and is raised here. *work* may be run again after a
        deadlock, so what it keeps outside the database it sets rather than adds to.
        """
        ...

    async def read(self, work: Callable[[Transaction], T]) -> T:
        """Run *work*, which must not write, on a consistent view."""
        ...

    def listen(self, channel: str, callback: Callable[[str], None]) -> Callable[[], None]:
        """Call back in this event loop with what others `notify`; returns what ends it.

        An empty payload says that some may have been missed.
        """
        ...

    async def close(self) -> None: ...


async def open_database(url: str, *, clock: Clock | None = None, may_upgrade: bool = True) -> Database:
    """The database at *url*, its tables brought up to date, or with *may_upgrade* off only if they are so already.

    *url* is ``sqlite:///relative.db``, ``sqlite:////absolute.db``, ``sqlite://`` (in memory, gone when closed) or
    ``postgresql://user:password@host/name``. Without *clock* SQLite's time is this machine's as it was at the start
    and Postgres' is the server's. Raises `ConfigurationError` for a URL of another form, `StoreError` if the database
    cannot be opened.
    """
    from ringline.database.opening import open_url

    return await open_url(url, clock, may_upgrade=may_upgrade)
