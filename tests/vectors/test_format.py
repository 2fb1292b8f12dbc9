"""The recorded notification texts, and each place where ours is better on purpose."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ringline.templating import render_notification
from vectors.values import case_id, cases, decode, difference

# (label, version) → what ours gives, and the weakness of the recorded behaviour that it mends.
MENDED: dict[tuple[str, int], tuple[Any, str]] = {
    ("injection", 1): ("{{ $parameters.b }} SECRET", "a value could pull in another parameter"),
    ("injection", 2): (("{{ $parameters.b }} SECRET", False), "a value could pull in another parameter"),
    ("trunc 1", 1): ("a", "a limit below 6 made the text longer"),
}


def message_of(case: dict[str, Any]) -> str:
    """The message; long ones were recorded as ``<1601 chars of 'y'>``."""
    written = re.fullmatch(r"<(\d+) chars of '(.)'>", case["message"])
    return written[2] * int(written[1]) if written else str(case["message"])


@pytest.mark.parametrize("case", cases("format.json"), ids=lambda case: f"{case_id(case)}-v{case['version']}")
def test_recorded_text(case: dict[str, Any]) -> None:
    actual = render_notification(
        message_of(case), decode(case["params"]), case["ops"], case["limit"], version=case["version"]
    )

    if mended := MENDED.get((case["label"], case["version"])):
        assert actual == mended[0]
        assert difference(actual, case["result"]) is not None, "as recorded after all: take it off the list"
    else:
        assert difference(actual, case["result"]) is None


def test_every_mended_case_was_recorded() -> None:
    assert set(MENDED) <= {(case["label"], case["version"]) for case in cases("format.json")}
