"""`/api/v1/budgets`: limits by the day on what is sent and spent, and how much of them is used."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from ringline.analytics.measures import money
from ringline.clock import utc

if TYPE_CHECKING:
    from ringline.analytics.budgets.budget import BudgetState
    from ringline.app import Ringline

Scope = Literal["all", "flow", "credential"]
BudgetId = Annotated[str, Path(description="The budget's id.")]
Unit = Literal["money", "messages", "segments", "calls"]


class BudgetIn(BaseModel):
    """A budget to be set; the one there is for the same scope, target and unit is changed."""

    model_config = ConfigDict(extra="forbid", strict=True)

    scope: Scope = Field(default="all", description="Of everything, of one workflow, or of one credential.")
    target: str | None = Field(
        default=None, max_length=200, description="The workflow's name, or the credential's name or id."
    )
    unit: Unit = "money"
    limit: str | int | float = Field(description="How much a day; 0 lets nothing pass.", examples=["12.50"])
    currency: str = Field(default="USD", min_length=3, max_length=3, description="Of money.")
    warn_at: float = Field(default=0.8, gt=0, le=1, description="The share of it from which on a warning is shown.")
    stops: bool = Field(default=True, description="Hold what goes beyond it until the next day, rather than only warn.")
    time_zone: str = Field(default="UTC", max_length=64, description="IANA name of the zone whose days count.")


class BudgetDayOut(BaseModel):
    """What was used in one day."""

    day: str
    used: str
    warned_at: datetime | None
    stopped_at: datetime | None = Field(description="When it first held something back.")
    urgent: int = Field(description="Urgent messages that went beyond it.")


class BudgetOut(BaseModel):
    """A budget with today's use."""

    id: str
    scope: Scope
    target: str | None
    unit: Unit
    currency: str
    limit: str
    warn_at: float
    stops: bool
    time_zone: str
    used: str
    share: float = Field(description="Used today, as a part of the limit.")
    state: Literal["ok", "warning", "reached"]
    resets_at: datetime
    urgent: int
    days: list[BudgetDayOut]
    updated_at: datetime


class BalanceOut(BaseModel):
    """What was left on the account of a credential when it was last asked for."""

    credential: str
    amount: str
    currency: str
    is_low: bool
    as_of: datetime


def build(ringline: Ringline) -> APIRouter:
    """Routes over the budgets of *ringline*."""
    router = APIRouter(prefix="/api/v1/budgets", tags=["budgets"])
    budgets = ringline.budgets

    async def names() -> dict[str, str]:
        return {one.id: one.name for one in await ringline.credentials.list() if one.name is not None}

    @router.get("", operation_id="list_budgets")
    async def list_all() -> list[BudgetOut]:
        """All budgets, with how much of each is used today."""
        known = await names()
        return [_out(state, known) for state in await budgets.list()]

    @router.put("", operation_id="set_budget")
    async def put(body: BudgetIn) -> BudgetOut:
        """Set a budget. What budgets hold back is looked at anew at once."""
        target = body.target or ""
        if body.scope == "credential":
            target = (await ringline.credentials.get(body.target)).id
        elif body.scope == "flow":
            target = (await ringline.workflows.get(target)).name
        state = await budgets.set(
            body.scope,
            target,
            body.unit,
            body.limit,
            currency=body.currency,
            warn_at=body.warn_at,
            stops=body.stops,
            time_zone=body.time_zone,
        )
        return _out(state, await names())

    @router.get("/balances", operation_id="list_balances")
    async def balances() -> list[BalanceOut]:
        """What is left on the accounts, as of when Twilio was last asked; that is done every few hours."""
        return [
            BalanceOut(
                credential=one.name, amount=str(one.amount), currency=one.currency, is_low=one.is_low, as_of=one.as_of
            )
            for one in await ringline.balances.list()
        ]

    @router.get("/{budget}", operation_id="get_budget")
    async def get(budget: BudgetId) -> BudgetOut:
        """One budget."""
        return _out(await budgets.get(budget), await names())

    @router.delete("/{budget}", operation_id="remove_budget", status_code=204)
    async def delete(budget: BudgetId) -> None:
        """Remove a budget. What it held back goes, unless another holds it."""
        await budgets.remove(budget)

    return router


def _out(state: BudgetState, names: dict[str, str]) -> BudgetOut:
    budget, today = state.budget, state.today

    def shown(amount: int) -> str:
        return money(amount) if budget.unit == "money" else str(amount)

    resets_at, updated_at = utc(state.resets_at), utc(budget.updated_at)
    assert resets_at is not None
    assert updated_at is not None
    return BudgetOut(
        id=budget.id,
        scope=budget.scope,
        target=names.get(budget.target, budget.target) or None,
        unit=budget.unit,
        currency=budget.currency,
        limit=shown(budget.limit),
        warn_at=budget.warn_at,
        stops=budget.stops,
        time_zone=budget.time_zone,
        used=shown(today.used),
        share=round(today.used / budget.limit, 4) if budget.limit else float(bool(today.used)),
        state="reached" if state.is_reached else "warning" if state.warns else "ok",
        resets_at=resets_at,
        urgent=today.urgent,
        days=[
            BudgetDayOut(
                day=day.day,
                used=shown(day.used),
                warned_at=utc(day.warned_at),
                stopped_at=utc(day.stopped_at),
                urgent=day.urgent,
            )
            for day in state.history
        ],
        updated_at=updated_at,
    )
