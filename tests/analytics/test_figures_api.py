"""`/api/v1/figures` and `/api/v1/budgets`: ranges in a zone, filters, comparison, CSV, and what needs somebody."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ringline.analytics.ranges import range_of
from ringline.clock import VirtualClock
from ringline.errors import RequestError
from ringline.simulator import Simulator
from voice.installation import OURS, PHONE, Installation, installation

NOON = 1_767_268_800.0
"""1 January 2026, 12:00 UTC."""


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock, with_api=True) as running:
        yield running


async def get(house: Installation, path: str) -> Any:
    status, _, body = await house.ask("GET", f"/api/v1{path}")
    assert status == 200, body
    return body


async def sent(house: Installation, count: int = 1) -> None:
    for n in range(count):
        message = await house.ringline.messages.send(to=PHONE, from_=OURS, body=f"{n}")
        await house.ringline.outbox.wait(message.id, 20)
    await house.ringline.analytics.fold()


async def test_a_range_has_its_sums_its_bars_and_those_before(house: Installation) -> None:
    await sent(house, 2)
    house.clock.step(86_400.0)
    await sent(house)
    found = await get(house, "/figures?range=today")
    assert found["range"] | {"starts": None} == {
        "from": "2026-01-02",
        "to": "2026-01-02",
        "zone": "UTC",
        "by": "hour",
        "starts": None,
    }
    total = sum(amount for name, amount in found["totals"]["counts"].items() if name.startswith("messages."))
    before = sum(amount for name, amount in found["before"]["counts"].items() if name.startswith("messages."))
    assert (total, before) == (1, 2)
    assert len(found["range"]["starts"]) == 24
    bars = [bars for name, bars in found["series"].items() if name.startswith("messages.")]
    assert [sum(bar[hour] for bar in bars) for hour in (11, 12, 13)] == [0, 1, 0]
    week = await get(house, "/figures?range=7d")
    assert week["range"]["by"] == "day"
    assert sum(sum(bars) for name, bars in week["series"].items() if name.startswith("messages.")) == 3


async def test_filters_narrow_it_and_csv_has_a_line_for_each(house: Installation) -> None:
    await sent(house)
    assert (await get(house, "/figures?channel=whatsapp"))["totals"]["counts"] == {}
    assert (await get(house, "/figures?flow=other"))["totals"]["counts"] == {}
    assert (await get(house, "/figures?flow=&credential=main&channel=sms"))["totals"]["counts"]["segments"] == 1
    [flow] = await get(house, "/figures/flows")
    assert flow["flow"] == ""
    status, headers, body = await house.ask("GET", "/api/v1/figures/export?range=today&zone=Europe/Berlin")
    assert status == 200
    assert headers["Content-Disposition"] == 'attachment; filename="ringline-figures-2026-01-01-2026-01-01.csv"'
    rows = list(csv.DictReader(io.StringIO(body.decode())))
    assert {
        "from": "2026-01-01T13:00:00+01:00",
        "workflow": "",
        "credential": "main",
        "channel": "sms",
    }.items() <= rows[0].items()
    assert {row["measure"]: row["amount"] for row in rows}["segments"] == "1"


async def test_a_funnel_is_in_the_order_of_the_definition(house: Installation) -> None:
    definition = {
        "version": "1.0",
        "name": "funnel",
        "inputs": [],
        "outputs": [],
        "steps": [
            {"type": "twilio/sms@v1", "name": "z_first", "to": PHONE, "from": OURS, "message": "Hello"},
            {"type": "twilio/wait_for_reply@v1", "name": "a_second", "after": "$steps.z_first", "wait_for": "1h"},
        ],
    }
    run = await house.ringline.workflow(definition).start()

    async def waits() -> bool:
        events = await house.ringline.runs.history(run.id)
        return any(event.kind == "waiting" and event.step == "a_second" for event in events)

    await house.until(waits)
    await house.ringline.analytics.fold()
    found = await get(house, "/figures/funnel?flow=funnel")
    assert [(step["step"], step["reached"], step["done"], step["waiting"]) for step in found["steps"]] == [
        ("z_first", 1, 1, 0),
        ("a_second", 1, 0, 1),
    ]
    assert found["versions"] == [1]


async def test_what_needs_somebody_is_told(house: Installation) -> None:
    assert await get(house, "/figures/attention") == []
    status, _, made = await house.ask(
        "PUT", "/api/v1/budgets", json={"scope": "credential", "target": "main", "unit": "messages", "limit": "1"}
    )
    assert (status, made["target"], made["state"], made["used"]) == (200, "main", "ok", "0")
    await sent(house)
    held = await house.ringline.messages.send(to=PHONE, from_=OURS, body="more")

    async def is_held() -> bool:
        return (await house.ringline.messages.get(held.id)).stage == "held"

    await house.until(is_held)
    _, _, message = await house.ask("GET", f"/api/v1/messages/{held.id}")
    assert message["held_because"].startswith("The budget of this credential is reached: 1 message a day.")
    found = await get(house, "/figures/attention")
    assert {one["kind"]: (one["title"], one["link"]) for one in found} == {
        "held_by_budget": ("1 message held by a budget", "/messages?state=stage:held"),
        "budget": ("The budget of credential main is reached", "/settings/budgets"),
    }
    status, _, _ = await house.ask("DELETE", f"/api/v1/budgets/{made['id']}")
    assert status == 204
    assert (await house.ringline.outbox.wait(held.id, 20)).stage == "accepted"


async def test_who_wrote_and_was_not_read_is_told(house: Installation) -> None:
    house.simulator.connect(f"{house.url}/twilio/sms")
    await house.simulator.handset(PHONE).send("Are you there?", to=OURS)
    [told] = await get(house, "/figures/attention")
    assert (told["kind"], told["title"], told["link"]) == ("unread", "1 unread conversation", "/inbox?show=unread")


async def test_a_low_balance_is_told_with_its_age(house: Installation) -> None:
    await house.ringline.balances.look()
    [balance] = await get(house, "/budgets/balances")
    assert (balance["credential"], balance["currency"], balance["is_low"]) == ("main", "USD", False)
    house.ringline.settings = house.ringline.settings.with_changes("argument", low_balance=1e6)
    [told] = await get(house, "/figures/attention")
    assert told["kind"] == "balance"
    assert told["detail"].startswith("As of 2026-01-01 12:00 UTC.")


async def test_a_recount_says_how_much_there_is(house: Installation) -> None:
    await sent(house)
    before = await get(house, "/figures")
    status, _, body = await house.ask("POST", "/api/v1/figures/rebuild")
    assert (status, body["figures"] > 0) == (200, True)
    assert await get(house, "/figures") == before


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("range=custom", "from"),
        ("range=custom&from=2026-01-01&to=2025-01-01", "to"),
        ("range=custom&from=2020-01-01", "from"),
        ("zone=Mars", "zone"),
    ],
)
async def test_what_is_no_range_is_said_to_be_none(house: Installation, query: str, field: str) -> None:
    status, _, body = await house.ask("GET", f"/api/v1/figures?{query}")
    assert (status, body["field"]) == (422, field), body


def test_days_begin_at_midnight_of_their_zone_also_when_clocks_change() -> None:
    of = range_of("custom", now=NOON, zone="Europe/Berlin", since=_day("2025-10-25"), until=_day("2025-10-28"))
    assert [bucket.last - bucket.first for bucket in of.buckets] == [24, 25, 24, 24]
    assert of.before().last == of.first
    with pytest.raises(RequestError):
        range_of("year", now=NOON, zone="UTC")


def _day(text: str) -> Any:
    from datetime import date

    return date.fromisoformat(text)
