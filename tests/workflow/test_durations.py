"""Durations are written with a unit; a bare number is refused."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ringline.workflow.durations import parse_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10s", 10), ("5m", 300), ("24h", 86_400), ("3d", 259_200), ("1h 30m", 5_400), ("1.5h", 5_400), ("250ms", 0.25),
        ("PT10S", 10), ("P3D", 259_200), ("P1DT2H", 93_600), ("PT0.5S", 0.5), ("P2W", 1_209_600),
    ],
)  # fmt: skip
def test_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        (5, "5 has no unit; write a duration as `30s`, `5m`, `24h` or `3d`"),
        (True, "True has no unit; write a duration as `30s`, `5m`, `24h` or `3d`"),
        ("5", "`5` is no duration; write for example `30s`, `5m`, `24h` or `3d`"),
        ("soon", "`soon` is no duration; write for example `30s`, `5m`, `24h` or `3d`"),
        ("-5m", "`-5m` is no duration; write for example `30s`, `5m`, `24h` or `3d`"),
        ("PT", "`PT` is no ISO 8601 duration; write for example `PT30S`, `PT24H` or `P3D`"),
        ("99999d", "`99999d` is longer than ten years"),
    ],
)
def test_what_is_no_duration_is_refused_in_words(value: Any, sentence: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(sentence)}$"):
        parse_duration(value)
