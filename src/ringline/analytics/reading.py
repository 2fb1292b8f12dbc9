"""Figures of a range: in total, bar by bar, by workflow, and the ways people took through one."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ringline.analytics import store
from ringline.analytics.measures import CALLS, COST, MESSAGE_OUTCOMES, RUNS_STARTED, VOICE

if TYPE_CHECKING:
    from ringline.analytics.ranges import Range
    from ringline.database import Database, Row, Transaction


@dataclass(frozen=True, slots=True)
class Filter:
    """Of which workflow, credential (its id) and channel; all where left out."""

    flow: str | None = None
    credential: str | None = None
    channel: str | None = None


@dataclass(frozen=True, slots=True)
class Series:
    """Amounts by measure: *bars* one for each bucket of the range, *totals* of it, *by_channel* costs by channel."""

    bars: Mapping[str, Sequence[int]]
    totals: Mapping[str, int]
    costs: Mapping[tuple[str, str], int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """How often a step, or a question, of one version was come to and how it was left."""

    version: int
    step: str
    amounts: Mapping[str, int]


class Reading:
    """Reads figures; never a message or a run."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def series(self, of: Range, where: Filter) -> Series:
        """The figures of a range."""
        return await self._database.read(lambda tx: _series(tx, of, where))

    async def with_before(self, of: Range, where: Filter) -> tuple[Series, Series]:
        """The figures of a range, and those of the one before it."""
        before = of.before()
        return await self._database.read(lambda tx: (_series(tx, of, where), _series(tx, before, where)))

    async def by_flow(self, of: Range) -> Mapping[str, Mapping[str, int]]:
        """Amounts by workflow and measure; nothing stands for what no workflow has to do with."""

        def read(tx: Transaction) -> dict[str, dict[str, int]]:
            found: dict[str, dict[str, int]] = defaultdict(dict)
            for row in tx.all(store.BY_FLOW, {"first": of.first, "last": of.last}):
                if row["amount"]:
                    found[row["flow"]][row["measure"]] = int(row["amount"])
            return dict(found)

        return await self._database.read(read)

    async def steps(self, flow: str, of: Range) -> Sequence[StepFigures]:
        """The steps of a workflow that were come to, and the questions of its conversations."""

        def read(tx: Transaction) -> Sequence[StepFigures]:
            found: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
            for row in tx.all(store.STEPS, {"flow": flow, "first": of.first, "last": of.last}):
                found[int(row["version"]), row["step"]][row["measure"]] += int(row["amount"])
            return [StepFigures(version, step, dict(amounts)) for (version, step), amounts in sorted(found.items())]

        return await self._database.read(read)

    async def rows(self, of: Range, where: Filter) -> Iterator[tuple[int, Row]]:
        """Every single figure, with the place of its bucket: for tables that others make of it."""
        found = await self._database.read(lambda tx: tx.all(store.EVERY_IN_RANGE, {"first": of.first, "last": of.last}))
        firsts = [bucket.first for bucket in of.buckets]
        return ((bisect_right(firsts, row["hour"]) - 1, row) for row in found if _is_in(row, where))


def _is_in(row: Row, where: Filter) -> bool:
    wanted = {"flow": where.flow, "credential": where.credential, "channel": where.channel}
    return all(value is None or row[name] == value for name, value in wanted.items())


def _series(tx: Transaction, of: Range, where: Filter) -> Series:
    found = store.series(
        tx, flow=where.flow, credential=where.credential, channel=where.channel, first=of.first, last=of.last
    )
    firsts = [bucket.first for bucket in of.buckets]
    bars: dict[str, list[int]] = {}
    totals: Counter[str] = Counter()
    costs: Counter[tuple[str, str]] = Counter()
    for hour, channel, measure, amount in found:
        bar = bars.get(measure)
        if bar is None:
            bar = bars[measure] = [0] * len(firsts)
        bar[bisect_right(firsts, hour) - 1] += amount
        totals[measure] += amount
        if measure.startswith(COST):
            costs[channel, measure] += amount
    return Series(bars, dict(totals), dict(costs))


def messages_in(amounts: Mapping[str, int]) -> int:
    """All messages of these amounts, whatever became of them."""
    return sum(amounts.get(name, 0) for name in MESSAGE_OUTCOMES)


def has_any(amounts: Mapping[str, int]) -> bool:
    """Whether anything at all has happened."""
    return bool(messages_in(amounts) or amounts.get(RUNS_STARTED) or any(name.startswith(CALLS) for name in amounts))


__all__ = ["VOICE", "Filter", "Reading", "Series", "StepFigures", "has_any", "messages_in"]
