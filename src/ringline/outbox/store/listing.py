"""Pages of messages, newest first. Each looks at a bounded number of rows, however rare what is asked for.

A page goes along an index: of what few messages are like, or of the ids. What that index does not tell is looked for in
the next so many rows only; where the page is not full by then, it says from where to go on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from sqlalchemy import Select, bindparam, or_, select, text

from ringline.database.json_lists import as_list, is_among
from ringline.ids import AFTER_EVERY_ID
from ringline.outbox.store.tables import IS_RARE, RARE_STATUSES, messages

if TYPE_CHECKING:
    from ringline.database import Row, Transaction

LOOKED_AT = 20_000
LOOKED_UP = 5_000
"""The same where each row is looked up from an index of another order."""
FILTERS = ("stage", "status", "to", "run_id", "step", "account_id", "channel", "purpose")
# Further conditions: messages with these ids or to these people, messages of these runs; ids from and up to.
_LISTS: dict[str, Any] = {
    "ids": is_among(messages.c.id, "wanted_ids"),
    "people": is_among(messages.c.to, "wanted_people"),
    "runs": is_among(messages.c.run_id, "wanted_runs"),
}
CONDITIONS = (*_LISTS, "since", "until")
_BETWEEN = (messages.c.id < bindparam("before"), messages.c.id >= bindparam("since"))
# What few messages are at a time, by the ids that the indexes of these few give. They are counted before they are
# relied on, since a campaign may put off a million.
_FEW: dict[tuple[str, str], Any] = {
    ("stage", "held"): text("SELECT id FROM messages WHERE stage = 'held' LIMIT :most"),
    ("stage", "ready"): text("SELECT id FROM messages WHERE stage = 'ready' LIMIT :most"),
    ("status", "scheduled"): text("SELECT id FROM messages WHERE status = 'scheduled' LIMIT :most"),
    **{
        ("stage", stage): text(
            "SELECT message_id AS id FROM attempts WHERE outcome IN ('open', 'unknown')"
            " UNION SELECT message_id FROM attempts WHERE next_check_at IS NOT NULL LIMIT :most"
        )
        for stage in ("posting", "unknown")
    },
}
_SOURCES: dict[str, tuple[Any, ...]] = {
    "all": (),
    # What an index holds must stand in the statement too.
    "rare": (text(IS_RARE), messages.c.status == bindparam("rare")),
    "few": (is_among(messages.c.id, "few"),),
}
_FOUND_BY = ("to", "run_id", *_LISTS)
"""What has an index of its own that leads to few."""


@lru_cache(maxsize=256)
def _page(source: str, names: tuple[str, ...]) -> Select[Any]:
    statement = select(messages).where(*_SOURCES[source], *_BETWEEN)
    if "channel" not in names:
        statement = statement.where(messages.c.channel != text("'voice'"))
    for name in names:
        if name in FILTERS:
            statement = statement.where(messages.c[name] == bindparam(f"wanted_{name}"))
    if "runs" in names:
        statement = statement.where(_LISTS["runs"])
    found = [_LISTS[name] for name in ("ids", "people") if name in names]
    if found:
        statement = statement.where(or_(*found))
    return statement.order_by(messages.c.id.desc()).limit(bindparam("count"))


@lru_cache(maxsize=8)
def _boundary(source: str) -> Select[Any]:
    """The last of the rows that are looked at."""
    statement = select(messages.c.id).where(*_SOURCES[source], *_BETWEEN).order_by(messages.c.id.desc())
    return statement.limit(1).offset(bindparam("looked_at"))


def page_of_messages(
    tx: Transaction, wanted: Mapping[str, Any], *, before: str | None, count: int
) -> tuple[list[Row], str | None]:
    """At most *count* messages older than the one *before*, and from where to go on, None at the end."""
    names = tuple(name for name in (*FILTERS, *_LISTS) if name in wanted)
    upper = min(before or AFTER_EVERY_ID, wanted.get("until") or AFTER_EVERY_ID)
    values = {"before": upper, "since": wanted.get("since") or "", "count": count + 1}
    values |= {f"wanted_{name}": as_list(wanted[name]) if name in _LISTS else wanted[name] for name in names}
    source, given, looked_at = _source(tx, wanted)
    values |= given
    reached = None
    if looked_at is not None:
        between = {"before": upper, "since": values["since"]}
        last = tx.one(_boundary(source), {**given, **between, "looked_at": looked_at - 1})
        if last is not None:
            reached = values["since"] = last["id"]
    rows = tx.all(_page(source, names), values)
    if len(rows) > count:
        return rows[:count], rows[count - 1]["id"]
    return rows, reached


def _source(tx: Transaction, wanted: Mapping[str, Any]) -> tuple[str, dict[str, Any], int | None]:
    """Along which index, with what, and how many of its rows are looked at; None where no row is looked at in vain."""
    if any(name in wanted for name in _FOUND_BY):
        return "all", {}, None
    chosen = {name for name in FILTERS if name in wanted}
    stage, status = wanted.get("stage"), wanted.get("status")
    if status in RARE_STATUSES:
        return "rare", {"rare": status}, None if chosen == {"status"} else LOOKED_UP
    # Of what was never handed over the status is the stage.
    if stage in RARE_STATUSES:
        return "rare", {"rare": stage}, None if chosen == {"stage"} else LOOKED_UP
    for (name, value), statement in _FEW.items():
        if wanted.get(name) == value:
            few = [row["id"] for row in tx.all(statement, {"most": LOOKED_UP + 1})]
            if len(few) <= LOOKED_UP:
                return "few", {"few": as_list(few)}, None
    return "all", {}, LOOKED_AT if chosen else None
