"""The ways between steps as an editor draws them, written in the keys of the language.

A way out of a step has a name: None is `next_steps`, ``on_error`` is what its name says, a case of a
`roboflow_core/switch_case` is called by its value (and ``default``), and all others are the block's outcomes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ringline.errors import RequestError
from ringline.workflow.block_fields import FieldSpec
from ringline.workflow.editing.fields import put_field, put_flow
from ringline.workflow.registry import BlockSpec
from ringline.workflow.selectors import parse_target

ON_ERROR = "on_error"
DEFAULT = "default"


def connect(step: dict[str, Any], spec: BlockSpec | None, outcome: str | None, target: str, *, in_lists: bool) -> None:
    """Lead from *step* to the step *target*; *in_lists* says whether the text writes one target as a list of one."""
    own = _own_field(spec, outcome)
    selector = f"$steps.{target}"
    if own is not None:
        _connect_field(step, spec, own, outcome, selector)
        return
    if outcome is None:
        put_flow(step, "next_steps", _with(step.get("next_steps"), selector, in_lists))
    elif outcome == ON_ERROR:
        put_flow(step, ON_ERROR, _with(step.get(ON_ERROR), selector, in_lists))
    else:
        outcomes = step.get("outcomes")
        if not isinstance(outcomes, dict):
            put_flow(step, "outcomes", {outcome: _with(None, selector, in_lists)})
        else:
            outcomes[outcome] = _with(outcomes.get(outcome), selector, in_lists)


def disconnect(step: dict[str, Any], spec: BlockSpec | None, outcome: str | None, target: str) -> bool:
    """Take the way to *target* out; False where there is none."""
    own = _own_field(spec, outcome)
    if own is not None:
        return _without_in(step, own.key if own.key in step else own.name, outcome, target, keeps=own.is_required)
    if outcome is None:
        return _without_in(step, "next_steps", None, target)
    if outcome == ON_ERROR:
        return _without_in(step, ON_ERROR, None, target)
    return _without_in(step, "outcomes", outcome, target)


def forget(step: dict[str, Any], spec: BlockSpec | None, gone: set[str]) -> None:
    """Take every way that leads to one of the steps *gone* out of *step*, and every mention as an earlier step."""
    fields = [field for field in spec.fields if field.is_target or field.is_reference] if spec is not None else []
    required = {field.key for field in fields if field.is_required}
    for key in dict.fromkeys(["next_steps", ON_ERROR, *(field.key for field in fields), *(f.name for f in fields)]):
        if key not in step:
            continue
        for name in gone:
            if isinstance(step.get(key), dict):
                for branch in list(step[key]):
                    _without_in(step, key, branch, name, keeps=True)
            else:
                _without_in(step, key, None, name, keeps=key in required)
    outcomes = step.get("outcomes")
    if isinstance(outcomes, dict):
        for outcome in list(outcomes):
            for name in gone:
                _without_in(step, "outcomes", outcome, name)


def keep_only(step: dict[str, Any], spec: BlockSpec | None, names: set[str]) -> None:
    """Take out every way to a step that is not among *names*."""
    forget(step, spec, {name for name in targets_of(step, spec) if name not in names})


def targets_of(step: Mapping[str, Any], spec: BlockSpec | None) -> Iterator[str]:
    """The steps that a step's branches lead to, in the order they are written."""
    keys = ["next_steps", "outcomes", ON_ERROR]
    keys += [field.key for field in spec.fields if field.is_target] if spec is not None else []
    for key in dict.fromkeys(keys):
        for text in _texts(step.get(key)):
            name = parse_target(text)
            if name is not None:
                yield name


def writes_lists(data: Mapping[str, Any]) -> bool:
    """Whether single targets are written as lists of one in this definition."""
    steps = data.get("steps")
    values: list[Any] = []
    for step in steps if isinstance(steps, list) else []:
        if not isinstance(step, dict):
            continue
        values.append(step.get("next_steps"))
        outcomes = step.get("outcomes")
        values += outcomes.values() if isinstance(outcomes, dict) else []
    lists = sum(isinstance(value, list) and len(value) == 1 for value in values)
    alone = sum(isinstance(value, str) and value.startswith("$") for value in values)
    return lists > alone


def _own_field(spec: BlockSpec | None, outcome: str | None) -> FieldSpec | None:
    """The field of a block that decides by itself which way this is."""
    if spec is None:
        return None
    targets = [field for field in spec.fields if field.is_target]
    if outcome is None:
        return next((field for field in targets if field.key == "next_steps"), None)
    if outcome == DEFAULT:
        return next((field for field in targets if field.key == "default_next_steps"), None)
    return None if outcome == ON_ERROR else next((field for field in targets if field.key == "cases"), None)


def _connect_field(
    step: dict[str, Any], spec: BlockSpec | None, field: FieldSpec, outcome: str | None, selector: str
) -> None:
    assert spec is not None
    order = [one.key for one in spec.fields]
    if field.key == "cases":
        cases = step.get("cases")
        if not isinstance(cases, dict):
            put_field(step, "cases", {outcome: selector}, order)
        else:
            cases[outcome or ""] = selector  # a case leads to one step
        return
    key = field.name if field.name in step else field.key
    put_field(step, key, _with(step.get(key), selector, True), order)


def _with(found: Any, selector: str, in_lists: bool) -> Any:
    """The targets with one more."""
    if isinstance(found, list):
        return found if selector in found else [*found, selector]
    if isinstance(found, str) and found.startswith("$"):
        return found if found == selector else [found, selector]
    return [selector] if in_lists else selector


def _without_in(container: dict[str, Any], key: str, branch: str | None, target: str, *, keeps: bool = False) -> bool:
    """Take *target* out of what stands under *key*; the key goes with its last target unless it *keeps* its place."""
    if branch is not None:
        inner = container.get(key)
        if not isinstance(inner, dict) or not _without_in(inner, branch, None, target):
            return False
        if not inner and not keeps:
            del container[key]
        return True
    found, selector = container.get(key), f"$steps.{target}"
    if found == selector:
        if keeps:
            container[key] = []
        else:
            del container[key]
        return True
    if isinstance(found, list) and selector in found:
        found.remove(selector)
        if not found and not keeps:
            del container[key]
        return True
    return False


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)


def no_way(source: str, target: str) -> RequestError:
    """There is nothing to disconnect."""
    return RequestError(
        f"no branch of `{source}` leads to `{target}`; a line that is drawn for a value goes with the value",
        field="source",
        fix=f"take the value of `{source}` out of the fields of `{target}`",
        code="edit",
    )
