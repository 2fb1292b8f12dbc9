"""Budgets: they warn, hold until midnight in their zone, let go when they are changed, and let urgent messages pass."""

from __future__ import annotations

from typing import Any

import pytest

from ringline import Ringline
from ringline.errors import NotFoundError, RequestError
from ringline.simulator import Simulator

ANA = "+14155550123"
OURS = "+15550001111"
HOUR = 3600.0


async def send(ringline: Ringline, text: str = "hello", **changes: Any) -> str:
    message = await ringline.messages.send(**{"to": ANA, "from_": OURS, "body": text, **changes})
    return message.id


async def moved(ringline: Ringline, message_id: str, stage: str) -> Any:
    """The message once it is in that stage."""
    import asyncio

    async with asyncio.timeout(20):
        while (message := await ringline.messages.get(message_id)).stage != stage:  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.01)
    return message


async def test_what_goes_beyond_a_budget_waits_until_midnight_of_its_zone(
    ringline: Ringline, simulator: Simulator
) -> None:
    # It is noon in London, and six hours to midnight in Calcutta, five and a half before.
    state = await ringline.budgets.set("all", "", "messages", 2, time_zone="Asia/Kolkata")
    first, second = await send(ringline, "one"), await send(ringline, "two")
    for message_id in (first, second):
        await ringline.outbox.wait(message_id, 20)
    third = await send(ringline, "three")
    held = await moved(ringline, third, "held")
    assert held.held_because == (
        "The budget of everything is reached: 2 messages a day. "
        "It waits until 2026-01-02 00:00 (Asia/Kolkata), or until the budget is changed."
    )
    assert held.send_at.isoformat() == "2026-01-01T18:30:00+00:00"
    [found] = await ringline.budgets.list()
    assert (found.today.day, found.today.used, found.is_reached) == ("2026-01-01", 2, True)
    assert found.today.stopped_at == simulator.clock.time()
    assert found.budget.id == state.budget.id

    await simulator.advance(6.4 * HOUR)
    assert (await ringline.messages.get(third)).stage == "held"
    await simulator.advance(0.2 * HOUR)
    sent = await ringline.outbox.wait(third, 20)
    assert (sent.stage, sent.hold_reason, sent.hold_sentence) == ("accepted", None, None)
    [found] = await ringline.budgets.list()
    assert (found.today.day, found.today.used) == ("2026-01-02", 1)
    assert [day.used for day in found.history] == [1, 2]


async def test_it_warns_once_when_its_share_is_used(ringline: Ringline, caplog: pytest.LogCaptureFixture) -> None:
    await ringline.budgets.set("all", "", "messages", 10, warn_at=0.2)
    for n in range(4):
        await ringline.outbox.wait(await send(ringline, f"{n}"), 20)
    [found] = await ringline.budgets.list()
    assert found.warns
    assert not found.is_reached
    assert len([record for record in caplog.records if "is used" in record.message]) == 1


async def test_one_that_only_warns_holds_nothing(ringline: Ringline) -> None:
    await ringline.budgets.set("all", "", "messages", 1, stops=False)
    for n in range(3):
        assert (await ringline.outbox.wait(await send(ringline, f"{n}"), 20)).stage == "accepted"
    [found] = await ringline.budgets.list()
    assert (found.today.used, found.today.stopped_at) == (3, None)


@pytest.mark.parametrize("how", ["raised", "removed"])
async def test_what_is_held_goes_when_the_budget_is(ringline: Ringline, how: str) -> None:
    state = await ringline.budgets.set("all", "", "messages", 0)
    waiting = await send(ringline)
    await moved(ringline, waiting, "held")
    if how == "raised":
        assert (await ringline.budgets.set("all", "", "messages", 1)).budget.id == state.budget.id
    else:
        await ringline.budgets.remove(state.budget.id)
    assert (await ringline.outbox.wait(waiting, 20)).stage == "accepted"


