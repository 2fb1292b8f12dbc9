"""A budget: how much of what, for whom, in a day of which zone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Literal

from ringline.analytics.measures import MICROS, VOICE, money
from ringline.errors import RequestError
from ringline.local_time import on_the_wall, read_zone

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ringline.database import Row

Scope = Literal["all", "flow", "credential"]
Unit = Literal["money", "messages", "segments", "calls"]

SCOPES: tuple[Scope, ...] = ("all", "flow", "credential")
UNITS: tuple[Unit, ...] = ("money", "messages", "segments", "calls")
MOST = 1_000_000_000
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Budget:
    """At most *limit* of *unit* in a day of *time_zone*, for everything, a workflow or a credential (its id).

    Money is in millionths of *currency*. From the share *warn_at* of it on a warning is shown; with *stops*, what would
    go beyond it is held until the next day.
    """

    id: str
    scope: Scope
    target: str
    unit: Unit
    currency: str
    limit: int
    warn_at: float
    stops: bool
    time_zone: str
    created_at: float
    updated_at: float

    def day(self, moment: float) -> str:
        """The day there, as in ``2026-01-31``."""
        return datetime.fromtimestamp(moment, read_zone(self.time_zone)).date().isoformat()

    def next_day(self, moment: float) -> float:
        """When the next day begins there."""
        zone = read_zone(self.time_zone)
        return on_the_wall(datetime.fromtimestamp(moment, zone).date() + _DAY, time(0), zone).timestamp()

    def amount(self, row: Row, price: int | None) -> int | None:
        """How much of it a message or call takes, about; ``None`` where the budget is not about it."""
        is_call = row["channel"] == VOICE
        if self.unit == "money":
            return price or 0
        if self.unit == "calls":
            return 1 if is_call else None
        if is_call:
            return None
        return 1 if self.unit == "messages" else row["segments"] or 1

    def show(self, amount: int) -> str:
        """So much of it, as people say it."""
        if self.unit == "money":
            return f"{money(amount)} {self.currency}"
        return f"{amount:,} {self.unit if amount != 1 else self.unit.removesuffix('s')}"

    @property
    def what(self) -> str:
        """Whose budget it is, in a sentence."""
        return {"all": "everything", "flow": f"the workflow {self.target}", "credential": "this credential"}[self.scope]

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Budget:
        """From a record of the table."""
        values = {name: value for name, value in row.items() if name != "most"}
        return cls(**{**values, "stops": bool(row["stops"]), "limit": row["most"]})


@dataclass(frozen=True, slots=True)
class Day:
    """What of a budget was used in a day, with when it warned, when it first held something, and how many urgent
    messages passed it.
    """

    day: str
    used: int = 0
    warned_at: float | None = None
    stopped_at: float | None = None
    urgent: int = 0


@dataclass(frozen=True, slots=True)
class BudgetState:
    """A budget with today's use and that of days before."""

    budget: Budget
    today: Day
    resets_at: float
    history: tuple[Day, ...] = field(default=())

    @property
    def is_reached(self) -> bool:
        """Whether nothing more fits."""
        return self.today.used >= self.budget.limit or self.today.stopped_at is not None

    @property
    def warns(self) -> bool:
        """Whether so much is used that it warns."""
        return self.today.used >= self.budget.limit * self.budget.warn_at


def read_limit(text: str | int | float, unit: str) -> int:
    """A limit as it is written: money with decimals, all else a whole number. Raises `RequestError`."""
    try:
        number = Decimal(str(text).strip())
        if not number.is_finite() or number < 0 or number > MOST:
            raise InvalidOperation
        found = number * MICROS if unit == "money" else number
        if found != found.to_integral_value():
            raise InvalidOperation
    except InvalidOperation:
        example = "12.50" if unit == "money" else "1000"
        raise RequestError(
            f"`{text}` is no limit in {unit}",
            field="limit",
            fix=f"write a number such as {example}; 0 lets nothing pass",
        ) from None
    return int(found)


def checked_zone(name: str) -> str:
    """The name of a time zone. Raises `RequestError`."""
    try:
        read_zone(name)
    except ValueError as error:
        raise RequestError(str(error), field="time_zone", fix="use an IANA name such as Europe/Berlin") from None
    return name
