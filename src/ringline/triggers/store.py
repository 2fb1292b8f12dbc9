"""The tables `published_workflows`, `triggers` and `trigger_events`: every statement that touches them is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.dialects import postgresql, sqlite

from ringline.database.schema import Seconds, metadata, row_number
from ringline.live import touch

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row, Transaction

published_workflows = Table(
    "published_workflows",
    metadata,
    Column("workflow", Text, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("is_active", Integer, nullable=False),
    Column("published_at", Seconds, nullable=False),
)

triggers = Table(
    "triggers",
    metadata,
    Column("workflow", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("place", Integer, nullable=False),
    Column("type", Text, nullable=False),
    Column("config", Text, nullable=False),
    Column("defaults", Text, nullable=False),
    Column("path", Text),
    Column("timing", Text),
    Column("anchor", Seconds, nullable=False),
    Column("next_at", Seconds),
    PrimaryKeyConstraint("workflow", "key", name="triggers_pkey"),
)
Index("triggers_type", triggers.c.type)
_is_timed = triggers.c.next_at.is_not(None)
Index("triggers_next_at", triggers.c.next_at, sqlite_where=_is_timed, postgresql_where=_is_timed)

trigger_events = Table(
    "trigger_events",
    metadata,
    row_number(),
    Column("workflow", Text, nullable=False),
    Column("trigger", Text, nullable=False),
    Column("event_id", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    Column("times", BigInteger, nullable=False, server_default="1"),
    Column("run_id", Text),
    Column("error", Text),
    UniqueConstraint("workflow", "trigger", "event_id", name="trigger_events_workflow_trigger_event_id_key"),
    sqlite_autoincrement=True,
)
Index("trigger_events_workflow_trigger_id", trigger_events.c.workflow, trigger_events.c.trigger, trigger_events.c.id)
Index("trigger_events_at", trigger_events.c.at)

_this_workflow: Any = bindparam("the_workflow")
_SET_PUBLISHED = {
    name: dialect.insert(published_workflows)
    .values({column.name: bindparam(f"v_{column.name}") for column in published_workflows.columns})
    .on_conflict_do_update(
        index_elements=["workflow"],
        set_={name: bindparam(f"v_{name}") for name in ("version", "is_active", "published_at")},
    )
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_PUBLISHED = select(published_workflows).where(published_workflows.c.workflow == _this_workflow)
_ALL_PUBLISHED = select(published_workflows)
_RETIRE = update(published_workflows).where(published_workflows.c.workflow == _this_workflow).values(is_active=0)

_ADD = insert(triggers)
_REPLACE = (
    update(triggers)
    .where(triggers.c.workflow == _this_workflow, triggers.c.key == bindparam("the_key"))
    .values(
        {
            name: bindparam(f"v_{name}")
            for name in ("version", "place", "type", "config", "defaults", "path", "timing", "anchor", "next_at")
        }
    )
)
_REMOVE = delete(triggers).where(triggers.c.workflow == _this_workflow, triggers.c.key == bindparam("the_key"))
_REMOVE_ALL = delete(triggers).where(triggers.c.workflow == _this_workflow)
_OF_WORKFLOW = select(triggers).where(triggers.c.workflow == _this_workflow).order_by(triggers.c.place)
_OF_TYPE = (
    select(triggers)
    .where(triggers.c.type == bindparam("the_type"))
    .order_by(triggers.c.anchor, triggers.c.workflow, triggers.c.place)
)
_AT_PATH = select(triggers).where(triggers.c.workflow == _this_workflow, triggers.c.path == bindparam("the_path"))
_ALL = select(triggers).order_by(triggers.c.workflow, triggers.c.place)
_ONE = select(triggers).where(triggers.c.workflow == _this_workflow, triggers.c.key == bindparam("the_key"))
_DUE = (
    select(triggers)
    .where(triggers.c.next_at.is_not(None), triggers.c.next_at <= bindparam("now"))
    .order_by(triggers.c.next_at)
    .limit(bindparam("count"))
)
_NEXT_DUE = select(func.min(triggers.c.next_at).label("at")).where(triggers.c.next_at.is_not(None))
_MOVE_ON = (
    update(triggers)
    .where(
        triggers.c.workflow == _this_workflow,
        triggers.c.key == bindparam("the_key"),
        triggers.c.next_at == bindparam("due"),
    )
    .values(next_at=bindparam("v_next_at"))
)

_ADD_EVENT = {
    name: dialect.insert(trigger_events)
    .values({column: bindparam(f"v_{column}") for column in ("workflow", "trigger", "event_id", "at")})
    .on_conflict_do_nothing()
    for name, dialect in (("sqlite", sqlite), ("postgresql", postgresql))
}
_EVENT = select(trigger_events).where(
    trigger_events.c.workflow == _this_workflow,
    trigger_events.c.trigger == bindparam("the_trigger"),
    trigger_events.c.event_id == bindparam("the_event"),
)
_SETTLE_EVENT = (
    update(trigger_events)
    .where(
        trigger_events.c.workflow == _this_workflow,
        trigger_events.c.trigger == bindparam("the_trigger"),
        trigger_events.c.event_id == bindparam("the_event"),
    )
    .values(run_id=bindparam("v_run_id"), error=bindparam("v_error"))
)
_RENEW_EVENT = (
    update(trigger_events)
    .where(trigger_events.c.id == bindparam("the_id"), trigger_events.c.times == bindparam("the_times"))
    .values(at=bindparam("v_at"), times=trigger_events.c.times + 1, run_id=None, error=None)
)
_newest = (
    select(func.max(trigger_events.c.id).label("id"))
    .group_by(trigger_events.c.workflow, trigger_events.c.trigger)
    .subquery()
)
_LAST_EVENTS = select(trigger_events).join(_newest, trigger_events.c.id == _newest.c.id)
_EVENTS_PAGE = (
    select(trigger_events)
    .where(
        trigger_events.c.workflow == _this_workflow,
        trigger_events.c.trigger == bindparam("the_trigger"),
    )
    .order_by(trigger_events.c.id.desc())
    .limit(bindparam("count"))
)
_FORGET_EVENTS = delete(trigger_events).where(
    trigger_events.c.at < bindparam("before"), trigger_events.c.id.not_in(select(_newest.c.id))
)


def set_published(tx: Transaction, *, workflow: str, version: int, now: float) -> None:
    """Let *version* be the one that is published."""
    values = {"workflow": workflow, "version": version, "is_active": 1, "published_at": now}
    tx.run(_SET_PUBLISHED[tx.dialect], {f"v_{name}": value for name, value in values.items()})
    touch(tx, "workflows", workflow)


def published(tx: Transaction, workflow: str) -> Row | None:
    """Which version of a workflow is published, or was (`is_active`)."""
    return tx.one(_PUBLISHED, {"the_workflow": workflow})


def all_published(tx: Transaction) -> list[Row]:
    """As `published`, of every workflow that ever was."""
    return tx.all(_ALL_PUBLISHED)


def retire(tx: Transaction, workflow: str) -> None:
    """Let no version of a workflow be published, and take its triggers away."""
    tx.run(_RETIRE, {"the_workflow": workflow})
    tx.run(_REMOVE_ALL, {"the_workflow": workflow})
    touch(tx, "workflows", workflow)


def add_trigger(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Store a trigger."""
    tx.run(_ADD, row)


