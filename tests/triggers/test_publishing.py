"""Which version is in force."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import Ringline
from ringline.errors import NotFoundError, RequestError
from ringline.simulator import Simulator
from triggers.conftest import flow, opened, publish, runs_of, written

EVERY_HOUR = {"type": "schedule", "every": "1h"}


async def labels(ringline: Ringline) -> list[tuple[int, str, str]]:
    return [(state.version, state.type, state.label) for state in await ringline.triggers.list()]


async def test_the_newest_versions_triggers_replace_those_before(ringline: Ringline) -> None:
    await publish(ringline, flow("shop", EVERY_HOUR, {"type": "inbound_message", "keyword": "HI"}))
    await publish(ringline, flow("shop", {"type": "inbound_message", "keyword": "HI"}, {"type": "api"}))

    assert await labels(ringline) == [(2, "inbound_message", "HI"), (2, "api", "api")]
    assert await ringline.triggers.versions() == {"shop": 2}


async def test_an_earlier_version_can_be_put_in_force_again(ringline: Ringline) -> None:
    await publish(ringline, flow("shop", EVERY_HOUR))
    await publish(ringline, flow("shop", {"type": "api"}))

    await ringline.workflows.publish("shop", 1)

    assert await labels(ringline) == [(1, "schedule", "every 3600s")]


async def test_a_version_that_is_only_registered_starts_nothing(ringline: Ringline) -> None:
    await ringline.workflows.register(flow("shop", EVERY_HOUR))

    assert await ringline.triggers.list() == []
    run = await ringline.workflows.start("shop", {"got": "x"})
    assert run.version == 1


async def test_runs_by_request_are_of_the_version_in_force(ringline: Ringline) -> None:
    await publish(ringline, flow("shop"))
    await ringline.workflows.register(flow("shop", inputs=["got", "more"]))

    assert (await ringline.workflows.start("shop", {})).version == 1
    assert (await ringline.workflows.start("shop", {}, version=2)).version == 2


async def test_nothing_starts_a_workflow_that_was_unpublished(ringline: Ringline) -> None:
    await publish(ringline, flow("shop", {"type": "inbound_message", "keyword": "HI"}, EVERY_HOUR))

    await ringline.workflows.unpublish("shop")

    assert await ringline.triggers.list() == []
    received = await ringline.inbound.receive(written("hi"))
    assert received.is_new
    with pytest.raises(RequestError, match="was unpublished"):
        await ringline.workflows.start("shop", {})
    assert await ringline.runs.list() == []
    await publish(ringline, flow("shop"))
    assert (await ringline.workflows.start("shop", {})).workflow == "shop"


async def test_what_was_never_published_cannot_be_unpublished(ringline: Ringline) -> None:
    await ringline.workflows.register(flow("shop"))

    with pytest.raises(NotFoundError, match="not published"):
        await ringline.workflows.unpublish("shop")
    with pytest.raises(NotFoundError, match="no workflow 'nothing'"):
        await ringline.workflows.unpublish("nothing")
    with pytest.raises(NotFoundError, match="version 7"):
        await ringline.workflows.publish("shop", 7)


async def test_a_schedule_goes_on_when_a_new_version_has_the_same(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("shop", EVERY_HOUR, {"type": "schedule", "cron": "0 9 * * *"}))
    before = [state.next_at for state in await ringline.triggers.list()]
    simulator.clock.step(600)

    await publish(ringline, flow("shop", EVERY_HOUR, {"type": "schedule", "cron": "0 9 * * *"}, inputs=["got", "x"]))

    assert [state.next_at for state in await ringline.triggers.list()] == before


async def test_a_cron_line_is_read_anew_when_the_workflows_zone_changes(ringline: Ringline) -> None:
    daily = {"type": "schedule", "cron": "0 9 * * *"}
    await publish(ringline, flow("shop", daily))
    [utc] = await ringline.triggers.list()
    await publish(ringline, flow("shop", daily, defaults={"timezone": "Asia/Tokyo"}))
    [tokyo] = await ringline.triggers.list()

    assert utc.next_at is not None
    assert tokyo.next_at is not None
    assert (utc.timezone, utc.next_at.hour, tokyo.timezone, tokyo.next_at.hour) == ("UTC", 9, "Asia/Tokyo", 0)


async def test_who_shares_a_keyword_is_told(ringline: Ringline) -> None:
    async def warnings(definition: dict[str, Any]) -> tuple[str, ...]:
        kept = await ringline.workflows.register(definition)
        return (await ringline.workflows.publish(kept.name)).warnings

    assert await warnings(flow("first", {"type": "inbound_message", "keyword": "Join"})) == ()
    [shared] = await warnings(flow("second", {"type": "inbound_message", "keywords": ["JOIN", "HELLO"]}))
    assert shared.startswith("`first` also takes the keyword `JOIN`")
    other = {"type": "inbound_message", "keyword": "JOIN", "to": "+15550002222"}
    assert await warnings(flow("third", other)) == ()


async def test_triggers_are_in_force_after_a_restart(database_url: str, simulator: Simulator) -> None:
    async with opened(database_url, simulator) as first:
        await publish(first, flow("shop", {"type": "inbound_message", "inputs": {"got": "{{trigger.body}}"}}))
    async with opened(database_url, simulator) as second:
        await second.inbound.receive(written("hello"))
        [run] = await runs_of(second, "shop", 1)

    assert run.outputs == [{"got": "hello"}]
