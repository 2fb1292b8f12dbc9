"""Budgets put between the outbox and what is known about prices, workflows and runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from ringline.analytics.budgets.spending import Spending
from ringline.analytics.measures import MICROS
from ringline.errors import RequestError
from ringline.ids import number_of_name
from ringline.messaging.prices import forecast
from ringline.phone_numbers import country_of

if TYPE_CHECKING:
    from ringline.app.counting import Rows
    from ringline.app.system import Ringline
    from ringline.database import Row, Transaction
    from ringline.outbox.budgets import Hold

CALL_PRICES: Mapping[str, Decimal] = {"US": Decimal("0.0140"), "CA": Decimal("0.0140")}
"""About what a minute of a call costs, from public lists of April 2026; of a call one minute is forecast."""


def keep_budgets(parts: Ringline, rows: Rows) -> None:
    """Have the gate ask the budgets, and budgets be told what things did cost."""
    spending = Spending(flows=rows.runs, price=expected_micros)

    def spend(tx: Transaction, about: Sequence[Row], now: float) -> Mapping[str, Hold]:
        held = spending.hold(tx, about, now)
        for row in about if held else ():
            run_id = row["run_id"]
            if row["id"] in held and run_id is not None and number_of_name("run", run_id) is not None:
                why = held[row["id"]].sentence
                parts.runs.note_in(tx, run_id, "message_held", step=row["step"], message=row["id"], why=why)
        return held

    parts.outbox.spend = spend
    parts.outbox.on_change.append(spending.correct)


def expected_micros(row: Row) -> int | None:
    """About what a message or a call costs, in millionths of a dollar; ``None`` where no price is on file."""
    if row["channel"] == "voice":
        price = CALL_PRICES.get(country_of(row["to"]) or "")
    else:
        try:
            price = forecast(row["to"], row["body"], channel=row["channel"], media=int(row["media"] is not None)).price
        except RequestError:
            price = None
    return None if price is None else int(price * MICROS)
