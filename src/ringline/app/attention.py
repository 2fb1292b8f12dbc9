"""What somebody should look at: what is not known, what failed, what is held back, what runs out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, Field

from ringline.ids import first_number
from ringline.outbox.budgets import BUDGET
from ringline.outbox.store import attention as store
from ringline.workflow.store import attention as run_store

if TYPE_CHECKING:
    from ringline.app.system import Ringline
    from ringline.database import Transaction

DAY = 86_400.0
BEHIND = 900.0
"""Seconds of work from which on a sender is called behind."""
MOST = 1_000
"""More of a kind are not counted."""

Kind = Literal[
    "unresolved",
    "unknown",
    "failed_runs",
    "held_by_budget",
    "budget",
    "balance",
    "sender_behind",
    "sender_paused",
    "unread",
]


class Attention(BaseModel):
    """One thing to look at. *level* says how pressing it is; *count* how many, at most 1,000; *ref* which."""

    kind: Kind
    level: Literal["bad", "wait"]
    title: str
    detail: str
    count: int = 1
    link: str = Field(description="The page on which it can be dealt with.")
    ref: str | None = None


async def look_for_attention(parts: Ringline) -> list[Attention]:
    """Everything there is to look at, the most pressing first."""
    now = parts.clock.time()
    counts = await parts.database.read(lambda tx: _counts(tx, now))
    found = [*_messages(counts), *_runs(counts["failed_runs"])]
    found += await _budgets(parts, counts["held"])
    parts.balances.look_soon()
    found += await _balances(parts)
    found += await _senders(parts, now)
    found += _unread(await parts.conversations.count_unread())
    return sorted(found, key=lambda one: one.level != "bad")


def _counts(tx: Transaction, now: float) -> dict[str, int]:
    def count(statement: object, **given: object) -> int:
        row = tx.one(statement, given)  # type: ignore[arg-type]
        return 0 if row is None else int(row["count"])

    return {
        "unresolved": count(store.UNRESOLVED, most=MOST),
        "unknown": count(store.UNKNOWN, most=MOST),
        "held": count(store.HELD, reason=BUDGET, most=MOST),
        "failed_runs": count(run_store.FAILED, began=first_number(at=now - 30 * DAY), since=now - DAY, most=MOST),
    }


def _messages(counts: dict[str, int]) -> list[Attention]:
    found = []
    if unresolved := counts["unresolved"]:
        found.append(
            Attention(
                kind="unresolved",
                level="bad",
                title=f"{_many(unresolved, 'message')} for you to settle",
                detail="Nobody can tell whether they went out. They are not sent again by themselves.",
                count=unresolved,
                link="/messages?state=stage:unresolved",
            )
        )
    if unknown := counts["unknown"]:
        found.append(
            Attention(
                kind="unknown",
                level="wait",
                title=f"{_many(unknown, 'message')} being looked up",
                detail="Twilio gave no answer; its list of messages is searched for them.",
                count=unknown,
                link="/messages?state=stage:unknown",
            )
        )
    return found


def _runs(failed: int) -> list[Attention]:
    if not failed:
        return []
    return [
        Attention(
            kind="failed_runs",
            level="bad",
            title=f"{_many(failed, 'run')} failed in the last 24 hours",
            detail="Each shows the step, the reason and what to do; it can be tried again from there.",
            count=failed,
            link="/runs?status=failed",
        )
    ]


def _unread(count: int) -> list[Attention]:
    if not count:
        return []
    return [
        Attention(
            kind="unread",
            level="wait",
            title=_many(count, "unread conversation"),
            detail="Somebody wrote, and nobody has read it here yet.",
            count=count,
            link="/inbox?show=unread",
        )
    ]


async def _budgets(parts: Ringline, held: int) -> list[Attention]:
    found = []
    if held:
        found.append(
            Attention(
                kind="held_by_budget",
                level="bad",
                title=f"{_many(held, 'message')} held by a budget",
                detail="They go when the day of the budget ends, or when it is changed.",
                count=held,
                link="/messages?state=stage:held",
            )
        )
    names = {one.id: one.name for one in await parts.credentials.list()}
    for state in await parts.budgets.list(days=1):
        budget, used = state.budget, state.today.used
        if state.warns and (used or state.today.stopped_at):
            target = names.get(budget.target) or budget.target
            whose = {"all": "everything", "flow": f"workflow {target}", "credential": f"credential {target}"}
            is_over = state.is_reached
            found.append(
                Attention(
                    kind="budget",
                    level="bad" if is_over and budget.stops else "wait",
                    title=f"The budget of {whose[budget.scope]} is {'reached' if is_over else 'nearly used'}",
                    detail=f"{budget.show(used)} of {budget.show(budget.limit)} today.",
                    link="/settings/budgets",
                    ref=budget.id,
                )
            )
    return found


async def _balances(parts: Ringline) -> list[Attention]:
    return [
        Attention(
            kind="balance",
            level="bad" if one.amount <= 0 else "wait",
            title=f"The balance of {one.name} is low: {one.amount:.2f} {one.currency}",
            detail=f"As of {one.as_of:%Y-%m-%d %H:%M} UTC. Below zero Twilio sends nothing more.",
            link="/settings/credentials",
            ref=one.name,
        )
        for one in await parts.balances.list()
        if one.is_low
    ]


async def _senders(parts: Ringline, now: float) -> list[Attention]:
    found = []
    for sender in await parts.outbox.senders.list():
        what = sender.address if sender.channel == "sms" else f"{sender.address} ({sender.channel})"
        if sender.paused_until is not None and sender.waiting:
            found.append(
                Attention(
                    kind="sender_paused",
                    level="wait",
                    title=f"{what} is paused with {_many(sender.waiting, 'message')} waiting",
                    detail=sender.paused_why or "Paused by hand.",
                    count=sender.waiting,
                    link="/senders",
                    ref=sender.address,
                )
            )
        elif sender.waiting and sender.finishes_at is not None and sender.finishes_at - now > BEHIND:
            minutes = round((sender.finishes_at - now) / 60)
            found.append(
                Attention(
                    kind="sender_behind",
                    level="wait",
                    title=f"{what} is {minutes:,} minutes behind",
                    detail=f"{_many(sender.waiting, 'message')} waiting at {sender.rate or 0:g} a second.",
                    count=sender.waiting,
                    link="/senders",
                    ref=sender.address,
                )
            )
    return found


def _many(count: int, what: str) -> str:
    shown = f"{count:,}{'+' if count >= MOST else ''}"
    return f"{shown} {what}{'' if count == 1 else 's'}"
