"""Every statement of the send path finds its rows by an index; a scan costs nothing today and everything later."""

from __future__ import annotations

import sqlite3
from typing import Any

import pytest
from sqlalchemy.sql.expression import TextClause
from sqlalchemy.sql.selectable import SelectBase

from ringline.compliance import store as compliance
from ringline.database.migrations import migrate_sqlite
from ringline.database.statements import sqlite_statements
from ringline.outbox.store import callbacks, claims, intake, ledger, pools, reading, senders, sweeps

LARGE = (
    *("messages", "attempts", "status_events", "suppressions", "cooldowns", "whatsapp_windows", "sticky"),
    "cap_counters",
)
ON_PURPOSE = {
    "COUNT_BY_STAGE": "a figure for people, by an index of its own size",
    "FORGET_STRAY": "once a day",
    "FORGET_COOLDOWNS": "once a day",
    "FORGET_COUNTERS": "once a day",
    "OPENED_BY_OTHERS": "reads the open attempts only, at start",
    "SUPPRESSIONS_PAGE": "walks its primary key",
}


def statements() -> list[Any]:
    found = []
    for module in (callbacks, claims, intake, ledger, pools, reading, senders, sweeps, compliance):
        for name, value in vars(module).items():
            if not name.isupper() or name.startswith("_"):
                continue
            if isinstance(value, dict) and "sqlite" in value:
                value = value["sqlite"]
            if isinstance(value, SelectBase | TextClause) or getattr(value, "is_dml", False):
                found.append(pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}.{name}"))
    return found


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
    name = request.node.callspec.id.rpartition(".")[2]
    compiled = sqlite_statements().find(statement, {})
    sql = compiled.sql
    if "pg_advisory" in sql:
        pytest.skip("Postgres only")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?")).fetchall()
    scans = [
        step[3]
        for step in plan
        if step[3].startswith("SCAN")
        and step[3].split()[1] in LARGE
        and "USING INDEX" not in step[3]
        and "USING COVERING INDEX" not in step[3]
    ]
    if name in ON_PURPOSE:
        return
    assert scans == [], f"{sql}\n{plan}"
