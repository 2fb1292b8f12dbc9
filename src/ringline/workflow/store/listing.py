"""Pages of runs, newest first. Each looks at a bounded number of rows, however rare what is asked for.

A page goes along an index: that of a version, of a rare status, of failures, of the ids. What that index does not tell
is looked for in the next so many rows only; where the page is not full by then, it says from where to go on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, select, text

from ringline.database.json_lists import as_list, is_among_numbers
from ringline.workflow.store.definitions import IDS_OF_NAME
from ringline.workflow.store.tables import RARE_STATUSES, has_failed, is_of_rare_status, runs, workflows

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

LOOKED_AT = 20_000
LOOKED_UP = 8_000
"""The same where each row is looked up from an index of another order, all versions of a workflow together."""
AFTER_EVERY_NUMBER = (1 << 63) - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which runs: of any of these *workflows* or with one of these *ids*, and fitting everything else that is given.

    *since* and *until* are numbers; *trigger* is a trigger's type, or ``manual`` for runs that somebody asked for.
    """

    workflows: Sequence[str] | None = None
    ids: Sequence[int] | None = None
    status: str | None = None
    has_failures: bool | None = None
    trigger: str | None = None
    since: int = 0
    until: int = AFTER_EVERY_NUMBER


_NEWEST = (
    select(runs.c.id)
    .where(runs.c.definition == bindparam("definition"))
    .order_by(runs.c.id.desc())
    .limit(bindparam("count"))
)
_SOURCES: dict[str, tuple[Any, ...]] = {
    "all": (),
    "definition": (runs.c.definition == bindparam("definition"),),
    "ids": (is_among_numbers(runs.c.id, "ids"),),
    # What the index holds must stand in the statement too.
    "rare": (runs.c.status == bindparam("status"), is_of_rare_status),
    "failures": (has_failed,),
}
_FILTERS: dict[str, Any] = {
    "status": runs.c.status == bindparam("status"),
    "failures": runs.c.has_failures == text("1"),
    "no_failures": runs.c.has_failures == text("0"),
    "manual": runs.c.trigger.is_(None),
    "trigger": runs.c.trigger.like(bindparam("trigger")),
}
_BETWEEN = (runs.c.id < bindparam("before"), runs.c.id >= bindparam("since"))


@lru_cache(maxsize=256)
def _page(source: str, filters: tuple[str, ...]) -> Select[Any]:
    statement = select(runs, workflows.c.name, workflows.c.version).join(workflows, workflows.c.id == runs.c.definition)
    conditions = (*_SOURCES[source], *(_FILTERS[name] for name in filters), *_BETWEEN)
    return statement.where(*conditions).order_by(runs.c.id.desc()).limit(bindparam("count"))


@lru_cache(maxsize=16)
def _boundary(source: str) -> Select[Any]:
    """The last of the rows that are looked at."""
    statement = select(runs.c.id).where(*_SOURCES[source], *_BETWEEN).order_by(runs.c.id.desc())
    return statement.limit(1).offset(bindparam("looked_at"))


def page_of_runs(
    tx: Transaction, wanted: Wanted, *, before: int | None = None, count: int
) -> tuple[list[Row], int | None]:
    """At most *count* runs older than the one *before*, and from where to go on, None at the end."""
    upper = min(wanted.until, AFTER_EVERY_NUMBER if before is None else before)
    found: dict[int, Row] = {}
    # How far down every source has been looked through.
    reached = 0
    sources = _sources(tx, wanted)
    for source, given in sources:
        filters = _filters(wanted, source)
        values = {**given, "before": upper, "since": wanted.since, "count": count + 1}
        if "trigger" in filters:
            values["trigger"] = f'{{"type": "{wanted.trigger}"%'
        if "status" in filters:
            values["status"] = wanted.status
        if filters:
            last = tx.one(_boundary(source), {**_of(values, source), "looked_at": _share(source, len(sources)) - 1})
            if last is not None:
                values["since"] = last["id"]
        rows = tx.all(_page(source, filters), values)
        found.update((row["id"], row) for row in rows)
        if len(rows) > count:
            reached = max(reached, rows[-1]["id"])
        elif values["since"] > wanted.since:
            reached = max(reached, values["since"])
    # What lies below belongs on the next page, where all sources are looked at again.
    rows = [row for number, row in sorted(found.items(), reverse=True) if number >= reached]
    if len(rows) > count:
        return rows[:count], rows[count - 1]["id"]
    return rows, reached or None


def newest_of_workflow(tx: Transaction, name: str, count: int) -> list[int]:
    """The numbers of the newest runs of a workflow, of all its versions."""
    versions = tx.all(IDS_OF_NAME, {"name": name})
    found = [row["id"] for one in versions for row in tx.all(_NEWEST, {"definition": one["id"], "count": count})]
    return sorted(found, reverse=True)[:count]


def _sources(tx: Transaction, wanted: Wanted) -> list[tuple[str, dict[str, Any]]]:
    if wanted.workflows is not None or wanted.ids is not None:
        # A version at a time: the index of one version is in the order of the page.
        numbers = [row["id"] for name in wanted.workflows or () for row in tx.all(IDS_OF_NAME, {"name": name})]
        ids = [("ids", {"ids": as_list(wanted.ids)})] if wanted.ids else []
        return [*(("definition", {"definition": number}) for number in numbers), *ids]
    if wanted.status in RARE_STATUSES:
        return [("rare", {"status": wanted.status})]
    return [("failures" if wanted.has_failures else "all", {})]


def _share(source: str, sources: int) -> int:
    return LOOKED_AT if source == "all" else min(LOOKED_AT, max(1, LOOKED_UP // sources))


def _filters(wanted: Wanted, source: str) -> tuple[str, ...]:
    filters = []
    if wanted.status is not None and source != "rare":
        filters.append("status")
    if wanted.has_failures is not None and source != "failures":
        filters.append("failures" if wanted.has_failures else "no_failures")
    if wanted.trigger is not None:
        filters.append("manual" if wanted.trigger == "manual" else "trigger")
    return tuple(filters)


def _of(values: dict[str, Any], source: str) -> dict[str, Any]:
    own = {"definition": ("definition",), "ids": ("ids",), "rare": ("status",)}.get(source, ())
    return {name: values[name] for name in (*own, "before", "since")}
