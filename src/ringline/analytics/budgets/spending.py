"""Budgets at the gate: what is about to go is counted with its forecast, and later with what Twilio reports."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from ringline.analytics.budgets import store
from ringline.analytics.budgets.budget import Budget
from ringline.analytics.measures import micros_of
from ringline.database.json_lists import as_list
from ringline.live import touch
from ringline.outbox.budgets import Hold
from ringline.outbox.rows import UNDECIDED, URGENT_PURPOSES

if TYPE_CHECKING:
    from ringline.analytics.folding import Whose
    from ringline.database import Row, Transaction
    from ringline.outbox.changes import MessageChange

_log = logging.getLogger(__name__)

TOPIC = "budgets"


class Charge(NamedTuple):
    """What one message takes of one budget."""

    budget: Budget
    day: str
    amount: int


@dataclass(slots=True)
class _Day:
    """A day of a budget in hand; its row is ours until the transaction ends."""

    budget: Budget
    row: Row
    is_changed: bool = False

    def fits(self, amount: int) -> bool:
        used, limit = self.row["used"], self.budget.limit
        return bool(used < limit and used + amount <= limit)

    def note(self, name: str, now: float) -> bool:
        """Note the first time of something; False where it was noted before."""
        if self.row[name] is not None:
            return False
        self.row[name], self.is_changed = now, True
        return True


class Spending:
    """Counts against budgets. *flows* finds workflows of runs, *price* about what a message costs, in millionths."""

    def __init__(
        self,
        *,
        flows: Callable[[Transaction, Sequence[str]], Mapping[str, Whose]],
        price: Callable[[Row], int | None],
    ) -> None:
        self._flows = flows
        self._price = price

    def hold(self, tx: Transaction, rows: Sequence[Row], now: float) -> dict[str, Hold]:
        """Count messages that are about to go; those that go beyond a budget that stops are not counted but returned.

        An urgent one passes. One that was counted before, and did not go then, is not counted again.
        """
        budgets = [Budget.of(row) for row in tx.all(store.EVERY)]
        if not budgets or not rows:
            return {}
        whose = self._whose(tx, budgets, rows)
        about = {row["id"]: self._charges(row, budgets, whose, now) for row in rows}
        wanted = {(charge.budget.id, charge.day): charge.budget for found in about.values() for charge in found}
        if not wanted:
            return {}
        days = {key: _take_day(tx, *key, budget) for key, budget in sorted(wanted.items())}
        before = {
            (row["message_id"], row["budget_id"]): row
            for row in tx.all(store.CHARGES_OF, {"ids": as_list(sorted(about))})
        }
        held: dict[str, Hold] = {}
        charged: list[Row] = []
        given_back: Counter[tuple[str, str]] = Counter()
        for row in rows:
            new = [
                charge
                for charge in about[row["id"]]
                if (known := before.get((row["id"], charge.budget.id))) is None or known["day"] != charge.day
            ]
            over = [one for one in new if one.budget.stops and not days[one.budget.id, one.day].fits(one.amount)]
            if over and not _is_urgent(row):
                for one in over:
                    if days[one.budget.id, one.day].note("stopped_at", now):
                        _log.warning("%s", _sentence(one.budget))
                held[row["id"]] = _held_by([one.budget for one in over], now)
                continue
            for one in over:
                day = days[one.budget.id, one.day]
                day.row["urgent"] += 1
                _log.warning("the urgent message %s goes beyond the budget of %s", row["id"], one.budget.what)
            for one in new:
                day = days[one.budget.id, one.day]
                day.row["used"] += one.amount
                day.is_changed = True
                if day.row["used"] >= one.budget.limit * one.budget.warn_at and day.note("warned_at", now):
                    _log.warning("%s of the budget of %s is used", one.budget.show(day.row["used"]), one.budget.what)
                known = before.get((row["id"], one.budget.id))
                if known is not None:
                    given_back[one.budget.id, known["day"]] -= known["amount"]
                charged.append(
                    {
                        "message_id": row["id"],
                        "budget_id": one.budget.id,
                        "day": one.day,
                        "amount": one.amount,
                        "at": now,
                    }
                )
        tx.many(store.SAVE_DAY, [day.row for _, day in sorted(days.items()) if day.is_changed])
        tx.many(store.CHARGE, charged)
        _add(tx, given_back)
        changed = sorted({key[0] for key, day in days.items() if day.is_changed})
        touch(tx, TOPIC, *changed)
        return held

    def correct(self, tx: Transaction, changes: Sequence[MessageChange]) -> None:
        """Count messages with what Twilio reports of them, and no longer those that certainly did not go."""
        by_id = {change.id: change for change in changes if _says_more(change)}
        if not by_id:
            return
        charges = tx.all(store.CHARGES_OF, {"ids": as_list(sorted(by_id))})
        if not charges:
            return
        budgets = {row["id"]: Budget.of(row) for row in tx.all(store.EVERY)}
        amounts: Counter[tuple[str, str]] = Counter()
        for charge in sorted(charges, key=lambda row: (row["message_id"], row["budget_id"])):
            key = {"message_id": charge["message_id"], "budget_id": charge["budget_id"]}
            budget = budgets.get(charge["budget_id"])
            actual = 0 if budget is None else _actual(budget, by_id[charge["message_id"]], charge["amount"])
            if actual is None:
                tx.run(store.UNCHARGE, key)
                actual = 0
            elif actual != charge["amount"]:
                tx.run(store.CORRECT, {**key, "amount": actual})
            amounts[charge["budget_id"], charge["day"]] += actual - charge["amount"]
        _add(tx, amounts)
        touch(tx, TOPIC, *sorted({key[0] for key, amount in amounts.items() if amount}))

    def _whose(self, tx: Transaction, budgets: Sequence[Budget], rows: Sequence[Row]) -> Mapping[str, Whose]:
        if not any(budget.scope == "flow" for budget in budgets):
            return {}
        names = sorted({row["run_id"] for row in rows if row["run_id"] is not None})
        return self._flows(tx, names) if names else {}

    def _charges(self, row: Row, budgets: Sequence[Budget], whose: Mapping[str, Whose], now: float) -> Sequence[Charge]:
        price: int | None = None
        if any(budget.unit == "money" for budget in budgets):
            price = self._price(row)
        found = []
        for budget in budgets:
            of = whose.get(row["run_id"]) if row["run_id"] is not None else None
            target = {"all": "", "credential": row["credential_id"], "flow": of.flow if of is not None else None}
            if target[budget.scope] != budget.target:
                continue
            amount = budget.amount(row, price)
            if amount is not None:
                found.append(Charge(budget, budget.day(now), amount))
        return found


def _take_day(tx: Transaction, budget_id: str, day: str, budget: Budget) -> _Day:
    key = {"budget_id": budget_id, "day": day}
    row = tx.one(store.DAY_LOCKED, key)
    if row is None:
        tx.run(store.ADD_DAY, key)
        row = tx.one(store.DAY_LOCKED, key)
    assert row is not None
    return _Day(budget, dict(row))


def _add(tx: Transaction, amounts: Mapping[tuple[str, str], int]) -> None:
    # In one order, so that two who correct the same days never wait for each other crosswise.
    rows = [
        {"budget_id": budget_id, "day": day, "amount": amount}
        for (budget_id, day), amount in sorted(amounts.items())
        if amount
    ]
    tx.many(store.ADD_TO_DAY, rows)


def _is_urgent(row: Row) -> bool:
    return row["policy"] == "urgent" or row["purpose"] in URGENT_PURPOSES


def _says_more(change: MessageChange) -> bool:
    was, now = change.was, change.standing
    if was is None or now is None:
        return False
    if now.stage != "accepted":
        return was.stage != now.stage and now.stage not in UNDECIDED
    return (was.price, was.segments) != (now.price, now.segments)


def _actual(budget: Budget, change: MessageChange, counted: int) -> int | None:
    """What a message took of a budget by what is known now; ``None`` where it certainly did not go."""
    now = change.standing
    assert now is not None
    if now.stage == "unresolved":
        return counted
    if now.stage != "accepted":
        return None
    if budget.unit == "segments":
        return now.segments or counted
    if budget.unit == "money" and now.price is not None and (now.price_unit or "USD").upper() == budget.currency:
        return micros_of(now.price)
    return counted


def _held_by(budgets: Sequence[Budget], now: float) -> Hold:
    last = max(budgets, key=lambda budget: budget.next_day(now))
    until = last.next_day(now)
    when = f"It waits until {last.day(until)} 00:00 ({last.time_zone}), or until the budget is changed."
    return Hold(until, f"{_sentence(budgets[0])} {when}")


def _sentence(budget: Budget) -> str:
    return f"The budget of {budget.what} is reached: {budget.show(budget.limit)} a day."
