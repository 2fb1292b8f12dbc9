"""The tables `escalations` and `escalation_alerts`: every statement that touches them is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, Table, Text, and_, bindparam, case, delete, func, insert, select, update

from ringline.database.schema import Seconds, metadata

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row, Transaction

escalations = Table(
    "escalations",
    metadata,
    Column("id", Text, primary_key=True),
    Column("run_id", Text, nullable=False),
    Column("step", Text, nullable=False),
    # open, acknowledged (and to be resolved), resolved, exhausted, failed
    Column("status", Text, nullable=False),
    Column("needs_resolution", Integer, nullable=False),
    # Which link was pressed while it was open, until the run has seen it: "acknowledge" or "resolve".
    Column("pressed", Text),
    Column("pressed_by", Text),
    Column("taken_by", Text),
    Column("taken_name", Text),
    Column("taken_how", Text),
    Column("taken_at", Seconds),
    Column("ended_at", Seconds),
    Column("words", Text, nullable=False),
    Column("late_answer", Text),
    Column("late", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
)
Index("escalations_ended_at", escalations.c.ended_at)
Index("escalations_run_id", escalations.c.run_id)

alerts = Table(
    "escalation_alerts",
    metadata,
    Column("token", Text, primary_key=True),
    Column("escalation_id", Text, nullable=False),
    Column("to", Text, nullable=False),
    Column("name", Text),
    Column("channel", Text, nullable=False),
    Column("level", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("sender", Text),
    Column("service", Text),
    Column("credential", Text),
    Column("created_at", Seconds, nullable=False),
)
Index("escalation_alerts_escalation_id", alerts.c.escalation_id)
Index("escalation_alerts_to", alerts.c["to"], alerts.c.channel, alerts.c.created_at)

_both = [
    *(column.label(f"alert_{column.name}") for column in alerts.columns),
    *escalations.columns,
]
_ADD = insert(escalations)
_ADD_ALERT = insert(alerts).values({column.name: bindparam(f"v_{column.name}") for column in alerts.columns})
_BY_ID = select(escalations).where(escalations.c.id == bindparam("id"))
_BY_TOKEN = (
    select(*_both)
    .join_from(alerts, escalations, alerts.c.escalation_id == escalations.c.id)
    .where(alerts.c.token == bindparam("token"))
)
_LAST_ALERTS = (
    select(*_both)
    .join_from(alerts, escalations, alerts.c.escalation_id == escalations.c.id)
    .where(
        alerts.c["to"] == bindparam("person"),
        alerts.c.channel == bindparam("channel"),
        escalations.c.ended_at >= bindparam("since"),
    )
    .order_by(alerts.c.created_at.desc())
    .limit(20)
)
_PRESS = (
    update(escalations)
    .where(
        escalations.c.id == bindparam("the_id"),
        escalations.c.status == bindparam("seen_status"),
        escalations.c.pressed.is_not_distinct_from(bindparam("seen_pressed", type_=Text)),
    )
    # Who took it stays known when somebody resolves it before the run has seen that it was taken.
    .values(pressed=bindparam("what"), pressed_by=func.coalesce(escalations.c.pressed_by, bindparam("who", type_=Text)))
)
_CHANGE = (
    update(escalations)
    .where(escalations.c.id == bindparam("the_id"))
    .values(
        status=bindparam("new_status"),
        taken_by=bindparam("by"),
        taken_name=bindparam("by_name"),
        taken_how=bindparam("by_how"),
        taken_at=bindparam("at"),
        ended_at=bindparam("end"),
        # The run may have seen one press and not the next.
        pressed=case((and_(bindparam("is_taken", type_=Integer) == 1, escalations.c.pressed == "resolve"), "resolve")),
        pressed_by=None,
    )
)
_END = (
    update(escalations)
    .where(escalations.c.id == bindparam("the_id"), escalations.c.ended_at.is_(None))
    .values(status="ended", ended_at=bindparam("end"))
)
_END_OF_RUN = (
    update(escalations)
    .where(escalations.c.run_id == bindparam("run"), escalations.c.ended_at.is_(None))
    .values(status="ended", ended_at=bindparam("end"))
)
_LATE = update(escalations).where(escalations.c.id == bindparam("the_id")).values(late=bindparam("new_late"))
_OLD = select(escalations.c.id).where(escalations.c.ended_at <= bindparam("before")).limit(500)
_FORGET_ALERTS = delete(alerts).where(alerts.c.escalation_id == bindparam("the_id"))
_FORGET = delete(escalations).where(escalations.c.id == bindparam("the_id"))


def add(tx: Transaction, values: Mapping[str, Any]) -> None:
    """Write an escalation down."""
    tx.run(_ADD, values)


def add_alerts(tx: Transaction, rows: list[dict[str, Any]]) -> None:
    """Write down who is alerted now."""
    if rows:
        tx.many(_ADD_ALERT, [{f"v_{name}": value for name, value in row.items()} for row in rows])


def get(tx: Transaction, escalation_id: str) -> Row | None:
    """One escalation, or ``None``."""
    return tx.one(_BY_ID, {"id": escalation_id})


def by_token(tx: Transaction, token: str) -> Row | None:
    """The escalation that a link belongs to, with its alert's columns as ``alert_…``."""
    return tx.one(_BY_TOKEN, {"token": token})


def last_alerts(tx: Transaction, *, person: str, channel: str, since: float) -> list[Row]:
    """A person's alerts of escalations that ended since then, newest first, as `by_token` gives them."""
    return tx.all(_LAST_ALERTS, {"person": person, "channel": channel, "since": since})


def press(tx: Transaction, seen: Row, *, what: str) -> bool:
    """Note that the link of *seen*, as `by_token` gave it, was pressed; False when it does not stand so any more."""
    values = {
        "the_id": seen["id"],
        "seen_status": seen["status"],
        "seen_pressed": seen["pressed"],
        "what": what,
        "who": seen["alert_to"],
    }
    return tx.run(_PRESS, values) > 0


def change(
    tx: Transaction,
    escalation_id: str,
    *,
    status: str,
    taken: Mapping[str, Any],
    ended_at: float | None,
) -> None:
    """How it stands now; *taken* has ``by``, ``by_name``, ``by_how`` and ``at``."""
    is_taken = int(status == "acknowledged")
    tx.run(_CHANGE, {"the_id": escalation_id, "new_status": status, "is_taken": is_taken, "end": ended_at, **taken})


def end(tx: Transaction, escalation_id: str, *, at: float) -> None:
    """Its run is gone."""
    tx.run(_END, {"the_id": escalation_id, "end": at})


def end_of_run(tx: Transaction, run_id: str, *, at: float) -> None:
    """Its run has ended without it."""
    tx.run(_END_OF_RUN, {"run": run_id, "end": at})


def note_late(tx: Transaction, escalation_id: str, late: str) -> None:
    """Keep the late answers."""
    tx.run(_LATE, {"the_id": escalation_id, "new_late": late})


def forget(tx: Transaction, *, before: float) -> int:
    """Delete what ended until then, and return how many there were."""
    ids = [{"the_id": row["id"]} for row in tx.all(_OLD, {"before": before})]
    tx.many(_FORGET_ALERTS, ids)
    tx.many(_FORGET, ids)
    return len(ids)
