"""When a webhook's request is another event, and when it is the same one come again."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import Ringline
from ringline.errors import NotFoundError
from ringline.simulator import Simulator
from ringline.triggers.published import PublishedTrigger
from ringline.triggers.webhooks import HookAnswer, HookRefusal, HookRequest
from triggers.conftest import flow, opened, publish, runs_of


def hook(**keys: Any) -> dict[str, Any]:
    return {"type": "webhook", "path": "new", "inputs": {"got": "{{trigger.body}}"}, **keys}


async def call(ringline: Ringline, body: str = "same", **headers: str) -> HookAnswer:
    published = await ringline.triggers.webhooks.find("shop", "new", "POST")
    assert isinstance(published, PublishedTrigger)
    answer = await ringline.triggers.webhooks.receive(published, HookRequest("POST", headers, "", body.encode()))
    assert isinstance(answer, HookAnswer)
    return answer


async def test_without_an_id_an_equal_request_is_the_same_event_for_a_while(
    ringline: Ringline, simulator: Simulator
) -> None:
    await publish(ringline, flow("shop", hook(repeat_after="10m")))

    first = await call(ringline)
    simulator.clock.step(599)
    again = await call(ringline)
    simulator.clock.step(1)
    later = await call(ringline)
    simulator.clock.step(599)
    later_again = await call(ringline)

    assert (first.is_new, again.is_new, later.is_new, later_again.is_new) == (True, False, True, False)
    assert first.run_id == again.run_id != later.run_id == later_again.run_id
    assert len(await runs_of(ringline, "shop", 2)) == 2


async def test_an_event_with_an_id_is_the_same_however_late_it_comes(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("shop", hook(event_id={"header": "X-Event"})))

    first = await call(ringline, **{"x-event": "e1"})
    simulator.clock.step(20 * 86_400)
    again = await call(ringline, "changed", **{"x-event": "e1"})

    assert first.run_id == again.run_id


async def test_it_is_the_same_after_a_restart_and_under_a_newer_version(
    database_url: str, simulator: Simulator
) -> None:
    async with opened(database_url, simulator) as first:
        await publish(first, flow("shop", hook()))
        before = await call(first)
    async with opened(database_url, simulator) as second:
        await publish(second, flow("shop", hook(), inputs=["got", "more"]))
        assert (await call(second)).run_id == before.run_id
        assert (await call(second, "other")).run_id != before.run_id


async def test_ids_that_no_database_keeps_are_told_apart_all_the_same(ringline: Ringline) -> None:
    await publish(ringline, flow("shop", hook(event_id={"header": "X-Event"})))
    odd = ["x" * 5000, "x" * 5001, "nul\0", "nul\0\0", "\ud800", "ok"]

    runs = [(await call(ringline, **{"x-event": event})).run_id for event in odd * 2]

    assert len(set(runs)) == len(odd)
    assert runs[: len(odd)] == runs[len(odd) :]


async def test_what_happened_long_ago_is_forgotten_but_for_the_last(ringline: Ringline, simulator: Simulator) -> None:
    await publish(ringline, flow("shop", hook(event_id={"header": "X-Event"})))
    for event in "abc":
        await call(ringline, **{"x-event": event})
    [state] = await ringline.triggers.list()
    simulator.clock.step(31 * 86_400)

    await ringline.triggers.tidy()

    assert [event.event_id for event in await ringline.triggers.events("shop", state.key)] == ["c"]


async def test_events_are_asked_for_by_what_a_person_calls_the_trigger(ringline: Ringline) -> None:
    word = {"type": "inbound_message", "keyword": ["ORDER", "BUY"], "inputs": {"got": "x"}}
    other = {"type": "inbound_message", "keyword": "PIZZA", "inputs": {"got": "y"}}
    await publish(ringline, flow("shop", hook(), word, other))
    await call(ringline)
    keys = {state.type: state.key for state in await ringline.triggers.list()}

    for name in ("new", "POST new", "webhook", keys["webhook"]):
        assert len(await ringline.triggers.events("shop", name)) == 1, name
    for name in ("ORDER or BUY", "ORDER", "BUY"):
        assert await ringline.triggers.events("shop", name) == []
    for name in ("inbound_message", "nwe"):  # the first is two triggers
        with pytest.raises(NotFoundError) as raised:
            await ringline.triggers.events("shop", name)
        assert str(raised.value) == f"the workflow 'shop' has no trigger {name!r}"
        assert f"{keys['webhook']} (POST new)" in raised.value.fix
    with pytest.raises(NotFoundError, match="'shp' has no trigger in force"):
        await ringline.triggers.events("shp", "new")


async def test_a_hook_without_its_secret_says_in_the_log_what_is_missing_and_once(
    ringline: Ringline, caplog: pytest.LogCaptureFixture
) -> None:
    await publish(ringline, flow("shop", hook(secret="NOT_SET_ANYWHERE")))
    published = await ringline.triggers.webhooks.find("shop", "new", "POST")
    assert isinstance(published, PublishedTrigger)

    for _ in range(3):
        answer = await ringline.triggers.webhooks.receive(published, HookRequest("POST", {}, "", b"x"))
        assert isinstance(answer, HookRefusal)
        assert answer.code == "hook_not_ready"

    said = [record.getMessage() for record in caplog.records if "NOT_SET_ANYWHERE" in record.getMessage()]
    why = "the variable NOT_SET_ANYWHERE is not set where this server runs"
    assert said == [f"the webhook new of shop was called and refused: {why}"]


async def test_a_workflow_that_changed_between_look_and_start_runs_in_the_version_in_force(ringline: Ringline) -> None:
    await publish(ringline, flow("shop", hook()))
    old = await ringline.triggers.webhooks.find("shop", "new", "POST")
    assert isinstance(old, PublishedTrigger)
    await publish(ringline, flow("shop", hook(), inputs=["got", "more"]))

    answer = await ringline.triggers.webhooks.receive(old, HookRequest("POST", {}, "", b"x"))

    assert isinstance(answer, HookAnswer)
    assert (await ringline.runs.get(answer.run_id)).version == 2
