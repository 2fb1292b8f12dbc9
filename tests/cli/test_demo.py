from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cli.conftest import Process
from ringline.cli.application import run
from ringline.cli.demo import SCENES, examples_folder, play
from ringline.cli.dev import local_settings
from ringline.cli.exit_codes import ExitCode
from ringline.cli.stage import Stage, stage
from ringline.settings import load_settings


def test_demo_delivers_everything_and_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "--no-stay"]) == ExitCode.OK

    said = capsys.readouterr().out
    assert said.count("delivered  ") >= 3
    assert "[2 segments UCS-2, $0.01660]" in said
    assert "received    Sure, I'll be there" in said
    assert said.index("the run goes on") < said.index("Thank you, Sam. See you then!")
    assert "Tue May 19 15:00:00  ana gets: “Reminder: Dr. Lee tomorrow at 3:00 PM." in said
    assert "14.9 days in " in said
    assert "12 frames; for 11 of them the cooldown held the text back" in said
    assert "Detected during the last 5 minutes: 3 (person, person, forklift)." in said
    call = said[said.index("4. A call") : said.index("5. An interview")]
    assert call.index("is not reached: busy") < call.index("presses: “1”") < call.index("Thank you. See you then.")
    interview = said[said.index("5. An interview") :]
    assert "person  I'd say a nine" in interview
    assert "satisfaction_rating  9" in interview
    assert "→ testimonial_request  (contains 9 or 10)" in interview
    assert "improvement_feedback" not in interview
    assert "Every message was delivered, and every call was held to its end." in said


async def test_demo_tells_the_truth_about_what_was_not_delivered(
    own_home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its lines are read back from the API, so they change with what the carrier does."""
    settings = local_settings(load_settings(port=0), "demo")
    async with stage(settings, origin="a test") as on:
        on.simulator.carrier.undelivered = 1.0

        assert not await play(on, examples_folder())

    said = capsys.readouterr().out
    assert "undelivered" in said
    assert "30003" in said
    assert "Not everything went well: see above." in said


async def test_what_the_demo_does_is_in_the_figures_that_its_overview_shows(own_home: Path) -> None:
    settings = local_settings(load_settings(port=0), "demo")
    async with stage(settings, origin="a test") as on:
        assert await play(on, examples_folder())

        told = await on.api.get("/api/v1/messages", limit=50)
        async with asyncio.timeout(30):
            while not (shown := await _delivered(on)) >= len(told["items"]) > 0:
                await on.ringline.clock.sleep(0.05)

    assert shown == len(told["items"])


async def _delivered(on: Stage) -> int:
    figures = await on.api.get("/api/v1/figures", range="7d")
    return int(figures["totals"]["counts"].get("messages.delivered", 0))


def test_demo_that_is_interrupted_ends_without_a_traceback(start: Callable[..., Process]) -> None:
    demo = start("demo", "--no-stay")
    demo.wait_for("simulated Twilio")

    code, said = demo.stop()

    assert code == ExitCode.INTERRUPTED
    assert "Traceback" not in said


def test_every_scene_has_its_files() -> None:
    for scene in SCENES:
        assert (examples_folder() / scene.file).is_file()
        assert isinstance(json.loads((examples_folder() / scene.inputs_file).read_text()), dict)
