"""`/api/v1/figures`: what was sent, answered and spent in a range, and what needs somebody now."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from time import perf_counter
from typing import TYPE_CHECKING, Annotated, Literal

from fastapi import APIRouter, Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from ringline.analytics.measures import COST, DELIVERY_COUNT, DELIVERY_MS, money
from ringline.analytics.ranges import Range, range_of
from ringline.analytics.reading import Filter
from ringline.app.attention import Attention, look_for_attention
from ringline.csv_files import csv_text
from ringline.errors import DefinitionError, NotFoundError
from ringline.local_time import read_zone

if TYPE_CHECKING:
    from ringline.analytics.reading import Series, StepFigures
    from ringline.app import Ringline

Span = Literal["today", "7d", "30d", "custom"]
RangeName = Annotated[Span, Query(alias="range", description="`custom` needs `from`; without `to` it ends today.")]
Since = Annotated[date | None, Query(alias="from", description="First day of a custom range.")]
Until = Annotated[date | None, Query(alias="to", description="Last day of a custom range.")]
Zone = Annotated[str, Query(description="IANA name of the zone whose days these are.", max_length=64)]
Flow = Annotated[str | None, Query(description="Only of this workflow; empty for what none has to do with.")]
Credential = Annotated[str | None, Query(description="Only of this credential, by name or id.")]
Channel = Annotated[Literal["sms", "whatsapp", "voice"] | None, Query(description="Only of this channel.")]


class RangeOut(BaseModel):
    """Days of a zone, both inclusive, in bars of an hour or a day."""

    since: date = Field(serialization_alias="from")
    until: date = Field(serialization_alias="to")
    zone: str
    by: Literal["hour", "day"]
    starts: list[datetime] = Field(description="When each bar begins.")


class TotalsOut(BaseModel):
    """Sums of a range. Money is decimal text by currency."""

    counts: dict[str, int] = Field(description="Amounts by measure, such as `messages.delivered` or `calls.busy`.")
    cost: dict[str, str]
    delivery_seconds: float | None = Field(description="From sent to delivered, on average; as far as is known.")


class FiguresOut(BaseModel):
    """Figures of a range. `series` has a number for each bar by measure; costs there are in millionths."""

    range: RangeOut
    totals: TotalsOut
    before: TotalsOut = Field(description="Of the range of as many days before.")
    series: dict[str, list[int]]
    cost_by_channel: dict[str, dict[str, str]]
    as_of: datetime


class FlowFiguresOut(BaseModel):
    """Sums of one workflow; its name is empty for what no workflow has to do with."""

    flow: str
    totals: TotalsOut


class StepFiguresOut(BaseModel):
    """A step of a version: how often it was come to and left, and how many runs wait there now."""

    version: int
    step: str
    reached: int
    done: int
    failed: int
    waiting: int
    outcomes: dict[str, int]


class QuestionFiguresOut(BaseModel):
    """A question of a conversation. `left` are the people whose conversation ended at it without coming to its end."""

    version: int
    step: str
    question: str
    asked: int
    answered: int
    left: int


class FunnelOut(BaseModel):
    """The way through a workflow, in the order of its definition."""

    flow: str
    versions: list[int]
    steps: list[StepFiguresOut]
    questions: list[QuestionFiguresOut]


class RebuiltOut(BaseModel):
    """How many figures there are now, and how long it took."""

    figures: int
    seconds: float


def build(ringline: Ringline) -> APIRouter:
    """Routes over the figures of *ringline*."""
    router = APIRouter(prefix="/api/v1/figures", tags=["figures"])
    reading = ringline.analytics.reading

    def asked(span: str, zone: str, since: date | None, until: date | None) -> Range:
        return range_of(span, now=ringline.clock.time(), zone=zone, since=since, until=until)

    async def where(flow: str | None, credential: str | None, channel: str | None) -> Filter:
        if credential is not None and not credential.startswith("cred_"):
            credential = (await ringline.credentials.get(credential)).id
        return Filter(flow, credential, channel)

    @router.get("", operation_id="get_figures")
    async def get(
        span: RangeName = "7d",
        zone: Zone = "UTC",
        since: Since = None,
        until: Until = None,
        flow: Flow = None,
        credential: Credential = None,
        channel: Channel = None,
    ) -> FiguresOut:
        """The figures of a range, in total and bar by bar, beside those of the range before."""
        of = asked(span, zone, since, until)
        now, before = await reading.with_before(of, await where(flow, credential, channel))
        return FiguresOut(
            range=_range_out(of),
            totals=totals_out(now.totals),
            before=totals_out(before.totals),
            series={name: list(bars) for name, bars in sorted(now.bars.items())},
            cost_by_channel=_by_channel(now),
            as_of=datetime.fromtimestamp(ringline.clock.time(), of.buckets[0].start.tzinfo),
        )

    @router.get("/flows", operation_id="list_flow_figures")
    async def flows(
        span: RangeName = "7d", zone: Zone = "UTC", since: Since = None, until: Until = None
    ) -> list[FlowFiguresOut]:
        """The sums of each workflow in a range."""
        found = await reading.by_flow(asked(span, zone, since, until))
        return [FlowFiguresOut(flow=flow, totals=totals_out(amounts)) for flow, amounts in sorted(found.items())]

    @router.get("/funnel", operation_id="get_funnel")
    async def funnel(
        flow: Annotated[str, Query(description="The workflow.")],
        span: RangeName = "30d",
        zone: Zone = "UTC",
        since: Since = None,
        until: Until = None,
        version: Annotated[int | None, Query(ge=1, description="Only runs of this version.")] = None,
    ) -> FunnelOut:
        """How far runs of a workflow came, step by step, and how far people came in its conversations."""
        found = await reading.steps(flow, asked(span, zone, since, until))
        waiting = await ringline.analytics.waiting(flow)
        order = await _order(ringline, flow)
        versions = sorted({one.version for one in found if one.version} | {version for version, _ in waiting})
        if version is not None:
            found = [one for one in found if one.version == version]
            waiting = {key: count for key, count in waiting.items() if key[0] == version}
        return FunnelOut(
            flow=flow,
            versions=versions,
            steps=_steps_out(found, waiting, order),
            questions=[_question_out(one) for one in found if "/" in one.step],
        )

    @router.get("/attention", operation_id="list_attention")
    async def attention() -> list[Attention]:
        """What somebody should look at now, the most pressing first; nothing where all is well."""
        return await look_for_attention(ringline)

    @router.get("/export", operation_id="export_figures", response_class=StreamingResponse)
    async def export(
        span: RangeName = "7d",
        zone: Zone = "UTC",
        since: Since = None,
        until: Until = None,
        flow: Flow = None,
        credential: Credential = None,
        channel: Channel = None,
    ) -> StreamingResponse:
        """Every figure of a range as a CSV file: a line for each bar, workflow, credential, channel and measure."""
        of = asked(span, zone, since, until)
        rows = await reading.rows(of, await where(flow, credential, channel))
        names = {one.id: one.name for one in await ringline.credentials.list()}
        sums: Counter[tuple[int, str, str, str, str]] = Counter()
        for place, row in rows:
            by = names.get(row["credential"]) or row["credential"]
            sums[place, row["flow"], by, row["channel"], row["measure"]] += row["amount"]

        async def lines() -> AsyncIterator[str]:
            yield csv_text([["from", "workflow", "credential", "channel", "measure", "amount"]])
            for (place, *dimensions, measure), amount in sorted(sums.items()):
                if amount:
                    start = of.buckets[place].start.astimezone(read_zone(of.zone)).isoformat()
                    shown = money(amount) if measure.startswith(COST) else str(amount)
                    yield csv_text([[start, *dimensions, measure, shown]])

        name = f"ringline-figures-{of.since}-{of.until}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return StreamingResponse(lines(), media_type="text/csv; charset=utf-8", headers=headers)

    @router.post("/rebuild", operation_id="rebuild_figures")
    async def rebuild() -> RebuiltOut:
        """Count everything anew from the rows. Whoever changes something that is counted waits until it is done."""
        began = perf_counter()
        count = await ringline.analytics.rebuild()
        return RebuiltOut(figures=count, seconds=round(perf_counter() - began, 3))

    return router


def totals_out(amounts: Mapping[str, int]) -> TotalsOut:
    """Sums as others read them."""
    count = amounts.get(DELIVERY_COUNT, 0)
    hidden = (DELIVERY_COUNT, DELIVERY_MS)
    return TotalsOut(
        counts={
            name: amount
            for name, amount in sorted(amounts.items())
            if amount and name not in hidden and not name.startswith(COST)
        },
        cost={
            name.removeprefix(COST): money(amount)
            for name, amount in sorted(amounts.items())
            if amount and name.startswith(COST)
        },
        delivery_seconds=round(amounts.get(DELIVERY_MS, 0) / count / 1000, 2) if count else None,
    )


def _range_out(of: Range) -> RangeOut:
    return RangeOut(
        since=of.since, until=of.until, zone=of.zone, by=of.by, starts=[bucket.start for bucket in of.buckets]
    )


def _by_channel(series: Series) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for (channel, measure), amount in sorted(series.costs.items()):
        found.setdefault(channel, {})[measure.removeprefix(COST)] = money(amount)
    return found


async def _order(ringline: Ringline, flow: str) -> dict[str, int]:
    """The place of each step in the newest version."""
    try:
        newest = await ringline.workflows.get(flow)
        plan = ringline.workflows.plan_of(flow, newest.definition)
    except (NotFoundError, DefinitionError):
        return {}
    return {step.name: step.position for step in plan.steps}


def _steps_out(
    found: Sequence[StepFigures], waiting: Mapping[tuple[int, str], int], order: Mapping[str, int]
) -> list[StepFiguresOut]:
    by_step = {(one.version, one.step): one.amounts for one in found if "/" not in one.step}
    keys = sorted({*by_step, *waiting}, key=lambda key: (key[0], order.get(key[1], len(order)), key[1]))
    steps = []
    for version, step in keys:
        amounts, waits = by_step.get((version, step), {}), waiting.get((version, step), 0)
        done, failed = amounts.get("done", 0), amounts.get("failed", 0)
        outcomes = {
            name.removeprefix("outcome."): amount
            for name, amount in sorted(amounts.items())
            if name.startswith("outcome.") and amount
        }
        steps.append(
            StepFiguresOut(
                version=version,
                step=step,
                reached=done + failed + waits,
                done=done,
                failed=failed,
                waiting=waits,
                outcomes=outcomes,
            )
        )
    return steps


def _question_out(one: StepFigures) -> QuestionFiguresOut:
    step, _, question = one.step.partition("/")
    return QuestionFiguresOut(
        version=one.version,
        step=step,
        question=question,
        asked=one.amounts.get("asked", 0),
        answered=one.amounts.get("answered", 0),
        left=one.amounts.get("left", 0),
    )
