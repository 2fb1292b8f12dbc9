"""The pytest fixture: ``from ringline.testing import scenario`` in a ``conftest.py``, or the plugin of that name."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from ringline.testing.running import Result

    Play = Callable[..., list[Result]]


@pytest.fixture
def scenario(request: pytest.FixtureRequest) -> Play:
    """Plays a scenario file, whose path counts from the test's own folder, and fails with what happened instead.

    ``scenario("reminder.scenarios.yaml")`` plays all of its stories, ``only="says yes"`` those whose name holds that.
    """

    def play(path: str | Path, *, only: str | None = None) -> list[Result]:
        from ringline.testing.running import run_scenarios

        results = run_scenarios(Path(request.path).parent / path, only=only)
        if not results:
            pytest.fail(f"{path} has no scenario whose name contains {only!r}", pytrace=False)
        failed = [result for result in results if not result.is_ok]
        if failed:
            pytest.fail("\n\n".join(result.explain() for result in failed), pytrace=False)
        return results

    return play
