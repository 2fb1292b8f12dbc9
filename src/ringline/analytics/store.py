"""The tables `counts`, `figures`, `step_figures`, `counted` and `balances`, with every statement that touches them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import BigInteger, Column, PrimaryKeyConstraint, Table, Text, bindparam, delete, func, select, text

from ringline.database.json_lists import is_among_numbers
from ringline.database.schema import Seconds, metadata, row_number

if TYPE_CHECKING:
    from ringline.database import Transaction

ALL_FLOWS = "*"
"""The flow of rows that hold the sum over all flows; written beside those of each, so that a year is read quickly."""

# What has happened and is not in the figures yet: appended in the transaction in which it happens, and deleted in the
# one that adds it up. No index but the key: it is written by everybody and read by one.
counts = Table(
    "counts",
    metadata,
    row_number(),
    Column("entries", Text, nullable=False),
    Column("at", Seconds, nullable=False),
    sqlite_autoincrement=True,
)

figures = Table(
    "figures",
    metadata,
    # Empty where no workflow has to do with it.
    Column("flow", Text, nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("credential", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("flow", "hour", "credential", "channel", "measure", name="figures_pkey"),
    sqlite_with_rowid=False,
)

step_figures = Table(
    "step_figures",
    metadata,
    Column("flow", Text, nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    # A step of the workflow, or a question of one of its steps as step/question.
    Column("step", Text, nullable=False),
    Column("measure", Text, nullable=False),
    Column("amount", BigInteger, nullable=False),
    PrimaryKeyConstraint("flow", "hour", "version", "step", "measure", name="step_figures_pkey"),
    sqlite_with_rowid=False,
)

# Calls and conversations: what of each is in the figures, to be taken back when more becomes known of it.
counted = Table(
    "counted",
    metadata,
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("entries", Text, nullable=False),
    PrimaryKeyConstraint("kind", "id", name="counted_pkey"),
    sqlite_with_rowid=False,
)

balances = Table(
    "balances",
    metadata,
    Column("credential_id", Text, primary_key=True),
    # As Twilio wrote it.
    Column("amount", Text, nullable=False),
    Column("currency", Text, nullable=False),
    Column("as_of", Seconds, nullable=False),
)

ADD_COUNT = text("INSERT INTO counts (entries, at) VALUES (:entries, :at)")
OLDEST = select(counts.c.id, counts.c.entries).order_by(counts.c.id).limit(bindparam("count"))
TAKEN = delete(counts).where(is_among_numbers(counts.c.id, "ids"))
FORGET_COUNTS = delete(counts)

ADD_FIGURE = text(
    "INSERT INTO figures (flow, hour, credential, channel, measure, amount)"
    " VALUES (:flow, :hour, :credential, :channel, :measure, :amount)"
    " ON CONFLICT (flow, hour, credential, channel, measure) DO UPDATE SET amount = figures.amount + excluded.amount"
)
ADD_STEP_FIGURE = text(
    "INSERT INTO step_figures (flow, hour, version, step, measure, amount)"
    " VALUES (:flow, :hour, :version, :step, :measure, :amount)"
    " ON CONFLICT (flow, hour, version, step, measure) DO UPDATE SET amount = step_figures.amount + excluded.amount"
)
CLEAR_FIGURES = delete(figures)
CLEAR_STEP_FIGURES = delete(step_figures)
EVERY_FIGURE = select(figures).where(figures.c.amount != 0)
EVERY_STEP_FIGURE = select(step_figures).where(step_figures.c.amount != 0)

GET_COUNTED = select(counted.c.entries).where(counted.c.kind == bindparam("kind"), counted.c.id == bindparam("id"))
EVERY_COUNTED = select(counted).where(counted.c.kind == bindparam("kind"))
KEEP_COUNTED = text(
    "INSERT INTO counted (kind, id, entries) VALUES (:kind, :id, :entries)"
    " ON CONFLICT (kind, id) DO UPDATE SET entries = excluded.entries"
)

# One folds at a time, and while everything is recounted nobody appends.
LOCK_FOLDING = text("SELECT pg_advisory_xact_lock(728, hashtext('figures'))")
LOCK_COUNTS = text("LOCK TABLE counts IN EXCLUSIVE MODE")

EVERY_BALANCE = select(balances)
NOTE_BALANCE = text(
    "INSERT INTO balances (credential_id, amount, currency, as_of) VALUES (:credential_id, :amount, :currency, :as_of)"
    " ON CONFLICT (credential_id) DO UPDATE"
    " SET amount = excluded.amount, currency = excluded.currency, as_of = excluded.as_of"
)

_in_range = (figures.c.hour >= bindparam("first"), figures.c.hour < bindparam("last"))
_SERIES: dict[tuple[bool, bool], Any] = {}
# From one workflow to the next by the key, and of each the hours alone: all hours of all of them are many.
BY_FLOW = text(
    f"""WITH RECURSIVE flows (flow) AS (
        SELECT min(flow) FROM figures
        UNION ALL SELECT (SELECT min(flow) FROM figures WHERE flow > flows.flow) FROM flows WHERE flow IS NOT NULL
    ) SELECT figures.flow, measure, sum(amount) AS amount FROM flows CROSS JOIN figures
    WHERE figures.flow = flows.flow AND figures.flow <> '{ALL_FLOWS}' AND hour >= :first AND hour < :last
    GROUP BY figures.flow, measure"""  # noqa: S608 - a constant
)
EVERY_IN_RANGE = (
    select(figures)
    .where(figures.c.flow != ALL_FLOWS, figures.c.amount != 0, *_in_range)
    .order_by(figures.c.hour, figures.c.flow, figures.c.credential, figures.c.channel, figures.c.measure)
)
_FIRST_HOUR = select(func.min(figures.c.hour).label("hour")).where(figures.c.flow == ALL_FLOWS)
STEPS = (
    select(
        step_figures.c.version,
        step_figures.c.step,
        step_figures.c.measure,
        func.sum(step_figures.c.amount).label("amount"),
    )
    .where(
        step_figures.c.flow == bindparam("flow"),
        step_figures.c.hour >= bindparam("first"),
        step_figures.c.hour < bindparam("last"),
    )
    .group_by(step_figures.c.version, step_figures.c.step, step_figures.c.measure)
)
FLOWS_WITH_STEPS = select(step_figures.c.flow).distinct()


def series(
    tx: Transaction, *, flow: str | None, credential: str | None, channel: str | None, first: int, last: int
) -> list[tuple[int, str, str, int]]:
    """Hour, channel, measure and amount from the hour *first* to before *last*; without a flow those of all."""
    names = (credential is not None, channel is not None)
    statement = _SERIES.get(names)
    if statement is None:
        statement = (
            select(figures.c.hour, figures.c.channel, figures.c.measure, func.sum(figures.c.amount).label("amount"))
            .where(figures.c.flow == bindparam("flow"), *_in_range)
            .group_by(figures.c.hour, figures.c.channel, figures.c.measure)
        )
        if credential is not None:
            statement = statement.where(figures.c.credential == bindparam("credential"))
        if channel is not None:
            statement = statement.where(figures.c.channel == bindparam("channel"))
        _SERIES[names] = statement
    given: dict[str, Any] = {"flow": ALL_FLOWS if flow is None else flow, "first": first, "last": last}
    if credential is not None:
        given["credential"] = credential
    if channel is not None:
        given["channel"] = channel
    found = tx.tuples(statement, given)
    # Postgres sums whole numbers into decimals.
    return [(int(hour), str(of), str(measure), int(amount)) for hour, of, measure, amount in found]


def first_hour(tx: Transaction) -> int | None:
    """The first hour of which there is a figure."""
    row = tx.one(_FIRST_HOUR)
    return None if row is None or row["hour"] is None else int(row["hour"])
