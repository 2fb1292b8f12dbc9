"""Lists as parameters: one text parameter holds any number of values, so that the statement stays the same."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.types import Boolean


class is_among(ColumnElement[bool]):  # noqa: N801 - reads as an operator: where(is_among(table.c.id, "ids"))
    """True where *column* equals one of the texts of the parameter *name*, which `as_list` makes."""

    type = Boolean()
    inherit_cache = False

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        self.column = column
        self.list = bindparam(name, type_=Text())

    def self_group(self, against: Any = None) -> Any:
        # SQLAlchemy would write "= 1" behind it for SQLite, and no index would be used.
        return self

    @property
    def _from_objects(self) -> Any:
        return self.column._from_objects  # noqa: SLF001 - how SQLAlchemy finds the tables of an expression


class is_among_numbers(is_among):  # noqa: N801 - as above
    """The same for a column of whole numbers."""


@compiles(is_among)
def _for_sqlite(element: is_among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - names and placeholders


@compiles(is_among, "postgresql")
def _for_postgres(element: is_among, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"{column} = ANY(ARRAY(SELECT json_array_elements_text(CAST({values} AS JSON))))"


@compiles(is_among_numbers, "postgresql")
def _numbers_for_postgres(element: is_among_numbers, compiler: Any, **options: Any) -> str:
    column, values = compiler.process(element.column, **options), compiler.process(element.list, **options)
    return f"{column} = ANY(ARRAY(SELECT CAST(json_array_elements_text(CAST({values} AS JSON)) AS BIGINT)))"


def as_list(values: Iterable[str | int]) -> str:
    """The value of a parameter that `is_among` names."""
    return json.dumps(list(values))
