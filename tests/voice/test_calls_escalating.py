"""`flow/escalate@v1` on the phone: the call says the alert, and a key takes it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from ringline.clock import VirtualClock
from ringline.simulator import HangUp, Press, Silent, Simulator
from voice.installation import OURS, PHONE, Installation, installation

ANN, BOB, CAT = PHONE, "+14155550102", "+14155550103"


@pytest.fixture
async def house(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> AsyncIterator[Installation]:
    async with installation(tmp_path, database_url, simulator, clock) as running:
        yield running


async def alert(house: Installation, **fields: Any) -> Any:
    step = {
        "type": "flow/escalate@v1",
        "name": "alert",
        "contacts": [ANN, BOB],
        "channels": ["voice"],
        "message": "Fire in hall 3.",
        "wait_for": "20m",
        "from": OURS,
        **fields,
    }
    flow = {
        "version": "1.0",
        "name": "alerting",
        "inputs": [],
        "steps": [step],
        "outputs": [{"type": "JsonField", "name": "alert", "selector": "$steps.alert.*"}],
    }
    return (await house.ringline.workflow(flow).start({})).id


async def outcome(house: Installation, run_id: str, *, calls: int = 1) -> dict[str, Any]:
    """What came of it, after so many calls; time passes slowly until they are over, so that none misses its turn."""

    async def called_them() -> bool:
        over = [call for call in await house.ringline.calls.list() if call.is_over]
        return len(over) >= calls or (await house.ringline.runs.get(run_id)).finished_at is not None

    await house.until(called_them, step=0.5)

    async def over() -> Any:
        now = await house.ringline.runs.get(run_id)
        return now if now.finished_at is not None else None

    run = await house.until(over, step=5.0, within=3_600)
    assert run.status == "completed", run.error
    return dict(run.outputs[0]["alert"])


def called(house: Installation) -> list[str]:
    return [call.to for call in house.simulator.calls]


async def test_a_key_takes_the_alert_and_nobody_else_is_called(house: Installation) -> None:
    house.simulator.handset(ANN).answer([Press("1")])
    got = await outcome(house, await alert(house))
    assert (got["outcome"], got["acknowledged_by"], got["how"], got["level"]) == ("acknowledged", ANN, "call", 1)
    assert got["error"] is None
    assert called(house) == [ANN]

    async def thanked() -> bool:
        return "Thank you, it is yours." in house.heard()

    await house.until(thanked)
    assert house.heard()[:3] == ["Fire in hall 3.", "Fire in hall 3.", "Press 1 to take it."]


@pytest.mark.parametrize("reaction", ["busy", "no_answer", "fail"])
async def test_who_does_not_pick_up_is_passed_over_at_once(house: Installation, reaction: str) -> None:
    getattr(house.simulator.handset(ANN), reaction)()
    house.simulator.handset(BOB).answer([Press("1")])
    began = house.clock.time()
    got = await outcome(house, await alert(house), calls=2)
    assert (got["outcome"], got["acknowledged_by"], got["level"]) == ("acknowledged", BOB, 2)
    assert house.clock.time() - began < 1_200


async def test_who_picks_up_and_presses_nothing_has_until_the_end_of_the_level(house: Installation) -> None:
    house.simulator.handset(ANN).answer([Silent(), HangUp()])
    house.simulator.handset(BOB).answer([Press("5"), Press("1")])
    began = house.clock.time()
    got = await outcome(house, await alert(house, language="de", message="Feuer in Halle 3."))
    assert (got["outcome"], got["acknowledged_by"], got["level"]) == ("acknowledged", BOB, 2)
    assert house.clock.time() - began >= 1_200
    assert "Drücken Sie die 1, um zu übernehmen." in house.heard()


async def test_a_missed_call_is_repeated_after_the_wait_and_then_nobody_is_left(house: Installation) -> None:
    house.simulator.handset(ANN).busy()
    got = await outcome(house, await alert(house, contacts=[{"to": ANN, "repeat": 1}]))
    assert (got["outcome"], called(house)) == ("exhausted", [ANN, ANN])
    assert got["error"]["message"] == "Nobody acknowledged: 1 level, 2 alerts."
    assert [one["status"] for one in got["alerts"]] == ["busy", "busy"]


async def test_the_first_to_press_has_it_and_the_others_are_hung_up(house: Installation) -> None:
    house.simulator.handset(ANN).no_answer()
    house.simulator.handset(BOB).answer([Press("1")])
    got = await outcome(house, await alert(house, contacts=[[ANN, BOB]]))
    assert (got["acknowledged_by"], got["level"]) == (BOB, 1)
    mine = next(call for call in await house.ringline.calls.list() if call.to == ANN)
    assert (await house.ended(mine.id)).outcome == "canceled"
    theirs = next(call for call in await house.ringline.calls.list() if call.to == BOB)
    assert (await house.ended(theirs.id)).outcome == "acknowledged"


async def test_called_and_texted_at_once_either_way_takes_it(house: Installation) -> None:
    house.simulator.handset(ANN).answer([Press("1")])
    got = await outcome(house, await alert(house, channels=["sms", "voice"]))
    assert (got["how"], sorted(one["channel"] for one in got["alerts"])) == ("call", ["sms", "voice"])
    assert [message.body for message in house.simulator.handset(ANN).inbox] == ["Fire in hall 3."]


async def test_without_a_public_address_the_others_are_alerted_all_the_same(
    tmp_path: Path, database_url: str, simulator: Simulator, clock: VirtualClock
) -> None:
    async with installation(tmp_path, database_url, simulator, clock, is_public=False) as house:
        got = await outcome(house, await alert(house, contacts=[ANN, {"to": BOB, "channel": "sms", "wait_for": "1m"}]))
        assert (got["outcome"], [one["channel"] for one in got["alerts"]]) == ("exhausted", ["voice", "sms"])
        assert "Nobody can be alerted by a call" in got["alerts"][0]["status"]
