"""SQLAlchemy statements as the drivers want them: SQL text and parameters, compiled once per statement object."""

from __future__ import annotations

from collections.abc import Mapping
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

    __slots__ = ("_compiler", "columns", "defaults", "is_expanding", "names", "sql")

    def __init__(self, compiler: SQLCompiler) -> None:
        self._compiler = compiler
        self.sql: str = compiler.string
        self.names: tuple[str, ...] = tuple(compiler.positiontup or ())
        self.defaults = {name: bind.effective_value for bind, name in compiler.bind_names.items() if not bind.required}
        self.is_expanding = bool(compiler.post_compile_params or compiler.literal_execute_params)
        self.columns: tuple[str, ...] | None = None

    def positional(self, parameters: Mapping[str, Any]) -> list[Any]:
        """Values in the order the SQL numbers them."""
        if not self.defaults:
            return [parameters[name] for name in self.names]
        defaults = self.defaults
        return [parameters[name] if name in parameters else defaults[name] for name in self.names]

    def named(self, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
        """Values by name, with those the statement itself contains."""
        return {**self.defaults, **parameters} if self.defaults else parameters

    def expanded(self, parameters: Mapping[str, Any]) -> tuple[str, Mapping[str, Any], list[Any]]:
        """SQL and parameters (by name, by position) of a statement with an ``IN`` list of any length."""
        state = self._compiler.construct_expanded_state({**self.defaults, **parameters})
        return state.statement, state.parameters, list(state.positional_parameters if state.positiontup else ())


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
    """For the `sqlite3` module, with ``:name`` parameters."""
    return StatementCache(SQLiteDialect_pysqlite(paramstyle="named"))


def postgres_statements() -> StatementCache:
    """For asyncpg, with ``$1`` parameters."""
    return StatementCache(PGDialect_asyncpg())  # type: ignore[no-untyped-call]