async def test_an_urgent_message_passes_and_is_counted(ringline: Ringline) -> None:
    await ringline.budgets.set("all", "", "messages", 0)
    assert (await ringline.outbox.wait(await send(ringline, purpose="emergency"), 20)).stage == "accepted"
    [found] = await ringline.budgets.list()
    assert (found.today.used, found.today.urgent) == (1, 1)


async def test_money_is_forecast_and_corrected_by_what_twilio_reports(ringline: Ringline, simulator: Simulator) -> None:
    await ringline.budgets.set("credential", (await ringline.credentials.get("main")).id, "money", "1.00")
    message = await send(ringline)
    await ringline.outbox.wait(message, 20)
    [found] = await ringline.budgets.list()
    assert found.today.used == 8_300
    await ringline.database.write(
        lambda tx: tx.run(_text("UPDATE budget_days SET used = 9999999"))  # as if the forecast had been far too high
    )
    await ringline.database.write(lambda tx: tx.run(_text("UPDATE budget_charges SET amount = 9999999")))
    held = await send(ringline, "too much")
    await moved(ringline, held, "held")
    await simulator.advance(2 * HOUR)
    await ringline.outbox.wait(message, 20, for_delivery=True)
    await simulator.advance(2 * HOUR)
    price = (await ringline.messages.get(message)).price
    assert price is not None
    [found] = await ringline.budgets.list()
    assert found.today.used == -round(float(price) * 1_000_000)


async def test_what_did_not_go_is_not_counted(ringline: Ringline) -> None:
    await ringline.budgets.set("all", "", "segments", 10)
    failed = await send(ringline, "x" * 300, to="+15005550001")
    assert (await ringline.outbox.wait(failed, 20)).stage == "failed"
    assert [state.today.used for state in await ringline.budgets.list()] == [0]
    await ringline.outbox.wait(await send(ringline, "x" * 300), 20)
    assert [state.today.used for state in await ringline.budgets.list()] == [2]


async def test_a_budget_of_one_workflow_leaves_others_alone_and_is_told_in_the_run(ringline: Ringline) -> None:
    def texts(name: str) -> Any:
        steps = [{"type": "twilio/sms@v1", "name": "hello", "to": ANA, "from": OURS, "message": name}]
        return ringline.workflow({"version": "1.0", "name": name, "inputs": [], "outputs": [], "steps": steps})

    await ringline.budgets.set("flow", "offers", "messages", 0)
    greets = await texts("greetings").start()
    offers = await texts("offers").start()
    await greets.result(20)
    [message] = [one for one in await ringline.messages.list() if one.run_id == offers.id]
    await moved(ringline, message.id, "held")
    [told] = [event for event in await ringline.runs.history(offers.id) if event.kind == "message_held"]
    assert (told.step, told.details["message"]) == ("hello", message.id)
    assert told.details["why"].startswith("The budget of the workflow offers is reached: 0 messages a day.")


async def test_what_expires_while_it_is_held_says_why(ringline: Ringline, simulator: Simulator) -> None:
    await ringline.budgets.set("all", "", "messages", 0)
    waiting = await send(ringline, validity_seconds=60)
    await moved(ringline, waiting, "held")
    await simulator.advance(2 * HOUR)
    message = await moved(ringline, waiting, "failed")
    assert "expired before it could be sent. The budget of everything is reached" in message.error.message


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (("some", "", "money", 1), "there is no scope"),
        (("all", "", "coins", 1), "there is no unit"),
        (("all", "", "messages", 1.5), "is no limit in messages"),
        (("all", "", "money", "much"), "is no limit in money"),
        (("all", "", "money", -1), "is no limit in money"),
    ],
)
async def test_what_is_no_budget_is_said_to_be_none(ringline: Ringline, given: Any, said: str) -> None:
    with pytest.raises(RequestError, match=said):
        await ringline.budgets.set(*given)
    with pytest.raises(RequestError, match="is not a time zone"):
        await ringline.budgets.set("all", "", "money", 1, time_zone="Mars")
    with pytest.raises(NotFoundError):
        await ringline.budgets.remove("bud_none")


def _text(statement: str) -> Any:
    from sqlalchemy import text

    return text(statement)
