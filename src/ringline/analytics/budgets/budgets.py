"""`ringline.budgets`: set, look at and remove them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

from ringline.analytics.budgets import store
from ringline.analytics.budgets.budget import SCOPES, UNITS, Budget, BudgetState, Day, checked_zone, read_limit
from ringline.analytics.budgets.spending import TOPIC
from ringline.clock import utc
from ringline.errors import NotFoundError, RequestError
from ringline.ids import new_id
from ringline.live import touch

if TYPE_CHECKING:
    from ringline.clock import Clock
    from ringline.database import Database, Row, Transaction

DAY = 86_400.0
KEEP_CHARGES = 8 * DAY
"""Seconds for which late prices still correct a day."""
KEEP_DAYS = 400 * DAY


class Budgets:
    """The budgets of an installation. *release* lets go, in the transaction given, what they hold."""

    def __init__(self, database: Database, clock: Clock, *, release: Callable[[Transaction], object]) -> None:
        self._database = database
        self._clock = clock
        self._release = release

    async def list(self, *, days: int = 14) -> list[BudgetState]:
        """All of them, with today's use and that of up to so many days."""

        def read(tx: Transaction) -> Sequence[BudgetState]:
            return [self._state(tx, Budget.of(row), days) for row in tx.all(store.EVERY)]

        return list(await self._database.read(read))

    async def get(self, budget_id: str, *, days: int = 14) -> BudgetState:
        """One. Raises `NotFoundError`."""

        def read(tx: Transaction) -> BudgetState:
            return self._state(tx, Budget.of(_known(tx, budget_id)), days)

        return await self._database.read(read)

    async def set(
        self,
        scope: str,
        target: str,
        unit: str,
        limit: str | float,
        *,
        currency: str = "USD",
        warn_at: float = 0.8,
        stops: bool = True,
        time_zone: str = "UTC",
    ) -> BudgetState:
        """Set a budget, or change the one for the same; what budgets hold is looked at anew. Raises `RequestError`."""
        if scope not in SCOPES:
            raise RequestError(f"there is no scope {scope!r}", field="scope", fix=f"use one of {', '.join(SCOPES)}")
        if unit not in UNITS:
            raise RequestError(f"there is no unit {unit!r}", field="unit", fix=f"use one of {', '.join(UNITS)}")
        if not 0 < warn_at <= 1:
            raise RequestError(
                f"{warn_at:g} is no share to warn at", field="warn_at", fix="write a number above 0, and at most 1"
            )
        if len(currency) != 3 or not currency.isalpha():
            raise RequestError(f"{currency!r} is no currency", field="currency", fix="write three letters, such as USD")
        now = self._clock.time()
        row = {
            "id": new_id("bud", at=now),
            "scope": scope,
            "target": "" if scope == "all" else target,
            "unit": unit,
            "currency": currency.upper(),
            "most": read_limit(limit, unit),
            "warn_at": warn_at,
            "stops": int(stops),
            "time_zone": checked_zone(time_zone),
            "created_at": now,
            "updated_at": now,
        }

        def work(tx: Transaction) -> BudgetState:
            found = tx.one(store.SET, row)
            assert found is not None
            tx.run(store.BEGIN_AGAIN, {"key": found["id"]})
            self._release(tx)
            touch(tx, TOPIC, found["id"])
            return self._state(tx, Budget.of(_known(tx, found["id"])), 14)

        return await self._database.write(work)

    async def remove(self, budget_id: str) -> None:
        """Remove one; what it held goes. Raises `NotFoundError`."""

        def work(tx: Transaction) -> None:
            _known(tx, budget_id)
            for statement in (store.REMOVE_CHARGES, store.REMOVE_DAYS, store.REMOVE):
                tx.run(statement, {"key": budget_id})
            self._release(tx)
            touch(tx, TOPIC, budget_id)

        await self._database.write(work)

    async def tidy(self) -> None:
        """Forget what corrects no day any more, and days long past."""
        now = self._clock.time()
        long_ago = utc(now - KEEP_DAYS)
        assert long_ago is not None

        def work(tx: Transaction) -> None:
            tx.run(store.FORGET_CHARGES, {"before": now - KEEP_CHARGES})
            tx.run(store.FORGET_DAYS, {"before": (long_ago - timedelta(days=1)).date().isoformat()})

        await self._database.write(work)

    def _state(self, tx: Transaction, budget: Budget, days: int) -> BudgetState:
        now = self._clock.time()
        rows = tx.all(store.LAST_DAYS, {"budget_id": budget.id, "count": days})
        history = tuple(
            Day(row["day"], row["used"], row["warned_at"], row["stopped_at"], row["urgent"]) for row in rows
        )
        today = budget.day(now)
        used = next((day for day in history if day.day == today), Day(today))
        return BudgetState(budget, used, budget.next_day(now), history)


def _known(tx: Transaction, budget_id: str) -> Row:
    row = tx.one(store.GET, {"id": budget_id})
    if row is None:
        raise NotFoundError(f"there is no budget {budget_id!r}", fix="`ringline budgets list` shows those there are")
    return row
