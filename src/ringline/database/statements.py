"""SQLAlchemy statements as the drivers want them: SQL text and parameters, compiled once per statement object."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlalchemy.dialects.postgresql.asyncpg import PGDialect_asyncpg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.sql.dml import UpdateBase

if TYPE_CHECKING:
    from sqlalchemy.engine.interfaces import Dialect as EngineDialect
    from sqlalchemy.sql.base import Executable
    from sqlalchemy.sql.compiler import SQLCompiler

NO_PARAMETERS: Mapping[str, Any] = {}


class CompiledStatement:
    """One statement for one database; *columns* is filled in by the first execution that gives rows."""

    __slots__ = ("_compiler", "_defaults", "columns", "is_expanding", "positional", "sql")

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler
        self.sql: str = compiler.string
        self._defaults = {name: bind.effective_value for bind, name in compiler.bind_names.items() if not bind.required}
        self.positional = _values_in_order(tuple(compiler.positiontup or ()), self._defaults)
        """From parameters by name to values in the order of the SQL."""
        self.is_expanding = bool(compiler.post_compile_params or compiler.literal_execute_params)
        self.columns: tuple[str, ...] | None = None

    def expanded(self, parameters: Mapping[str, Any]) -> tuple[str, Sequence[Any]]:
        """SQL and values of a statement with an ``IN`` list of any length."""
        state = self._compiler.construct_expanded_state({**self._defaults, **parameters})
        return state.statement, list(state.positional_parameters)


def _values_in_order(
    names: tuple[str, ...], defaults: Mapping[str, Any]
) -> Callable[[Mapping[str, Any]], Sequence[Any]]:
    # `itemgetter` runs in C; a statement that has dozens of columns runs for every message.
    if not names:
        return lambda _: ()
    if len(names) == 1:
        (name,) = names
        return lambda parameters: (parameters[name] if name in parameters else defaults[name],)
    in_order = operator.itemgetter(*names)
    if not defaults:
        return in_order
    return lambda parameters: in_order({**defaults, **parameters})


class StatementCache:
    """Compiled forms of the statements seen, by object: build a statement once, at module level.

    The compiled SQL of an ``insert`` or ``update`` depends on which parameters come with it, as it does when
    SQLAlchemy executes it: columns named by parameters and not mentioned in the statement are added. When *limit*
    statements are held they are all forgotten, so that statements built anew for each call cannot fill the memory.
    """

    def __init__(self, dialect: EngineDialect, limit: int = 2_000) -> None:
        self._dialect = dialect
        self._limit = limit
        # The statement is held as well: its id is the key, and must not come to mean another object.
        self._forms: dict[int, tuple[Executable, dict[tuple[str, ...] | None, CompiledStatement]]] = {}

    def find(self, statement: Executable, parameters: Mapping[str, Any]) -> CompiledStatement:
        entry = self._forms.get(id(statement))
        if entry is None:
            if len(self._forms) >= self._limit:
                self._forms.clear()
            # setdefault: reader threads may meet a statement for the first time at the same moment.
            entry = self._forms.setdefault(id(statement), (statement, {}))
        signature = tuple(parameters) if isinstance(statement, UpdateBase) else None
        form = entry[1].get(signature)
        if form is None:
            form = entry[1][signature] = CompiledStatement(self._compile(statement, signature))
        return form

    def _compile(self, statement: Any, columns: tuple[str, ...] | None) -> SQLCompiler:
        compiled: SQLCompiler = statement.compile(
            dialect=self._dialect, column_keys=list(columns) if columns is not None else None
        )
        return compiled


def sqlite_statements() -> StatementCache:
    """For the `sqlite3` module, with ``?`` parameters: it takes twice as long to find them by name."""
    return StatementCache(SQLiteDialect_pysqlite(paramstyle="qmark"))


def postgres_statements() -> StatementCache:
    """For asyncpg, with ``$1`` parameters."""
    return StatementCache(PGDialect_asyncpg())  # type: ignore[no-untyped-call]
