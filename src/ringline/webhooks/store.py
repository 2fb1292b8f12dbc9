"""The table `webhook_deliveries`: every statement that touches it is here."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, Index, Integer, Table, Text, bindparam, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from ringline.database.schema import Seconds, metadata
from ringline.ids import AFTER_EVERY_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row, Transaction

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Text, primary_key=True),
    Column("key", Text, unique=True),
    Column("url", Text, nullable=False),
    Column("type", Text, nullable=False),
    Column("body", Text, nullable=False),
    # The vault's entry, or the name of an environment variable.
    Column("secret_id", Text),
    Column("secret_name", Text),
    Column("status", Text, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("last_status", Integer),
    Column("last_error", Text),
    Column("history", Text, nullable=False),
    Column("run_id", Text),
    Column("step", Text),
    Column("created_at", Seconds, nullable=False),
    Column("next_try_at", Seconds, nullable=False),
    # Until then one worker is at it.
    Column("claimed_until", Seconds, nullable=False),
    # When the sweep looks at it: it is due, or its job got lost.
    Column("look_at", Seconds, nullable=False),
    Column("settled_at", Seconds),
)
_is_pending = webhook_deliveries.c.status == "pending"
Index(
    "webhook_deliveries_look_at",
    webhook_deliveries.c.look_at,
    sqlite_where=_is_pending,
    postgresql_where=_is_pending,
)
Index("webhook_deliveries_settled_at", webhook_deliveries.c.settled_at)
Index("webhook_deliveries_secret_id", webhook_deliveries.c.secret_id)
Index("webhook_deliveries_run_id", webhook_deliveries.c.run_id)

_VALUES: dict[str, Any] = {column.name: bindparam(f"v_{column.name}") for column in webhook_deliveries.columns}
_ADD = {
    "sqlite": sqlite.insert(webhook_deliveries).values(_VALUES).on_conflict_do_nothing(),
    "postgresql": postgresql.insert(webhook_deliveries).values(_VALUES).on_conflict_do_nothing(),
}
_BY_KEY = select(webhook_deliveries).where(webhook_deliveries.c.key == bindparam("key"))
_BY_ID = select(webhook_deliveries).where(webhook_deliveries.c.id == bindparam("id"))
_CLAIM = (
    update(webhook_deliveries)
    .where(
        webhook_deliveries.c.id == bindparam("the_id"),
        _is_pending,
        webhook_deliveries.c.next_try_at <= bindparam("now"),
        webhook_deliveries.c.claimed_until <= bindparam("now"),
    )
    .values(claimed_until=bindparam("until"), look_at=bindparam("until"))
    .returning(*webhook_deliveries.columns)
)
_RECORD = (
    update(webhook_deliveries)
    # A worker that came back after its claim had run out must not undo what another one found.
    .where(
        webhook_deliveries.c.id == bindparam("the_id"),
        _is_pending,
        webhook_deliveries.c.claimed_until == bindparam("mine"),
    )
    .values(
        status=bindparam("new_status"),
        tries=bindparam("new_tries"),
        last_status=bindparam("new_last_status"),
        last_error=bindparam("new_last_error"),
        history=bindparam("new_history"),
        next_try_at=bindparam("again_at"),
        look_at=bindparam("again_at"),
        claimed_until=0.0,
        settled_at=bindparam("new_settled_at"),
    )
)
_LOOK_AT = (
    select(webhook_deliveries.c.id)
    .where(_is_pending, webhook_deliveries.c.look_at <= bindparam("now"))
    .order_by(webhook_deliveries.c.look_at)
    .limit(bindparam("count"))
)
_LOOK_LATER = (
    update(webhook_deliveries).where(webhook_deliveries.c.id == bindparam("the_id")).values(look_at=bindparam("later"))
)
_NEXT_LOOK = select(func.min(webhook_deliveries.c.look_at).label("due")).where(_is_pending)
_NEEDS_SECRET = (
    select(webhook_deliveries.c.id)
    .where(_is_pending, webhook_deliveries.c.secret_id == bindparam("secret_id"))
    .limit(1)
)
_PAGE = (
    select(webhook_deliveries)
    .where(webhook_deliveries.c.id < bindparam("before"))
    .order_by(webhook_deliveries.c.id.desc())
    .limit(bindparam("count"))
)
_PAGE_OF_RUN = _PAGE.where(webhook_deliveries.c.run_id == bindparam("run_id"))
_PAGE_OF_STATUS = _PAGE.where(webhook_deliveries.c.status == bindparam("status"))
_AGAIN = (
    update(webhook_deliveries)
    .where(webhook_deliveries.c.id == bindparam("the_id"), webhook_deliveries.c.status == "failed")
    .values(status="pending", tries=0, next_try_at=bindparam("now"), look_at=bindparam("later"), settled_at=None)
)
_FORGET = delete(webhook_deliveries).where(webhook_deliveries.c.settled_at <= bindparam("before"))


def add(tx: Transaction, values: Mapping[str, Any]) -> Row:
    """Write an event down, or find the one that has its key."""
    if tx.run(_ADD[tx.dialect], {f"v_{name}": value for name, value in values.items()}) == 0:
        known = tx.one(_BY_KEY, {"key": values["key"]})
        assert known is not None  # nothing else can be in its way
        return known
    return dict(values)


def get(tx: Transaction, delivery_id: str) -> Row | None:
    """One delivery, or ``None``."""
    return tx.one(_BY_ID, {"id": delivery_id})


def claim(tx: Transaction, delivery_id: str, *, now: float, until: float) -> Row | None:
    """Take a delivery that is due; ``None`` when it is not, or somebody is at it."""
    return tx.one(_CLAIM, {"the_id": delivery_id, "now": now, "until": until})


def record(tx: Transaction, delivery_id: str, *, mine: float, changes: Mapping[str, Any]) -> bool:
    """Write down what came of a try by whoever claimed it until *mine*; False when that was not in time."""
    return tx.run(_RECORD, {"the_id": delivery_id, "mine": mine, **changes}) > 0


def to_look_at(tx: Transaction, *, now: float, later: float, count: int) -> list[str]:
    """The deliveries that are due or whose job got lost; the next look at them is *later*."""
    ids = [str(row["id"]) for row in tx.all(_LOOK_AT, {"now": now, "count": count})]
    tx.many(_LOOK_LATER, [{"the_id": delivery_id, "later": later} for delivery_id in ids])
    return ids


def next_look(tx: Transaction) -> float | None:
    """When the next look is due."""
    row = tx.one(_NEXT_LOOK)
    return None if row is None else row["due"]


def needs_secret(tx: Transaction, secret_id: str) -> bool:
    """Whether a delivery that is still open is signed with this entry of the vault."""
    return tx.one(_NEEDS_SECRET, {"secret_id": secret_id}) is not None


def page(tx: Transaction, *, run_id: str | None, status: str | None, before: str | None, count: int) -> list[Row]:
    """Newest first, older than the id *before*; of one run, else of one status, if given."""
    parameters: dict[str, Any] = {"before": before or AFTER_EVERY_ID, "count": count}
    if run_id is not None:
        return tx.all(_PAGE_OF_RUN, {**parameters, "run_id": run_id})
    if status is not None:
        return tx.all(_PAGE_OF_STATUS, {**parameters, "status": status})
    return tx.all(_PAGE, parameters)


def try_again(tx: Transaction, delivery_id: str, *, now: float, later: float) -> bool:
    """Open a delivery that failed; False for one that did not."""
    return tx.run(_AGAIN, {"the_id": delivery_id, "now": now, "later": later}) > 0


def forget(tx: Transaction, *, before: float) -> int:
    """Delete what was settled until then, and return how many there were."""
    return tx.run(_FORGET, {"before": before})
