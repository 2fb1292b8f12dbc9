"""Processes killed everywhere, a sample of it: ``make test-kill CASES=2000 SEED=1`` kills more, and prints where."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TESTS = Path(__file__).parent.parent
WITHIN = 290.0
pytestmark = pytest.mark.timeout(300)

Run = Callable[..., dict[str, Any]]


@pytest.fixture
def kill(tmp_path: Path) -> Run:
    """Runs the harness in a process of its own, since it forks; gives its results and what it printed."""

    def run(*options: str) -> dict[str, Any]:
        found = tmp_path / "results.json"
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, (str(TESTS), os.getenv("PYTHONPATH"))))}
        done = subprocess.run(
            [sys.executable, "-m", "kill", "--json", str(found), *options],
            cwd=TESTS,
            env=environment,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
        assert found.exists(), done.stdout + done.stderr
        return {**json.loads(found.read_text()), "status": done.returncode, "printed": done.stdout + done.stderr}

    return run


# A case on Postgres, with two workers and its server, takes six times as long.
@pytest.mark.parametrize(("database", "strikes"), [("sqlite", 4), ("postgresql", 2)])
def test_whatever_is_killed_everything_is_sent_once_and_every_run_ends_as_without(
    kill: Run, database: str, strikes: int
) -> None:
    results = kill("--cases", str(15 * strikes), "--databases", database, "--strikes", str(strikes))

    assert results["status"] == 0, results["printed"]
    struck = [one for one in results["results"] if one["point"] is not None]
    assert len(struck) >= 14 * strikes
    assert all(one["reached"] for one in struck)
    assert len({one["story"] for one in struck}) == 15


@pytest.mark.parametrize(
    ("mutation", "telling", "trouble", "points", "words"),
    [
        ("resend_after_time_out", "0", "201 lost", "Drains", "went out twice"),
        ("forget_claims", "0", "none", "Twilio POST", "went out twice"),
        ("last_callback_wins", "0", "callbacks twice and reordered", "Drains", "was reported"),
        ("start_without_key", "4", "none", "Starts", "and without the kill"),
        ("tell_no_run", "4", "none", "Drains", "nothing goes on"),
    ],
)
def test_a_product_that_breaks_the_rules_is_found_out(
    kill: Run, mutation: str, telling: str, trouble: str, points: str, words: str
) -> None:
    """Else the test above could not fail."""
    results = kill(
        *("--databases", "sqlite", "--lanes", "1", "--cases", "4", "--strikes", "4"),
        *("--mutation", mutation, "--tellings", telling, "--trouble", trouble, "--points", points),
    )

    assert results["status"] == 1
    failures = [failure for one in results["results"] for failure in one["failures"]]
    assert any(words in failure for failure in failures), results["printed"]


def test_a_failure_names_how_to_see_it_again(kill: Run) -> None:
    failing = ("--databases", "sqlite", "--mutation", "forget_claims")
    where = "sqlite|0|Twilio POST Messages: written|1|9"
    results = kill(*failing, "--only", where)
    assert f"--only '{where}'" in results["printed"]
    [*_, again] = results["results"]
    assert (again["point"], again["reached"], again["failures"] != []) == ("Twilio POST Messages: written", True, True)


def test_a_point_that_is_never_reached_is_a_failure(kill: Run) -> None:
    results = kill("--only", "sqlite|0|no such point|1|9")

    assert results["status"] == 1
    assert "its point was not reached" in results["printed"]


def test_points_that_nothing_comes_by_are_a_failure(kill: Run) -> None:
    results = kill("--databases", "sqlite", "--lanes", "1", "--cases", "1", "--tellings", "0", "--points", "no such")

    assert results["status"] == 1
    assert "No process was killed" in results["printed"]