def replace_trigger(tx: Transaction, row: Mapping[str, Any]) -> None:
    """Store a trigger in place of the one of the same key."""
    values = {f"v_{name}": value for name, value in row.items() if name not in ("workflow", "key")}
    tx.run(_REPLACE, {"the_workflow": row["workflow"], "the_key": row["key"], **values})


def remove_trigger(tx: Transaction, workflow: str, key: str) -> None:
    """Take one trigger away."""
    tx.run(_REMOVE, {"the_workflow": workflow, "the_key": key})


def triggers_of(tx: Transaction, workflow: str) -> list[Row]:
    """The triggers of a workflow, in its order."""
    return tx.all(_OF_WORKFLOW, {"the_workflow": workflow})


def triggers_of_type(tx: Transaction, kind: str) -> list[Row]:
    """All triggers of one type, the longest published first."""
    return tx.all(_OF_TYPE, {"the_type": kind})


def webhooks_at(tx: Transaction, workflow: str, path: str) -> list[Row]:
    """The webhooks of a workflow at a path, one for each method or several."""
    return tx.all(_AT_PATH, {"the_workflow": workflow, "the_path": path})


def all_triggers(tx: Transaction) -> list[Row]:
    """Every trigger, by workflow."""
    return tx.all(_ALL)


def trigger(tx: Transaction, workflow: str, key: str) -> Row | None:
    """One trigger."""
    return tx.one(_ONE, {"the_workflow": workflow, "the_key": key})


def due(tx: Transaction, *, now: float, count: int) -> list[Row]:
    """Schedules whose time has come, the longest due first."""
    return tx.all(_DUE, {"now": now, "count": count})


def next_due(tx: Transaction) -> float | None:
    """When the next schedule falls due."""
    row = tx.one(_NEXT_DUE)
    return None if row is None or row["at"] is None else float(row["at"])


def move_on(tx: Transaction, *, workflow: str, key: str, due: float, next_at: float | None) -> bool:
    """Set a schedule's next time; False if somebody else has done so since it was read."""
    parameters = {"the_workflow": workflow, "the_key": key, "due": due, "v_next_at": next_at}
    return tx.run(_MOVE_ON, parameters) > 0


def add_event(tx: Transaction, *, workflow: str, trigger: str, event_id: str, now: float) -> bool:
    """Write an event down; False if it is there already."""
    values = {"v_workflow": workflow, "v_trigger": trigger, "v_event_id": event_id, "v_at": now}
    return tx.run(_ADD_EVENT[tx.dialect], values) > 0


def event(tx: Transaction, *, workflow: str, trigger: str, event_id: str) -> Row | None:
    """One event with the run it started."""
    return tx.one(_EVENT, {"the_workflow": workflow, "the_trigger": trigger, "the_event": event_id})


def settle_event(
    tx: Transaction, *, workflow: str, trigger: str, event_id: str, run_id: str | None, error: str | None
) -> None:
    """Note which run an event started, or why none."""
    names = {"the_workflow": workflow, "the_trigger": trigger, "the_event": event_id}
    tx.run(_SETTLE_EVENT, {**names, "v_run_id": run_id, "v_error": error})


def renew_event(tx: Transaction, *, id: int, times: int, now: float) -> bool:
    """Let an event count anew; False if somebody else has done so since it was read."""
    return tx.run(_RENEW_EVENT, {"the_id": id, "the_times": times, "v_at": now}) > 0


def last_events(tx: Transaction) -> list[Row]:
    """The newest event of each trigger."""
    return tx.all(_LAST_EVENTS)


def events_of(tx: Transaction, workflow: str, trigger: str, count: int) -> list[Row]:
    """The newest events of a trigger."""
    return tx.all(_EVENTS_PAGE, {"the_workflow": workflow, "the_trigger": trigger, "count": count})


def forget_events(tx: Transaction, *, before: float) -> int:
    """Delete old events, but for the newest of each trigger; returns how many."""
    return tx.run(_FORGET_EVENTS, {"before": before})
