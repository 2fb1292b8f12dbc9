"""Values by their path: put, taken out, and merged so that what stays the same stays the very same object."""

from __future__ import annotations

import difflib
import json
from collections.abc import Sequence
from typing import Any

from ringline.errors import RequestError
from ringline.workflow.definition import OPTION_KEYS, TOP_LEVEL_KEYS
from ringline.workflow.editing.tree import is_same

_TOP_ORDER = ("version", "name", "description", "defaults", "triggers", "inputs", "variables", "steps", "outputs")
_FLOW_ORDER = ("response_mapping", "retry", "step_timeout", "join", "max_visits", "next_steps", "outcomes", "on_error")
assert set(_TOP_ORDER) == set(TOP_LEVEL_KEYS)
assert set(_FLOW_ORDER) == set(OPTION_KEYS)


def put_key(mapping: dict[str, Any], key: str, value: Any, order: Sequence[str]) -> None:
    """Set a key; a new one goes behind those that stand before it in *order*."""
    if key in mapping:
        mapping[key] = merged(mapping[key], value)
        return
    ranks = {name: rank for rank, name in enumerate(order)}
    keys = list(mapping)
    if key in ranks:
        # What nobody ranks stands with the fields, before the flow keys that `order` ends with.
        behind = [index for index, name in enumerate(keys) if ranks.get(name, -1) <= ranks[key]]
        place = behind[-1] + 1 if behind else 0
    else:
        ahead = [index for index, name in enumerate(keys) if name in _FLOW_ORDER]
        place = ahead[0] if ahead else len(keys)
    items = list(mapping.items())
    items.insert(place, (key, value))
    mapping.clear()
    mapping.update(items)


def put_top(data: dict[str, Any], key: str, value: Any) -> None:
    """Set one of the definition's own keys, in the order definitions have."""
    put_key(data, key, value, _TOP_ORDER)


def put_flow(step: dict[str, Any], key: str, value: Any) -> None:
    """Set one of a step's flow keys, behind its fields."""
    put_key(step, key, value, _FLOW_ORDER)


def put_field(step: dict[str, Any], key: str, value: Any, fields: Sequence[str]) -> None:
    """Set a field of a step; *fields* are those of its block in their order."""
    order = ["type", "name", *fields, *(name for name in _FLOW_ORDER if name not in fields)]
    put_key(step, key, value, order)


def put(target: Any, path: Sequence[str | int], value: Any) -> None:
    """Put *value* at *path* within *target*; mappings and lists on the way are made where there are none."""
    key, rest = path[0], path[1:]
    if isinstance(target, list):
        index = _index(target, key, len(target) + (0 if rest else 1))
        if index == len(target):
            target.append(value)
        elif rest:
            target[index] = _container(target[index], rest[0])
            put(target[index], rest, value)
        else:
            target[index] = merged(target[index], value)
        return
    if not isinstance(target, dict):
        raise _nowhere(path)
    name = str(key)
    if rest:
        target[name] = _container(target.get(name), rest[0])
        put(target[name], rest, value)
    else:
        target[name] = merged(target.get(name), value) if name in target else value


def take_out(target: Any, path: Sequence[str | int]) -> None:
    """Remove what stands at *path*; what is not there is no error, since two may remove the same."""
    key, rest = path[0], path[1:]
    if isinstance(target, list):
        index = _index(target, key, len(target))
        if rest:
            take_out(target[index], rest)
        else:
            del target[index]
    elif isinstance(target, dict) and str(key) in target:
        if rest:
            take_out(target[str(key)], rest)
        else:
            del target[str(key)]


def merged(old: Any, new: Any) -> Any:
    """*new*, as the old containers changed in place wherever they are of the same kind."""
    if isinstance(old, dict) and isinstance(new, dict):
        values = {key: merged(old[key], value) if key in old else value for key, value in new.items()}
        kept = [key for key in old if key in values]
        added = [key for key in new if key not in old]
        if [key for key in values if key in old] != kept and not added:
            values = {key: values[key] for key in kept}  # the order says nothing
        old.clear()
        old.update(values)
        return old
    if isinstance(old, list) and isinstance(new, list):
        old[:] = _merged_elements(old, new)
        return old
    return old if is_same(old, new) else new


def _merged_elements(old: list[Any], new: list[Any]) -> list[Any]:
    before, after = [_mark(value) for value in old], [_mark(value) for value in new]
    result: list[Any] = []
    matcher = difflib.SequenceMatcher(None, before, after, autojunk=False)
    for tag, start, end, first, last in matcher.get_opcodes():
        if tag == "equal":
            result += [merged(*pair) for pair in zip(old[start:end], new[first:last], strict=True)]
            continue
        # Elements in the place of as many others are those, changed.
        for offset, value in enumerate(new[first:last]):
            result.append(merged(old[start + offset], value) if start + offset < end else value)
    return result


def _mark(value: Any) -> str:
    """What tells an element of a list from the others: its id or name, else all of it."""
    if isinstance(value, dict):
        for key in ("id", "name"):
            if isinstance(value.get(key), str):
                return f"{key}={value[key]}"
    return json.dumps(value, sort_keys=True)


def _container(found: Any, key: str | int) -> Any:
    if isinstance(found, dict | list):
        return found
    return [] if isinstance(key, int) else {}


def _index(elements: list[Any], key: str | int, bound: int) -> int:
    if isinstance(key, str) and not key.isdigit():
        named = [i for i, element in enumerate(elements) if isinstance(element, dict) and element.get("name") == key]
        if named:
            return named[0]
    elif 0 <= int(key) < bound:
        return int(key)
    raise RequestError(
        f"there is no element `{key}` in this list, which has {len(elements)}",
        field="path",
        fix="load the draft again; somebody may have changed it",
        code="edit",
    )


def _nowhere(path: Sequence[str | int]) -> RequestError:
    return RequestError(
        f"nothing can be put at `{'.'.join(map(str, path))}`, because what stands there is a single value",
        field="path",
        fix="set that value itself",
        code="edit",
    )
