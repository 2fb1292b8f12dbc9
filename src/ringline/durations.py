"""Spans of time as authors write them: ``10s``, ``5m``, ``24h``, ``3d``, or ISO 8601 such as ``PT10S``."""

from __future__ import annotations

import re
from typing import Any

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|h|d|w)")
_SHORT = re.compile(r"\s*(?:\d+(?:\.\d+)?\s*(?:ms|s|m|h|d|w)\s*)+")
_ISO = re.compile(
    r"P(?:(?P<w>\d+(?:\.\d+)?)W)?(?:(?P<d>\d+(?:\.\d+)?)D)?"
    r"(?:T(?:(?P<h>\d+(?:\.\d+)?)H)?(?:(?P<m>\d+(?:\.\d+)?)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)
_LONGEST = 10 * 366 * 86400.0


def parse_duration(value: Any) -> float:
    """Seconds of a written duration; raises `ValueError` with a sentence that shows how to write one."""
    if isinstance(value, bool) or not isinstance(value, str):
        shown = f"{value:g}" if isinstance(value, int | float) and not isinstance(value, bool) else repr(value)
        raise ValueError(f"{shown} has no unit; write a duration as `30s`, `5m`, `24h` or `3d`")
    text = value.strip()
    if text[:1] == "P":
        found = _ISO.fullmatch(text)
        parts = {unit: number for unit, number in found.groupdict().items() if number} if found else {}
        if not parts:
            raise ValueError(f"`{value}` is no ISO 8601 duration; write for example `PT30S`, `PT24H` or `P3D`")
        seconds = sum(float(number) * _SECONDS[unit] for unit, number in parts.items())
    elif _SHORT.fullmatch(text):
        seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(text))
    else:
        raise ValueError(f"`{value}` is no duration; write for example `30s`, `5m`, `24h` or `3d`")
    if seconds > _LONGEST:
        raise ValueError(f"`{value}` is longer than ten years")
    return seconds
