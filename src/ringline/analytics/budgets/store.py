"""The tables `budgets`, `budget_days` and `budget_charges`: every statement that touches them is here."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    bindparam,
    delete,
    select,
    text,
)

from ringline.database.json_lists import is_among
from ringline.database.schema import Seconds, metadata

budgets = Table(
    "budgets",
    metadata,
    Column("id", Text, primary_key=True),
    Column("scope", Text, nullable=False),
    # A workflow's name, a credential's id, or nothing.
    Column("target", Text, nullable=False),
    Column("unit", Text, nullable=False),
    Column("currency", Text, nullable=False),
    # Money in millionths.
    Column("most", BigInteger, nullable=False),
    Column("warn_at", Double, nullable=False),
    Column("stops", Integer, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("created_at", Seconds, nullable=False),
    Column("updated_at", Seconds, nullable=False),
    UniqueConstraint("scope", "target", "unit", name="budgets_scope_target_unit_key"),
)

budget_days = Table(
    "budget_days",
    metadata,
    Column("budget_id", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("used", BigInteger, nullable=False),
    Column("warned_at", Seconds),
    Column("stopped_at", Seconds),
    # Urgent messages that went beyond it.
    Column("urgent", BigInteger, nullable=False, server_default="0"),
    PrimaryKeyConstraint("budget_id", "day", name="budget_days_pkey"),
)

# What a message was counted with, until nothing more is said about its price.
budget_charges = Table(
    "budget_charges",
    metadata,
    Column("message_id", Text, nullable=False),
    Column("budget_id", Text, nullable=False),
    Column("day", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("at", Seconds, nullable=False),
    PrimaryKeyConstraint("message_id", "budget_id", name="budget_charges_pkey"),
)
Index("budget_charges_at", budget_charges.c.at)

EVERY = select(budgets).order_by(budgets.c.scope, budgets.c.target, budgets.c.unit)
GET = select(budgets).where(budgets.c.id == bindparam("id"))
_COLUMNS = tuple(column.name for column in budgets.columns)
SET = text(
    f"INSERT INTO budgets ({', '.join(_COLUMNS)}) VALUES ({', '.join(':' + name for name in _COLUMNS)})"  # noqa: S608
    " ON CONFLICT (scope, target, unit) DO UPDATE SET currency = excluded.currency, most = excluded.most,"
    " warn_at = excluded.warn_at, stops = excluded.stops, time_zone = excluded.time_zone,"
    " updated_at = excluded.updated_at RETURNING id"
)
REMOVE = delete(budgets).where(budgets.c.id == bindparam("key"))
REMOVE_DAYS = delete(budget_days).where(budget_days.c.budget_id == bindparam("key"))
REMOVE_CHARGES = delete(budget_charges).where(budget_charges.c.budget_id == bindparam("key"))

ADD_DAY = text("INSERT INTO budget_days (budget_id, day, used) VALUES (:budget_id, :day, 0) ON CONFLICT DO NOTHING")
DAY = select(budget_days).where(
    budget_days.c.budget_id == bindparam("budget_id"), budget_days.c.day == bindparam("day")
)
DAY_LOCKED = DAY.with_for_update()
LAST_DAYS = (
    select(budget_days)
    .where(budget_days.c.budget_id == bindparam("budget_id"))
    .order_by(budget_days.c.day.desc())
    .limit(bindparam("count"))
)
SAVE_DAY = text(
    "UPDATE budget_days SET used = :used, warned_at = :warned_at, stopped_at = :stopped_at, urgent = :urgent"
    " WHERE budget_id = :budget_id AND day = :day"
).bindparams(*(bindparam(name, type_=Seconds()) for name in ("warned_at", "stopped_at")))
ADD_TO_DAY = text("UPDATE budget_days SET used = used + :amount WHERE budget_id = :budget_id AND day = :day")
# Of a day that is begun anew by another limit what was stopped is stopped no more.
BEGIN_AGAIN = text("UPDATE budget_days SET stopped_at = NULL, warned_at = NULL WHERE budget_id = :key")

CHARGES_OF = select(budget_charges).where(is_among(budget_charges.c.message_id, "ids"))
CHARGE = text(
    "INSERT INTO budget_charges (message_id, budget_id, day, amount, at)"
    " VALUES (:message_id, :budget_id, :day, :amount, :at)"
    " ON CONFLICT (message_id, budget_id) DO UPDATE SET day = excluded.day, amount = excluded.amount, at = excluded.at"
)
CORRECT = text("UPDATE budget_charges SET amount = :amount WHERE message_id = :message_id AND budget_id = :budget_id")
UNCHARGE = text("DELETE FROM budget_charges WHERE message_id = :message_id AND budget_id = :budget_id")
FORGET_CHARGES = delete(budget_charges).where(budget_charges.c.at < bindparam("before"))
FORGET_DAYS = delete(budget_days).where(budget_days.c.day < bindparam("before"))
