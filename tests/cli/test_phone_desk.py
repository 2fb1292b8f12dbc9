"""The simulator's phones on the server's own address: one clock, calls with what was understood, saved scenarios."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from ringline.cli.dev import register_file
from ringline.cli.stage import Stage, stage
from ringline.settings import load_settings
from ringline.testing import run_scenarios

EXAMPLES = Path(__file__).parents[2] / "examples"
ANA, OFFICE, PRACTICE = "+14155550123", "+14155550199", "+14155550188"
VISIT = {
    "patientPhone": ANA,
    "patientName": "Ana",
    "doctorName": "Okafor",
    "appointmentAt": "2036-12-14T15:30:00-05:00",
}


@pytest.fixture
async def on(tmp_path: Path) -> AsyncIterator[Stage]:
    home = tmp_path / "home"
    settings = load_settings(home=home, database_url=f"sqlite:///{tmp_path / 'stage.db'}")
    async with stage(settings, origin="the test", simulator_database=tmp_path / "simulator.db") as found:
        yield found


async def begin(on: Stage, file: str, inputs: dict[str, Any]) -> str:
    name = await register_file(on.api, EXAMPLES / file)
    run = await on.api.post(f"/api/v1/workflows/{name}/runs", {"inputs": inputs})
    return str(run["id"])


async def ends(on: Stage, run_id: str) -> dict[str, Any]:
    run: dict[str, Any] = await on.api.get(f"/api/v1/runs/{run_id}", wait=20)
    assert run["status"] == "completed", run
    return run


async def until_live(on: Stage, what: str) -> dict[str, Any]:
    """The call on Ana's phone, once it has *what*: it is another thread's to happen."""
    async with asyncio.timeout(20):
        while True:
            phone: dict[str, Any] = await on.api.get(f"/_simulator/phones/{ANA}")
            live = phone["live"]
            if live is not None and (live["status"] == what or live.get(what)):
                return dict(live)
            await asyncio.sleep(0.02)


async def saved(on: Stage, folder: Path) -> tuple[dict[str, Any], str]:
    """What has happened, as a file; it is played once more, where no event loop runs."""
    found = await on.api.post("/_simulator/scenario", {"phone": ANA, "zone": "America/New_York"})
    assert found["plays"], found["why"]
    path = folder / found["file"]
    path.write_text(found["yaml"], encoding="utf-8")
    (result,) = await asyncio.to_thread(run_scenarios, path)
    assert result.is_ok, result.explain()
    return found, found["yaml"]


async def test_a_conversation_is_saved_as_a_scenario_that_plays(on: Stage, tmp_path: Path) -> None:
    run_id = await begin(on, "visit.yaml", VISIT)
    phone = on.simulator.handset(ANA)
    await phone.wait_for_message("Can you come?", timeout=20)
    await phone.reply("Sure, I'll be there")
    await phone.wait_for_message("See you then", timeout=20)
    await ends(on, run_id)

    found, text = await saved(on, tmp_path)
    assert found["file"] == "visit.saved.scenarios.yaml"
    assert '{reply: "Sure, I\'ll be there", from: "ana", to: "+15550001111"}' in text
    assert 'patientPhone: "{{ana.number}}"' in text
    assert "outputs: {comes: true}" in text


async def test_a_moved_clock_moves_the_product_as_well(on: Stage, tmp_path: Path) -> None:
    run_id = await begin(on, "visit.yaml", VISIT)
    await on.simulator.handset(ANA).wait_for_message("Can you come?", timeout=20)
    moved = await on.api.post("/_simulator/clock/jump", {"to": "tomorrow 23:30"})
    assert moved["product"] is True

    await ends(on, run_id)
    (told,) = on.simulator.handset(PRACTICE).inbox
    assert "no answer" in told.body
    # It was told when the four hours were over, not when the jump was.
    assert told.at - on.simulator.handset(ANA).inbox[0].at == pytest.approx(4 * 3600, abs=30)
    assert abs(on.ringline.clock.time() - on.simulator.clock.time()) < 1
    _, text = await saved(on, tmp_path)
    assert "within: " in text


async def test_a_call_shows_what_would_answer_and_what_was_understood(on: Stage, tmp_path: Path) -> None:
    run_id = await begin(on, "satisfaction-survey.yaml", {"phone": ANA, "office": OFFICE})
    live = await until_live(on, "ringing")
    await on.api.post(f"/_simulator/phones/{ANA}/react", {"do": "pick_up"})
    await until_live(on, "question")

    async def hearing() -> Any:
        return await on.api.get("/api/v1/phone/hearing", person=ANA, call=live["sid"])

    asked = (await hearing())["open"]
    assert (asked["question"], asked["type"]) == ("satisfaction_rating", "number")
    assert [one["text"] for one in asked["answers"]] == [str(value) for value in range(1, 11)]
    await on.api.post(f"/_simulator/handsets/{ANA}/say", {"text": "I'd say a nine", "all": True})
    async with asyncio.timeout(20):
        while (await hearing())["open"]["question"] != "testimonial_request":  # noqa: ASYNC110 - the API has no event for it
            await asyncio.sleep(0.02)
    await until_live(on, "question")
    await on.api.post(f"/_simulator/handsets/{ANA}/press", {"keys": "2"})
    run = await ends(on, run_id)
    assert run["outputs"][0]["rating"] == 9

    said, keyed = (await hearing())["heard"]
    assert (said["status"], said["value"], said["leads_to"]) == ("ok", 9, "testimonial_request")
    assert said["because"] == "contains 9 or 10"
    assert said["evidence"]
    assert (keyed["how"], keyed["value"]) == ("keypad", False)
    _, text = await saved(on, tmp_path)
    assert """{answer: "ana", with: ["I'd say a nine", {press: "2"}]""" in text


async def test_an_announcement_has_no_hearing_and_a_phone_without_story_none_to_save(on: Stage) -> None:
    async with aiohttp.ClientSession(headers={"Authorization": f"Bearer {token(on)}"}) as asks:
        async with asks.get(f"{on.url}/api/v1/phone/hearing", params={"person": ANA, "call": "CA0"}) as answer:
            assert (answer.status, await answer.json()) == (200, None)
        async with asks.post(f"{on.url}/_simulator/scenario", json={"phone": ANA}) as answer:
            assert answer.status == 404
            assert "No workflow has written" in (await answer.json())["detail"]


def token(on: Stage) -> str:
    from ringline.web.token import api_token

    return api_token(on.settings)


async def test_nobody_reaches_the_phones_without_signing_in(on: Stage) -> None:
    async with aiohttp.ClientSession() as nobody:
        for path in ("phones", "events", "clock"):
            async with nobody.get(f"{on.url}/_simulator/{path}") as answer:
                assert answer.status == 401
        async with nobody.post(f"{on.url}/_simulator/clock/freeze", json={}) as answer:
            assert answer.status == 401


async def test_the_simulator_alone_serves_the_phones_page() -> None:
    from ringline.cli.phone_desk import lone_phone
    from ringline.simulator import Simulator
    from ringline.web.ui import is_built

    async with Simulator(pages=lone_phone()) as simulator, aiohttp.ClientSession() as asks:
        async with asks.get(f"{simulator.base_url}/api/v1/me") as answer:
            assert (await answer.json())["alone"] is True
        async with asks.get(f"{simulator.base_url}/phone") as answer:
            assert answer.status == (200 if is_built() else 503)
            assert "script-src 'self'" in answer.headers["content-security-policy"]
        async with asks.get(f"{simulator.base_url}/phone", headers={"Host": "rebound.example"}) as answer:
            assert answer.status == 403
        async with asks.get(f"{simulator.base_url}/2010-04-01/Accounts/{simulator.account_sid}.json") as answer:
            assert answer.status == 401
