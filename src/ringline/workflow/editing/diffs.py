"""What differs between two texts of a definition: lines for those who read it, sentences for those who built it."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from ringline.errors import DefinitionError
from ringline.workflow.document import read_document
from ringline.workflow.editing.tree import is_same

CONTEXT = 3
_MOST_FIELDS = 4
_PARTS = {
    "name": "The name",
    "description": "The description",
    "defaults": "The defaults",
    "triggers": "What starts it",
    "inputs": "The inputs",
    "variables": "The variables",
    "outputs": "The outputs",
    "version": "The version of the language",
}


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line, with its number in the old and in the new text, from 1."""

    kind: Literal["same", "added", "removed"]
    text: str
    old: int | None
    new: int | None


@dataclass(frozen=True, slots=True)
class DiffSentence:
    """One thing that changed, for people."""

    kind: Literal["added", "removed", "changed", "renamed"]
    step: str | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Diff:
    """Hunks of lines with some around them, and what they mean. Both are empty where nothing differs."""

    lines: list[list[DiffLine]]
    summary: list[DiffSentence]


def diff_of(old: str, new: str) -> Diff:
    """What differs between two texts."""
    return Diff(_hunks(old.splitlines(), new.splitlines()), _summary(old, new))


def _hunks(old: list[str], new: list[str]) -> list[list[DiffLine]]:
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    hunks = []
    for group in matcher.get_grouped_opcodes(CONTEXT):
        lines: list[DiffLine] = []
        for tag, start, end, first, last in group:
            if tag == "equal":
                pairs = zip(range(start, end), range(first, last), strict=True)
                lines += [DiffLine("same", old[one], one + 1, other + 1) for one, other in pairs]
                continue
            lines += [DiffLine("removed", old[one], one + 1, None) for one in range(start, end)]
            lines += [DiffLine("added", new[one], None, one + 1) for one in range(first, last)]
        hunks.append(lines)
    return hunks


def _summary(old: str, new: str) -> list[DiffSentence]:
    try:
        before, after = read_document(old).data, read_document(new).data
    except DefinitionError:
        return [DiffSentence("changed", None, "The text changed; it cannot be read as a definition.")] * (old != new)
    found = _steps(_named(before.get("steps")), _named(after.get("steps")))
    for key, said in _PARTS.items():
        if key not in before and key in after:
            found.append(DiffSentence("added", None, f"{said} {'were' if said.endswith('s') else 'was'} added."))
        elif key in before and key not in after:
            found.append(DiffSentence("removed", None, f"{said} {'were' if said.endswith('s') else 'was'} removed."))
        elif not is_same(before.get(key), after.get(key)):
            found.append(DiffSentence("changed", None, f"{said} changed."))
    if not found and is_same(before, after) and old != new:
        found.append(DiffSentence("changed", None, "Only comments or the layout of the text changed."))
    elif not found and old != new:
        found.append(DiffSentence("changed", None, "The order of the steps changed."))
    return found


def _steps(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[DiffSentence]:
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    found = []
    for name in list(gone):
        twin = next((other for other in come if _is_twin(before[name], after[other])), None)
        if twin is not None:
            gone.remove(name)
            come.remove(twin)
            found.append(DiffSentence("renamed", twin, f"The step `{name}` is called `{twin}`."))
    for name, step in after.items():
        if name in come:
            found.append(DiffSentence("added", name, f"The step `{name}` ({step.get('type')}) was added."))
        elif name in before and not is_same(before[name], step):
            found.append(DiffSentence("changed", name, _what_changed(name, before[name], step)))
    found += [DiffSentence("removed", name, f"The step `{name}` was removed.") for name in gone]
    return found


def _what_changed(name: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    keys = [key for key in {**before, **after} if not is_same(before.get(key), after.get(key))]
    if keys == ["type"]:
        return f"The step `{name}` became `{after.get('type')}`."
    shown = ", ".join(f"`{key}`" for key in keys[:_MOST_FIELDS])
    more = f" and {len(keys) - _MOST_FIELDS} more" if len(keys) > _MOST_FIELDS else ""
    return f"The step `{name}` changed: {shown}{more}." if keys else f"The keys of `{name}` changed their order."


def _is_twin(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two steps are one under another name."""
    keys = {*one, *other} - {"name"}
    same = sum(is_same(one.get(key), other.get(key)) for key in keys)
    return one.get("type") == other.get("type") and same >= max(1, len(keys) - 1)


def _named(steps: Any) -> dict[str, Any]:
    found = {}
    for index, step in enumerate(steps if isinstance(steps, list) else []):
        if isinstance(step, dict):
            found[str(step.get("name") or f"steps[{index}]")] = step
    return found
