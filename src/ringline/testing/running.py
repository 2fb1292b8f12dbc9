"""Plays the scenarios of a file, each in a world of its own, and says how they ended."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from ringline.testing.moments import moment
from ringline.testing.playing import play
from ringline.testing.scenario_file import PlacedStep, Scenario, ScenarioFile, read_scenarios
from ringline.testing.story import Story, Unmet, one_line

if TYPE_CHECKING:
    from datetime import datetime

    from ringline.testing.pace import Pace


@dataclass(frozen=True, slots=True)
class Failure:
    """The step that did not come true: its line and text, why, and what happened instead, a line each."""

    line: int | None
    step: str
    reason: str
    instead: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Result:
    """How one scenario ended. *passed* seconds went by in it, in *took* seconds of the machine's time."""

    path: Path
    name: str
    passed: float
    took: float
    failure: Failure | None = None
    timeline: tuple[str, ...] = field(default=())

    @property
    def is_ok(self) -> bool:
        """Whether everything came as expected."""
        return self.failure is None

    def explain(self) -> str:
        """What went wrong, for people."""
        failure = self.failure
        if failure is None:
            return f"{self.name}: as expected"
        where = f"{self.path}:{failure.line}" if failure.line else str(self.path)
        lines = [f"{self.name}", f"  {where}: {failure.step}", f"  {failure.reason}", "  What happened instead:"]
        return "\n".join([*lines, *(f"    {line}" for line in failure.instead or ("nothing at all",))])


def run_scenarios(
    path: str | Path,
    *,
    only: str | None = None,
    speed: float | None = None,
    on_result: Callable[[Result], None] | None = None,
) -> list[Result]:
    """Play every scenario of a file, or those whose name contains *only*.

    With *speed* time is not virtual: while nothing happens the clock runs that many times as fast as the machine's,
    and what is due at a moment may come as late as the machine takes.

    Raises `DefinitionError` for a file, or a workflow of it, that has faults.
    """
    found = read_scenarios(Path(path))
    results = []
    for scenario, steps in found.stories:
        if only is not None and only.lower() not in scenario.name.lower():
            continue
        results.append(_run(found, scenario, steps, speed))
        if on_result is not None:
            on_result(results[-1])
    return results


def find_scenarios(places: Iterable[Path]) -> list[Path]:
    """Scenario files among *places*: files as they are, and of folders everything named ``*.scenarios.yaml``."""
    found: list[Path] = []
    for place in places:
        found.extend(sorted(place.rglob("*.scenarios.y*ml")) if place.is_dir() else [place])
    return found


def _run(file: ScenarioFile, scenario: Scenario, steps: list[PlacedStep], speed: float | None) -> Result:
    from ringline.testing.opening import in_a_world

    start = moment(scenario.starts_at or file.form.starts_at, ZoneInfo(file.form.timezone))

    async def tell(pace: Pace) -> Result:
        with tempfile.TemporaryDirectory(prefix="ringline-scenario-") as home:
            return await _tell(file, scenario, steps, pace, start, Path(home))

    return in_a_world(start, tell, speed=speed)


async def _tell(
    file: ScenarioFile,
    scenario: Scenario,
    steps: list[PlacedStep],
    pace: Pace,
    start: datetime,
    home: Path,
) -> Result:
    from ringline.testing.opening import world_of

    began = perf_counter()
    zone = ZoneInfo(file.form.timezone)
    async with world_of(pace, home=home, environment=file.form.environment) as world:
        for name in file.form.credentials:
            await world.add_credential(name)
        for path in file.workflows:
            await world.add(path)
        for name, text in file.form.definitions.items():
            await world.add_text(text, name=name)
        await world.add_people(file.form.people)
        world.begin()
        story = Story(world, file.form, zone)
        failure = await _play_all(story, scenario, steps)
        told = _lines(story)
        passed = pace.clock.time() - start.timestamp()
    return Result(file.path, scenario.name, passed, perf_counter() - began, failure, told)


async def _play_all(story: Story, scenario: Scenario, steps: list[PlacedStep]) -> Failure | None:
    since = story.world.clock.time()
    for step in steps:
        before = story.world.clock.time()
        try:
            await play(step.form, story)
        except Unmet as unmet:
            return Failure(step.line, step.text, str(unmet), tuple(_lines(story, since) + await _standing(story)))
        if story.world.clock.time() > before:
            since = before
    await story.world.land()
    left = story.unexpected()
    if left and scenario.unexpected == "fail":
        who = story.name_of(left[0].number)
        reason = f"{one_line(left[0].body)} reached {who} at {story.told(left[0].at)}, and no step expects it"
        return Failure(None, "at the end", reason, tuple(_lines(story) + await _standing(story)))
    calls = story.unexpected_calls()
    if calls and scenario.unexpected == "fail":
        who = story.name_of(calls[0].phone)
        reason = f"a call with {who} at {story.told(calls[0].created)} is expected by no step"
        return Failure(None, "at the end", reason, tuple(_lines(story) + await _standing(story)))
    return None


def _lines(story: Story, since: float = 0.0) -> tuple[str, ...]:
    return tuple(f"{story.told(entry.at)}  {entry.text}" for entry in story.timeline(since))


async def _standing(story: Story) -> tuple[str, ...]:
    """How the runs stand, for whoever wonders why nothing came."""
    runs = await story.world.ringline.runs.list(limit=10)
    return tuple(
        f"run of {run.workflow}: {run.status}" + (f", {run.error.message}" if run.error is not None else "")
        for run in reversed(runs)
    )
