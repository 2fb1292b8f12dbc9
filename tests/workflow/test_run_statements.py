"""Every statement about runs finds its rows by an index: there may be a million of them."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy.sql.expression import TextClause
from sqlalchemy.sql.selectable import SelectBase

from ringline.database.migrations import migrate_sqlite
from ringline.database.statements import sqlite_statements
from ringline.workflow.store import advancing, runs

LARGE = ("runs", "waits", "run_inbox", "run_events", "run_keys")
ON_PURPOSE = {
    "PAGE_OF_STATUS": "of the statuses that most runs have; it goes through the newest until it has enough",
}


def statements() -> list[Any]:
    return [
        pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}.{name}")
        for module in (advancing, runs)
        for name, value in vars(module).items()
        if name.isupper() and not name.startswith("_") and isinstance(value, SelectBase | TextClause)
    ]


@pytest.fixture(scope="module")
def connection() -> Any:
    opened = sqlite3.connect(":memory:", isolation_level=None)
    migrate_sqlite(opened)
    yield opened
    opened.close()


@pytest.mark.parametrize("statement", statements())
def test_no_statement_scans_a_large_table(
    statement: Any, connection: sqlite3.Connection, request: pytest.FixtureRequest
) -> None:
    compiled = sqlite_statements().find(statement, {})
    plan = connection.execute(f"EXPLAIN QUERY PLAN {compiled.sql}", [None] * compiled.sql.count("?")).fetchall()
    scans = [step[3] for step in plan if step[3].startswith("SCAN") and step[3].split()[1] in LARGE]
    name = request.node.callspec.id.rpartition(".")[2]
    assert name in ON_PURPOSE or all(" INDEX " in scan for scan in scans), f"{compiled.sql}\n{plan}"
