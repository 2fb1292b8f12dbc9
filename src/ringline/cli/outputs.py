"""A run's outputs in a terminal."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ringline.cli.terminal import plain, say, say_table

_WIDTH = 1_000


def say_outputs(outputs: Sequence[Mapping[str, Any]]) -> None:
    """One element as a list of names and values, a batch as a table with a row per element."""
    if len(outputs) == 1:
        width = max((len(name) for name in outputs[0]), default=0) + 2
        for name, value in outputs[0].items():
            say(f"{name:<{width}}{_text(value)}")
        return
    names = list(dict.fromkeys(name for element in outputs for name in element))
    say_table(
        ("#", *names),
        [(position, *(_text(element.get(name)) for name in names)) for position, element in enumerate(outputs, 1)],
        empty="The workflow gave no outputs.",
        numbers=(0,),
    )


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(plain(value), ensure_ascii=False, default=repr)
    return text if len(text) <= _WIDTH else text[: _WIDTH - 1] + "…"
