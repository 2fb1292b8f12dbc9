"""How the keys of a question flow may be written: our names, and those of the interviews people have already."""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from ringline.interview.faults import FlowFault, listed

OTHER_NAMES = {
    "question": {
        "type": "expected_answer_type",
        "retries": "max_retries",
        "actions": "conditional_actions",
        "next": "next_question_id",
    },
    "action": {"next": "next_question_id", "message": "custom_message"},
}
"""What a key is also called; each of them in snake_case and in camelCase."""

_GUESSES = {
    "min": "minimum",
    "max": "maximum",
    "text": "question",
    "prompt": "question",
    "retry": "retries",
    "name": "id",
}


def camel(name: str) -> str:
    """`max_visits` as `maxVisits`."""
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def spellings_of(key: str, kind: str) -> tuple[str, ...]:
    """Every way in which a key may be written, the usual one first."""
    other = OTHER_NAMES.get(kind, {}).get(key)
    names = (key, other) if other else (key,)
    return tuple(dict.fromkeys(spelling for name in names for spelling in (name, camel(name))))


def keys_of(
    data: Mapping[str, Any], known: tuple[str, ...], *, kind: str, called: str, at: str
) -> tuple[dict[str, str], list[FlowFault]]:
    """For each key that is there, as which it is written; and the faults of keys there are not, or are twice."""
    written: dict[str, str] = {}
    faults: list[FlowFault] = []
    meant = {spelling: key for key in known for spelling in spellings_of(key, kind)}
    for spelling in data:
        key = meant.get(str(spelling))
        if key is None:
            faults.append(_unknown(str(spelling), meant, called, at))
        elif key in written:
            faults.append(
                FlowFault(
                    "error",
                    f"{at}.{spelling}",
                    f"{called} has both {listed((written[key], spelling))}, which are two spellings of one key.",
                    f"Keep one of them, for example `{written[key]}`.",
                )
            )
        else:
            written[key] = str(spelling)
    return written, faults


def as_written(data: Any, path: str) -> str:
    """A path in our names as one in those that *data* was written with."""
    steps, here, kind = [], data, "flow"
    for step in path.split("."):
        spelling = step
        if isinstance(here, Mapping):
            spelling = next((name for name in spellings_of(step, kind) if name in here), step)
            here = here.get(spelling)
        elif isinstance(here, list | tuple) and step.isdigit() and int(step) < len(here):
            here = here[int(step)]
        else:
            here = None
        kind = {"questions": "question", "actions": "action"}.get(step, kind)
        steps.append(spelling)
    return ".".join(steps)


def _unknown(spelling: str, meant: Mapping[str, str], called: str, at: str) -> FlowFault:
    guess = _GUESSES.get(spelling) or next(iter(get_close_matches(spelling, list(meant), 1, 0.7)), None)
    fix = f"Write `{guess}`, if that is meant, or remove it." if guess in meant else "Remove it."
    return FlowFault("error", f"{at}.{spelling}", f"{called} has no key `{spelling}`.", fix)
